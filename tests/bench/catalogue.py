"""Scores the catalogue questions: are the rows of each answer exactly the right ones?

Run ``python -m tests.bench.catalogue`` for the failures and the time per question. Needs no
weights: questions that rules can read are answered without a model.
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.told import tell
from corpus.cards import ModelCard, curated_cards
from corpus.sources import CardFile, load
from index import cards, records
from index.catalogue import Query, Result, run
from index.prepare import Origin, prepare
from index.schema import SCHEMA
from tests.bench.gold import groups, rows

QUESTIONS = Path(__file__).parent / "questions" / "catalogue.jsonl"
AS_OF = "2026-11-23"


class CardsOnly:
    """A record in memory that holds the curated cards and nothing else."""

    def __init__(self) -> None:
        """Store every card as a refresh does."""
        self._db = sqlite3.connect(":memory:")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.executescript(SCHEMA)
        origin = Origin("curated", 1, 1.0, "recipe")
        for path, card in curated_cards():
            file = CardFile(card.document_id, path, 1, 1.0, card)
            records.store(self._db, prepare(load(file), origin, card))

    def cards(self) -> list[ModelCard]:
        """Every card."""
        return cards.all_cards(self._db)

    def cards_version(self) -> str:
        """The version of the cards."""
        return cards.version(self._db)

    def catalogue(self, query: Query) -> Result:
        """The answer to a query."""
        return run(self._db, query)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question's result; ``got`` and ``wanted`` are ids, counts by value, or None."""

    id: str
    question: str
    right: bool
    got: Any
    wanted: Any
    described: str
    seconds: float


def outcomes(path: Path = QUESTIONS) -> Iterator[Outcome]:
    """Every question of the file, asked."""
    index = CardsOnly()
    catalogue = Catalogue(index)
    catalogue.canonical("warm up")
    every = index.cards()
    for line in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        started = time.perf_counter()
        told = tell(catalogue, item["question"], AS_OF)
        seconds = time.perf_counter() - started
        wanted = _wanted(item["gold"], every)
        got = None if told.composed is None else _got(told.composed, item["gold"])
        described = told.composed.table.query["described"] if told.composed else ""
        yield Outcome(item["id"], item["question"], got == wanted, got, wanted, described, seconds)


def _wanted(gold: dict[str, Any], every: list[ModelCard]) -> Any:
    return groups(gold, every) if "group" in gold else set(rows(gold, every))


def _got(composed: Any, gold: dict[str, Any]) -> Any:
    """The ids that the answer's rows cite, or its counts by value."""
    if "group" in gold:
        if composed.table.query["group_by"] is None:
            return None
        return {value: count for value, count in composed.table.rows if value != "unknown"}
    if composed.table.query["group_by"] is not None:
        return None
    numbers = {n for row in composed.table.row_citations for n in row}
    return {
        c.document_id.removeprefix("models/") for c in composed.citations if c.number in numbers
    }


def main() -> int:
    """Print the failures and the score; 1 when under 95 of 100 are right."""
    asked = list(outcomes())
    for one in asked:
        if not one.right:
            print(f"{one.id}: {one.question}\n    {one.described or 'not understood'}")
            _print_difference(one)
    right = sum(one.right for one in asked)
    seconds = statistics.median(one.seconds for one in asked)
    print(f"{right} of {len(asked)} right; median {seconds * 1000:.1f} ms")
    return 0 if right >= 0.95 * len(asked) else 1


def _print_difference(one: Outcome) -> None:
    if isinstance(one.got, set) and isinstance(one.wanted, set):
        missing, too_many = sorted(one.wanted - one.got), sorted(one.got - one.wanted)
        print(f"    missing {missing}, too many {too_many}")
    else:
        print(f"    got {one.got}\n    wanted {one.wanted}")


if __name__ == "__main__":
    sys.exit(main())
