"""Search: a dense and a lexical ranking, fused, joined with the record.

``fuse`` is a pure function. Knows nothing of answers, nor of how the stores are filled.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.types import Chunk, Document
from index import records
from index.fulltext import bm25_top, cjk_share
from index.prepare import header_text
from index.transfer import Stores
from index.types import Passage
from index.vectors import VectorsDamagedError

# Length of either ranking before fusion.
CANDIDATES = 50
RRF_K = 60
# MiniLM is an English model: above this share of CJK letters only BM25 is asked.
CJK_QUESTION = 0.5


@dataclass(frozen=True, slots=True)
class Fused:
    """A chunk key with its fused score and the scores that went into it."""

    key: int
    score: float
    cosine: float | None
    bm25: float | None


def search(stores: Stores, question: str, limit: int) -> list[Passage]:
    """The best passages for a question, best first; [] when nothing matches."""
    if not question.strip() or limit < 1:
        return []
    depth = max(CANDIDATES, limit)
    nearest = _nearest(stores, question, depth)
    with stores.db.reading() as db:
        keys = records.chunk_keys(db, [vector_id for vector_id, _ in nearest])
        dense = [(keys[i], cosine) for i, cosine in nearest if i in keys]
        lexical = bm25_top(db, question, depth)
        return _passages(db, fuse(dense, lexical)[:limit])


def fuse(dense: Sequence[tuple[int, float]], lexical: Sequence[tuple[int, float]]) -> list[Fused]:
    """Reciprocal rank fusion of two rankings of (key, score), best first."""
    cosine, bm25 = dict(dense), dict(lexical)
    scores: dict[int, float] = {}
    for ranking in (dense, lexical):
        for rank, (key, _) in enumerate(ranking, start=1):
            scores[key] = scores.get(key, 0.0) + 1.0 / (RRF_K + rank)
    fused = [Fused(k, s, cosine.get(k), bm25.get(k)) for k, s in scores.items()]
    return sorted(fused, key=lambda f: (-f.score, f.key))


def neighbours(stores: Stores, passage: Passage) -> tuple[Passage | None, Passage | None]:
    """The passages before and after one in its document; None at the ends."""
    position = passage.chunk.position
    document_id = passage.document.id
    with stores.db.reading() as db:
        document = records.document(db, document_id)
        chunks = records.chunks_at(db, document_id, [position - 1, position + 1])
    if document is None:
        return None, None
    found = {c.position: _passage(document, c) for c in chunks}
    return found.get(position - 1), found.get(position + 1)


def _nearest(stores: Stores, question: str, limit: int) -> list[tuple[str, float]]:
    """The dense ranking; empty for questions or stores that it cannot serve."""
    if cjk_share(question) > CJK_QUESTION:
        return []
    try:
        if not stores.vectors.count():
            return []
        return stores.vectors.nearest(stores.embedder.encode_query(question), limit)
    except VectorsDamagedError:
        # The full text still answers; the next refresh rebuilds the vectors.
        return []


def _passages(db: sqlite3.Connection, ranked: Sequence[Fused]) -> list[Passage]:
    chunks = records.chunks_by_key(db, [f.key for f in ranked])
    documents = _documents(db, chunks)
    return [
        _passage(documents[chunks[f.key].document_id], chunks[f.key], f)
        for f in ranked
        if f.key in chunks
    ]


def _documents(db: sqlite3.Connection, chunks: Mapping[int, Chunk]) -> dict[str, Document]:
    ids = {chunk.document_id for chunk in chunks.values()}
    return {i: d for i in ids if (d := records.document(db, i)) is not None}


def _passage(document: Document, chunk: Chunk, found: Fused | None = None) -> Passage:
    return Passage(
        document=document.info,
        chunk=chunk,
        text=document.text[chunk.start : chunk.end],
        header=header_text(document, chunk),
        score=found.score if found else 0.0,
        cosine=found.cosine if found else None,
        bm25=found.bm25 if found else None,
    )
