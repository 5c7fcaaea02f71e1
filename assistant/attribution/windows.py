"""Passages cut into quotable windows, with what each window states.

A window is one to three neighbouring sentences or rows; a row of a table with more than two
columns stands alone, since a name in one row and a number in the next are not one statement.
Knows nothing of claims.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, reduce

from assistant.attribution.quantities import Day, dates_in, quantities_in
from assistant.attribution.tables import cells_of, columns_of
from assistant.lexical import Unit, content_terms, units
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
    """``passage.text[start:end]``, what it states itself, and with its frame.

    The frame is the passage's title, date and headings and, for a row, its column names.
    """

    start: int
    end: int
    own: Stated
    whole: Stated


@dataclass(frozen=True, slots=True)
class Opened:
    """A passage opened for checking: all that it states, and its windows."""

    passage: Passage
    stated: Stated
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
    frame = _stated(frame_of(passage))
    found = units(passage.text, passage.document.language)
    parts = [_part(passage, unit, frame) for unit in found]
    windows = tuple(_windows(parts)) or (_nothing(passage, frame),)
    return Opened(passage, _stated(passage.text) | frame, windows)


def _part(passage: Passage, unit: Unit, frame: Stated) -> Window:
    own = _stated(unit.text)
    columns = columns_of(passage, unit.text)
    around = frame | _stated(" ".join(columns)) if columns else frame
    return Window(unit.start, unit.end, own, own | around)


def _nothing(passage: Passage, frame: Stated) -> Window:
    own = _stated(passage.text)
    return Window(0, len(passage.text), own, own | frame)


def _windows(parts: list[Window]) -> Iterator[Window]:
    """Shortest first, so that the first of equals is the shortest."""
    for size in range(1, MAX_UNITS + 1):
        for i in range(len(parts) - size + 1):
            run = parts[i : i + size]
            if size == 1 or not any(_stands_alone(part) for part in run):
                yield reduce(_joined, run)


def _stands_alone(part: Window) -> bool:
    return len(cells_of(part.own.text)) > 2


def _joined(left: Window, right: Window) -> Window:
    return Window(left.start, right.end, left.own | right.own, left.whole | right.whole)


@lru_cache(maxsize=4096)
def _stated(text: str) -> Stated:
    return Stated(
        text,
        frozenset(content_terms(text)),
        frozenset(quantities_in(text)),
        frozenset(day for day, _ in dates_in(text)),
    )
