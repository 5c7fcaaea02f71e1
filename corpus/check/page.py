"""A curated document as the checks see it: front matter, and passages with their lines.

A passage is a heading, a paragraph, a list item or a table row, as plain text. Knows nothing
of the rules, of cards, or of how a document is indexed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.curated import read_front
from corpus.errors import ParseError, SourceError
from corpus.front import CuratedFront
from corpus.parse.encoding import decode
from corpus.parse.front_matter import split_front_matter
from corpus.sentences import sentence_spans

PassageKind = Literal["heading", "paragraph", "item", "row", "code"]
_KINDS: dict[str, PassageKind] = {"heading_open": "heading", "list_item_open": "item"}


@dataclass(frozen=True, slots=True)
class Passage:
    """A unit of a document at ``line`` of its file.

    A row has its ``cells`` and the names of its ``columns``, and ``table`` is the line on
    which its table starts; ``links`` are the targets of links in it.
    """

    kind: PassageKind
    line: int
    text: str
    level: int = 0
    cells: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    table: int = 0
    links: tuple[str, ...] = ()

    @property
    def sentences(self) -> list[str]:
        """The sentences of running text; a row is one."""
        if self.kind in ("row", "code"):
            return [self.text]
        spans = sentence_spans(self.text, "en")
        return [self.text[start:end].strip() for start, end in spans]


@dataclass(frozen=True)
class Page:
    """A document: its file's name, its checked front matter, its passages in order."""

    file: str
    front: CuratedFront
    passages: tuple[Passage, ...]

    @cached_property
    def text(self) -> str:
        """Title and body, a passage a line."""
        return "\n".join([self.front.title, *(passage.text for passage in self.passages)])

    @cached_property
    def sentences(self) -> tuple[tuple[Passage, str], ...]:
        """Every sentence of the running text with its passage."""
        running = (p for p in self.passages if p.kind in ("paragraph", "item"))
        return tuple((passage, text) for passage in running for text in passage.sentences)

    @property
    def words(self) -> int:
        """How many words a reader reads, headings and table cells included."""
        return sum(len(passage.text.split()) for passage in self.passages)


def page_files(folder: Path) -> list[Path]:
    """The documents of a folder, in order of name."""
    return sorted(folder.glob("*.md"))


def read_page(path: Path) -> Page:
    """Read one document; raises SourceError or ParseError with what to correct."""
    try:
        stat = path.stat()
    except OSError as error:
        raise SourceError(f"{path.name}: {error.strerror or error}") from error
    return _read(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=2048)
def _read(path: Path, size: int, mtime_ns: int) -> Page:
    """Parsed once per version of a file: the rules and the coverage both look at it."""
    front = read_front(path)
    text = decode(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    _, body = split_front_matter(text)
    first_line = text[: len(text) - len(body)].count("\n") + 1
    passages = tuple(_passages(body, first_line))
    if not passages:
        raise ParseError(f"{path.name}: no text after the front matter")
    return Page(path.name, front, passages)


def read_pages(folder: Path) -> tuple[list[Page], list[str]]:
    """Every document that can be read, and a line for each that cannot."""
    pages, unreadable = [], []
    for path in page_files(folder):
        try:
            pages.append(read_page(path))
        except (SourceError, ParseError) as error:
            line = str(error)
            unreadable.append(line if line.startswith(path.name) else f"{path.name}: {line}")
    return pages, unreadable


def _passages(body: str, first_line: int) -> Iterator[Passage]:
    """Walk the tokens of the Markdown parser; lines are those of the file."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body)
    kinds: list[PassageKind] = []
    level, number = 0, 0
    for place, token in enumerate(tokens):
        if token.type == "table_open":
            number = _line(token, first_line)
            yield from _rows(tokens[place:], number, first_line)
        elif token.type == "table_close":
            number = 0
        elif token.type in _KINDS:
            kinds.append(_KINDS[token.type])
            level = int(token.tag[1]) if token.type == "heading_open" else 0
        elif token.type in ("heading_close", "list_item_close"):
            kinds.pop()
        elif token.type in ("fence", "code_block", "html_block"):
            yield Passage("code", _line(token, first_line), token.content.strip())
        elif token.type == "inline" and not number:
            kind = kinds[-1] if kinds else "paragraph"
            text, links = _plain(token), _links(token)
            if text:
                yield Passage(kind, _line(token, first_line), text, level, links=links)


def _rows(tokens: list[Token], table: int, first_line: int) -> Iterator[Passage]:
    """The body rows of the table that ``tokens`` start with."""
    columns: tuple[str, ...] = ()
    cells: list[Token] = []
    for token in tokens:
        if token.type == "tr_open":
            cells, line = [], _line(token, first_line)
        elif token.type == "inline":
            cells.append(token)
        elif token.type == "tr_close":
            texts = tuple(map(_plain, cells))
            if not columns:
                columns = texts
                continue
            links = tuple(link for cell in cells for link in _links(cell))
            text = " | ".join(texts)
            yield Passage("row", line, text, 0, texts, columns, table, links)
        elif token.type == "table_close":
            return


def _plain(token: Token) -> str:
    """Text of an inline token without its markup, on one line."""
    parts = []
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type in ("text", "code_inline", "image"):
            parts.append(child.content)
    return " ".join("".join(parts).split())


def _links(token: Token) -> tuple[str, ...]:
    found = [str(c.attrs.get("href", "")) for c in token.children or [] if c.type == "link_open"]
    return tuple(found)


def _line(token: Token, first_line: int) -> int:
    return (token.map[0] if token.map else 0) + first_line
