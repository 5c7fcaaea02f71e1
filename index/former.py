"""The vectors of the embedder before: they answer until those of the new one are complete.

Changing the embedder makes every vector anew, which takes minutes to hours. Meanwhile questions
are compared with the old vectors, by the old embedder, if it is still to be had; else full text
answers, and the new vectors as they come. Documents that change meanwhile are found by their
words. Nothing on disk says who answers: whichever collection holds more of the record does, so a
home says by itself where a crash has left it. Knows nothing of model files.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from corpus.errors import RefdeskError
from index import chunk_record, records
from index.transfer import Lost, Space, Stores, TextEmbedder
from index.vectors import Vectors

log = logging.getLogger(__name__)

Finder = Callable[[str], TextEmbedder | None]
"""The embedder in a folder ("": the one that was the default), or None if it is gone."""


def nobody(made_by: str) -> TextEmbedder | None:
    """Find no embedder of before."""
    return None


def recall(stores: Stores, find: Finder) -> None:
    """Let searches use the vectors of before, if they hold more of the record.

    Reads the ids only where there are vectors of another embedder (1 s for a million).
    """
    try:
        others = stores.vectors.others()
        if not others or complete(stores):
            return
        with stores.db.reading() as db:
            wanted = {vector_id for vector_id, _, _ in chunk_record.wanted(db)}
        held = len(wanted & stores.vectors.ids())
        covering = [(len(wanted & _ids(other)), other) for other in others]
        for share, other in sorted(covering, key=lambda pair: pair[0], reverse=True):
            if share <= held or _answers(stores, other, find):
                return
    except RefdeskError as error:
        log.warning("the vectors of before cannot be used: %s", error)


def retire(stores: Stores) -> None:
    """Search the present vectors from now on, and drop those of other embedders."""
    stores.former = stores.lost = None
    stores.vectors.drop_others()


def complete(stores: Stores) -> bool:
    """Whether every passage of the record has its vector by the present embedder."""
    with stores.db.reading() as db:
        _, chunks, _ = records.counts(db)
    return stores.vectors.count() >= chunks


def give_up(stores: Stores, reason: str) -> None:
    """The vectors of before cannot be read any more: words answer, and the new ones."""
    if stores.former is not None:
        stores.lost = Lost(stores.former.embedder.fingerprint, reason)
        stores.former = None


def _ids(vectors: Vectors) -> set[str]:
    """What these vectors hold, nothing if they cannot be read."""
    try:
        vectors.check()
        return vectors.ids()
    except RefdeskError:
        return set()


def _answers(stores: Stores, vectors: Vectors, find: Finder) -> bool:
    """Let these vectors answer, if the very embedder that made them is still here."""
    name = vectors.fingerprint or "the embedder before"
    reason = f"the model files of {name} are gone or changed"
    try:
        embedder = find(vectors.made_by)
        if embedder is not None and vectors.are_of(embedder.fingerprint):
            stores.former, stores.lost = Space(vectors, embedder), None
            return True
    except RefdeskError as error:
        reason = str(error)
    stores.lost = stores.lost or Lost(name, reason)
    return False
