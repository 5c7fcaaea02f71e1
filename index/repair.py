"""Finds where the vector store disagrees with the record after a crash or damage.

The record is right by definition: vectors that no chunk refers to are deleted here, and
chunks without a vector are named, for ``index.fill`` to embed from the stored text. Nothing
here reads a source file.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from index import chunk_record, records
from index.former import give_up
from index.prepare import ID_SEPARATOR
from index.transfer import Stores
from index.vectors import VectorsDamagedError

Step = TypeVar("Step")
LEAST_FREE = 2**28  # bytes; 100,000 vectors with what Chroma notes of them


@dataclass(frozen=True, slots=True)
class Repaired:
    """The vector ids that chunks still wait for, and every document that needed a repair."""

    missing: frozenset[str] = frozenset()
    documents: tuple[str, ...] = ()


def repair(stores: Stores) -> Repaired:
    """Delete what nothing refers to; say which vectors are missing.

    The full comparison runs when a mark was left or the counts differ. Reading all ids takes
    2 ms per 1,000 vectors, so a healthy home does not pay for it.
    """
    try:
        stores.vectors.check()
    except VectorsDamagedError:
        _start_over(stores)
    with stores.db.reading() as db:
        marked = records.pending(db)
        _, chunks, _ = records.counts(db)
    if not marked and stores.vectors.count() == chunks:
        return Repaired()
    return _compare(stores, set(marked))


def over_damage(stores: Stores, steps: Callable[[], Iterator[Step]]) -> Iterator[Step]:
    """The steps of a refresh; where the vectors turn out damaged, once more over empty ones.

    A kill can leave a graph that is read and searched, but takes no more vectors (Chroma 1.5.9).
    Raises VectorsDamagedError while the disk is too full to make them anew: they are still there.
    """
    try:
        yield from steps()
    except VectorsDamagedError:
        if shutil.disk_usage(stores.vectors.folder).free < LEAST_FREE:
            raise
        _start_over(stores)
        yield from steps()


def _start_over(stores: Stores) -> None:
    """Empty vectors in place of damaged ones, for a refresh to make anew from the record."""
    stores.vectors.recreate()
    stores.former = stores.lost = None  # its vectors were in the same store


def _compare(stores: Stores, marked: set[str]) -> Repaired:
    stored = stores.vectors.ids()
    with stores.db.reading() as db:
        wanted = {vector_id for vector_id, _, _ in chunk_record.wanted(db)}
    orphans, missing = stored - wanted, wanted - stored
    stores.vectors.delete(sorted(orphans))
    unfilled = {_document(i) for i in missing - _answered_by_former(stores, wanted)}
    with stores.db.writing() as db:
        records.clear_pending(db, marked - unfilled)
        records.mark_pending(db, unfilled)
    touched = unfilled | marked | {_document(i) for i in orphans}
    return Repaired(frozenset(missing), tuple(sorted(touched)))


def _answered_by_former(stores: Stores, wanted: set[str]) -> set[str]:
    """The vectors of the embedder before, while they answer; what nothing refers to goes."""
    if stores.former is None:
        return set()
    vectors = stores.former.vectors
    try:
        vectors.check()
        held = vectors.ids()
        vectors.delete(sorted(held - wanted))
    except VectorsDamagedError as error:
        give_up(stores, str(error))
        return set()
    return held


def _document(vector_id: str) -> str:
    return vector_id.rsplit(ID_SEPARATOR, 2)[0]
