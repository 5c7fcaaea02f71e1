"""What holds for every parsed document and its passages, whatever the format."""

from __future__ import annotations

from corpus.chunk import HARD_CAP, chunk
from corpus.tokens import estimate_tokens
from corpus.types import Chunk, Document, DocumentInfo, Parsed


def document(parsed: Parsed, media_type: str = "text/plain") -> Document:
    """A document around what a parser gave."""
    info = DocumentInfo(id="docs/a", title=parsed.title or "A", media_type=media_type)
    return Document(info, parsed.text, parsed.blocks, parsed.pages, "0" * 64)


def check_parsed(parsed: Parsed | Document) -> None:
    """Blocks and pages are ordered, inside the text, and leave out only white space."""
    end = 0
    for block in parsed.blocks:
        assert end <= block.start < block.end <= len(parsed.text)
        assert not parsed.text[end : block.start].strip()
        assert parsed.text[block.start : block.end].strip() == parsed.text[block.start : block.end]
        if block.header_end is not None:
            assert block.kind == "table" and block.start < block.header_end < block.end
            assert parsed.text[block.header_end] == "\n"
        assert (block.level > 0) == (block.kind == "heading")
        end = block.end
    assert not parsed.text[end:].strip()
    assert [page.start for page in parsed.pages] == sorted(page.start for page in parsed.pages)
    assert all(0 <= page.start <= page.end <= len(parsed.text) for page in parsed.pages)
    assert not any(ord(c) < 32 and c not in "\n\t" for c in parsed.text)
    assert "\ufffe" not in parsed.text


def check_chunks(of: Document) -> list[Chunk]:
    """Passages are ordered, small, carry their table headers and cover the body once."""
    chunks = chunk(of)
    assert [c.position for c in chunks] == list(range(len(chunks)))
    end = 0
    covered = bytearray(len(of.text))
    for c in chunks:
        assert c.document_id == of.info.id
        assert end <= c.start < c.end <= len(of.text)
        text = of.text[c.start : c.end]
        # A part of a list or of code may start with the indentation of its first line.
        assert text == text.rstrip() and not text.startswith("\n")
        assert estimate_tokens(text) <= HARD_CAP
        covered[c.start : c.end] = b"\x01" * (c.end - c.start)
        end = c.end
    headings = bytearray(len(of.text))
    for block in of.blocks:
        if block.kind == "heading":
            headings[block.start : block.end] = b"\x01" * (block.end - block.start)
    for index, character in enumerate(of.text):
        assert covered[index] or headings[index] or character.isspace(), index
    check_table_headers(of, chunks)
    return chunks


def check_table_headers(of: Document, chunks: list[Chunk]) -> None:
    """A passage that starts inside a table's rows carries the range of the table's header."""
    tables = [b for b in of.blocks if b.kind == "table" and b.header_end is not None]
    for c in chunks:
        inside = [t for t in tables if t.header_end is not None and t.header_end < c.start < t.end]
        assert c.header == ((inside[0].start, inside[0].header_end) if inside else None)
