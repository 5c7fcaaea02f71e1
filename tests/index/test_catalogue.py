"""The catalogue: random typed queries equal a filter over the YAML, and bad ones are refused."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.cards import ModelCard, curated_cards
from corpus.errors import InputError
from corpus.sources import CardFile, load
from index import records
from index.cards import days
from index.catalogue import Condition, Query, Sort, describe, field_of, parse_query, run
from index.catalogue.query import Operator
from index.prepare import Origin, prepare
from index.schema import SCHEMA

CARDS = [card for _, card in curated_cards()]
RANDOM_QUERIES = 2000
TEXT = [
    "developer", "family", "country", "architecture", "licence", "licence_spdx", "licence_name",
    "licence_class", "base_model",
]  # fmt: skip
NUMBERS = ["total_params_b", "active_params_b", "context_tokens_approx"]
SCORES = [f"benchmarks.{name}" for name in sorted({b for c in CARDS for b in c.benchmarks})]


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    """A record that holds every curated card, stored as a refresh stores it."""
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.executescript(SCHEMA)
    fill(connection, CARDS)
    yield connection
    connection.close()


def fill(connection: sqlite3.Connection, cards: list[ModelCard]) -> None:
    for card in cards:
        file = CardFile(card.document_id, Path("cards.yaml"), 1, 1.0, card)
        origin = Origin("curated", 1, 1.0, "recipe")
        records.store(connection, prepare(load(file), origin, card))


# --- the same questions, answered by a plain loop over the cards --------------------------


def holds(card: ModelCard, condition: Condition) -> bool | None:
    """Whether a card meets a condition; None when its value is unknown or too vague."""
    value = field_of(condition.field).value(card)
    if condition.operator == "known":
        return (value is not None) == condition.value
    if condition.field == "modalities":
        return (condition.value in value) == (condition.operator == "contains")
    if value is None:
        return None
    if condition.field == "release_date":
        return holds_date(value, condition.operator, str(condition.value))
    wanted = condition.value
    if condition.operator in ("contains", "lacks"):
        return (str(wanted).lower() in value.lower()) == (condition.operator == "contains")
    if isinstance(wanted, tuple):
        return (value in wanted) == (condition.operator == "in")
    compare: dict[str, Any] = {
        "=": value == wanted, "!=": value != wanted,
        "<": not isinstance(value, str) and value < wanted,
        "<=": not isinstance(value, str) and value <= wanted,
        ">": not isinstance(value, str) and value > wanted,
        ">=": not isinstance(value, str) and value >= wanted,
    }  # fmt: skip
    return bool(compare[condition.operator])


def holds_date(date: str, operator: str, wanted: str) -> bool | None:
    """True or False only if every day that the date may mean gives the same."""
    low, high = days(wanted)
    first, last = days(date)
    each = {day_holds(day, operator, low, high) for day in (first, last)}
    if operator in ("=", "!=") and len(each) == 1 and first < low and last > high:
        return None
    return each.pop() if len(each) == 1 else None


def day_holds(day: str, operator: str, low: str, high: str) -> bool:
    return {
        "=": low <= day <= high,
        "!=": not low <= day <= high,
        "<": day < low,
        "<=": day <= high,
        ">": day > high,
        ">=": day >= low,
    }[operator]


def brute_rows(query: Query) -> list[str]:
    found = [c for c in CARDS if all(holds(c, condition) is True for condition in query.conditions)]
    found.sort(key=lambda c: (c.name.lower(), c.id))
    if query.sort is None:
        return [c.id for c in found]
    field = field_of(query.sort.field)
    known = [c for c in found if field.value(c) is not None]
    rest = [c for c in found if field.value(c) is None]

    def order(card: ModelCard) -> Any:
        value = field.value(card)
        return days(value)[0] if field.kind == "date" else value

    known.sort(key=order, reverse=query.sort.descending)
    # Sorting backwards also turns ties around: put them in order of name again.
    if query.sort.descending:
        known.sort(key=lambda c: (c.name.lower(), c.id))
        known.sort(key=order, reverse=True)
    if query.limit is None:
        return [c.id for c in known + rest]
    if len(known) > query.limit:
        last = field.value(known[query.limit - 1])
        ties = [c for c in known[query.limit :] if field.value(c) == last]
        known = known[: query.limit] + ties
    return [c.id for c in known]


def brute_unknown(query: Query) -> dict[str, int]:
    fields = {c.field for c in query.conditions}
    if query.sort is not None and query.limit is not None:
        fields.add(query.sort.field)
    return {f: n for f in fields if (n := sum(undecided(c, f, query) for c in CARDS))}


def undecided(card: ModelCard, field: str, query: Query) -> bool:
    if field == "modalities" or any(
        c.operator == "known" for c in query.conditions if c.field == field
    ):
        return False
    others = [c for c in query.conditions if c.field != field]
    own = [holds(card, c) for c in query.conditions if c.field == field]
    if any(holds(card, c) is not True for c in others) or False in own:
        return False
    return None in own or (not own and field_of(field).value(card) is None)


# --- random queries -----------------------------------------------------------------------


def random_query(rng: random.Random) -> Query:
    conditions = tuple(random_condition(rng) for _ in range(rng.choice([0, 1, 1, 2, 2, 3])))
    sort = None
    if rng.random() < 0.5:
        field = rng.choice([*NUMBERS, *SCORES[:6], "release_date", "name"])
        sort = Sort(field, rng.random() < 0.5)
    limit = rng.randint(1, 12) if sort is not None and rng.random() < 0.6 else None
    return Query("list", conditions, sort, limit)


def random_condition(rng: random.Random) -> Condition:
    kind = rng.choice(["text", "number", "score", "date", "flag", "set", "known"])
    if kind == "known":
        field = rng.choice([*TEXT, *NUMBERS, *SCORES, "release_date"])
        return Condition(field, "known", rng.random() < 0.5)
    if kind == "flag":
        return Condition("open_weights", "=", rng.random() < 0.8)
    if kind == "set":
        return Condition("modalities", rng.choice(["contains", "lacks"]), rng.choice(
            ["text", "image", "video", "audio"]))  # fmt: skip
    if kind == "text":
        return random_text(rng)
    if kind == "date":
        return Condition(
            "release_date", rng.choice(["=", "!=", "<", "<=", ">", ">="]), random_date(rng)
        )
    field = rng.choice(NUMBERS if kind == "number" else SCORES)
    operators: list[Operator] = ["=", "!=", "<", "<=", ">", ">="]
    return Condition(field, rng.choice(operators), random_value(rng, field))


def random_text(rng: random.Random) -> Condition:
    field = rng.choice(TEXT)
    operators: list[Operator] = ["=", "!=", "in", "not in", "contains", "lacks"]
    operator = rng.choice(operators)
    if operator in ("in", "not in"):
        return Condition(field, operator, tuple(random_value(rng, field) for _ in range(3)))
    value = str(random_value(rng, field))
    if operator in ("contains", "lacks"):
        start = rng.randrange(len(value))
        value = rng.choice([str.upper, str.lower])(value[start : start + 4])
    return Condition(field, operator, value)


def random_value(rng: random.Random, field: str) -> Any:
    known = [v for c in CARDS if (v := field_of(field).value(c)) is not None]
    return rng.choice(known)


def random_date(rng: random.Random) -> str:
    value = str(random_value(rng, "release_date"))
    return value[: rng.choice([4, 7, 10])]


def test_random_queries_equal_a_filter_over_the_yaml(db: sqlite3.Connection) -> None:
    rng = random.Random(20261123)
    found = 0
    for _ in range(RANDOM_QUERIES):
        query = random_query(rng)
        result = run(db, query)
        assert [row.card.id for row in result.rows] == brute_rows(query), query
        assert dict(result.unknown) == brute_unknown(query), query
        found += bool(result.rows)
    assert found > RANDOM_QUERIES / 4, "the random queries hardly find anything"


@pytest.mark.parametrize("field", ["developer", "country", "licence_class", "open_weights"])
def test_groups_count_every_row_once(db: sqlite3.Connection, field: str) -> None:
    result = run(db, Query("group", group_by=field))
    expected = Counter(
        "unknown" if v is None else {True: "yes", False: "no"}.get(v, v)
        for v in (field_of(field).value(card) for card in CARDS)
    )
    assert dict(result.groups) == dict(expected)
    assert sum(count for _, count in result.groups) == len(CARDS)


def test_known_parts_the_cards_and_leaves_none_undecided(db: sqlite3.Connection) -> None:
    for field in ["licence", "release_date", "total_params_b", SCORES[0]]:
        known, unknown = (
            run(db, Query(conditions=(Condition(field, "known", wanted),)))
            for wanted in (True, False)
        )
        value = field_of(field).value
        assert all(value(row.card) is not None for row in known.rows)
        assert all(value(row.card) is None for row in unknown.rows)
        assert known.matched + unknown.matched == len(CARDS)
        assert known.unknown == unknown.unknown == ()


def test_known_is_told_in_plain_words_and_takes_only_true_and_false() -> None:
    assert describe(Query(conditions=(Condition("licence", "known", False),))) == "licence unknown"
    assert describe(Query(conditions=(Condition("licence", "known", True),))) == "licence known"
    for value in ("yes", 1, None):
        with pytest.raises(InputError):
            parse_query({"conditions": [{"field": "licence", "operator": "known", "value": value}]})
    with pytest.raises(InputError):
        parse_query({"conditions": [{"field": "open_weights", "operator": "known", "value": True}]})


def test_query_survives_json(db: sqlite3.Connection) -> None:
    rng = random.Random(7)
    for _ in range(200):
        query = random_query(rng)
        assert parse_query(query.to_dict()) == query


@pytest.mark.parametrize(
    "data",
    [
        "SELECT 1",
        {"shape": "drop"},
        {"table": "cards"},
        {"conditions": [{"field": "name; DROP TABLE cards", "operator": "=", "value": "x"}]},
        {"conditions": [{"field": "developer", "operator": "LIKE", "value": "x"}]},
        {"conditions": [{"field": "developer", "operator": "=", "value": 3}]},
        {"conditions": [{"field": "total_params_b", "operator": ">", "value": "many"}]},
        {"conditions": [{"field": "total_params_b", "operator": ">", "value": True}]},
        {"conditions": [{"field": "release_date", "operator": ">", "value": "last week"}]},
        {"conditions": [{"field": "release_date", "operator": ">", "value": "2025-02-31"}]},
        {"conditions": [{"field": "open_weights", "operator": "=", "value": "yes"}]},
        {"conditions": [{"field": "developer", "operator": "in", "value": "Meta"}]},
        {"conditions": [{"field": "developer"}]},
        {"conditions": [{"field": "total_params_b", "operator": ">", "value": 10**30}]},
        {"conditions": [{"field": "total_params_b", "operator": ">", "value": float("nan")}]},
        {"conditions": [{"field": "total_params_b", "operator": ">", "value": float("inf")}]},
        {"conditions": [{"field": "developer", "operator": "=", "value": "\ud800"}]},
        {"conditions": "all"},
        {"sort": {"field": "modalities"}},
        {"sort": "name"},
        {"limit": 0},
        {"limit": 10**9},
        {"shape": "group"},
        {"group_by": "developer"},
        {"columns": ["password"]},
    ],
)
def test_bad_queries_are_refused_with_one_line(data: object) -> None:
    with pytest.raises(InputError) as caught:
        parse_query(data)
    assert "\n" not in str(caught.value)


def test_values_are_bound_not_pasted(db: sqlite3.Connection) -> None:
    hostile = "Meta' OR '1'='1"
    assert run(db, Query(conditions=(Condition("developer", "=", hostile),))).rows == ()
    score = Condition("benchmarks.MMLU') OR 1=1 --", ">", 0)
    assert run(db, Query(conditions=(score,))).rows == ()
    assert db.execute("SELECT count(*) FROM cards").fetchone()[0] == len(CARDS)


def test_limit_keeps_ties(db: sqlite3.Connection) -> None:
    sizes = sorted((c.total_params_b for c in CARDS if c.total_params_b), reverse=True)
    result = run(db, Query(sort=Sort("total_params_b", descending=True), limit=1))
    assert len(result.rows) == sizes.count(sizes[0])
    assert result.matched == len(sizes)


def test_replacing_a_card_leaves_nothing_of_the_old_one(db: sqlite3.Connection) -> None:
    card = next(c for c in CARDS if c.benchmarks)
    changed = card.model_copy(update={"benchmarks": {"New test": 1.0}, "modalities": ("text",)})
    fill(db, [changed])
    name = next(iter(card.benchmarks))
    old = run(db, Query(conditions=(Condition(f"benchmarks.{name}", ">=", 0),)))
    assert card.id not in [row.card.id for row in old.rows]
    fill(db, [card])


def test_query_is_told_in_plain_words() -> None:
    query = Query(
        conditions=(
            Condition("open_weights", "=", True),
            Condition("total_params_b", ">", 100),
            Condition("licence_spdx", "=", "MIT"),
            Condition("release_date", ">=", "2025-03"),
            Condition("context_tokens_approx", ">=", 128000),
            Condition("benchmarks.AIME24", "<", 50),
        ),
        sort=Sort("total_params_b", descending=True),
        limit=3,
    )
    assert describe(query) == (
        "open-weight, total parameters over 100B, licence MIT, released since March 2025, context "
        "at least 128,000 tokens, AIME24 score under 50, the 3 highest total parameters"
    )
    assert describe(Query()) == "all models"
