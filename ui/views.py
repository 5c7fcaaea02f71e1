"""What the page shows, as plain values: a turn of the conversation and its source cards.

Knows nothing of HTML or Gradio. A visitor's conversation is a tuple of ``TurnView``; it
lives in that visitor's session state and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from assistant.calls import Saved
from assistant.options import AskOptions
from assistant.settings import Settings
from assistant.types import Answer, Citation, Event, Turn
from corpus.cards import ModelCard
from corpus.types import Document, DocumentInfo
from index.catalogue import Query, Result
from index.types import (
    Changes,
    Mention,
    NewsItem,
    Original,
    Passage,
    Progress,
    Quoted,
    RefreshReport,
    Source,
    Status,
)
from ui.feedback import Feedback
from ui.line import Place
from ui.settling import NOTHING_SETTLED, Settled

Phase = Literal["waiting", "searching", "drafting", "done", "stopped", "failed"]

# About four lines of a source card on each side of the quote: enough to judge it in context.
CONTEXT_CHARS = 320
COMPACT_FROM = 6  # cited model cards from which on they are listed, without what stands around
LEAST_CONTEXT_CHARS = 80  # a long quote is most of its own context


class Desk(Protocol):
    """What the page needs of the assistant."""

    @property
    def settings(self) -> Settings:
        """Return how the desk is set up."""
        ...

    @property
    def saved(self) -> Saved:
        """Return the questions that are asked again after a refresh."""
        ...

    def stream(
        self, question: str, history: Sequence[Turn] = (), options: AskOptions | None = None
    ) -> Iterator[Event]:
        """Yield what happens while one question is answered; ``Answered`` is the last event."""
        ...

    def status(self) -> Status:
        """Return the state of the home."""
        ...

    def documents(self) -> list[DocumentInfo]:
        """Return what is known about every document."""
        ...

    def document(self, document_id: str, quoted: Quoted | None = None) -> Document | None:
        """Return one document with its text, or None; the version that was quoted from."""
        ...

    def news(self, since: str) -> list[NewsItem]:
        """Return what came, changed or went since a date or time."""
        ...

    def original(self, document_id: str) -> Original | None:
        """Return the file that a document was read from, or None."""
        ...

    def cards(self) -> list[ModelCard]:
        """Return every model card."""
        ...

    def search(self, query: str, limit: int = 10) -> list[Passage]:
        """Return the passages nearest to a query, best first."""
        ...

    def mentions(self, card_id: str) -> list[Mention]:
        """Return where each document that names a model does so first."""
        ...

    def catalogue(self, query: Query) -> Result:
        """Return the model cards that a typed query finds."""
        ...

    def remove(self, name: str) -> None:
        """Withdraw the source of this name."""
        ...

    def add(self, location: str) -> Source:
        """Declare a source."""
        ...

    def compare(self) -> Changes:
        """Return what a refresh would do now."""
        ...

    def refresh_events(
        self, *, fetch: bool = True, background: bool = False
    ) -> Iterator[Progress | RefreshReport]:
        """Bring the sources in; the report is the last event."""
        ...

    def warm_up(self) -> None:
        """Load the models."""
        ...

    def use_model(self, name: str) -> None:
        """Let another model answer, for everybody."""
        ...


@dataclass(frozen=True, slots=True)
class SourceCard:
    """A citation with the text around its quote; ``cut_*`` says that the text goes on there."""

    citation: Citation
    before: str = ""
    after: str = ""
    cut_before: bool = False
    cut_after: bool = False


@dataclass(frozen=True, slots=True)
class TurnView:
    """One question and what has come of it so far; ``place`` is where it waits in line."""

    number: int
    question: str
    phase: Phase = "waiting"
    standalone_question: str | None = None
    draft: str = ""
    thinking: str = ""
    cards: tuple[SourceCard, ...] = ()
    answer: Answer | None = None
    error: str | None = None
    settled: Settled = NOTHING_SETTLED
    feedback: Feedback | None = None
    place: Place | None = None

    @property
    def beginning(self) -> bool:
        """Whether the question has only just been asked."""
        return self.phase == "waiting" and self.place is None

    @property
    def running(self) -> bool:
        """Whether more is to come."""
        return self.phase in ("waiting", "searching", "drafting")


Conversation = tuple[TurnView, ...]


def history(turns: Conversation) -> list[Turn]:
    """Return the answered turns for the assistant; stopped and failed ones said nothing."""
    said: list[Turn] = []
    for turn in turns:
        if turn.answer is not None:
            said.append(Turn("user", turn.question))
            said.append(Turn("assistant", turn.answer.text))
    return said


def source_cards(desk: Desk, citations: Iterable[Citation]) -> tuple[SourceCard, ...]:
    """Return a card per citation; each document is read once, many model cards not at all."""
    citations = tuple(citations)
    documents: dict[str, Document | None] = {}
    cards = []
    compact = sum(citation.kind == "model_card" for citation in citations) >= COMPACT_FROM
    for citation in citations:
        if compact and citation.kind == "model_card":
            cards.append(SourceCard(citation))
            continue
        if citation.document_id not in documents:
            documents[citation.document_id] = desk.document(citation.document_id)
        document = documents[citation.document_id]
        if not _holds(document, citation):  # it has changed: the version that was quoted
            found = Quoted.of(citation.start, citation.end, citation.quote)
            document = desk.document(citation.document_id, found)
        cards.append(in_context(citation, document))
    return tuple(cards)


def _holds(document: Document | None, citation: Citation) -> bool:
    return document is not None and (document.text[citation.start : citation.end] == citation.quote)


def in_context(citation: Citation, document: Document | None) -> SourceCard:
    """Return the card of a citation, without context if the document no longer holds the quote."""
    start, end = citation.start, citation.end
    around = max(LEAST_CONTEXT_CHARS, CONTEXT_CHARS - len(citation.quote) // 2)
    if document is None or not _holds(document, citation):
        return SourceCard(citation)
    text = document.text
    first = max(0, start - around)
    last = min(len(text), end + around)
    before, after = text[first:start], text[end:last]
    if first > 0:
        before = _from_next_word(before)
    if last < len(text):
        after = _to_last_word(after)
    return SourceCard(citation, before, after, first > 0, last < len(text))


def _from_next_word(text: str) -> str:
    """Drop the word that the window cut at its left edge (text without spaces stays whole)."""
    head, space, tail = text.partition(" ")
    return tail if space and len(head) < len(text) // 2 else text


def _to_last_word(text: str) -> str:
    head, space, tail = text.rpartition(" ")
    return head if space and len(tail) < len(text) // 2 else text
