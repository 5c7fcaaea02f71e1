"""Questions worth asking next, or first: made from what the corpus holds, without a model.

From the fields of cited model cards, the models that cited passages name, and the sections of
cited documents. Each is offered only if the catalogue answers it, or a search for it finds the
section that it was made from. Knows nothing of how a question is shown or answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice, zip_longest
from typing import Protocol

from assistant.catalogue.catalogue import Catalogue
from assistant.lexical import content_terms
from assistant.sections import Section, sections
from assistant.types import Answer, Citation
from corpus.cards import ModelCard
from corpus.types import Document, DocumentInfo
from index.catalogue import Query, Result
from index.types import Passage, Status

MOST = 3
"""Questions offered after an answer: more is a menu."""
MOST_EXAMPLES = 4
DOCUMENTS_READ = 12
"""Documents of a folder that are read for examples."""
CITED_READ = 2
"""Cited documents whose other sections are offered."""
SECTIONS_TRIED = 4
"""Sections held against the index after an answer: a search takes 20 to 60 ms on two cores."""
SEARCH_DEPTH = 4
SHARED = 2
"""Words that a passage must share with a question that was refused to be asked about."""

# How a field of a model card is asked for, and the words of a question that has asked already.
_FIELDS = (
    ("licence", "Which licence does {} use?", r"licen[cs]e|\bMIT\b|apache"),
    ("context_tokens_approx", "How long is the context of {}?", r"context"),
    ("total_params_b", "How many parameters does {} have?", r"parameter|\bsize|big|large"),
    ("release_date", "When was {} released?", r"when|release|date"),
    ("base_model", "Which model is {} based on?", r"based on|base model|distil"),
)


class Readable(Protocol):
    """What suggestions are made from."""

    def status(self) -> Status:
        """The state of the home."""
        ...

    def documents(self) -> list[DocumentInfo]:
        """Every document, without its text."""
        ...

    def document(self, document_id: str) -> Document | None:
        """One document with its text, or None."""
        ...

    def cards(self) -> list[ModelCard]:
        """Every model card."""
        ...

    def search(self, query: str, limit: int = 10) -> list[Passage]:
        """The passages nearest to ``query``, best first."""
        ...

    def catalogue(self, query: Query) -> Result:
        """The model cards that a typed query finds."""
        ...


class Suggestions:
    """Questions that the corpus of one desk can answer. Thread-safe."""

    def __init__(self, desk: Readable) -> None:
        """Read nothing yet."""
        self._desk = desk
        self._catalogue = Catalogue(_Cards(desk))

    def follow_ups(self, answer: Answer, asked: Sequence[str]) -> tuple[str, ...]:
        """At most three questions after ``answer``; ``asked`` were asked in this talk already."""
        said = " ".join([*asked, answer.standalone_question])
        cited = answer.citations or _near(answer)
        by_id = {card.document_id: card for card in self._desk.cards()}
        cards = [by_id[one.document_id] for one in cited if one.document_id in by_id]
        subjects = list(dict.fromkeys(card.id for card in [*cards, *_named(cited, by_id.values())]))
        known = {card.id: card for card in by_id.values()}
        models = _of_models([known[one] for one in subjects], said)
        of_models = list(islice(filter(self._is_told, models), MOST))
        of_sections = list(islice(self._of_sections(cited, said), MOST))
        first, then = (of_models, of_sections) if cards else (of_sections, of_models)
        return tuple(dict.fromkeys([*first[:2], *then[:1], *first[2:], *then[1:]]))[:MOST]

    def examples(self) -> tuple[str, ...]:
        """At most four questions about the documents of the corpus, of as many as there are."""
        infos = [info for info in self._desk.documents() if info.kind == "document"]
        newest = sorted(infos, key=lambda info: info.published or "", reverse=True)
        read = filter(None, (self._desk.document(info.id) for info in newest[:DOCUMENTS_READ]))
        rounds = zip_longest(*map(sections, read))  # the first of each document, then the second
        found = (one.question for round_ in rounds for one in round_ if one is not None)
        return tuple(islice(found, MOST_EXAMPLES))

    def _of_sections(self, cited: Sequence[Citation], said: str) -> Iterator[str]:
        """Questions about sections of the cited documents other than the cited ones."""
        tried = islice(self._other_sections(cited), SECTIONS_TRIED)
        return (
            section.question
            for section in tried
            if section.topic.casefold() not in said.casefold() and self._is_found(section)
        )

    def _other_sections(self, cited: Sequence[Citation]) -> Iterator[Section]:
        ids = dict.fromkeys(one.document_id for one in cited if one.kind == "document")
        for document_id in islice(ids, CITED_READ):
            document = self._desk.document(document_id)
            spans = [(one.start, one.end) for one in cited if one.document_id == document_id]
            for section in sections(document) if document is not None else ():
                if not any(start < section.end and section.start < end for start, end in spans):
                    yield section

    def _is_told(self, question: str) -> bool:
        """Whether the catalogue answers a question, the whole of it and without guessing."""
        understood = self._catalogue.understand(question, datetime.now(UTC).date().isoformat())
        if understood is None or understood.rest or understood.guessed:
            return False
        composed = self._catalogue.answer(understood.decision, None)
        return composed is not None and composed.found

    def _is_found(self, section: Section) -> bool:
        """Whether a search for a section's question finds the section."""
        return any(
            passage.document.id == section.document_id
            and passage.chunk.start < section.end
            and section.start < passage.chunk.end
            for passage in self._desk.search(section.question, SEARCH_DEPTH)
        )


class _Cards:
    """A desk as the catalogue's index."""

    def __init__(self, desk: Readable) -> None:
        self.cards = desk.cards
        self.catalogue = desk.catalogue
        self._status = desk.status

    def cards_version(self) -> str:
        """Changes with every refresh."""
        status = self._status()
        return f"{status.as_of} {status.models}"


def _near(answer: Answer) -> tuple[Citation, ...]:
    """The nearest passages of a refusal that share words with the question: not any at all."""
    asked = set(content_terms(answer.standalone_question))
    return tuple(
        near
        for near in answer.nearest
        if len(asked.intersection(content_terms(f"{near.title} {near.quote}"))) >= SHARED
    )


def _named(cited: Iterable[Citation], cards: Iterable[ModelCard]) -> list[ModelCard]:
    """The models whose names stand in the quotes, whole: not R1 in R1-Distill, by first use."""
    text = "\n".join(one.quote for one in cited if one.kind == "document")
    found = []
    for card in cards:
        match = re.search(rf"(?<![\w-]){re.escape(card.name)}(?![\w-]|\.\d)", text)
        if match is not None:
            found.append((match.start(), -len(card.name), card))
    return [card for *_, card in sorted(found, key=lambda one: one[:2])]


def _of_models(cards: Sequence[ModelCard], said: str) -> Iterator[str]:
    """Questions about models, the first of them foremost; what was asked of one is left out."""
    for card in cards[:2]:
        fields = [f for f in _FIELDS if getattr(card, f[0]) is not None]
        fresh = [f for f in fields if card.name not in said or not re.search(f[2], said, re.I)]
        yield from (text.format(card.name) for _, text, _ in fresh[:1])
    if len(cards) > 1 and not re.search(r"compare", said, re.I):
        yield f"Compare {cards[0].name} and {cards[1].name}."
    for card in cards[:1]:
        for benchmark in islice(card.benchmarks, 1):
            if benchmark not in said:
                yield f"What does {card.name} score on {benchmark}?"
        if not re.search(r"which (?:other )?models", said, re.I):
            yield f"Which open-weight models has {card.developer} released?"
        for _, text, asking in _FIELDS:
            if card.name not in said or not re.search(asking, said, re.I):
                yield text.format(card.name)
