"""Rows of a list of models, as JSON, JSON Lines or CSV gives them: field names and plain values.

Bounded in size, rows and columns; a row that cannot be read keeps its number and the reason.
Knows nothing of what the fields mean.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from corpus.errors import ParseError, SourceError
from corpus.parse import suffix_of
from corpus.parse.build import one_line
from corpus.parse.encoding import decode

SUFFIXES = (".json", ".jsonl", ".csv", ".tsv")
MOST_ROWS = 20_000
MOST_COLUMNS = 2_000  # a field for each of 1,900 benchmarks
MOST_LINE = 1_000_000  # characters of a row; the longest curated card has 7,000
_SAMPLE = 16 * 1024
_LISTS = ("models", "rows", "data", "items")  # where an object keeps its list


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its number: of the line or record in the file, from 1, as editors count."""

    number: int
    values: Mapping[str, object] = field(default_factory=dict)
    problem: str | None = None


def read_rows(data: bytes, name: str) -> list[Row]:
    """The rows of a file called ``name``; raises SourceError when it is no list at all."""
    suffix = suffix_of(name)
    if suffix not in SUFFIXES:
        raise SourceError(f"{name}: a list of models is a file in {' '.join(SUFFIXES)}")
    try:
        text = decode(data).lstrip("\ufeff")
    except ParseError as error:
        raise SourceError(f"{name}: {error}") from error
    rows: list[Row] = []
    for row in _rows(text, name, suffix):
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise SourceError(f"{name}: more than {MOST_ROWS:,} rows; split it")
    if not rows:
        raise SourceError(f"{name}: there are no rows in it")
    return rows


def _rows(text: str, name: str, suffix: str) -> Iterator[Row]:
    if suffix == ".jsonl":
        return _lines(text)
    return _records(text, name) if suffix == ".json" else _table(text, name, suffix)


def _lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _row(number, line)


def _row(number: int, line: str) -> Row:
    if len(line) > MOST_LINE:
        return Row(number, problem=f"longer than {MOST_LINE:,} characters")
    try:
        return _record(number, strict_json(line))
    except SourceError as error:
        return Row(number, problem=str(error))


def _record(number: int, value: object) -> Row:
    if not isinstance(value, dict):
        return Row(number, problem="not an object with the fields of a model")
    return Row(number, value)


def _records(text: str, name: str) -> Iterator[Row]:
    """The list that the file is, or that stands under ``models`` in it."""
    try:
        value = strict_json(text)
    except SourceError as error:
        raise SourceError(f"{name}: {error}") from error
    if isinstance(value, dict):
        found = next((value[key] for key in _LISTS if isinstance(value.get(key), list)), None)
        value = [value] if found is None else found
    if not isinstance(value, list):
        raise SourceError(f"{name}: not a list of models")
    return (_record(number, one) for number, one in enumerate(value, start=1))


def strict_json(text: str) -> object:
    """``text`` as JSON without NaN and Infinity; raises SourceError when it is none."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise SourceError("nests too deep") from error
    except ValueError as error:
        raise SourceError(f"not JSON ({one_line(str(error))[:120]})") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _table(text: str, name: str, suffix: str) -> Iterator[Row]:
    """Rows under the header; the header is row 1, as spreadsheets count."""
    header: list[str] = []
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""),
                                                  _dialect(text, suffix)), start=1):  # fmt: skip
            if len(cells) > MOST_COLUMNS:
                raise SourceError(f"{name}: row {number} has more than {MOST_COLUMNS:,} columns")
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(cells, name)
            else:
                yield _cells(number, header, cells)
    except csv.Error as error:
        raise SourceError(f"{name}: row {number + 1}: not readable as CSV ({error})") from error


def _dialect(text: str, suffix: str) -> type[csv.Dialect]:
    """Commas, or what the header is parted by: cells may hold lists with semicolons."""
    if suffix == ".tsv":
        return csv.excel_tab
    header = text[:_SAMPLE].lstrip().partition("\n")[0]
    best = max(",;\t|", key=header.count)
    return type("Sniffed", (csv.excel,), {"delimiter": best})


def _header(cells: list[str], name: str) -> list[str]:
    names = [one_line(cell) for cell in cells]
    given = [cell for cell in names if cell]
    twice = next((cell for cell in given if given.count(cell) > 1), None)
    if twice is not None:
        raise SourceError(f"{name}: two columns are called {twice[:80]}; rename one")
    return names


def _cells(number: int, header: list[str], cells: list[str]) -> Row:
    if any(cell.strip() for cell in cells[len(header) :]):
        return Row(number, problem="it has more cells than the header")
    pairs = zip(header, cells, strict=False)
    return Row(number, {name: cell.strip() for name, cell in pairs if name and cell.strip()})
