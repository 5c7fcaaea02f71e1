"""The catalogue of a home without the rest of it: no vectors, no embedder, no refresh.

SQLite lets any process read the record; it is the vectors that only their owner may open.
Knows nothing of owners, or of how a query came about.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from corpus.cards import ModelCard
from index import cards, journal
from index.catalogue import Query, Result, run
from index.database import Database
from index.home import Home
from index.schema import SCHEMA


class CardRecord:
    """The model cards in an opened record; use ``open_card_record``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cards(self) -> list[ModelCard]:
        """Every model card, by id."""
        with self._database.reading() as db:
            return cards.all_cards(db)

    def catalogue(self, query: Query) -> Result:
        """The model cards that a typed query finds."""
        with self._database.reading() as db:
            return run(db, query)

    def as_of(self) -> str | None:
        """When the last refresh finished (ISO 8601, UTC), or None."""
        with self._database.reading() as db:
            return journal.as_of(db)


@contextmanager
def open_card_record(home: Path) -> Iterator[CardRecord]:
    """The cards of ``home``, whose lock the caller holds: an older record is brought up to date.

    Raises HomeError when the record is damaged or newer than this refdesk.
    """
    with closing(Database(Home(home).record)) as database:
        yield CardRecord(database)


def answer_from(given: Iterable[ModelCard], query: Query) -> Result:
    """The answer of a query over cards that stand in no home."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA)
        for number, card in enumerate(given, start=1):
            cards.store(db, number, card)
        return run(db, query)
