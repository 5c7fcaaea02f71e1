"""The cells of an HTML table as rows of equal meaning: spans are written out.

A cell that spans rows is repeated in each, so that a row read alone still says what it
belongs to; a header cell that spans columns is repeated over each of them.
"""

from __future__ import annotations

from collections.abc import Callable

from bs4.element import Tag

# Spans come from untrusted files; real tables stay far below.
_MAX_SPAN = 100
_MAX_COLUMNS = 200


def table_rows(table: Tag, text_of: Callable[[Tag], str]) -> tuple[list[list[str]], int]:
    """Rows of cell texts, and how many of them are header rows."""
    rows: list[list[str]] = []
    hanging: dict[int, tuple[str, int]] = {}  # column -> (text, rows still to fill)
    header_rows = 0
    for tr in table.find_all("tr"):
        if tr.find_parent("table") is not table:
            continue
        cells = list(tr.find_all(["td", "th"], recursive=False))
        is_header = _is_header_row(tr, cells) and header_rows == len(rows)
        row = _fill_row(cells, hanging, text_of, repeat=is_header)
        if any(row):
            header_rows += is_header
            rows.append(row)
    if header_rows == 0 and len(rows) > 1:
        header_rows = 1
    rows = [_single_if_spanning(row) for row in rows]
    return rows[:header_rows] + _filled_down(rows[header_rows:]), header_rows


def _is_header_row(tr: Tag, cells: list[Tag]) -> bool:
    if tr.find_parent("thead") is not None:
        return True
    return bool(cells) and all(cell.name == "th" for cell in cells)


def _fill_row(
    cells: list[Tag],
    hanging: dict[int, tuple[str, int]],
    text_of: Callable[[Tag], str],
    *,
    repeat: bool,
) -> list[str]:
    row: list[str] = []
    queue = list(cells)
    while (queue or len(row) in hanging) and len(row) < _MAX_COLUMNS:
        if len(row) in hanging:
            text, left = hanging.pop(len(row))
            if left > 1:
                hanging[len(row)] = (text, left - 1)
            row.append(text)
            continue
        cell = queue.pop(0)
        text = text_of(cell)
        columns, depth = _span(cell, "colspan"), _span(cell, "rowspan")
        whole_row = len(cells) == 1 and not hanging
        for offset in range(columns):
            shown = text if offset == 0 or (repeat and not whole_row) else ""
            if depth > 1:
                hanging[len(row) + 0] = (shown, depth - 1)
            row.append(shown)
    return row


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name, "1")).strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isdecimal() and len(value) < 6 else 1


def _single_if_spanning(row: list[str]) -> list[str]:
    """A row with text in its first cell only (a section title) is that one cell."""
    return row[:1] if row[0] and not any(row[1:]) else row


def _filled_down(rows: list[list[str]]) -> list[list[str]]:
    """Give rows the category that an earlier row names in the first column.

    Only where the second column names things (benchmarks) in every row: there an empty
    first cell means "as above".
    """
    full = [row for row in rows if len(row) > 2]
    named = all(any(c.isalpha() for c in row[1]) for row in full)
    labels = sum(bool(row[0]) for row in full)
    if not named or labels in (0, len(full)):
        return rows
    category = ""
    filled = []
    for row in rows:
        category = row[0] if row[0] or len(row) < 3 else category
        filled.append([category, *row[1:]] if len(row) > 2 else row)
    return filled
