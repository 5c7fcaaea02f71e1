"""The state of a home in numbers: what it holds, what is still to do, how long that takes.

Knows nothing of how a refresh does it.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from corpus.errors import HomeError
from index import journal, records
from index.recipe import current_code
from index.types import Reindex, Status
from index.vectors import Vectors

if TYPE_CHECKING:
    from index.store import Index


def standing(index: Index) -> Status:
    """Counts, failures, pending documents and the date of the last refresh."""
    stores = index.stores
    with stores.db.reading() as db:
        documents, chunks, models = records.counts(db)
        failed = tuple(past.failure for past in records.failures(db).values())
        pending = tuple(records.pending(db))
        outdated = _outdated(db, current_code())
        as_of = journal.as_of(db)
    vectors = _count(stores.vectors)
    return Status(
        documents=documents,
        chunks=chunks,
        vectors=vectors,
        models=models,
        failed=failed,
        pending=pending,
        as_of=as_of,
        home=str(index.home.path),
        embedder=stores.embedder.fingerprint,
        sources=tuple(index.sources()),
        former=stores.former.embedder.fingerprint if stores.former else None,
        reindex=_reindex(index, min(vectors, chunks), chunks),
        outdated=outdated,
    )


def _reindex(index: Index, done: int, total: int) -> Reindex | None:
    """How far the change to another embedder is, if one is under way."""
    former, lost, pace = index.stores.former, index.stores.lost, index.pace
    if former is None and lost is None:
        return None
    return Reindex(
        former=former.embedder.fingerprint if former else lost.fingerprint if lost else "",
        answers="former" if former else "words",
        reason=lost.reason if lost and not former else "",
        done=done,
        total=total,
        running=pace is not None,
        seconds_left=pace.left() if pace is not None else None,
    )


def _outdated(db: sqlite3.Connection, code: str) -> int:
    """How many documents of sources were read by other code, and can be read again."""
    row = db.execute(
        "SELECT count(*) FROM documents WHERE substr(recipe, 1, length(?1)) <> ?1 "
        "AND source IS NOT NULL AND id NOT IN (SELECT document_id FROM failures)",
        (code,),
    ).fetchone()
    return int(row[0])


def _count(vectors: Vectors) -> int:
    try:
        return vectors.count()
    except HomeError:  # damaged, or being rebuilt at this moment
        return 0
