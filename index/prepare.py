"""Makes a parsed document ready to store: chunks, texts to embed, full-text columns.

Knows neither database nor embedder; everything here is a pure function of the document.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import astuple, dataclass

from corpus.cards import ModelCard
from corpus.chunk import chunk as cut
from corpus.chunk import embedding_text
from corpus.errors import ParseError
from corpus.types import Chunk, Document
from index.fulltext import index_text

# Unit separator, as a visible character: it cannot be confused with text in a document id.
ID_SEPARATOR = "\u241f"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a stored document came from and how it was read; ``source`` None: put in directly."""

    source: str | None
    size: int
    mtime: float
    recipe: str


@dataclass(frozen=True, slots=True)
class PreparedChunk:
    """A chunk with its embedding text, that text's sha256, and its full-text columns."""

    chunk: Chunk
    embedding_text: str
    embed_hash: str
    vector_id: str
    headings: str
    body: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with all that the two stores need to hold of it."""

    document: Document
    origin: Origin
    title: str
    chunks: tuple[PreparedChunk, ...]
    card: ModelCard | None = None


def prepare(document: Document, origin: Origin, card: ModelCard | None = None) -> Prepared:
    """Cut and describe a document; raise ParseError if its text cannot be stored.

    ``card`` is the model card that the document was written from, if any.
    """
    _require_storable(document)
    seen: Counter[str] = Counter()
    chunks = tuple(_prepare_chunk(document, piece, seen) for piece in cut(document))
    return Prepared(document, origin, index_text(document.info.title), chunks, card)


def text_to_embed(document: Document, piece: Chunk) -> str:
    """The text whose vector stands for a chunk."""
    return embedding_text(
        document.info,
        piece,
        document.text[piece.start : piece.end],
        header_text(document.text, piece),
    )


def header_text(text: str, piece: Chunk) -> str:
    """The header row(s) of the table that a chunk of ``text`` continues, or ""."""
    return text[piece.header[0] : piece.header[1]] if piece.header else ""


def _prepare_chunk(document: Document, piece: Chunk, seen: Counter[str]) -> PreparedChunk:
    text = text_to_embed(document, piece)
    digest = hashlib.sha256(text.encode()).hexdigest()
    seen[digest] += 1
    body = f"{header_text(document.text, piece)}\n{document.text[piece.start : piece.end]}"
    return PreparedChunk(
        chunk=piece,
        embedding_text=text,
        embed_hash=digest,
        vector_id=_vector_id(document.info.id, digest, seen[digest]),
        headings=index_text(" ".join(piece.heading_path)),
        body=index_text(body),
    )


def _vector_id(document_id: str, digest: str, occurrence: int) -> str:
    """Document, embedded text, occurrence: a chunk that only moves keeps its vector."""
    return ID_SEPARATOR.join((document_id, digest[:16], str(occurrence)))


def _require_storable(document: Document) -> None:
    """SQLite holds UTF-8 without lone surrogates; front matter and broken files may have them."""
    info = document.info
    for what, values in (
        ("text", [document.text]),
        ("description", [str(value) for value in astuple(info)] + list(info.tags)),
    ):
        try:
            "".join(values).encode()
        except UnicodeEncodeError as error:
            raise ParseError(
                f"{info.path or info.id!a}: its {what} holds characters that are not valid "
                "Unicode; correct or re-encode the file"
            ) from error
