"""Look after one saved question: whether it must be asked again, and what has become of its quotes.

Knows nothing of where questions are kept or of whose they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import Protocol, cast

from assistant.lexical import has_cjk
from assistant.types import Answer, Answered, Event, Turn
from corpus.types import Document
from index.types import Passage, Quoted, Status

SEARCH_DEPTH = 12
"""Passages that are compared: as many as an answer is made from (``assistant.pipeline``)."""


class Askable(Protocol):
    """What a saved question needs of a desk."""

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]: ...
    def search(self, query: str, limit: int = 10) -> list[Passage]: ...
    def document(self, document_id: str, quoted: Quoted | None = None) -> Document | None: ...
    def status(self) -> Status: ...


def passages_near(desk: Askable, question: str) -> str:
    """A digest of the passages nearest to a question, whatever their order."""
    found = desk.search(question, SEARCH_DEPTH)
    told = sorted(f"{p.document.id}\0{p.header}\0{p.text}" for p in found)
    return hashlib.sha256("\1".join(told).encode(errors="surrogatepass")).hexdigest()


def may_differ(question: str, last: Answer | None, same_passages: bool, gone: bool) -> bool:
    """Whether the model has to be asked again.

    Not if it would read the same passages as last time, all of whose cited quotes still stand. An
    answer without the model (of the cards, of dated sentences) takes milliseconds and reads
    more passages, and a Chinese question is searched for in translation: these are always asked.
    """
    if last is None or gone or has_cjk(question):
        return True
    drafted = last.timings.draft is not None or last.timings.judge is not None
    return not (same_passages and drafted)


def gone_quotes(desk: Askable, answer: Answer | None) -> dict[int, str]:
    """The numbers of citations whose quote no longer stands in its document, and why.

    "changed": the document says something else; "removed": there is no such document.
    """
    gone: dict[int, str] = {}
    texts: dict[str, str | None] = {}
    for citation in answer.citations if answer else ():
        if citation.document_id not in texts:
            document = desk.document(citation.document_id)
            texts[citation.document_id] = document.text if document else None
        text = texts[citation.document_id]
        if text is None:
            gone[citation.number] = "removed"
        elif citation.quote not in text:
            gone[citation.number] = "changed"
    return gone


def ask(desk: Askable, question: str, give_way: Callable[[], bool]) -> Answer | None:
    """The answer to a question, or None as soon as ``give_way`` says that others come first."""
    events = cast("Generator[Event]", desk.stream(question))
    with closing(events):
        for event in events:
            if isinstance(event, Answered):
                return event.answer
            if give_way():
                return None
    return None


def degraded(answer: Answer) -> bool:
    """Whether the model failed: such an answer says nothing of the corpus."""
    extractive = bool(answer.trace.get("extractive"))
    return bool(answer.notice) and (extractive or answer.trace.get("refused") == "failed")
