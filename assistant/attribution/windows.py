"""Passages cut into quotable windows, with what each window states.

A window is one to three neighbouring sentences or rows; a row of a table with more than two
columns stands alone, since a name in one row and a number in the next are not one statement.
Knows nothing of claims.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from assistant.attribution.quantities import Day, dates_in, quantities_in
from assistant.attribution.tables import cells_of
from assistant.lexical import content_terms, units
from index.types import Passage

MAX_UNITS = 3
"""A quote spans at most this many sentences or rows of its passage."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a piece of text holds: its terms, every reading of its numbers, its dates."""

    text: str
    terms: frozenset[str]
    values: frozenset[Decimal]
    days: frozenset[Day]

    def __or__(self, other: Stated) -> Stated:
        return Stated(
            f"{self.text}\n{other.text}",
            self.terms | other.terms,
            self.values | other.values,
            self.days | other.days,
        )


@dataclass(frozen=True, slots=True)
class Window:
    """``passage.text[start:end]`` and what it states."""

    start: int
    end: int
    own: Stated


@dataclass(frozen=True, slots=True)
class Opened:
    """A passage opened for checking: its frame (title, headings, table header) and windows."""

    passage: Passage
    frame: Stated
    windows: tuple[Window, ...]


def context_of(passage: Passage) -> str:
    """All that a reader of the passage is shown: title, headings, table header, date, text."""
    return f"{frame_of(passage)}\n{passage.text}"


def frame_of(passage: Passage) -> str:
    """What stands around a passage: title, publisher, date, headings, table header."""
    info = passage.document
    parts = (info.title, info.publisher, info.published, *passage.chunk.heading_path)
    return "\n".join(part for part in (*parts, passage.header) if part)


@lru_cache(maxsize=128)
def open_passage(passage: Passage) -> Opened:
    """Cut and read a passage; kept, since each sentence of an answer asks again."""
    parts = [
        (unit.start, unit.end, _stated(unit.text), len(cells_of(unit.text)) > 2)
        for unit in units(passage.text, passage.document.language)
    ]
    windows = tuple(_windows(parts)) or (Window(0, len(passage.text), _stated(passage.text)),)
    return Opened(passage, _stated(frame_of(passage)), windows)


_Part = tuple[int, int, Stated, bool]


def _windows(parts: list[_Part]) -> Iterator[Window]:
    """Shortest first, so that the first of equals is the shortest."""
    for size in range(1, MAX_UNITS + 1):
        for i in range(len(parts) - size + 1):
            run = parts[i : i + size]
            if size == 1 or not any(is_row for *_, is_row in run):
                yield _joined(run)


def _joined(run: list[_Part]) -> Window:
    own = run[0][2]
    for part in run[1:]:
        own = own | part[2]
    return Window(run[0][0], run[-1][1], own)


@lru_cache(maxsize=4096)
def _stated(text: str) -> Stated:
    return Stated(
        text,
        frozenset(content_terms(text)),
        frozenset(quantities_in(text)),
        frozenset(day for day, _ in dates_in(text)),
    )
