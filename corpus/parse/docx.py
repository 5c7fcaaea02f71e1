"""DOCX to blocks: headings by style, lists, tables and paragraphs in document order.

Notes follow the block that refers to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from zipfile import BadZipFile

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.table import Table
from docx.text.paragraph import Paragraph

from corpus.errors import ParseError
from corpus.parse.build import TextBuilder, one_line
from corpus.parse.docx_text import (
    Notes,
    W,
    body_parts,
    boxes_of,
    note_texts,
    notes_in,
    paragraphs_in,
    text_of,
)
from corpus.parse.ooxml import open_package, sane_date, sane_title
from corpus.types import Parsed

_HEADING = re.compile(r"^heading (\d)$", re.I)


def parse(data: bytes, name: str) -> Parsed:
    """Parse a Word document; raises ParseError when it is damaged, encrypted or empty."""
    package = open_package(data, "DOCX")
    try:
        document = docx.Document(package)
        builder = TextBuilder()
        _Reader(builder, note_texts(document)).read(document)
        properties = document.core_properties
        title, created = sane_title(properties.title), sane_date(properties.created)
    except (OpcError, BadZipFile, KeyError, SyntaxError, ValueError, AttributeError) as error:
        raise ParseError("damaged DOCX file; open and save it again in Word") from error
    return builder.build(title=title or _styled_title(document), published=created)


def _styled_title(document: WordDocument) -> str | None:
    for paragraph in document.paragraphs[:20]:
        if _style(paragraph) == "Title" and paragraph.text.strip():
            return one_line(paragraph.text)
    return None


def _style(paragraph: Paragraph) -> str:
    style = paragraph.style
    return (style.name or "") if style is not None else ""


class _Reader:
    """Feeds the body to the builder, gathering neighbouring list items into one list."""

    def __init__(self, builder: TextBuilder, notes: Notes) -> None:
        self._builder = builder
        self._notes = notes
        self._pending: list[str] = []
        self._items: list[str] = []
        self._counts: dict[int, int] = {}
        self._style = ""

    def read(self, document: WordDocument) -> None:
        for part in body_parts(document.element.body):
            if part.tag == f"{W}tbl":
                self._flush()
                self._table(Table(part, document))
            else:
                self._paragraph(Paragraph(part, document))
                for text in boxes_of(part):
                    self._flush()
                    self._builder.paragraph(text)
            self._pending += notes_in(part, self._notes)
            if not self._items:
                self._flush()
        self._flush()

    def _flush(self) -> None:
        self._builder.items(self._items)
        self._items = []
        self._counts = {}
        for note in self._pending:
            self._builder.paragraph(f"Note: {one_line(note)}")
        self._pending = []

    def _paragraph(self, paragraph: Paragraph) -> None:
        text = text_of(paragraph._p)
        if not text.strip():
            return
        style = _style(paragraph)
        level = _list_level(paragraph, style)
        heading = 1 if style == "Title" else _heading_level(style)
        if heading:
            self._flush()
            self._builder.heading(text, heading)
        elif level is None:
            self._flush()
            self._builder.paragraph(text)
        else:
            if style != self._style:
                self._flush()  # another list: its numbers start anew
            self._style = style
            self._item(text, level, numbered="number" in style.lower())

    def _item(self, text: str, level: int, *, numbered: bool) -> None:
        self._counts = {deep: n for deep, n in self._counts.items() if deep <= level}
        self._counts[level] = self._counts.get(level, 0) + 1
        marker = f"{self._counts[level]}. " if numbered else "- "
        self._items.append("  " * level + marker + one_line(text))

    def _table(self, table: Table) -> None:
        rows = [list(_row_cells(row)) for row in _rows(table)]
        if max((len(row) for row in rows), default=0) < 2:
            for row in rows:
                self._builder.paragraph("\n".join(row))
        else:
            self._builder.table(rows)


def _rows(table: Table) -> Iterator[list[str]]:
    """Cell texts row by row; a cell merged over columns counts once."""
    for row in table.rows:
        cells: list[str] = []
        previous = None
        for cell in row.cells:
            if cell._tc is not previous:
                cells.append(" ".join(map(text_of, paragraphs_in(cell._tc))))
            previous = cell._tc
        yield cells


def _row_cells(row: list[str]) -> list[str]:
    return [one_line(cell) for cell in row]


def _heading_level(style: str) -> int | None:
    match = _HEADING.match(style)
    return int(match[1]) if match else None


def _list_level(paragraph: Paragraph, style: str) -> int | None:
    """Nesting depth of a list item from 0, or None for other paragraphs."""
    numbering = paragraph._p.find(f"{W}pPr/{W}numPr")
    if numbering is not None and not _heading_level(style):
        level = numbering.find(f"{W}ilvl")
        value = level.get(f"{W}val", "0") if level is not None else "0"
        return min(int(value), 8) if value.isdecimal() else 0
    return 0 if style.lower().startswith("list") else None
