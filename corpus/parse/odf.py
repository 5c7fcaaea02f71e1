"""OpenDocument (ODT, ODP, ODS) to blocks: headings, lists, tables, slides and notes.

Tracked deletions and comments are left out. Knows nothing of styles.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from corpus.errors import ParseError
from corpus.parse.build import TextBuilder, one_line
from corpus.parse.dates import iso_date
from corpus.parse.formulas import formula
from corpus.parse.ooxml import open_package
from corpus.parse.xml_tree import attribute, local, member, tree
from corpus.types import Parsed

_CONTENT, _META, _MANIFEST = "content.xml", "meta.xml", "META-INF/manifest.xml"
_DROPPED = frozenset(
    ["annotation", "annotation-end", "tracked-changes", "note", "forms", "title", "desc"]
)
_SPAN = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}span"
_MAX_FORMULAS = 2000
_MAX_DEPTH = 100
# A repeated empty cell stands for the rest of a sheet's width; a filled one is data.
_MAX_REPEAT = 200
_MAX_CELLS = 2_000_000


def parse(data: bytes, name: str) -> Parsed:
    """Parse a text, presentation or sheet; raises ParseError: damaged, encrypted or empty."""
    with zipfile.ZipFile(open_package(data, "OpenDocument", _CONTENT)) as package:
        names = package.namelist()
        if _MANIFEST in names and b"encryption-data" in member(package, _MANIFEST):
            raise ParseError("encrypted; save the file without a password")
        content = tree(member(package, _CONTENT), "the document's content")
        meta = tree(member(package, _META), "its metadata") if _META in names else None
        _spell_out_formulas(content, package, frozenset(names))
    reader = _Reader(TextBuilder())
    for body in content.iter():
        if local(body) == "body":
            reader.walk(body, 0)
    builder = reader.builder
    return builder.build(title=_meta(meta, "title"), published=iso_date(_meta(meta, "date")))


def _spell_out_formulas(content: Element, package: zipfile.ZipFile, names: frozenset[str]) -> None:
    """Put the text of each formula, a document of its own, where its frame stands."""
    frames = [element for element in content.iter() if local(element) == "frame"]
    for frame in frames[:_MAX_FORMULAS]:
        for inner in frame:
            path = posixpath.normpath(f"{attribute(inner, 'href')}/{_CONTENT}")
            if local(inner) == "object" and path in names:
                math = tree(member(package, path), "a formula")
                if local(math) == "math":
                    frame.tag, frame.text = _SPAN, formula(math)
                    frame[:] = []
                    break


def _meta(meta: Element | None, name: str) -> str | None:
    for element in meta.iter() if meta is not None else ():
        if local(element) == name and element.text and element.text.strip():
            return element.text.strip()
    return None


class _Reader:
    """Walks the body once, feeding the builder."""

    def __init__(self, builder: TextBuilder) -> None:
        self.builder = builder
        self._slides = 0
        self._cells = 0

    def walk(self, element: Element, depth: int) -> None:
        """Add what is inside ``element``."""
        if depth > _MAX_DEPTH:
            self.builder.paragraph(one_line(_text(element)))
            return
        for child in element:
            self._add(child, depth + 1)

    def _add(self, element: Element, depth: int) -> None:
        name = local(element)
        if name == "h":
            level = attribute(element, "outline-level")
            self.builder.heading(
                _text(element), int(level) if level in "123456789" and level else 1
            )
            self._notes(element)
        elif name == "p":
            self.builder.paragraph(_text(element))
            self._boxes(element, depth)
            self._notes(element)
        elif name == "list":
            self.builder.items(_items(element, 0))
            self._notes(element)
        elif name == "table":
            self._table(element)
        elif name not in _DROPPED:
            if name == "page":
                self._slides += 1
                self.builder.new_page(self._slides)
            self.walk(element, depth)

    def _boxes(self, paragraph: Element, depth: int) -> None:
        """Text boxes and their like, which are anchored in a paragraph."""
        for child in paragraph:
            if local(child) == "frame":
                self._add(child, depth + 1)

    def _notes(self, element: Element) -> None:
        """Footnotes follow the block that refers to them."""
        for note in element.iter():
            if local(note) == "note-body":
                self.builder.paragraph("Note: " + one_line(_text(note)))

    def _table(self, table: Element) -> None:
        title = attribute(table, "name") if self._is_sheet(table) else ""
        rows = [row for row in map(self._row, _rows(table, 0)) if any(row)]
        if rows and title:
            self.builder.heading(title, 2)
        width = max((len(row) for row in rows), default=0)
        self.builder.table([row + [""] * (width - len(row)) for row in rows])

    def _is_sheet(self, table: Element) -> bool:
        return any(attribute(cell, "value-type") for cell in table.iter())

    def _row(self, row: Element) -> list[str]:
        cells: list[str] = []
        for cell in row:
            if local(cell) not in ("table-cell", "covered-table-cell"):
                continue
            text = " ".join(filter(None, (one_line(_text(part)) for part in cell)))
            times = _number(attribute(cell, "number-columns-repeated"), _MAX_REPEAT)
            cells += [text] * times
            self._cells += times
            if self._cells > _MAX_CELLS:
                raise ParseError(f"more than {_MAX_CELLS:,} cells; split the file")
        while cells and not cells[-1]:
            cells.pop()
        return cells


def _rows(element: Element, depth: int) -> Iterator[Element]:
    """Rows of a table, also those in header and row groups, not those of inner tables."""
    for child in element:
        if local(child) == "table-row":
            yield child
        elif depth < _MAX_DEPTH and local(child) in (
            *("table-rows", "table-header-rows", "table-row-group"),
        ):
            yield from _rows(child, depth + 1)


def _number(written: str, most: int) -> int:
    """A number of at least 1 and at most ``most``; 1 where it is not written or not sane."""
    sane = written.isascii() and written.isdecimal() and len(written) < 9
    return min(max(int(written), 1), most) if sane else 1


def _items(element: Element, level: int) -> Iterator[str]:
    for item in element:
        own = [one_line(_text(part)) for part in item if local(part) in ("p", "h")]
        if any(own):
            yield "  " * level + "- " + " ".join(filter(None, own))
        for part in item:
            if local(part) == "list" and level < 8:
                yield from _items(part, level + 1)


def _text(root: Element) -> str:
    """The text of an element without notes, comments and text boxes, spaces as written."""
    parts: list[str] = []
    stack: list[Element | str] = [root]
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            parts.append(top)
            continue
        name = local(top)
        if top is not root and (name in _DROPPED or name == "frame"):
            continue
        count = attribute(top, "c") if name == "s" else ""
        if name in ("s", "tab"):
            parts.append(
                " " * (min(int(count), 100) if count.isdecimal() and len(count) < 5 else 1)
            )
        elif name == "line-break":
            parts.append("\n")
        for child in reversed(top):
            stack += [child.tail or "", child]
        stack.append(top.text or "")
        if name == "p" and top is not root:
            stack.append(" ")
    return "".join(parts)
