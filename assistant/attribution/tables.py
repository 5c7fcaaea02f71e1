"""Tables as the parsers store them: a row a line, cells separated by `` | ``.

Which column a cell is in decides what a number means; the gate here asks that a number
taken from a row stands in a column that the sentence speaks of.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from assistant.attribution.quantities import Quantity, quantities_in, supports
from assistant.lexical import content_terms
from index.types import Passage

SEPARATOR = " | "
WIDE = 5
"""Values in a row above which only the asked-for columns are spelled out."""
MAX_LABEL = 40
"""Longest cell, in characters, that may name its row rather than describe it."""


def cells_of(row: str) -> list[str]:
    """The cells of a stored table row; a single cell when it is no row.

    White space at either end of a line is not stored, so a row that begins with ``| `` has an
    empty first cell and one that ends with `` |`` an empty last one.
    """
    row = f" {row}" if row.startswith("| ") else row
    row = f"{row} " if row.endswith(" |") else row
    return [cell.strip() for cell in row.split(SEPARATOR)]


def columns_of(passage: Passage, row: str) -> list[str]:
    """The column names over ``row``: from the passage's header, else its own first row.

    Empty when the row has no header with as many cells. Several header rows are joined.
    """
    width = len(cells_of(row))
    if width < 2:
        return []
    above = passage.text.partition(row)[0].splitlines()
    for lines in (passage.header.splitlines(), above[:1], _first_rows(above)):
        rows = [cells for line in lines if len(cells := cells_of(line)) == width]
        if rows:
            return [
                " ".join(dict.fromkeys(filter(None, column))) for column in zip(*rows, strict=True)
            ]
    return []


def _first_rows(lines: Sequence[str]) -> list[str]:
    """The first line of the run of rows that the passage ends with."""
    first: list[str] = []
    for line in reversed(lines):
        if SEPARATOR not in line:
            break
        first = [line]
    return first


def spelled_out(row: str, columns: Sequence[str], asked: Set[str]) -> str:
    """A row with its column names beside its values: ``Qwen3-32B: 64K = 91.8; 128K = 85.6``.

    A small model reads that more surely than it counts columns. Of a wide row only the
    labels and the columns that share a term with the question (``asked``) are kept, if any do.
    """
    pairs = [(name, cell) for name, cell in zip(columns, cells_of(row), strict=False) if cell]
    if not pairs:
        return row
    (_, label), *pairs = pairs
    if len(pairs) > WIDE:
        close = [pair for pair in pairs if not asked.isdisjoint(content_terms(pair[0]))]
        if close:
            pairs = [pair for pair in pairs if pair in close or _is_label(pair[1])]
    return f"{label}: " + "; ".join(f"{name} = {cell}" if name else cell for name, cell in pairs)


def _is_label(cell: str) -> bool:
    return len(cell) <= MAX_LABEL and not any(map(str.isdigit, cell)) and cell.strip("-–—") != ""


def misplaced(sentence: str, stated: Sequence[Quantity], row: str, columns: Sequence[str]) -> bool:
    """Whether a number of ``sentence`` stands in ``row`` only under a column it does not name.

    A sentence that names none of the columns says nothing about them, and passes.
    """
    spoken = set(content_terms(sentence))
    named = {i for i, column in enumerate(columns) if _is_named(column, spoken)}
    if not named:
        return False
    cells = cells_of(row)
    for quantity in stated:
        places = {i for i, cell in enumerate(cells) if supports(quantity, quantities_in(cell))}
        if places and not places & named and not _heads(quantity, columns):
            return True
    return False


def _is_named(column: str, spoken: set[str]) -> bool:
    terms = set(content_terms(column))
    return bool(terms) and terms <= spoken


def _heads(quantity: Quantity, columns: Sequence[str]) -> bool:
    """Whether the number belongs to a column's own name, as in "at 128K"."""
    return any(supports(quantity, quantities_in(column)) for column in columns)
