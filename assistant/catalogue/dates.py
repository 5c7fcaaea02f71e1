"""Dates and periods in a question: "March 2025", "since 2024", "the first half of 2025".

Each is replaced by a mark; relative ones count from the day that the caller gives. Knows
nothing of models or questions.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS) + "|sept"
_YEAR = r"(?:20[12]\d)"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3,
             "4th": 4, "上": 1, "下": 2, "last": 4, "1": 1, "2": 2, "3": 3, "4": 4}  # fmt: skip
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
_COUNTS = {"two": 2, "three": 3, "four": 4, "six": 6, "nine": 9, "twelve": 12, "few": 3}


@dataclass(frozen=True, slots=True)
class Period:
    """From day to day, both included (ISO); ``name`` is 2025, 2025-03 or 2025-03-05, if any."""

    first: str
    last: str
    name: str | None = None


_PATTERNS = [
    ("iso", rf"\b(?P<y>{_YEAR})[-/.](?P<mo>0?[1-9]|1[0-2])(?:[-/.](?P<d>[0-3]?\d))?\b"),
    ("chinese", rf"(?P<y>{_YEAR})年(?:(?P<mo>1[0-2]|0?[1-9])月(?:(?P<d>[0-3]?\d)[日号])?)?"
                r"(?P<half>[上下]半年)?"),
    ("day", rf"\b(?P<d>[0-3]?\d)(?:st|nd|rd|th)?(?: of)? (?P<mn>{_MONTH})\.?,? (?P<y>{_YEAR})\b"),
    ("day", rf"\b(?P<mn>{_MONTH})\.? (?P<d>[0-3]?\d)(?:st|nd|rd|th)?,? (?P<y>{_YEAR})\b"),
    ("month", rf"\b(?P<mn>{_MONTH})\.?,? (?:of )?(?P<y>{_YEAR})\b"),
    ("quarter", rf"\b(?:q(?P<q>[1-4])|(?P<qw>first|second|third|fourth|last) quarter)(?: of| in)?"
                rf"[ ,]*(?P<y>{_YEAR})\b"),
    ("quarter", rf"\b(?P<y>{_YEAR}) ?-?q(?P<q>[1-4])\b"),
    ("half", rf"\b(?:h(?P<h>[12])|(?P<hw>first|second|1st|2nd) half)(?: of| in)?[ ,]*"
             rf"(?P<y>{_YEAR})\b"),
    ("part", rf"\b(?P<part>early|mid|late)[- ](?P<y>{_YEAR})\b"),
    ("season", rf"\b(?P<season>{'|'.join(_SEASONS)})(?: of| in)? (?P<y>{_YEAR})\b"),
    ("relative", r"\b(?:in |over |during |within )?(?:the )?(?:last|past|previous) "
                 rf"(?P<count>\d{{1,2}}|{'|'.join(_COUNTS)}) (?P<unit>month|week|day|year)s?\b"),
    ("named", r"\b(?P<which>this|last|current) (?P<unit>year|month)\b|(?P<zh>今年|去年)"),
    ("year", rf"(?<![\d.<])\b(?P<y>{_YEAR})\b(?![\d%.]\d| (?:models|tokens|parameters))(?!\s*年)"),
    ("bare", rf"\b(?:in|since|after|before|until|by|of|from|during) (?P<mn>{'|'.join(_MONTHS)})\b"),
]  # fmt: skip
# "from 1 March to 30 April 2026": the year is said once.
_SHARED_YEAR = re.compile(
    rf"(?P<first>\b(?:\d{{1,2}} )?(?:{_MONTH})(?: \d{{1,2}})?)"
    r"(?P<between> ?(?:to|and|until|through|-) ?)"
    rf"(?P<second>(?:\d{{1,2}} )?(?:{_MONTH})(?: \d{{1,2}})?),? (?P<year>{_YEAR})\b"
)
_COMPILED = [(kind, re.compile(pattern)) for kind, pattern in _PATTERNS]


def find_periods(text: str, periods: list[Period], today: str) -> str:
    """``text`` (lower case) with each date replaced by a mark <tN>; adds to ``periods``."""
    now = date.fromisoformat(today[:10])
    text = _SHARED_YEAR.sub(
        lambda m: f"{m['first']} {m['year']} {m['between']}{m['second']} {m['year']}", text
    )
    for kind, pattern in _COMPILED:

        def mark(match: re.Match[str], kind: str = kind) -> str:
            period = _period(kind, match, now)
            if period is None:
                return match.group()
            periods.append(period)
            lead = match.group().split()[0] if kind == "bare" else ""
            return f"{lead} <t{len(periods) - 1}> "

        text = pattern.sub(mark, text)
    return text


def _period(kind: str, match: re.Match[str], now: date) -> Period | None:
    found = {name: value for name, value in match.groupdict().items() if value}
    if kind in ("relative", "named"):
        return _relative(found, now)
    month = _month(found["mn"]) if "mn" in found else int(found.get("mo", 0))
    if kind == "bare":
        year = now.year if month <= now.month else now.year - 1
        return _named(year, month, 0)
    year = int(found["y"])
    months = _months(found)
    if months is not None:
        return _span(year, *months)
    return _named(year, month, int(found.get("d", 0)))


def _months(found: dict[str, str]) -> tuple[int, int] | None:
    """The first and last month of a part of a year, or None."""
    if quarter := found.get("q") or found.get("qw"):
        end = _ORDINALS[quarter] * 3
        return end - 2, end
    if half := found.get("h") or found.get("hw") or found.get("half", "")[:1]:
        return (1, 6) if _ORDINALS[half] == 1 else (7, 12)
    if part := found.get("part"):
        return {"early": (1, 4), "mid": (5, 8), "late": (9, 12)}[part]
    return _SEASONS.get(found.get("season", ""))


def _relative(found: dict[str, str], now: date) -> Period:
    if "zh" in found or "which" in found:
        this = found.get("zh") == "今年" or found.get("which") in ("this", "current")
        if found.get("unit") == "month":
            day = now if this else now.replace(day=1) - timedelta(days=1)
            return _named(day.year, day.month, 0) or Period(str(day), str(day))
        year = now.year if this else now.year - 1
        return Period(f"{year}-01-01", f"{year}-12-31", str(year))
    count = _COUNTS.get(found["count"]) or int(found["count"])
    days = {"day": 1, "week": 7, "month": 30.44, "year": 365.25}[found["unit"]] * count
    return Period((now - timedelta(days=round(days))).isoformat(), now.isoformat())


def _named(year: int, month: int, day: int) -> Period | None:
    """A year, month or day; None for one that no calendar has."""
    if not month:
        return Period(f"{year}-01-01", f"{year}-12-31", str(year))
    if not day:
        name = f"{year}-{month:02d}"
        return Period(f"{name}-01", f"{name}-{monthrange(year, month)[1]}", name)
    try:
        name = date(year, month, day).isoformat()
    except ValueError:
        return None
    return Period(name, name, name)


def _span(year: int, first: int, last: int) -> Period:
    return Period(f"{year}-{first:02d}-01", f"{year}-{last:02d}-{monthrange(year, last)[1]}")


def _month(name: str) -> int:
    return next(i for i, full in enumerate(_MONTHS, start=1) if full.startswith(name[:3]))
