"""XLSX to blocks: each sheet a heading and a table, formulas by the value last computed.

A program that writes workbooks without computing them leaves no values; then the formula is shown.

Knows nothing of formats, charts and macros.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time
from itertools import zip_longest
from typing import Any
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from corpus.errors import ParseError
from corpus.parse.build import TextBuilder
from corpus.parse.ooxml import open_package, sane_date, sane_title
from corpus.types import Parsed

# Beyond these a workbook is data for a database. Gaps count too: a cell in the last corner
# of a sheet makes a library walk all that is before it.
_NO_VALUE = re.compile(rb"(?:</f>|<f[^>]*/>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_MAX_CELLS = 5_000_000
_MAX_SEEN_ROWS = 1_100_000


def parse(data: bytes, name: str) -> Parsed:
    """Parse a workbook; raises ParseError when it is damaged, encrypted, too large or empty."""
    package = open_package(data, "XLSX")
    builder = TextBuilder()
    try:
        book = openpyxl.load_workbook(package, read_only=True, data_only=True, keep_links=False)
        formulas = _formulas(package)
        _add_sheets(builder, book, formulas)
        properties = book.properties
        title, created = sane_title(properties.title), sane_date(properties.created)
        book.close()
    except (
        InvalidFileException,
        BadZipFile,
        LookupError,
        SyntaxError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
    ) as error:
        raise ParseError("damaged XLSX file; open and save it again in Excel") from error
    # Excel and its kin write the day a file was first made; a title is rare and meant.
    return builder.build(title=title, published=created if title else None)


def _formulas(package: io.BytesIO) -> Any:
    """The workbook with its formulas, if one of them has no value."""
    with zipfile.ZipFile(package) as members:
        sheets = [n for n in members.namelist() if n.startswith("xl/worksheets/")]
        if not any(_NO_VALUE.search(members.read(name)) for name in sheets):
            return None
    return openpyxl.load_workbook(package, read_only=True, keep_links=False)


def _add_sheets(builder: TextBuilder, book: Any, formulas: Any) -> None:
    seen_cells = seen_rows = 0
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        rows = []
        lines = sheet.iter_rows(values_only=True)
        if formulas is not None:
            written = formulas[sheet.title].iter_rows(values_only=True)
            lines = (_filled(values, line) for values, line in zip(lines, written, strict=False))
        for values in lines:
            seen_cells, seen_rows = seen_cells + len(values), seen_rows + 1
            if seen_cells > _MAX_CELLS or seen_rows > _MAX_SEEN_ROWS:
                raise ParseError(f"more than {_MAX_CELLS:,} cells; split the workbook")
            row = [_shown(value) for value in values]
            if any(row):
                rows.append(row)
        _add_table(builder, sheet.title, rows)


def _filled(values: tuple[Any, ...], formulas: tuple[Any, ...]) -> list[Any]:
    """The values of a row, and the formula where there is none."""
    pairs = zip_longest(values, formulas)
    return [formula if value is None else value for value, formula in pairs]


def _add_table(builder: TextBuilder, title: str, rows: list[list[str]]) -> None:
    if not rows:
        return
    used = [n for n in range(max(map(len, rows))) if any(n < len(row) and row[n] for row in rows)]
    builder.heading(title, 2)
    builder.table([[row[n] if n < len(row) else "" for n in used] for row in rows])


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}"  # as a spreadsheet shows it, not 0.30000000000000004
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat(*([" "] if isinstance(value, datetime) else []))
    return str(value)
