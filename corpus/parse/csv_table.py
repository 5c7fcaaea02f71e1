"""CSV and TSV to one table whose first row is its header."""

from __future__ import annotations

import csv
import io

from corpus.errors import ParseError
from corpus.parse.build import TextBuilder
from corpus.parse.encoding import decode
from corpus.types import Parsed

_SAMPLE = 16 * 1024
# Beyond this a file is data for a database, not a document to read passages from.
_MAX_ROWS = 200_000


def parse(data: bytes, name: str) -> Parsed:
    """Parse delimited text; raises ParseError when it is empty, damaged or too long."""
    text = decode(data)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), _dialect(text, name)):
            if any(cell.strip() for cell in row):
                rows.append(row)
            if len(rows) > _MAX_ROWS:
                raise ParseError(f"more than {_MAX_ROWS:,} rows; split the file")
    except csv.Error as error:
        raise ParseError(f"not readable as a table ({error})") from error
    builder = TextBuilder()
    builder.table(rows)
    return builder.build()


def _dialect(text: str, name: str) -> type[csv.Dialect]:
    if name.lower().endswith(".tsv"):
        return csv.excel_tab
    try:
        return csv.Sniffer().sniff(text[:_SAMPLE], delimiters=",;\t|")
    except csv.Error:
        return csv.excel
