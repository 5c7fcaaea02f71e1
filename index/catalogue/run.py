"""Runs a query on the record: one SQL statement, every value a bound parameter.

Column names come from ``FIELDS`` only, never from a question. Rows that cannot be decided
because a value is unknown are counted, not guessed.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.cards import ModelCard
from index.cards import days
from index.catalogue.fields import Field, field_of
from index.catalogue.query import Condition, Query

Clause = tuple[str, list[Any]]
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Row:
    """A card that the query found."""

    card: ModelCard

    def value(self, field: str) -> Any:
        """The card's value of a field; None when no source told."""
        return field_of(field).value(self.card)


@dataclass(frozen=True, slots=True)
class Result:
    """What a query found.

    ``rows`` are in order, cut to the limit (ties kept); ``matched`` counts them before the
    cut. ``unknown`` says for each field how many further cards meet every other condition but
    have no known value there. ``groups`` are (value, count) pairs, the largest first.
    """

    query: Query
    rows: tuple[Row, ...]
    matched: int
    unknown: tuple[tuple[str, int], ...] = ()
    groups: tuple[tuple[str, int], ...] = ()


def run(db: sqlite3.Connection, query: Query) -> Result:
    """Answer a query from one snapshot of the record."""
    clauses = [_clause(condition) for condition in query.conditions]
    rows = [Row(card) for card in _select(db, clauses, query)]
    ranked = _known_only(rows, query)
    return Result(
        query=query,
        rows=tuple(_cut(ranked, query)),
        matched=len(ranked),
        unknown=tuple(_unknown(db, query)),
        groups=tuple(_groups(ranked, query)),
    )


def _select(db: sqlite3.Connection, clauses: list[Clause], query: Query) -> Iterator[ModelCard]:
    where = " AND ".join(f"({sql})" for sql, _ in clauses) or "1"
    values = [value for _, bound in clauses for value in bound]
    order, bound = _order(query)
    # The statement is made of this file's own words and FIELDS' columns.
    sql = f"SELECT card FROM cards WHERE {where} ORDER BY {order}"  # noqa: S608
    for (text,) in db.execute(sql, [*values, *bound]):
        yield ModelCard.model_validate_json(text)


def _order(query: Query) -> Clause:
    if query.sort is None:
        if query.shape == "timeline":
            return "released_from IS NULL, released_from, released_to, name COLLATE NOCASE, id", []
        return "name COLLATE NOCASE, id", []
    column, bound = _column(field_of(query.sort.field))
    direction = "DESC" if query.sort.descending else "ASC"
    return f"{column} IS NULL, {column} {direction}, name COLLATE NOCASE, id", bound + bound


def _column(field: Field) -> Clause:
    """The SQL expression of a field's value, with the parameters that it needs."""
    if field.benchmark is not None:
        score = (
            "SELECT score FROM card_scores s WHERE s.document = cards.document AND benchmark = ?"
        )
        return f"({score})", [field.benchmark]
    return field.column, []


_MODALITY = "SELECT 1 FROM card_modalities m WHERE m.document = cards.document"
_TOLD = f"EXISTS ({_MODALITY})"  # a list of models may not say what they work with


def _clause(condition: Condition) -> Clause:
    """A condition as SQL that is false or NULL where the value is unknown."""
    field = field_of(condition.field)
    if field.kind == "set":
        negation = "NOT " if condition.operator == "lacks" else ""
        return f"{_TOLD} AND {negation}EXISTS ({_MODALITY} AND modality = ?)", [condition.value]
    column, bound = _column(field)
    if condition.operator == "known":
        return f"{column} IS {'NOT ' if condition.value else ''}NULL", bound
    if field.kind == "date":
        return _date_clause(condition)
    if isinstance(condition.value, tuple):
        marks = ",".join("?" * len(condition.value))
        return f"{column} {condition.operator.upper()} ({marks})", [*bound, *condition.value]
    if condition.operator in ("contains", "lacks"):
        negation = "= 0" if condition.operator == "lacks" else "> 0"
        return f"instr(lower({column}), lower(?)) {negation}", [*bound, condition.value]
    return f"{column} {condition.operator} ?", [*bound, condition.value]


def _date_clause(condition: Condition) -> Clause:
    """Periods compare as wholes; a card that knows only the month is undecided within it."""
    first, last = days(str(condition.value))
    return {
        "=": ("released_from >= ? AND released_to <= ?", [first, last]),
        "!=": ("released_to < ? OR released_from > ?", [first, last]),
        "<": ("released_to < ?", [first]),
        "<=": ("released_to <= ?", [last]),
        ">": ("released_from > ?", [last]),
        ">=": ("released_from >= ?", [first]),
    }[condition.operator]


def _known_only(rows: list[Row], query: Query) -> list[Row]:
    """Rows without a value are out where the most, the least or an order of dates is asked for."""
    field = _needed(query)
    return [row for row in rows if field is None or row.value(field) is not None]


def _needed(query: Query) -> str | None:
    """The field without which a row has no place in the answer, beside the conditions' own."""
    if query.shape == "timeline":
        return "release_date"
    return query.sort.field if query.sort is not None and query.limit is not None else None


def _cut(rows: list[Row], query: Query) -> list[Row]:
    """The first ``limit`` rows, and those that tie with the last of them."""
    if query.limit is None or query.group_by is not None or len(rows) <= query.limit:
        return rows
    kept = rows[: query.limit]
    if query.sort is None:
        return kept
    last = kept[-1].value(query.sort.field)
    ties = (row for row in rows[query.limit :] if row.value(query.sort.field) == last)
    return [*kept, *ties]


def _unknown(db: sqlite3.Connection, query: Query) -> Iterator[tuple[str, int]]:
    """Per field asked about, the cards that only its missing value keeps out."""
    fields = dict.fromkeys(condition.field for condition in query.conditions)
    if (needed := _needed(query)) is not None:
        fields.setdefault(needed)
    for name in fields:
        field = field_of(name)
        own = [c for c in query.conditions if c.field == name]
        if any(c.operator == "known" for c in own):
            continue
        others = [_clause(c) for c in query.conditions if c.field != name]
        undecided, bound = _undecided(field, own)
        where = " AND ".join(f"({sql})" for sql in [undecided, *(sql for sql, _ in others)])
        values = [*bound, *(value for _, values in others for value in values)]
        count = db.execute(f"SELECT count(*) FROM cards WHERE {where}", values)  # noqa: S608
        if number := count.fetchone()[0]:
            yield name, int(number)


def _undecided(field: Field, conditions: list[Condition]) -> Clause:
    """SQL for "the value of this field is unknown", or too vague a date to decide."""
    if field.kind == "set":
        return f"NOT {_TOLD}", []
    column, bound = _column(field)
    if field.kind != "date" or not conditions:
        return f"{column} IS NULL", bound
    clauses = [_clause(c) for c in conditions]
    opposite = [_clause(Condition(c.field, _OPPOSITE[c.operator], c.value)) for c in conditions]
    # Undecided: some condition neither holds nor fails, and none fails.
    open_ones = " OR ".join(
        f"NOT ({a[0]}) AND NOT ({b[0]})" for a, b in zip(clauses, opposite, strict=True)
    )
    none_fails = " AND ".join(f"NOT ({sql})" for sql, _ in opposite)
    values = [v for a, b in zip(clauses, opposite, strict=True) for v in (*a[1], *b[1])]
    values += [v for _, bound in opposite for v in bound]
    return f"released_from IS NULL OR (({open_ones}) AND {none_fails})", values


_OPPOSITE: dict[str, Any] = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def _groups(rows: list[Row], query: Query) -> list[tuple[str, int]]:
    if query.group_by is None:
        return []
    field = field_of(query.group_by)
    counts = Counter(_group(field, row.value(field.name)) for row in rows)
    if field.kind == "date":
        return sorted(counts.items())
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].casefold()))
    if query.limit is None:
        return ranked
    known = [pair for pair in ranked if pair[0] != UNKNOWN]
    return [pair for pair in known if pair[1] >= known[: query.limit][-1][1]]


def _group(field: Field, value: Any) -> str:
    if value is None:
        return UNKNOWN
    if field.kind == "date":
        return str(value)[:4]
    if field.kind == "flag":
        return "yes" if value else "no"
    return str(value)
