"""Tables of the page: sortable, folded when long, readable on a phone; by pure functions.

A cell's HTML comes in escaped. The page's script sorts by ``data-key`` and unfolds; knows
nothing of Gradio, of answers or of the corpus.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ui.markup import escaped, shortened

NOT_KNOWN = "–"
MAX_KEY = 80  # characters of a text that rows are sorted by
Key = float | str | None

_NUMBER = re.compile(r"([+-]?\d[\d,]*(?:\.\d+)?)\s?([%KMBT]?)")
_UNITS = {"": 1.0, "%": 1.0, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, and what it is sorted by (None: not known, always last)."""

    html: str
    key: Key = None


@dataclass(frozen=True, slots=True)
class Look:
    """How a table is shown. ``key`` names it within the page, so that a re-rendered one keeps
    its order; ``most`` is the number of rows shown before it is unfolded."""

    key: str
    label: str
    most: Literal[20, 50] = 20
    sortable: bool = True
    filter_label: str | None = None


def data_table(
    heads: Sequence[str], rows: Sequence[Sequence[Cell]], look: Look, foot: str = ""
) -> str:
    """A table of escaped cells, with ``foot`` (HTML) under it."""
    numeric = [_is_numeric([row[i].key for row in rows]) for i in range(len(heads))]
    head = "".join(_head(name, number, look) for name, number in zip(heads, numeric, strict=True))
    body = "".join(_row(row, numeric) for row in rows)
    long = len(rows) > look.most
    folded = f' data-most="{look.most:d}"' if long else ""
    return (
        f'<div class="table" data-table="{escaped(look.key)}">{_filter(look, len(rows))}'
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escaped(look.label)}">'
        f'<table class="rows"{folded}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        f"</div>{_foot(len(rows) if long else 0, foot)}</div>"
    )


def value_cell(value: object) -> Cell:
    """A plain value as a cell: a dash for None, thousands parted, numbers sorted as numbers."""
    if value is None or value == "":
        return Cell(NOT_KNOWN)
    text = shown(value)
    return Cell(escaped(text), key_of(value, text))


def shown(value: object) -> str:
    """A value as a reader writes it."""
    if value is None:
        return NOT_KNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, list | tuple):
        return shortened(", ".join(str(item) for item in value))
    return shortened(value)


def key_of(value: object, text: str) -> Key:
    """What a value is sorted by: a number where it is one ("671B", "1,024"), else its text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return text.casefold()
    return float(match[1].replace(",", "")) * _UNITS[match[2]]


def _is_numeric(keys: Sequence[Key]) -> bool:
    known = [key for key in keys if key is not None]
    return bool(known) and all(isinstance(key, float) for key in known)


def _head(name: str, number: bool, look: Look) -> str:
    css = ' class="number"' if number else ""
    if not look.sortable or not name.strip():
        return f'<th scope="col"{css}>{escaped(name)}</th>'
    return (
        f'<th scope="col"{css} aria-sort="none"><button type="button" class="sort">'
        f"{escaped(name)}</button></th>"
    )


def _row(cells: Sequence[Cell], numeric: Sequence[bool]) -> str:
    parts = []
    for cell, number in zip(cells, numeric, strict=True):
        css = ' class="number"' if number else ""
        key = "" if cell.key is None else f' data-key="{escaped(shortened(cell.key, MAX_KEY))}"'
        parts.append(f'<td dir="auto"{css}{key}>{cell.html}</td>')
    return f"<tr>{''.join(parts)}</tr>"


def _filter(look: Look, count: int) -> str:
    if look.filter_label is None:
        return ""
    label = escaped(look.filter_label)
    return (
        f'<p class="filter"><input type="search" class="table-filter" placeholder="{label}"'
        f' aria-label="{label}"> <span class="shown" role="status">{count:,}</span></p>'
    )


def _foot(count: int, foot: str) -> str:
    unfold = ""
    if count:
        unfold = (
            '<button type="button" class="unfold" aria-expanded="false"'
            f' data-more="Show all {count:,} rows" data-less="Show fewer rows">'
            f"Show all {count:,} rows</button>"
        )
    return f'<div class="table-foot">{unfold}{foot}</div>' if unfold or foot else ""
