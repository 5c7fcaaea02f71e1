"""Search: what the question is near to and what words it shares, ranked, joined with the record.

Gathers the signals; ``index.rank`` weighs them. Knows nothing of answers, nor of how the stores
are filled.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from itertools import islice

from corpus.errors import HomeError
from corpus.types import Chunk, DocumentInfo
from index import chunk_record, records
from index.fulltext import bm25_top, cjk_share, phrases_top
from index.nearby import around
from index.prepare import header_text
from index.rank import BM25_REACH, COSINE_REACH, Ranked, Signals, rank
from index.transfer import Space, Stores
from index.types import Passage
from index.vectors import Matrix

log = logging.getLogger(__name__)

# Length of either ranking before fusion. Mean nDCG@10 (sets as in index.rank): 30 .8092,
# 50 .8089, 100 .8092.
CANDIDATES = 50
# Hits by words whose scores are read to know what stands around the candidates; 1 ms a 1,000.
LEXICAL_DEPTH = 1000
# MiniLM is an English model: above this share of CJK letters only BM25 is asked. Chinese
# XQuAD, nDCG@10: BM25 .963; without its prefixes BM25 .957, with the cosine .960, with the
# passages around .954, reciprocal rank fusion .615, cosine alone .254.
CJK_QUESTION = 0.5
# Characters of a question that are read; beyond it is a pasted document, not a question.
LONGEST_QUESTION = 4000


def search(stores: Stores, question: str, limit: int) -> list[Passage]:
    """The best passages for a question, best first; [] when nothing matches."""
    # Lone surrogates, which a terminal or JSON can deliver, upset tokenizers and SQLite.
    question = question.encode(errors="ignore").decode().strip()[:LONGEST_QUESTION]
    if not question or limit < 1:
        return []
    space = stores.searched  # once: vectors of two embedders must not be mixed in one search
    found = _search(stores, space, question, limit)
    if space != stores.searched:  # replaced meanwhile, and its vectors dropped
        found = _search(stores, stores.searched, question, limit)
    return found


def _search(stores: Stores, space: Space, question: str, limit: int) -> list[Passage]:
    depth = max(CANDIDATES, limit)
    vector = _question_vector(space, question)
    nearest = _nearest(space, vector, depth)
    with stores.db.reading() as db:
        bm25 = dict(bm25_top(db, question, max(LEXICAL_DEPTH, depth)))
        keys = chunk_record.chunk_keys(db, list(nearest))
        dense = {keys[i]: cosine for i, cosine in nearest.items() if i in keys}
        candidates = [*dense, *islice(bm25, depth)]
        signals = Signals(dense, bm25)
        if cjk_share(question) <= CJK_QUESTION:
            signals = _surroundings(space, db, question, vector, candidates, signals)
        return _passages(db, rank(candidates, signals)[:limit])


def _surroundings(
    space: Space,
    db: sqlite3.Connection,
    question: str,
    vector: Matrix | None,
    candidates: Sequence[int],
    found: Signals,
) -> Signals:
    """What was found, with pairs of words, the passages around and the cosines still missing."""
    near = around(db, candidates, max(COSINE_REACH, BM25_REACH))
    phrases = dict(phrases_top(db, question, max(LEXICAL_DEPTH, len(candidates))))
    cosine = found.cosine
    if cosine:
        wanted = [k for k in _within_reach(near) if k not in cosine]
        missed = chunk_record.vector_ids_by_key(db, wanted)
        cosine = {**cosine, **_similarities(space, vector, missed)}
    return Signals(cosine, found.bm25, phrases, near)


def _within_reach(near: Mapping[int, Mapping[int, int]]) -> dict[int, None]:
    """The keys whose cosine counts for a candidate: those at most COSINE_REACH away."""
    return {k: None for keys in near.values() for k, d in keys.items() if d <= COSINE_REACH}


def neighbours(stores: Stores, passage: Passage) -> tuple[Passage | None, Passage | None]:
    """The passages before and after one in its document; None at the ends."""
    position = passage.chunk.position
    document_id = passage.document.id
    with stores.db.reading() as db:
        found = records.text(db, document_id)
        chunks = chunk_record.chunks_at(db, document_id, [position - 1, position + 1])
    if found is None:
        return None, None
    near = {chunk.position: _passage(*found, chunk) for chunk in chunks}
    return near.get(position - 1), near.get(position + 1)


def _question_vector(space: Space, question: str) -> Matrix | None:
    """The question's unit vector; None where there is nothing to compare it with.

    That is a question that the embedder cannot read, or an index without vectors, which need
    not wait for the embedder to load.
    """
    if cjk_share(question) > CJK_QUESTION or not _any_vectors(space):
        return None
    return space.embedder.encode_query(question)


def _any_vectors(space: Space) -> bool:
    try:
        return space.vectors.count() > 0
    except HomeError:
        # Damaged, or being rebuilt at this moment: the full text still answers.
        log.warning("%s cannot be searched; using the full text alone", space.vectors.folder)
        return False


def _nearest(space: Space, vector: Matrix | None, limit: int) -> dict[str, float]:
    """The dense ranking by vector id; empty when the vectors cannot be asked."""
    if vector is None:
        return {}
    try:
        return dict(space.vectors.nearest(vector, limit))
    except HomeError:
        log.warning("%s cannot be searched; using the full text alone", space.vectors.folder)
        return {}


def _similarities(space: Space, vector: Matrix | None, keys: Mapping[str, int]) -> dict[int, float]:
    """The cosine of chunks (vector id -> key) that the dense ranking did not reach."""
    if vector is None or not keys:
        return {}
    try:
        found = space.vectors.similarities(vector, list(keys))
    except HomeError:
        return {}
    return {keys[i]: cosine for i, cosine in found.items()}


def _passages(db: sqlite3.Connection, ranked: Sequence[Ranked]) -> list[Passage]:
    chunks = chunk_record.chunks_by_key(db, [f.key for f in ranked])
    ids = {chunk.document_id for chunk in chunks.values()}
    texts = {i: found for i in ids if (found := records.text(db, i)) is not None}
    return [
        _passage(*texts[chunks[f.key].document_id], chunks[f.key], f)
        for f in ranked
        if f.key in chunks
    ]


def _passage(info: DocumentInfo, text: str, chunk: Chunk, found: Ranked | None = None) -> Passage:
    return Passage(
        document=info,
        chunk=chunk,
        text=text[chunk.start : chunk.end],
        header=header_text(text, chunk),
        score=found.score if found else 0.0,
        cosine=found.cosine if found else None,
        bm25=found.bm25 if found else None,
    )
