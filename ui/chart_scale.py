"""Scales of charts: where a number or a day stands, and which marks an axis gets.

Knows nothing of HTML or of what is drawn.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

MOST_TICKS = 6  # as many labels as a phone has room for
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 600, 1200, 6000, 24000)  # months between two marks


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis, at a value."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The marks of an axis of numbers, and the values at its ends."""

    ticks: tuple[Tick, ...]
    low: float
    high: float
    log: bool = False

    def share(self, value: float) -> float:
        """Return where ``value`` stands between the ends, from 0 to 1."""
        low, high = self.low, self.high
        if self.log:
            value, low, high = math.log10(value), math.log10(low), math.log10(high)
        return (value - low) / (high - low) if high > low else 0.5


def day_number(iso: str) -> float | None:
    """Return an ISO date as a number of days; the middle of a year or month; None if it is none."""
    match = _DATE.match(iso.strip())
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        return float(date(year or 0, month or 7, day or (15 if month else 1)).toordinal())
    except ValueError:
        return None


def time_ticks(first: float, last: float) -> tuple[list[Tick], float, float]:
    """Return marks at the beginnings of months or years around two days, and the outer ones."""
    start, end = date.fromordinal(int(first)), date.fromordinal(int(last))
    low, high = 12 * start.year + start.month - 1, 12 * end.year + end.month
    step = next((s for s in _STEPS if (high - low) / s < MOST_TICKS), _STEPS[-1])
    months = range(low - low % step, high + step, step)
    marks = [Tick(_first_day(month), _month_label(month, step)) for month in months]
    outer = [tick.at for tick in marks]
    return marks, outer[0], outer[-1]


def _first_day(month: int) -> float:
    year = min(max(month // 12, 1), 9999)
    return float(date(year, month % 12 + 1, 1).toordinal())


def _month_label(month: int, step: int) -> str:
    year, place = divmod(month, 12)
    return str(year) if step >= 12 else f"{_MONTHS[place]} {year}"


def number_ticks(values: Sequence[float], *, log: bool = False) -> Scale:
    """Return round marks around ``values`` (at least one, finite; above zero if ``log``)."""
    low, high = min(values), max(values)
    if log:
        return _powers(low, high)
    if low >= 0 and low < (high - low):
        low = 0.0  # near enough to zero that the axis may begin there
    step = _round_step((high - low) / (MOST_TICKS - 1))
    first, last = math.floor(low / step), math.ceil(high / step)
    if first == last:
        last += 1
    marks = tuple(Tick(n * step, _plain(n * step)) for n in range(first, last + 1))
    return Scale(marks, marks[0].at, marks[-1].at)


def _powers(low: float, high: float) -> Scale:
    """Marks at powers of ten, and at their doubles and fives where there are few."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    last = max(last, first + 1)
    factors = (1, 2, 5) if last - first == 1 else (1,) if last - first > 2 else (1, 3)
    marks = [f * 10.0**n for n in range(first, last) for f in factors] + [10.0**last]
    return Scale(tuple(Tick(at, _plain(at)) for at in marks), marks[0], marks[-1], True)


def _round_step(rough: float) -> float:
    if rough <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(f * power for f in (1, 2, 5, 10) if f * power >= rough * 0.999)


def _plain(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
