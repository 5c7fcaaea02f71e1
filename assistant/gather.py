"""Gathering: what a search finds, without copies, and in the time that was asked about.

    search -> what the question dates comes first -> the same text once

Nothing is ever dropped for its date: it only moves behind what fits. Plain re-ordering of
passages; knows no store and no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.attribution.quantities import dates_in
from assistant.lexical import bare, content_terms
from index.types import Passage

SPARE = 4
"""Passages searched beyond those wanted, to fill the places of copies."""
DATE_WEIGHT = 0.25
"""What fitting the time asked about is worth, as a share of the best passage's score.

No public set measures the gain; recall on six sets is unchanged (docs/experiments/packing.md).
"""

_NEWEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|current(?:ly)?|nowadays|at present|up[- ]to[- ]date|"
    r"as of (?:now|today))\b|最新|最近|目前|现在",
    re.IGNORECASE,
)
_UNTIL = r"(?:as of|by|before|until|till|up to|prior to|no later than)"
_SINCE = r"(?:after|since|from|later than|following)"
_YEAR = r"(?:19|20)\d\d"
_BOUND = re.compile(
    rf"\b(?:(?P<until>{_UNTIL})|(?P<since>{_SINCE}))\s+(?:(?:the )?(?:end|start|beginning|middle) "
    rf"of )?(?P<when>(?:[\w.]{{1,9}},? ){{0,2}}{_YEAR}(?:-\d\d){{0,2}})",
    re.IGNORECASE,
)


class Searchable(Protocol):
    """What gathering needs of an index."""

    def search(self, query: str, limit: int = 10) -> list[Passage]:
        """Passages for ``query``, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """When a question wants its answer from: ISO dates as far as written, None where open."""

    newest: bool = False
    since: str | None = None
    until: str | None = None

    def __bool__(self) -> bool:
        return self.newest or self.since is not None or self.until is not None


def gather(question: str, index: Searchable, depth: int) -> list[Passage]:
    """The ``depth`` best passages for ``question``: dated as it asks, each text once."""
    asked = time_asked(question)
    found = index.search(question, 2 * depth if asked else depth + SPARE)
    return distinct(question, in_time(found, asked))[:depth]


def time_asked(question: str) -> Asked:
    """What ``question`` says of the time it asks about: "latest", "as of March 2025"."""
    since = until = None
    for bound in _BOUND.finditer(question):
        if (day := _iso(bound["when"])) is None:
            continue
        if bound["until"]:
            until = day
        else:
            since = day
    return Asked(_NEWEST.search(question) is not None and until is None, since, until)


def _iso(when: str) -> str | None:
    """A date as far as it is written, in ISO 8601: "2025", "2025-03", "2025-03-14"."""
    for day, _ in dates_in(when):
        if day.year is not None:
            parts = (f"{day.year:04}", day.month and f"{day.month:02}", day.day and f"{day.day:02}")
            return "-".join(part for part in parts if part)
    year = re.search(_YEAR, when)
    return year.group() if year else None


def in_time(passages: Sequence[Passage], asked: Asked) -> list[Passage]:
    """``passages`` with those that were published when ``asked`` wants moved forward."""
    best = max((passage.score for passage in passages), default=0.0)
    if not asked or best <= 0:
        return list(passages)
    dates = sorted({p.document.published for p in passages if p.document.published})
    moved = [
        replace(p, score=p.score + DATE_WEIGHT * best * _fit(p.document.published, asked, dates))
        for p in passages
    ]
    return sorted(moved, key=lambda p: -p.score)


def _fit(published: str | None, asked: Asked, dates: Sequence[str]) -> float:
    """From 0 to 1. An undated passage stands in the middle: nothing is known against it."""
    if not published:
        return 0.5
    if asked.newest:
        return (dates.index(published) + 1) / len(dates)
    # Compared as far as both are written: "2025-03-14" is not after "2025-03".
    late = asked.until is not None and published[: len(asked.until)] > asked.until
    early = asked.since is not None and published < asked.since[: len(published)]
    return 0.0 if late or early else 1.0


def distinct(question: str, passages: Sequence[Passage]) -> list[Passage]:
    """``passages`` with each text once, at the place of its first copy.

    Of copies the one is kept whose title is nearest to the question (one licence text may be
    that of two models), then the newest, then the best.
    """
    asked = set(content_terms(question))
    kept: dict[str, Passage] = {}
    for passage in passages:
        text = bare(passage.text)
        if text not in kept or _rank(passage, asked) > _rank(kept[text], asked):
            kept[text] = passage
    return list(kept.values())


def _rank(passage: Passage, asked: set[str]) -> tuple[int, str]:
    info = passage.document
    return len(asked.intersection(content_terms(info.title))), info.published or ""


__all__ = ["Asked", "Searchable", "distinct", "gather", "in_time", "time_asked"]
