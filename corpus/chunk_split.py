"""Split one block into pieces that a passage can hold.

Paragraphs split at sentence ends, lists and code at line ends, tables between rows; what
is still too long splits at white space, then anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.sentences import sentence_spans
from corpus.tokens import estimate_tokens
from corpus.types import Block

Range = tuple[int, int]

_LINE = re.compile(r"[^\n]+")
_WORD = re.compile(r"\S+")
# A table's header may take this share of the room; a longer one is cut when embedded.
_HEADER_SHARE = 0.5
# An unbroken run is cut at this many characters; each is at most one word piece.
_RUN_CHARS = 150


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a block, ``text[start:end]``, with its estimated tokens.

    ``header`` is the range of the header that a continued table part lacks, ``caption``
    the table's caption; an ``atom`` is not joined with its neighbours.
    """

    start: int
    end: int
    tokens: int
    header: Range | None = None
    atom: bool = False
    caption: str = ""


def split_block(
    text: str, block: Block, cap: int, language: str | None = None, caption: str = ""
) -> list[Piece]:
    """Pieces of ``block``, in order, each of at most ``cap`` tokens."""
    if block.kind == "table":
        return _split_table(text, block, cap, caption)
    size = estimate_tokens(text[block.start : block.end])
    if size <= cap:
        return [Piece(block.start, block.end, size)]
    if block.kind in ("list", "code"):
        parts = _lines(text, block.start, block.end)
    else:
        parts = _sentences(text, block.start, block.end, language)
    return [Piece(start, end, tokens) for start, end, tokens in _pack(text, parts, cap)]


def _split_table(text: str, block: Block, cap: int, caption: str) -> list[Piece]:
    size = estimate_tokens(text[block.start : block.end])
    if size <= cap:
        return [Piece(block.start, block.end, size, caption=caption)]
    header = (block.start, block.header_end) if block.header_end is not None else None
    header_size = estimate_tokens(text[header[0] : header[1]]) if header else 0
    pieces = []
    room = cap - min(header_size, int(cap * _HEADER_SHARE))
    for start, end, tokens in _pack(text, _lines(text, block.start, block.end), room):
        within = header if header and start >= header[1] else None
        pieces.append(Piece(start, end, tokens, within, atom=True, caption=caption))
    return pieces


def _pack(text: str, parts: Iterator[Range], cap: int) -> Iterator[tuple[int, int, int]]:
    """Join neighbouring parts up to ``cap`` tokens.

    Packs are of about equal size: a last one of a single row says little by itself.
    """
    sized = [
        (left, right, _size(text, left, right)) for left, right in _small_parts(text, parts, cap)
    ]
    whole = sum(size for _, _, size in sized)
    packs = -(-whole // cap)
    even = whole / max(packs, 1) + max((size for _, _, size in sized), default=0) / 2
    room = min(cap, int(even) + 1)
    start = end = -1
    total = 0
    for part_start, part_end, size in sized:
        if start >= 0 and total + size > room:
            yield start, end, total
            start, total = -1, 0
        start = part_start if start < 0 else start
        end, total = part_end, total + size
    if start >= 0:
        yield start, end, total


def _small_parts(text: str, parts: Iterator[Range], cap: int) -> Iterator[Range]:
    """The parts, with those over ``cap`` cut at white space or, failing that, anywhere."""
    for start, end in parts:
        if estimate_tokens(text[start:end]) <= cap:
            yield start, end
            continue
        run_start, total = start, 0
        run_end = start
        for word_start, word_end in _runs(text, start, end):
            size = _size(text, word_start, word_end)
            if total and total + size > cap:
                yield run_start, run_end
                run_start, total = word_start, 0
            run_end, total = word_end, total + size
        yield run_start, run_end


def _size(text: str, start: int, end: int) -> int:
    """Estimated tokens of a part; a slice of a word costs up to 2 more within the whole."""
    inside_word = start > 0 and not text[start - 1].isspace()
    return estimate_tokens(text[start:end]) + 2 * inside_word


def _runs(text: str, start: int, end: int) -> Iterator[Range]:
    """Words of ``text[start:end]``; very long ones in slices."""
    for word in _WORD.finditer(text, start, end):
        for left in range(word.start(), word.end(), _RUN_CHARS):
            yield left, min(left + _RUN_CHARS, word.end())


def _lines(text: str, start: int, end: int) -> Iterator[Range]:
    for line in _LINE.finditer(text, start, end):
        if text[line.start() : line.end()].strip():
            yield line.start(), line.end()


def _sentences(text: str, start: int, end: int, language: str | None) -> Iterator[Range]:
    """Sentences without the white space around them, so that they abut exactly."""
    for first, last in sentence_spans(text[start:end], language or "en"):
        left, piece = start + first, text[start + first : start + last]
        stripped = piece.strip()
        if stripped:
            left += len(piece) - len(piece.lstrip())
            yield left, left + len(stripped)
