"""Jupyter notebooks to blocks: Markdown cells, code cells and what they printed.

Images and widgets are left out. Nothing is run.
"""

from __future__ import annotations

import re
from typing import Any

from corpus.errors import ParseError
from corpus.parse.build import TextBuilder, one_line
from corpus.parse.encoding import decode
from corpus.parse.html import add_blocks, soup_of
from corpus.parse.json_records import load_json
from corpus.parse.markdown import add_markdown
from corpus.types import Parsed

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# What one cell printed beyond this is a log, not something to quote.
_MAX_OUTPUT_CHARS = 20_000


def parse(data: bytes, name: str) -> Parsed:
    """Parse a notebook of format 3 or 4; raises ParseError when it is none or empty."""
    book = load_json(decode(data).lstrip("\ufeff"), "the notebook")
    cells = _cells(book)
    if cells is None:
        raise ParseError("not a Jupyter notebook: it has no list of cells")
    builder = TextBuilder()
    for cell in cells:
        if isinstance(cell, dict):
            _add_cell(builder, cell)
    return builder.build(title=_title(book))


def _cells(book: object) -> list[Any] | None:
    if not isinstance(book, dict):
        return None
    sheets = book.get("worksheets")
    if isinstance(sheets, list):
        found = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        return [cell for cells in found if isinstance(cells, list) for cell in cells]
    cells = book.get("cells")
    return cells if isinstance(cells, list) else None


def _title(book: object) -> str | None:
    metadata = book.get("metadata") if isinstance(book, dict) else None
    title = metadata.get("title") if isinstance(metadata, dict) else None
    return title if isinstance(title, str) else None


def _add_cell(builder: TextBuilder, cell: dict[str, Any]) -> None:
    kind, source = cell.get("cell_type"), _text(cell.get("source", cell.get("input")))
    if kind == "code":
        builder.code(source)
        outputs = cell.get("outputs")
        for output in outputs if isinstance(outputs, list) else ():
            if isinstance(output, dict):
                _add_output(builder, output)
    elif kind == "heading":
        level = str(cell.get("level", "1"))
        builder.heading(source, int(level) if level in "123456" else 1)
    elif kind == "markdown":
        add_markdown(builder, source)
    else:
        builder.paragraph(source)


def _add_output(builder: TextBuilder, output: dict[str, Any]) -> None:
    data = output.get("data")
    shown = data if isinstance(data, dict) else output
    page = _text(shown.get("text/html"))
    if "<table" in page:
        add_blocks(builder, soup_of(page[: 10 * _MAX_OUTPUT_CHARS]))
        return
    if marked := _text(shown.get("text/markdown")):
        add_markdown(builder, marked[:_MAX_OUTPUT_CHARS])
        return
    if formula := _text(shown.get("text/latex")):
        builder.paragraph(one_line(formula[:_MAX_OUTPUT_CHARS]))
        return
    text = _text(shown.get("text/plain", shown.get("text"))) or _text(output.get("traceback"))
    builder.code(_ANSI.sub("", text[:_MAX_OUTPUT_CHARS]))


def _text(value: object) -> str:
    """Text is written as one string or as a list of them."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""
