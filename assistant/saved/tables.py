"""What is different between two tables that answer one question: rows and values.

A row is known by its first column. Pure functions; knows nothing of answers or of cards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.saved.types import Change
from assistant.types import Table

MOST_NAMED = 5
MOST_VALUES = 5
MOST_TEXT = 80  # characters of one name or value

Row = Mapping[str, Any]


def row_changes(before: Table, after: Table) -> Iterator[Change]:
    """Rows that came, rows that went, and values that changed in the columns of both."""
    old, new = _rows(before), _rows(after)
    come = [name for name in new if name not in old]
    left = [name for name in old if name not in new]
    if come:
        yield Change("rows", f"{_counted(come)} added: {_names(come)}.")
    if left:
        yield Change("rows", f"{_counted(left)} taken out: {_names(left)}.")
    yield from list(_values(old, new))[:MOST_VALUES]


def _rows(table: Table) -> dict[str, Row]:
    """The rows by name; of two with one name the second is told apart by a number."""
    found: dict[str, Row] = {}
    for row in table.rows:
        name = _text(row[0]) if row else ""
        number = 2
        while name in found:
            name, number = f"{_text(row[0])} ({number})", number + 1
        found[name] = dict(zip(table.columns, row, strict=False))
    return found


def _values(old: Mapping[str, Row], new: Mapping[str, Row]) -> Iterator[Change]:
    for name in (name for name in old if name in new):
        for column in [c for c in list(old[name])[1:] if c in new[name]]:
            was, now = old[name][column], new[name][column]
            if was != now and _text(was) != _text(now):
                said = f"{name}: {column.replace('_', ' ')} changed from {_text(was)} to"
                yield Change("value", f"{said} {_text(now)}.")


def _counted(names: Sequence[str]) -> str:
    return "1 row was" if len(names) == 1 else f"{len(names):,} rows were"


def _names(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _text(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST_TEXT else flat[: MOST_TEXT - 1] + "…"
