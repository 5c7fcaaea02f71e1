"""Search: a dense and a lexical ranking, fused, joined with the record.

``fuse`` is a pure function. Knows nothing of answers, nor of how the stores are filled.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.errors import HomeError
from corpus.types import Chunk, DocumentInfo
from index import records
from index.fulltext import bm25_top, cjk_share
from index.prepare import header_text
from index.transfer import Stores
from index.types import Passage
from index.vectors import Matrix

log = logging.getLogger(__name__)

# Length of either ranking before fusion. nDCG@10 of the mean below: 20 .836, 30 .841, 50 .843.
CANDIDATES = 50
# Weight of the dense ranking. Mean nDCG@10 over the development halves of SciFact, Cranfield,
# CLAP-NQ with 6,119 distractors, 300 questions of SQuAD 2 and English XQuAD (MiniLM, whole
# documents): .4 .834, .45 .837, .5 .843, .55 .840, .6 .835. Alone: dense .769, BM25 .801.
# Other fusions at their best weight: RRF (k 60) .821, RRF (k 10) .824, z-score .840, min-max
# .839; the same ratio without the cosine of lexical hits .837.
# A lexical hit whose vector is still missing counts by BM25 alone. 36 questions over the curated
# documents, mean reciprocal rank with vectors for 10, 30, 50, 70 and 90 % of the documents: so
# .733 .742 .746 .756 .765; as if its cosine were 0: .381 .331 .430 .556 .720; as the mean cosine
# of the others: .699 .681 .679 .723 .758. (BM25 alone .731, all vectors .789.)
DENSE_WEIGHT = 0.5
# MiniLM is an English model: above this share of CJK letters only BM25 is asked. Chinese
# XQuAD, nDCG@10: BM25 .958, fused .949, RRF .583, dense .245.
CJK_QUESTION = 0.5


# Characters of a question that are read; beyond it is a pasted document, not a question.
LONGEST_QUESTION = 4000


@dataclass(frozen=True, slots=True)
class Fused:
    """A chunk key with its fused score and the scores that went into it."""

    key: int
    score: float
    cosine: float | None
    bm25: float | None


def search(stores: Stores, question: str, limit: int) -> list[Passage]:
    """The best passages for a question, best first; [] when nothing matches."""
    # Lone surrogates, which a terminal or JSON can deliver, upset tokenizers and SQLite.
    question = question.encode(errors="ignore").decode().strip()[:LONGEST_QUESTION]
    if not question or limit < 1:
        return []
    depth = max(CANDIDATES, limit)
    vector = _question_vector(stores, question)
    nearest = _nearest(stores, vector, depth)
    with stores.db.reading() as db:
        lexical = dict(bm25_top(db, question, depth))
        keys = records.chunk_keys(db, list(nearest))
        dense = {keys[i]: cosine for i, cosine in nearest.items() if i in keys}
        if dense:
            missed = records.vector_ids_by_key(db, [k for k in lexical if k not in dense])
            dense |= _similarities(stores, vector, missed)
        return _passages(db, fuse(dense, lexical)[:limit])


def fuse(cosine: Mapping[int, float], bm25: Mapping[int, float]) -> list[Fused]:
    """Weighted mean of both scores, each as a share of its best.

    A chunk that BM25 did not find has 0 there. One without a cosine has no vector yet: it
    stands where BM25 alone puts it.
    """
    best_cosine = max(cosine.values(), default=0.0)
    best_bm25 = max(bm25.values(), default=0.0)
    fused = [
        Fused(
            key=key,
            score=_mean(_share(cosine.get(key), best_cosine), _share(bm25.get(key), best_bm25)),
            cosine=cosine.get(key),
            bm25=bm25.get(key),
        )
        for key in {**cosine, **bm25}
    ]
    return sorted(fused, key=lambda f: (-f.score, f.key))


def neighbours(stores: Stores, passage: Passage) -> tuple[Passage | None, Passage | None]:
    """The passages before and after one in its document; None at the ends."""
    position = passage.chunk.position
    document_id = passage.document.id
    with stores.db.reading() as db:
        found = records.text(db, document_id)
        chunks = records.chunks_at(db, document_id, [position - 1, position + 1])
    if found is None:
        return None, None
    around = {chunk.position: _passage(*found, chunk) for chunk in chunks}
    return around.get(position - 1), around.get(position + 1)


def _share(score: float | None, best: float) -> float | None:
    if score is None:
        return None
    return max(score, 0.0) / best if best > 0 else 0.0


def _mean(dense: float | None, lexical: float | None) -> float:
    if dense is None:
        return lexical or 0.0
    return DENSE_WEIGHT * dense + (1 - DENSE_WEIGHT) * (lexical or 0.0)


def _question_vector(stores: Stores, question: str) -> Matrix | None:
    """The question's unit vector; None where there is nothing to compare it with.

    That is a question that the embedder cannot read, or an index without vectors, which need
    not wait for the embedder to load.
    """
    if cjk_share(question) > CJK_QUESTION or not _any_vectors(stores):
        return None
    return stores.embedder.encode_query(question)


def _any_vectors(stores: Stores) -> bool:
    try:
        return stores.vectors.count() > 0
    except HomeError:
        # Damaged, or being rebuilt at this moment: the full text still answers.
        log.warning("%s cannot be searched; using the full text alone", stores.vectors.folder)
        return False


def _nearest(stores: Stores, vector: Matrix | None, limit: int) -> dict[str, float]:
    """The dense ranking by vector id; empty when the vectors cannot be asked."""
    if vector is None:
        return {}
    try:
        return dict(stores.vectors.nearest(vector, limit))
    except HomeError:
        log.warning("%s cannot be searched; using the full text alone", stores.vectors.folder)
        return {}


def _similarities(
    stores: Stores, vector: Matrix | None, keys: Mapping[str, int]
) -> dict[int, float]:
    """The cosine of chunks (vector id -> key) that the dense ranking did not reach."""
    if vector is None or not keys:
        return {}
    try:
        found = stores.vectors.similarities(vector, list(keys))
    except HomeError:
        return {}
    return {keys[i]: cosine for i, cosine in found.items()}


def _passages(db: sqlite3.Connection, ranked: Sequence[Fused]) -> list[Passage]:
    chunks = records.chunks_by_key(db, [f.key for f in ranked])
    ids = {chunk.document_id for chunk in chunks.values()}
    texts = {i: found for i in ids if (found := records.text(db, i)) is not None}
    return [
        _passage(*texts[chunks[f.key].document_id], chunks[f.key], f)
        for f in ranked
        if f.key in chunks
    ]


def _passage(info: DocumentInfo, text: str, chunk: Chunk, found: Fused | None = None) -> Passage:
    return Passage(
        document=info,
        chunk=chunk,
        text=text[chunk.start : chunk.end],
        header=header_text(text, chunk),
        score=found.score if found else 0.0,
        cosine=found.cosine if found else None,
        bm25=found.bm25 if found else None,
    )
