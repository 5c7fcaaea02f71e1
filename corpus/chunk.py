"""Cut a document into passages small enough for the embedder, along its structure.

A passage holds neighbouring blocks of one section; long paragraphs are cut at sentence
ends, lists and code at line ends, tables between rows. Every non-white character that is
not a heading belongs to exactly one passage. Knows nothing of embedders but a size.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.chunk_split import Piece, split_block
from corpus.tokens import estimate_tokens
from corpus.types import Block, Chunk, Document, DocumentInfo, Page

# all-MiniLM-L6-v2 reads 256 word pieces: two are its marks, the rest is shared by title,
# heading path, table header and text.
MODEL_TOKENS = 254
# The text of a passage stays under this, so that 30 to 50 pieces of title and headings fit.
HARD_CAP = 205
# Blocks are gathered up to this size: about one thought, and cheap as evidence.
TARGET = 160
# A passage smaller than this joins its neighbour in the same chapter.
MIN_TOKENS = 50
# Title and heading path may cost this much; longer ones are cut in embedding_text.
CONTEXT_TOKENS = 44

# "Table 4 | ...", "Table 2: ...", "表 3 ..." beside a table, kept with each of its parts.
_CAPTION = re.compile(r"^(?:table|tab\.|tableau|表)\s*[A-Z]?\.?\d+", re.I)
_CAPTION_CHARS = 160

_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def chunk(document: Document) -> list[Chunk]:
    """The passages of ``document`` in order, positions from 0."""
    drafts = _join_small(list(_sections(document)), document)
    return [
        Chunk(
            document_id=document.info.id,
            position=position,
            start=draft.start,
            end=draft.end,
            page=page_at(document.pages, draft.start),
            heading_path=_path(draft, document.text),
            header=draft.header,
        )
        for position, draft in enumerate(drafts)
    ]


def page_at(pages: Sequence[Page], offset: int) -> int | None:
    """Number of the page that holds the character at ``offset``, None without pages."""
    index = bisect_right(pages, offset, key=lambda page: page.start) - 1
    return pages[index].number if index >= 0 else None


def embedding_text(info: DocumentInfo, chunk: Chunk, text: str, header: str = "") -> str:
    """What the embedder reads for a passage: title, headings, table header, text."""
    path = [heading for heading in chunk.heading_path if heading != info.title]
    context = _cut(" > ".join([info.title, *path]), CONTEXT_TOKENS)
    room = MODEL_TOKENS - estimate_tokens(context) - estimate_tokens(text)
    parts = [context, _cut(header, room) if header else "", text]
    return "\n".join(part for part in parts if part)


def _cut(text: str, tokens: int) -> str:
    """The longest start of ``text`` (whole words) of at most about ``tokens`` word pieces."""
    if estimate_tokens(text) <= tokens:
        return text
    words = text.split(" ")
    kept = bisect_right(
        range(len(words) + 1), tokens, key=lambda n: estimate_tokens(" ".join(words[:n]))
    )
    return " ".join(words[: max(kept - 1, 0)])


@dataclass(frozen=True, slots=True)
class _Draft:
    """A passage being made. ``opening`` is where its first heading starts."""

    start: int
    end: int
    tokens: int
    path: tuple[str, ...]
    opening: int
    header: tuple[int, int] | None = None
    atom: bool = False  # a table part: joins nothing, so that its header stays its own
    caption: str = ""


def _path(draft: _Draft, text: str) -> tuple[str, ...]:
    """The headings, and for a table that stands without its caption, the caption."""
    if not draft.caption or draft.caption[:60] in text[draft.start : draft.end]:
        return draft.path
    return (*draft.path, draft.caption)


def _captions(document: Document) -> dict[int, str]:
    """Caption by start of table: the paragraph before it, or after it, that is one."""
    captions: dict[int, str] = {}
    used: set[int] = set()
    blocks = document.blocks
    for index, block in enumerate(blocks):
        for beside in (index - 1, index + 1) if block.kind == "table" else ():
            if not 0 <= beside < len(blocks) or beside in used:
                continue
            text = document.text[blocks[beside].start : blocks[beside].end]
            if blocks[beside].kind == "paragraph" and _CAPTION.match(text):
                used.add(beside)
                captions[block.start] = " ".join(text.split())[:_CAPTION_CHARS]
                break
    return captions


def _sections(document: Document) -> Iterator[_Draft]:
    """Drafts section by section, before small ones are joined."""
    stack: list[tuple[int, str]] = []
    opening: int | None = None
    body: list[Piece] = []
    blocks, captions = document.blocks, _captions(document)
    for index, block in enumerate(blocks):
        if block.kind != "heading":
            caption = captions.get(block.start, "")
            body += split_block(document.text, block, HARD_CAP, document.info.language, caption)
            continue
        yield from _gather(body, stack, opening, document)
        body, opening = [], block.start if opening is None or body else opening
        stack = [entry for entry in stack if entry[0] < block.level]
        if _has_body(blocks, index):
            stack.append((block.level, document.text[block.start : block.end]))
        else:
            body = split_block(document.text, replace(block, kind="paragraph"), HARD_CAP)
    yield from _gather(body, stack, opening, document)


def _has_body(blocks: Sequence[Block], index: int) -> bool:
    """True when anything stands between this heading and the next of its rank."""
    following = blocks[index + 1] if index + 1 < len(blocks) else None
    if following is None:
        return False
    return following.kind != "heading" or following.level > blocks[index].level


def _gather(
    pieces: list[Piece], stack: list[tuple[int, str]], opening: int | None, document: Document
) -> Iterator[_Draft]:
    """Join neighbouring pieces of one section up to the target size."""
    path = tuple(title for _, title in stack)
    draft: _Draft | None = None
    for piece in pieces:
        if draft is not None and _fits(draft, piece, document):
            draft = replace(draft, end=piece.end, tokens=draft.tokens + piece.tokens)
            continue
        if draft is not None:
            yield draft
        start = piece.start if draft is not None or opening is None else min(opening, piece.start)
        draft = _Draft(
            piece.start,
            piece.end,
            piece.tokens,
            path,
            start,
            piece.header,
            piece.atom,
            piece.caption,
        )
    if draft is not None:
        yield draft


def _fits(draft: _Draft, piece: Piece, document: Document) -> bool:
    if draft.atom or piece.atom or _crosses_slide(draft.start, piece.start, document):
        return False
    return draft.tokens + piece.tokens <= TARGET


def _crosses_slide(first: int, second: int, document: Document) -> bool:
    """Slides are separate thoughts; pages of paper are not."""
    if document.info.media_type != _SLIDES:
        return False
    return page_at(document.pages, first) != page_at(document.pages, second)


def _join_small(drafts: list[_Draft], document: Document) -> list[_Draft]:
    """Join a small passage with the next one of the same chapter, headings included."""
    joined: list[_Draft] = []
    for draft in drafts:
        last = joined[-1] if joined else None
        if last is not None and _joinable(last, draft, document):
            start = last.start if last.path == draft.path else last.opening
            tokens = estimate_tokens(document.text[start : draft.end])
            if tokens <= TARGET:
                path = _common(last.path, draft.path)
                joined[-1] = replace(last, start=start, end=draft.end, tokens=tokens, path=path)
                continue
        joined.append(draft)
    return joined


def _joinable(last: _Draft, draft: _Draft, document: Document) -> bool:
    if last.atom or draft.atom or _crosses_slide(last.start, draft.start, document):
        return False
    if min(last.tokens, draft.tokens) >= MIN_TOKENS:
        return False
    # Sections of different chapters stay apart: they share no heading but the title.
    chapters = last.path[:1] == draft.path[:1]
    return chapters and (bool(last.path) or not draft.path)


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return one[:length]
