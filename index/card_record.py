"""The catalogue of a home without the rest of it: no vectors, no embedder, no refresh.

SQLite lets any process read the record; it is the vectors that only their owner may open.
Knows nothing of owners, or of how a query came about.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from corpus.cards import ModelCard
from index import cards, records
from index.catalogue import Query, Result, run
from index.database import Database
from index.home import Home
from index.schema import SCHEMA


@dataclass(frozen=True, slots=True)
class CardRecord:
    """What the record of a home says: its cards, a query's result, the last refresh."""

    cards: tuple[ModelCard, ...]
    result: Result
    as_of: str | None


def recorded(home: Path, query: Query) -> CardRecord | None:
    """The answer of the record in ``home``; None where there is no record yet.

    The caller holds the home's lock, for a record of an older version is brought up to date.
    """
    path = Home(home).record
    if not path.exists():
        return None
    with closing(Database(path)) as database, database.reading() as db:
        return CardRecord(tuple(cards.all_cards(db)), run(db, query), records.as_of(db))


def answer_from(given: Iterable[ModelCard], query: Query) -> Result:
    """The answer of a query over cards that stand in no home."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA)
        for number, card in enumerate(given, start=1):
            cards.store(db, number, card)
        return run(db, query)
