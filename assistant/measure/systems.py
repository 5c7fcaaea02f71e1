"""Search's two parts alone, and their plain fusion: what search must beat.

Dense is the embedder's cosine, BM25 the full-text index; reciprocal rank fusion adds
1 / (60 + rank) of both (Cormack et al. 2009). Knows nothing of how search itself fuses them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from corpus.types import Chunk
from index import chunk_record, records
from index.fulltext import bm25_top
from index.store import Index
from index.types import Passage

RRF_K = 60


def rankings(index: Index, question: str, depth: int) -> dict[str, list[Chunk]]:
    """The best chunks of ``dense``, ``bm25`` and ``rrf``, each at most ``depth`` long."""
    stores = index.stores
    nearest = stores.vectors.nearest(stores.embedder.encode_query(question), depth)
    with stores.db.reading() as db:
        lexical = [key for key, _ in bm25_top(db, question, depth)]
        keys = chunk_record.chunk_keys(db, [vector_id for vector_id, _ in nearest])
        dense = [keys[vector_id] for vector_id, _ in nearest if vector_id in keys]
        named = {"dense": dense, "bm25": lexical, "rrf": fused((dense, lexical))[:depth]}
        chunks = chunk_record.chunks_by_key(db, [*dense, *lexical])
    return {name: [chunks[k] for k in found if k in chunks] for name, found in named.items()}


def fused(rankings: Sequence[Sequence[int]]) -> list[int]:
    """Reciprocal rank fusion with equal weights; ties by key."""
    scores: defaultdict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, key in enumerate(ranking, start=1):
            scores[key] += 1 / (RRF_K + rank)
    return sorted(scores, key=lambda key: (-scores[key], key))


def passages(index: Index, chunks: Sequence[Chunk]) -> list[Passage]:
    """The chunks joined with their documents."""
    with index.stores.db.reading() as db:
        found = [(chunk, records.text(db, chunk.document_id)) for chunk in chunks]
    return [
        Passage(document=known[0], chunk=chunk, text=known[1][chunk.start : chunk.end])
        for chunk, known in found
        if known is not None
    ]
