"""Collect cleaned blocks into one text with exact offsets.

Every parser feeds a ``TextBuilder``; nobody else computes offsets. Knows nothing of file
formats.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from corpus.errors import ParseError
from corpus.types import Block, BlockKind, Page, Parsed

# Ligatures that PDF fonts and typesetters leave in text; NFC keeps them, readers and
# full-text search want the letters.
_LIGATURES = str.maketrans(
    {
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\ufb05": "st",
        "\ufb06": "st",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2007": " ",
        "\u2028": "\n",
        "\u2029": "\n",
        "\u0085": "\n",
        "\x0b": "\n",
        "\x0c": "\n",
    }
)
# C0/C1 controls except tab and newline, soft hyphen, zero-width and direction marks,
# BOM, non-characters, lone surrogates, private use (icon fonts).
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufffe\uffff\ud800-\udfff\ue000-\uf8ff]"
)
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")

CELL_SEPARATOR = " | "


def clean(text: str) -> str:
    """Text with normal line ends, no control characters, ligatures as letters, in NFC."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_LIGATURES)
    return unicodedata.normalize("NFC", _UNPRINTABLE.sub("", text))


def one_line(text: str) -> str:
    """Cleaned text with every run of white space as one space."""
    return " ".join(clean(text).split())


def prose(text: str) -> str:
    """Cleaned text with runs of spaces as one and no blank lines; line breaks stay."""
    text = _BLANK_LINES.sub("\n", _SPACES.sub(" ", clean(text)))
    return "\n".join(line.strip() for line in text.split("\n")).strip()


class TextBuilder:
    """Append blocks, then ``build()`` a Parsed whose ranges are exact."""

    def __init__(self) -> None:
        """Start with an empty text."""
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._page_starts: list[tuple[int, int]] = []

    def heading(self, text: str, level: int) -> None:
        """Add a heading of level 1 to 6, on one line."""
        self._append("heading", one_line(text), level=min(max(level, 1), 6))

    def paragraph(self, text: str) -> None:
        """Add a paragraph; its single line breaks stay."""
        self._append("paragraph", prose(text))

    def code(self, text: str) -> None:
        """Add code, verbatim but for control characters and white space at its ends."""
        lines = [line.rstrip() for line in clean(text).split("\n")]
        while lines and not lines[0]:
            lines.pop(0)
        code = "\n".join(lines).rstrip()
        # Leading blanks of the first line are indentation that a block cannot start with.
        self._append("code", code.lstrip())

    def items(self, lines: Iterable[str]) -> None:
        """Add a list, one item a line; leading spaces show nesting."""
        kept = []
        for line in lines:
            body = one_line(line)
            if body:
                kept.append(" " * (len(line) - len(line.lstrip(" "))) + body)
        self._append("list", "\n".join(kept).strip())

    def table(self, rows: Sequence[Sequence[str]], header_rows: int = 1) -> None:
        """Add a table, one row a line, cells separated by " | ", header rows first."""
        lines: list[str] = []
        header_lines = 0
        for number, row in enumerate(rows):
            cells = [one_line(cell) for cell in row]
            filled = [cell for cell in cells if cell]
            if filled:
                cells = filled if len(filled) == 1 else cells
                lines.append(CELL_SEPARATOR.join(cells).strip())
                header_lines += number < header_rows
        header = "\n".join(lines[:header_lines])
        whole_header = 0 < header_lines < len(lines)
        self._append("table", "\n".join(lines), header_chars=len(header) if whole_header else None)

    def new_page(self, number: int) -> None:
        """Say that what follows stands on page (or slide) ``number``."""
        self._page_starts.append((number, len(self._blocks)))

    def is_empty(self) -> bool:
        """True when no block was added."""
        return not self._blocks

    def build(
        self,
        *,
        title: str | None = None,
        published: str | None = None,
        metadata: dict[str, object] | None = None,
        allow_empty: bool = False,
    ) -> Parsed:
        """The collected document; raises ParseError when it holds no text."""
        if not self._blocks and not allow_empty:
            raise ParseError("no text in it")
        return Parsed(
            text="".join(self._parts),
            blocks=tuple(self._blocks),
            pages=self._pages(),
            title=one_line(title or "")[:300] or None,
            published=published,
            metadata=metadata or {},
        )

    def _pages(self) -> tuple[Page, ...]:
        """From each page's first block to its last; an empty page has an empty range."""
        stops = [first for _, first in self._page_starts[1:]] + [len(self._blocks)]
        pages = []
        for (number, first), stop in zip(
            self._page_starts, stops[: len(self._page_starts)], strict=True
        ):
            start = self._blocks[first].start if first < len(self._blocks) else self._length
            end = self._blocks[stop - 1].end if stop > first else start
            pages.append(Page(number, start, end))
        return tuple(pages)

    def _append(
        self, kind: BlockKind, text: str, *, level: int = 0, header_chars: int | None = None
    ) -> None:
        if not text:
            return
        if self._blocks:
            self._parts.append("\n\n")
            self._length += 2
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        header_end = None if header_chars is None else start + header_chars
        self._blocks.append(Block(kind, start, self._length, level, header_end))
