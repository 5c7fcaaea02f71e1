"""Dates as running text writes them, to ISO dates or a prefix of one.

Knows nothing of what happened on them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_NUMBER = {name: number for number, name in enumerate(MONTHS, start=1)}
_MONTH = "|".join(MONTHS)
_DATE = re.compile(
    rf"\b(?:(?P<iso>20\d\d-\d\d(?:-\d\d)?)(?![\w-])"
    rf"|(?:(?P<d1>\d{{1,2}})\s+)?(?P<m1>{_MONTH})\s+(?P<y1>20\d\d)"
    rf"|(?P<m2>{_MONTH})\s+(?P<d2>\d{{1,2}}),\s+(?P<y2>20\d\d))\b"
)


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date written at ``text[start:end]``; ``iso`` is 2025-01-20 or 2025-01."""

    iso: str
    start: int
    end: int

    @property
    def span(self) -> tuple[int, int]:
        """Where it starts and ends."""
        return self.start, self.end


def written_dates(text: str) -> list[WrittenDate]:
    """The dates in ``text`` that tell at least a month, in order."""
    return [WrittenDate(_iso(match), match.start(), match.end()) for match in _DATE.finditer(text)]


def agree(one: str, other: str) -> bool:
    """Whether two ISO dates agree as far as both tell."""
    return one.startswith(other) or other.startswith(one)


def date_pattern(iso: str) -> re.Pattern[str]:
    """What finds the date ``iso`` in a text, also as part of "24 to 28 February 2025"."""
    year, month, day = (*iso.split("-"), "", "")[:3]
    if not month:
        return re.compile(rf"\b{year}\b")
    name = MONTHS[int(month) - 1]
    if not day:
        return re.compile(rf"\b{name}(?: and \w+)? {year}\b|\b{year}-{month}\b")
    number = int(day)
    others = rf"(?:\s|,| to| and| or|[-–]|\d| {_MONTH})*"
    return re.compile(
        rf"\b{number}{others}\s?{name}(?: {year}\b|\b[^.]{{0,60}}{year}\b)"
        rf"|\b{name} {number}(?:\D{{1,12}}\d{{1,2}})?, {year}\b|\b{year}-{month}-{day}\b"
    )


def _iso(match: re.Match[str]) -> str:
    if match["iso"]:
        return match["iso"]
    month, year = match["m1"] or match["m2"], match["y1"] or match["y2"]
    day = match["d1"] or match["d2"]
    return f"{year}-{_NUMBER[month]:02}" + (f"-{int(day):02}" if day else "")
