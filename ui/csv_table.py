"""An answer's table as a CSV file that opens in the page itself: a ``data:`` address.

The values come from documents, so a spreadsheet must not run one as a formula. Knows nothing
of the page.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from assistant.types import Citation, Table

FILE_NAME = "refdesk-table.csv"
MOST_SOURCES = 20  # addresses in a cell; Excel takes 32,767 characters

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_address(table: Table, citations: Iterable[Citation]) -> str:
    """The table as a ``data:`` address, UTF-8 with the mark that Excel needs."""
    text = "\ufeff" + csv_text(table, citations)
    return "data:text/csv;charset=utf-8," + quote(text.encode("utf-8", "replace"), safe="")


def csv_text(table: Table, citations: Iterable[Citation]) -> str:
    """Heads, rows, and in a last column the addresses of each row's sources (RFC 4180)."""
    cited = {citation.number: citation for citation in citations}
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in (*table.columns, "Sources")])
    for index, row in enumerate(table.rows):
        numbers = table.row_citations[index] if index < len(table.row_citations) else ()
        writer.writerow([*map(_cell, row), _cell(_sources(numbers, cited))])
    return written.getvalue()


def _sources(numbers: Iterable[int], cited: Mapping[int, Citation]) -> str:
    found = [cited[number] for number in numbers if number in cited]
    unique = list(dict.fromkeys(citation.url or citation.document_id for citation in found))
    more = f" (+{len(unique) - MOST_SOURCES} more)" if len(unique) > MOST_SOURCES else ""
    return " ".join(unique[:MOST_SOURCES]) + more


def _cell(value: object) -> str:
    """A value as text; what a spreadsheet would take for a formula gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    text = text.replace("\x00", "")
    dangerous = text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)
    return f"'{text}" if dangerous else text
