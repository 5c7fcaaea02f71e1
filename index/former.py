"""The vectors of the embedder before: they answer until those of the new one are complete.

Changing the embedder makes every vector anew, which takes minutes to hours. Meanwhile questions
are compared with the old vectors, by the old embedder, if it is still to be had; else full text
answers alone. Documents that change meanwhile are found by their words. Knows nothing of model
files.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from corpus.errors import RefdeskError
from index import records
from index.transfer import Space, Stores, TextEmbedder

log = logging.getLogger(__name__)

Finder = Callable[[str], TextEmbedder | None]
"""The embedder in a folder ("": the one that was the default), or None if it is gone."""


def nobody(made_by: str) -> TextEmbedder | None:
    """Find no embedder of before."""
    return None


def recall(stores: Stores, find: Finder) -> None:
    """Let searches use the vectors of before, if the present ones are not complete."""
    try:
        makers = stores.vectors.makers()
        if makers and not complete(stores):
            stores.former = next(filter(None, (_space(stores, m, find) for m in makers)), None)
    except RefdeskError as error:
        log.warning("the vectors of before cannot be used: %s", error)


def retire(stores: Stores) -> None:
    """Search the present vectors from now on, and drop those of other embedders."""
    stores.former = None
    stores.vectors.drop_others()


def complete(stores: Stores) -> bool:
    """Whether every passage of the record has its vector by the present embedder."""
    with stores.db.reading() as db:
        _, chunks, _ = records.counts(db)
    return stores.vectors.count() >= chunks


def _space(stores: Stores, made_by: str, find: Finder) -> Space | None:
    embedder = find(made_by)
    vectors = stores.vectors.beside(embedder.fingerprint) if embedder is not None else None
    if embedder is None or vectors is None or vectors.count() == 0:
        return None
    return Space(vectors, embedder)
