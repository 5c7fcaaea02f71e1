"""How values of cards are written: in a table's cells, and inside sentences.

Cells keep numbers as numbers, so that a table can be sorted and downloaded.
"""

from __future__ import annotations

from typing import Any

from corpus.card_text import day
from index.catalogue import field_of
from index.catalogue.words import amount, label

NOT_KNOWN = "not known"
_EXTREMES = {
    "total_params_b": ("the most parameters", "the fewest parameters"),
    "active_params_b": ("the most active parameters", "the fewest active parameters"),
    "context_tokens_approx": ("the longest context", "the shortest context"),
    "release_date": ("the latest release date", "the earliest release date"),
}
_UNITS = {"total_params_b": "Total parameters (B)", "active_params_b": "Active parameters (B)"}


def heading(name: str) -> str:
    """The heading of a column, with its unit."""
    return _UNITS.get(name, field_of(name).label)


def cell(name: str, value: Any) -> str | float | int | None:
    """A value for a table's cell; None when it is not known."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value  # type: ignore[no-any-return]


def shown(name: str, value: Any) -> str:
    """A value inside a sentence, with its unit."""
    field = field_of(name)
    if value is None:
        return NOT_KNOWN
    if field.kind == "date":
        return day(value)
    if field.kind == "number":
        return amount(field, value)
    return str(cell(name, value))


def extreme(name: str, descending: bool) -> str:
    """ "the longest context", "the lowest MMLU score"."""
    if name in _EXTREMES:
        return _EXTREMES[name][0 if descending else 1]
    return f"the {'highest' if descending else 'lowest'} {label(name)}"
