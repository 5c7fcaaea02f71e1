"""What each passage gives as the answer to a question that asks for one value.

"When was the courthouse built?" asks for a date; each passage is read for the date that
stands closest to the question's words in a sentence that shares its relation. Readings of
the same value are pooled, and counted by independent documents. Rules only; knows no model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.attribution import Quote
from assistant.attribution.names import names
from assistant.lexical import Unit, content_terms, units
from assistant.values import Asked, Value, asked, same, values_in
from index.types import Passage

MIN_RELATION = 0.5
"""Least share of the question's words other than names that the sentence itself holds."""
MIN_SUBJECT = 0.5
"""Least share of the words of the question's names in the sentence, its title or its opening."""
MIN_COVERAGE = 0.7
NEAR = 0.02
"""What each character between the value and the nearest word of the question costs."""
FULL = 0.1
_ALIKE = (
    "population people inhabitants residents populated",
    "founded established formed created foundation establishment",
    "built constructed erected completed construction building",
    "released published issued launched release",
    "director directed directing",
    "artist singer recorded album band",
    "located location situated lies",
    "licence license licensed",
    "made maker makes developed developer created released",
    "born birth",
    "died death",
    "started began begin start",
)
_CUES = frozenset(
    content_terms("year date day month number name people total city country place time type kind")
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A value that passages give, with the sentences that do; ``votes`` are independent texts."""

    value: Value
    quotes: tuple[Quote, ...]
    votes: int
    score: float

    @property
    def published(self) -> str:
        """The newest date of its documents; "" if none has one."""
        return max((quote.passage.document.published or "" for quote in self.quotes), default="")


@dataclass(frozen=True, slots=True)
class Sought:
    """A question taken apart: the kind of value, its names' words and its other words."""

    asked: Asked
    subject: frozenset[str]
    relation: frozenset[str]

    @property
    def terms(self) -> frozenset[str]:
        """All of the question's words."""
        return self.subject | self.relation


def sought(question: str) -> Sought | None:
    """What ``question`` asks for; None when it does not ask for one value."""
    kind = asked(question)
    if kind is None:
        return None
    subject = frozenset(t for name in names(question) for t in content_terms(name))
    others = frozenset(content_terms(question)) - subject - kind.units - _CUES
    return Sought(kind, subject, others)


@lru_cache(maxsize=128)
def sentences(text: str, language: str | None) -> tuple[Unit, ...]:
    """The sentences of a passage, kept: each check of an answer asks for them again."""
    return tuple(units(text, language))


def frame_terms(passage: Passage, parts: Sequence[Unit]) -> frozenset[str]:
    """The words that say what a passage is about: title, headings, its first sentence."""
    opening = parts[0].text[:300] if parts else ""
    trail = (passage.document.title, *passage.chunk.heading_path, opening)
    return alike(content_terms(" ".join(trail)))


def readings_in(
    wanted: Sought,
    passage: Passage,
    unit: Unit,
    frame: frozenset[str],
    min_relation: float = MIN_RELATION,
    min_subject: float = MIN_SUBJECT,
) -> Iterator[Reading]:
    """The values of one sentence that could answer, if it shares enough with the question."""
    own = alike(content_terms(unit.text))
    if share(wanted.relation, own) < min_relation:
        return
    if share(wanted.subject, own | frame) < min_subject:
        return
    coverage = share(wanted.terms, own) + 0.5 * share(wanted.terms, own | frame)
    if share(wanted.terms, own | frame) < MIN_COVERAGE:
        return
    start = passage.chunk.start + unit.start
    quote = Quote(passage, start, start + len(unit.text), unit.text)
    for value in fitting(wanted, unit.text):
        distance = _distance(value, unit.text, wanted)
        yield Reading(value, (quote,), 1, coverage - NEAR * distance + _fullness(value))


def _fullness(value: Value) -> float:
    """A full date is a better answer to "when" than a bare year, a full name than one word."""
    if value.kind == "name":
        return FULL * (len(value.key) > 1)
    return FULL * sum(map(bool, value.key)) if value.kind == "date" else 0.0


def fitting(wanted: Sought, text: str) -> list[Value]:
    """The values in ``text`` that could answer: of the kind and unit, not the question's own."""
    found = values_in(text, wanted.asked.kind)
    if wanted.asked.units:
        found = [v for v in found if v.unit in wanted.asked.units or v.unit == ""]
    return [v for v in found if not set(content_terms(v.text)) & wanted.terms]


def gap(wanted: Sought, reading: Reading) -> int:
    """Characters from a reading's value to the nearest word of the question's relation."""
    return _distance(reading.value, reading.quotes[0].text, wanted)


def _distance(value: Value, text: str, wanted: Sought) -> int:
    """Characters from the value to the nearest word of the question's relation."""
    lowered = text.lower()
    places = [
        at
        for word in alike_words(wanted.relation or wanted.subject)
        if (at := _nearest(lowered, word, value)) >= 0
    ]
    return min(places, default=100)


def _nearest(text: str, word: str, value: Value) -> int:
    before = text.rfind(word, 0, value.start)
    after = text.find(word, value.end)
    gaps = [value.start - before] if before >= 0 else []
    gaps += [after - value.end + 10] if after >= 0 else []
    return min(gaps, default=-1)


def share(wanted: frozenset[str], held: frozenset[str]) -> float:
    """The part of ``wanted`` that is in ``held``; 1 if nothing is wanted."""
    return len(wanted & held) / len(wanted) if wanted else 1.0


def _groups() -> dict[str, frozenset[str]]:
    return {t: frozenset(content_terms(line)) for line in _ALIKE for t in content_terms(line)}


_GROUPS = _groups()


def alike(terms: Sequence[str]) -> frozenset[str]:
    """``terms`` with the words that ask for the same relation ("built": "erected")."""
    return frozenset(other for term in terms for other in _GROUPS.get(term, {term}) | {term})


def alike_words(terms: frozenset[str]) -> frozenset[str]:
    """The stems to look for in running text."""
    return alike(tuple(terms))


def pooled(found: Sequence[tuple[Reading, int]]) -> list[Reading]:
    """One reading per value, its votes counted by group."""
    pools: list[tuple[Reading, set[int]]] = []
    for reading, group in found:
        for i, (pool, groups) in enumerate(pools):
            if same(pool.value, reading.value):
                merged = replace(
                    pool,
                    quotes=(*pool.quotes, *reading.quotes),
                    score=max(pool.score, reading.score),
                )
                pools[i] = (merged, groups | {group})
                break
        else:
            pools.append((reading, {group}))
    return [replace(reading, votes=len(groups)) for reading, groups in pools]


__all__ = [
    "Reading",
    "Sought",
    "fitting",
    "frame_terms",
    "gap",
    "pooled",
    "readings_in",
    "sentences",
    "share",
    "sought",
]
