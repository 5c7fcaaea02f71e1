"""Brings the vector store back into agreement with the record after a crash or damage.

The record is right by definition: vectors that no chunk refers to are deleted, missing ones
are embedded from the stored text. Nothing here reads a source file.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import islice

from index import records
from index.prepare import ID_SEPARATOR, text_to_embed
from index.transfer import GROUP_CHUNKS, Effort, Stores, embed
from index.types import Progress
from index.vectors import VectorsDamagedError


def repair(stores: Stores, effort: Effort) -> Generator[Progress, None, tuple[str, ...]]:
    """Make both stores agree; returns the ids of the documents that needed it.

    The full comparison runs when a mark was left or the counts differ. Reading all ids takes
    2 ms per 1,000 vectors, so a healthy home does not pay for it.
    """
    try:
        stores.vectors.check()
    except VectorsDamagedError:
        stores.vectors.recreate()
    with stores.db.reading() as db:
        marked = records.pending(db)
        _, chunks, _ = records.counts(db)
    if not marked and stores.vectors.count() == chunks:
        return ()
    return (yield from _reconcile(stores, marked, effort))


def _reconcile(
    stores: Stores, marked: list[str], effort: Effort
) -> Generator[Progress, None, tuple[str, ...]]:
    stored = stores.vectors.ids()
    with stores.db.reading() as db:
        wanted = records.all_vector_ids(db)
    orphans, missing = stored - wanted, wanted - stored
    stores.vectors.delete(sorted(orphans))
    yield from _restore(stores, missing, effort)
    with stores.db.writing() as db:
        records.clear_pending(db, marked)
    touched = {i.rsplit(ID_SEPARATOR, 2)[0] for i in orphans | missing}
    return tuple(sorted(touched.union(marked)))


def _restore(stores: Stores, missing: set[str], effort: Effort) -> Iterator[Progress]:
    """Embed the chunks of missing vectors again, from the record."""
    if not missing:
        return
    done = 0
    with stores.db.reading() as db:
        pieces = records.chunks_of_vectors(db, missing)
        while group := list(islice(pieces, GROUP_CHUNKS)):
            texts = sorted(
                ((text_to_embed(document, piece), i) for i, document, piece in group),
                key=lambda pair: len(pair[0]),
                reverse=True,
            )
            start = 0
            for _, rows in embed(stores, [text for text, _ in texts], effort):
                stores.vectors.add([i for _, i in texts[start : start + len(rows)]], rows)
                start += len(rows)
                yield Progress("repair", done + start, len(missing), "chunks")
            done += len(group)
