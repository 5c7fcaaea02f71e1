"""HTML to blocks: the main content, with its headings, lists, code and tables.

Also the second half of the Markdown and reStructuredText parsers, which render to HTML
first, so that HTML inside them (tables, <details>, badges) needs no second reader. Knows
nothing of the network: nothing that a page refers to is fetched.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from bs4 import (
    BeautifulSoup,
    Comment,
    Doctype,
    ProcessingInstruction,
    XMLParsedAsHTMLWarning,
)
from bs4.element import CData, Declaration, NavigableString, PageElement, Tag
from bs4.filter import SoupStrainer

from corpus.errors import ParseError
from corpus.front import web_address
from corpus.parse.build import TextBuilder, one_line
from corpus.parse.dates import iso_date
from corpus.parse.encoding import decode
from corpus.parse.html_marks import spell_out
from corpus.parse.html_table import table_rows
from corpus.types import Parsed

_DROPPED = frozenset(
    (
        "script style noscript template svg math canvas iframe object embed form button input "
        "select textarea img picture video audio source map area head title meta link nav dialog "
        "del s strike"
    ).split()
)
# Marks that are for the web page's own use: wiki edit links, and reference numbers, which
# in a quote would look like citations of the answer.
_DROPPED_CLASSES = frozenset(["mw-editsection", "noprint", "navbox", "sr-only", "reference"])
# Page furniture, dropped when a page has other text.
_FURNITURE = frozenset(["header", "footer", "aside"])
_FURNITURE_ROLES = frozenset(["navigation", "banner", "contentinfo", "search", "complementary"])
_NOTE = re.compile(r"footnote|endnote|rearnote", re.I)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    (
        "address article aside blockquote body center dd details dialog div dl dt fieldset "
        "figcaption figure footer header hr html li main ol option p pre section summary table ul"
    ).split()
) | frozenset(_HEADINGS)
# Deeper than any real page; past it text is taken flat, so that hostile nesting cannot
# exhaust Python's stack.
_MAX_DEPTH = 120


def parse(data: bytes, name: str) -> Parsed:
    """Parse an HTML page; raises ParseError when it holds no readable text."""
    soup = soup_of(decode(data, html=True))
    builder = TextBuilder()
    add_blocks(builder, _main_content(soup), keep_furniture=False)
    if builder.is_empty():
        add_blocks(builder, soup, keep_furniture=True)
    if builder.is_empty():
        raise ParseError("no readable text in the page (it may be built by scripts)")
    return builder.build(title=_title(soup), published=_published(soup))


def canonical(data: bytes, base: str) -> str | None:
    """The address that a page found at ``base`` gives as its own, if that is a web address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        links = BeautifulSoup(decode(data, html=True), "lxml", parse_only=SoupStrainer("link"))
    tag = links.select_one('link[rel~="canonical"][href]')
    try:
        return web_address(urljoin(base, str(tag["href"]).strip())) if tag is not None else None
    except ValueError:
        return None


def soup_of(html: str) -> BeautifulSoup:
    """The page as a tree; libxml2 closes what is open and bounds the nesting."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(html, "lxml")
    spell_out(soup)
    return soup


def add_blocks(builder: TextBuilder, root: Tag, *, keep_furniture: bool = True) -> None:
    """Append the blocks of ``root`` to ``builder`` in reading order."""
    _Walker(builder, keep_furniture).walk(root)


def inline_text(element: PageElement) -> str:
    """The visible text inside ``element``, on one line."""
    return one_line(_visible_text(element))


def _visible_text(element: PageElement) -> str:
    if isinstance(element, NavigableString):
        return "" if _is_invisible_string(element) else str(element)
    if not isinstance(element, Tag):
        return ""
    parts: list[str] = []
    skip_until: set[int] = set()
    for child in element.descendants:
        if child.parent is not None and id(child.parent) in skip_until:
            skip_until.add(id(child))
        elif isinstance(child, Tag):
            if _is_dropped(child):
                skip_until.add(id(child))
            elif child.name == "br" or child.name in _BLOCKS:
                parts.append("\n" if child.name == "br" else " ")
        elif isinstance(child, NavigableString) and not _is_invisible_string(child):
            parts.append(str(child))
    return "".join(parts)


def _is_invisible_string(string: NavigableString) -> bool:
    return isinstance(string, Comment | Doctype | ProcessingInstruction | CData | Declaration)


def _is_dropped(tag: Tag) -> bool:
    if tag.name in _DROPPED or tag.has_attr("hidden"):
        return True
    if tag.name != "body" and not _DROPPED_CLASSES.isdisjoint(tag.get_attribute_list("class")):
        return True
    style = tag.get("style")
    return isinstance(style, str) and "display:none" in style.replace(" ", "").lower()


def _is_furniture(tag: Tag) -> bool:
    role = tag.get("role")
    if _is_note(tag):
        return False
    return tag.name in _FURNITURE or (isinstance(role, str) and role in _FURNITURE_ROLES)


def _is_note(tag: Tag) -> bool:
    """Footnotes stand in an <aside> often."""
    said = [tag.get("role"), tag.get("epub:type"), *tag.get_attribute_list("class")]
    return any(isinstance(one, str) and _NOTE.search(one) for one in said)


class _Walker:
    """Walks the tree once; text outside block elements gathers into paragraphs."""

    def __init__(self, builder: TextBuilder, keep_furniture: bool) -> None:
        self._builder = builder
        self._keep_furniture = keep_furniture
        self._inline: list[str] = []

    def walk(self, root: Tag) -> None:
        self._children(root, 0)
        self._flush()

    def _flush(self) -> None:
        text = "".join(self._inline)
        self._inline = []
        self._builder.paragraph(_collapse(text))

    def _children(self, tag: Tag, depth: int) -> None:
        for child in tag.children:
            if isinstance(child, Tag):
                self._tag(child, depth + 1)
            elif isinstance(child, NavigableString) and not _is_invisible_string(child):
                self._inline.append(re.sub(r"\s+", " ", str(child)))

    def _tag(self, tag: Tag, depth: int) -> None:
        if _is_dropped(tag) or (not self._keep_furniture and _is_furniture(tag)):
            return
        if tag.name == "br":
            self._inline.append("\n")
        elif depth > _MAX_DEPTH or (tag.name not in _BLOCKS and not _has_block(tag)):
            self._inline.append(_collapse_keep_ends(_visible_text(tag)))
        elif tag.name in _BLOCKS:
            self._flush()
            self._block(tag, depth)
            self._flush()
        else:
            self._children(tag, depth)

    def _block(self, tag: Tag, depth: int) -> None:
        if tag.name in _HEADINGS:
            self._builder.heading(inline_text(tag), _HEADINGS[tag.name])
        elif tag.name == "pre":
            self._builder.code(tag.get_text())
        elif tag.name in ("ul", "ol"):
            self._list(tag, depth)
        elif tag.name == "table":
            self._table(tag, depth)
        elif tag.name == "dl":
            self._definitions(tag, depth)
        else:
            self._children(tag, depth)

    def _list(self, tag: Tag, depth: int) -> None:
        lines: list[str] = []
        self._items(tag, depth, 0, lines)
        self._emit_list(lines)

    def _emit_list(self, lines: list[str]) -> None:
        self._builder.items(lines)
        lines.clear()

    def _items(self, tag: Tag, depth: int, indent: int, lines: list[str]) -> None:
        number = _int(tag.get("start"), 1)
        for item in tag.find_all("li", recursive=False):
            if _is_dropped(item):
                continue
            marker = f"{number}. " if tag.name == "ol" else "- "
            number += 1
            self._item(item, depth, indent, marker, lines)

    def _item(self, item: Tag, depth: int, indent: int, marker: str, lines: list[str]) -> None:
        """One item: its own text on a line, then nested lists; code and tables stand alone."""
        own: list[str] = []

        def end_line() -> None:
            nonlocal marker
            text = one_line("".join(own))
            own.clear()
            if text:
                lines.append(" " * indent + marker + text)
                marker = " " * len(marker)

        for part in _item_parts(item):
            if isinstance(part, Tag) and part.name in ("ul", "ol") and depth < _MAX_DEPTH:
                end_line()
                self._items(part, depth + 1, indent + 2, lines)
            elif isinstance(part, Tag) and (
                part.name in ("pre", "table") or part.name in _HEADINGS
            ):
                end_line()
                self._emit_list(lines)
                self._block(part, depth + 1)
            elif isinstance(part, Tag) and part.name in _BLOCKS:
                end_line()
                own.append(_visible_text(part))
                end_line()
            else:
                own.append(_visible_text(part) if not _is_dropped_element(part) else "")
        end_line()

    def _table(self, tag: Tag, depth: int) -> None:
        if tag.find(["table", "pre", "ul", "ol", "h1", "h2", "h3"]) is not None:
            # A table used for layout, or with blocks in its cells: read it cell by cell.
            for cell in tag.find_all(["td", "th", "caption"]):
                if cell.find_parent("table") is tag and depth < _MAX_DEPTH:
                    self._children(cell, depth + 2)
                    self._flush()
            return
        caption = tag.find("caption")
        if isinstance(caption, Tag):
            self._builder.paragraph(inline_text(caption))
        rows, header_rows = table_rows(tag, inline_text)
        if max((len(row) for row in rows), default=0) < 2:
            for row in rows:
                self._builder.paragraph(" ".join(row))
        else:
            self._builder.table(rows, header_rows)

    def _definitions(self, tag: Tag, depth: int) -> None:
        for child in tag.find_all(["dt", "dd"]):
            if child.find_parent("dl") is tag:
                self._children(child, depth + 1)
                self._flush()


def _item_parts(item: Tag) -> Iterator[PageElement]:
    """The children of a list item, looking through wrappers that hold blocks."""
    for child in item.children:
        if isinstance(child, Tag) and child.name in ("div", "details", "section", "blockquote"):
            yield from child.children
        else:
            yield child


def _is_dropped_element(element: PageElement) -> bool:
    return isinstance(element, Tag) and _is_dropped(element)


def _has_block(tag: Tag) -> bool:
    return any(isinstance(child, Tag) and child.name in _BLOCKS for child in tag.descendants)


def _collapse_keep_ends(text: str) -> str:
    return re.sub(r"[^\S\n]+", " ", text)


def _collapse(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _int(value: object, default: int) -> int:
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < 9 else default


def _main_content(soup: BeautifulSoup) -> Tag:
    """<main>, a lone <article>, or the body."""
    main = soup.find("main") or soup.select_one('[role="main"]')
    if isinstance(main, Tag) and len(main.get_text()) > 200:
        return main
    articles = soup.find_all("article")
    if len(articles) == 1 and len(articles[0].get_text()) > 200:
        return articles[0]
    return soup.body or soup


def _meta(soup: BeautifulSoup, names: Iterable[str]) -> str | None:
    for name in names:
        for attribute in ("property", "name", "itemprop"):
            tag = soup.select_one(f'meta[{attribute}="{name}"]')
            content = tag.get("content") if isinstance(tag, Tag) else None
            if isinstance(content, str) and content.strip():
                return content
    return None


def _title(soup: BeautifulSoup) -> str | None:
    """og:title, else <title>, else the first heading."""
    title = _meta(soup, ["og:title", "citation_title"])
    if title:
        return one_line(title)
    for tag in (soup.title, soup.find("h1"), soup.find(["h2", "h3"])):
        text = one_line(tag.get_text()) if isinstance(tag, Tag) else ""
        if text:
            return text
    return None


def _published(soup: BeautifulSoup) -> str | None:
    names = ("article:published_time", "datePublished", "citation_publication_date")
    content = _meta(soup, (*names, "date", "dc.date", "DC.date.issued", "pubdate"))
    if content is None:
        time = soup.select_one("time[datetime]")
        content = str(time.get("datetime")) if isinstance(time, Tag) else None
    return iso_date(content)
