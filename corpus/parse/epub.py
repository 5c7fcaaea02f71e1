"""EPUB to blocks: the chapters in the order of the book's spine, read as HTML.

Knows nothing of how a chapter looks. A protected book is refused.
"""

from __future__ import annotations

import posixpath
import zipfile
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from corpus.errors import ParseError
from corpus.parse.build import TextBuilder
from corpus.parse.dates import iso_date
from corpus.parse.encoding import decode
from corpus.parse.html import add_blocks, soup_of
from corpus.parse.ooxml import open_package
from corpus.parse.xml_tree import attribute, local, member, tree
from corpus.types import Parsed

_CONTAINER = "META-INF/container.xml"
_CHAPTERS = ("application/xhtml+xml", "text/html")
_MAX_CHAPTERS = 5000


def parse(data: bytes, name: str) -> Parsed:
    """Parse a book; raises ParseError when it is damaged, protected or has no text."""
    builder = TextBuilder()
    with zipfile.ZipFile(open_package(data, "EPUB", _CONTAINER)) as package:
        root = _root_file(package)
        book = tree(member(package, root), "the book's list of parts")
        for path in _spine(book, posixpath.dirname(root)):
            add_blocks(builder, soup_of(decode(member(package, path), html=True)))
    return builder.build(
        title=_metadata(book, "title"), published=iso_date(_metadata(book, "date"))
    )


def _root_file(package: zipfile.ZipFile) -> str:
    if "META-INF/rights.xml" in package.namelist():
        raise ParseError("a protected book; use a copy without protection")
    for element in tree(member(package, _CONTAINER), "the book's container").iter():
        if local(element) == "rootfile" and attribute(element, "full-path"):
            return attribute(element, "full-path")
    raise ParseError("damaged EPUB file: it does not name its parts")


def _spine(book: Element, folder: str) -> list[str]:
    parts = {attribute(item, "id"): item for item in book.iter() if local(item) == "item"}
    paths = []
    for reference in book.iter():
        item = parts.get(attribute(reference, "idref")) if local(reference) == "itemref" else None
        if item is None or attribute(item, "media-type") not in _CHAPTERS:
            continue
        path = posixpath.normpath(posixpath.join(folder, unquote(attribute(item, "href"))))
        if path not in paths:
            paths.append(path)
        if len(paths) > _MAX_CHAPTERS:
            raise ParseError(f"a book of more than {_MAX_CHAPTERS:,} chapters")
    return paths


def _metadata(book: Element, name: str) -> str | None:
    for element in book.iter():
        if local(element) == name and element.text and element.text.strip():
            return element.text.strip()
    return None
