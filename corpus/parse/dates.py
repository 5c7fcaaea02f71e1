"""Dates as files write them, to ISO dates or a prefix of one (2024, 2024-12, 2024-12-26)."""

from __future__ import annotations

import re
from datetime import date, datetime

_ISO = re.compile(r"^\s*(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:$|[T\s])")
_PDF = re.compile(r"^\s*(?:D:)?(\d{4})(\d{2})(\d{2})")
_FIRST_YEAR = 1600


def iso_date(value: object) -> str | None:
    """ISO date (or year, or year and month) in ``value``, or None if it holds none."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat() if value.year >= _FIRST_YEAR else None
    text = str(value) if isinstance(value, str | int) else ""
    match = _ISO.match(text) or _PDF.match(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    return _checked(year, month, day)


def _checked(year: int | None, month: int | None, day: int | None) -> str | None:
    if year is None or not _FIRST_YEAR <= year <= 2200:
        return None
    try:
        valid = date(year, month or 1, day or 1)
    except ValueError:
        return None
    return valid.isoformat()[: 10 if day else 7 if month else 4]
