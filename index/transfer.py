"""Replaces and removes documents in both stores so that a crash at any point can be repaired.

Documents that were not in the record before come in by ``index.fill``. A changed one keeps its
old version until the new one is whole, by this protocol, for a group of documents at a time
(one Chroma call takes 15 ms for one vector and 125 ms for 500):

1. embed what is new (nothing is touched yet),
2. mark the documents pending,
3. add the new vectors beside the old ones,
4. replace the documents, chunks and full text in one transaction,
5. delete the vectors that nothing refers to any more,
6. clear the marks.

Readers join vector hits with current chunks, so they see the old version until 4 and the
new one after it. Knows nothing of sources or files.
"""

from __future__ import annotations

import time
from collections.abc import Container, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from index import chunk_record, records
from index.database import Database
from index.prepare import Prepared, PreparedChunk
from index.vectors import Matrix, Vectors

# Chunks gathered across documents before they are embedded: enough that batches of equal
# length fill up, few enough that a kill loses under a minute of work on two cores. Chunks a
# second over 82 documents, as a share of the embedder's own: .71 and .79 with groups of 512 in
# slices of 128, .86 and .87 with 1,024 in slices of 512 and 256; a thread reading ahead .78.
GROUP_CHUNKS = 1024
GROUP_DOCUMENTS = 256
# Texts given to the embedder at a time, so that progress shows every few seconds.
SLICE = 256


class TextEmbedder(Protocol):
    """What the index asks of an embedder: unit vectors, and a name for their space."""

    @property
    def fingerprint(self) -> str:
        """Changes when the vectors of the same text change."""

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), dimension)."""

    def encode_query(self, text: str) -> Matrix:
        """Unit vector of a question, shape (dimension,)."""


@dataclass(frozen=True, slots=True)
class Space:
    """Vectors, and the embedder whose questions can be compared with them."""

    vectors: Vectors
    embedder: TextEmbedder


@dataclass(frozen=True, slots=True)
class Lost:
    """An embedder of before whose vectors cannot be searched, and why."""

    fingerprint: str
    reason: str


@dataclass(slots=True)
class Stores:
    """The two stores and the embedder that connects them.

    ``former`` is the space of the embedder before: searches use it until the vectors of this
    one are complete (``index.former``); ``lost`` is why they cannot.
    """

    db: Database
    vectors: Vectors
    embedder: TextEmbedder
    former: Space | None = None
    lost: Lost | None = None

    @property
    def searched(self) -> Space:
        """Where questions are looked for now."""
        return self.former or Space(self.vectors, self.embedder)


@dataclass(slots=True)
class Effort:
    """What embedding has cost so far."""

    embedded: int = 0
    seconds: float = 0.0


def replace(stores: Stores, group: Sequence[Prepared], effort: Effort) -> Iterator[float]:
    """Store new versions of documents with distinct ids; yields the share embedded (0 to 1).

    Every chunk in the record must have its vector by now, or be waiting for it in ``index.fill``.
    """
    ids = [p.document.info.id for p in group]
    with stores.db.reading() as db:
        old = {i: chunk_record.vector_ids(db, i) for i in ids}
    new = [c for p in group for c in p.chunks if c.vector_id not in old[p.document.info.id]]
    stale = {
        p.document.info.id: old[p.document.info.id] - {c.vector_id for c in p.chunks} for p in group
    }
    vectors = yield from _vectors_for(stores, new, effort)
    if new or any(stale.values()):
        with stores.db.writing() as db:
            records.mark_pending(db, ids)
    stores.vectors.add([c.vector_id for c in new], vectors)
    with stores.db.writing() as db:
        for prepared in group:
            records.store(db, prepared)
        records.clear_pending(db, [i for i in ids if not stale[i]])
    _drop(stores, stale)


def take_out(stores: Stores, document_ids: Sequence[str]) -> None:
    """Remove documents from both stores."""
    for i in range(0, len(document_ids), GROUP_DOCUMENTS):
        ids = document_ids[i : i + GROUP_DOCUMENTS]
        with stores.db.writing() as db:
            stale = {i: chunk_record.vector_ids(db, i) for i in ids}
            records.mark_pending(db, ids)
            for document_id in ids:
                records.remove(db, document_id)
        _drop(stores, stale)
        with stores.db.writing() as db:
            records.clear_pending(db, ids)


def embed(stores: Stores, texts: Sequence[str], effort: Effort) -> Iterator[tuple[float, Matrix]]:
    """Unit vectors of texts, in parts: yields (share done, rows) with rows in order.

    The texts should be sorted by length, so that no part pads short texts to long ones.
    """
    for i in range(0, len(texts), SLICE):
        started = time.perf_counter()
        rows = stores.embedder.encode(texts[i : i + SLICE])
        effort.seconds += time.perf_counter() - started
        effort.embedded += len(rows)
        yield min(1.0, (i + SLICE) / len(texts)), rows


def _vectors_for(
    stores: Stores, pieces: Sequence[PreparedChunk], effort: Effort
) -> Generator[float, None, Matrix]:
    """The vectors of chunks: reused where the same text is in the index, else embedded."""
    known = stored_alike(stores, [p.embed_hash for p in pieces])
    missing = {p.embed_hash: p.embedding_text for p in pieces if p.embed_hash not in known}
    hashes = sorted(missing, key=lambda h: len(missing[h]), reverse=True)
    done = 0
    for share, rows in embed(stores, [missing[h] for h in hashes], effort):
        known.update(zip(hashes[done:], rows, strict=False))
        done += len(rows)
        yield share
    if not pieces:
        return np.zeros((0, 0), dtype=np.float32)
    return np.stack([known[p.embed_hash] for p in pieces])


def stored_alike(
    stores: Stores, hashes: Sequence[str], missing: Container[str] = ()
) -> dict[str, Matrix]:
    """Vectors already stored for these embedded texts: renames, copies, moved paragraphs.

    ``missing`` are vector ids of the record that are known not to be stored.
    """
    with stores.db.reading() as db:
        ids = chunk_record.vector_ids_by_embed_hash(db, list(dict.fromkeys(hashes)), missing)
    found = stores.vectors.get(list(ids.values()))
    return {h: found[i] for h, i in ids.items() if i in found}


def _drop(stores: Stores, stale: dict[str, set[str]]) -> None:
    """Delete vectors that nothing refers to any more, then clear the marks."""
    if not any(stale.values()):
        return
    ids = [i for some in stale.values() for i in sorted(some)]
    stores.vectors.delete(ids)
    if stores.former is not None:  # orphans would crowd the vectors that still answer
        stores.former.vectors.delete(ids)
    with stores.db.writing() as db:
        records.clear_pending(db, stale)
