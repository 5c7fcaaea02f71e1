"""A catalogue result as an answer: a sentence or two, and a table whose every row cites its card.

Pure functions. What is said is made of the cards' values, and what is quoted is the cards' own
text, so that both agree by construction. Knows nothing of how the question was understood.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.catalogue.citing import CardCitations
from assistant.catalogue.decide import Decision
from assistant.catalogue.single import facts, side_by_side
from assistant.catalogue.values import cell, extreme, heading, shown
from assistant.types import Citation, Sentence, Table
from corpus.card_text import day, listed
from index.catalogue import Query, Result, Row, describe, field_of
from index.catalogue.words import label

NAMED = 12
"""Models named in the sentence; the others stand in the table."""
CITED = 5
"""Citations behind a sentence that speaks of more models than it names."""
_VALUES = {
    "developer": "developers", "licence_class": "kinds of licence", "country": "countries",
    "licence": "licences", "family": "families", "architecture": "architectures",
    "release_date": "years", "open_weights": "kinds",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Composed:
    """The parts of an answer that the catalogue gave; ``found`` is False when nothing matched."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    table: Table
    found: bool = True


def compose(decision: Decision, result: Result, as_of: str | None) -> Composed | None:
    """The answer to a decision; None when the cards know nothing of the fields asked for."""
    sources = CardCitations()
    if decision.query.shape == "lookup":
        told = facts(decision, result, sources)
    elif decision.query.shape == "compare":
        told = side_by_side(decision, result, sources)
    elif decision.query.group_by is not None:
        told = _groups(decision, result, as_of, sources)
    else:
        told = _models(result, as_of, sources)
    if told is None:
        return None
    sentences, table = told
    query = {**decision.query.to_dict(), "described": describe(decision.query)}
    return Composed(
        sentences, tuple(sources.citations), replace(table, query=query), result.matched > 0
    )


def _models(
    result: Result, as_of: str | None, sources: CardCitations
) -> tuple[tuple[Sentence, ...], Table]:
    """Lists, counts, superlatives and timelines."""
    columns = result.query.columns
    cited = [sources.of(row.card, columns) for row in result.rows]
    rows = tuple((row.card.name, *(cell(c, row.value(c)) for c in columns)) for row in result.rows)
    table = Table(("Model", *map(heading, columns)), rows, tuple(cited))
    if not result.rows:
        return (_none(result, as_of),), table
    if result.query.sort is not None and result.query.limit is not None:
        return (_superlative(result, as_of, cited),), table
    return (_matching(result, as_of, cited),), table


def _conditions(result: Result) -> str:
    plain = replace(result.query, shape="list", sort=None, limit=None, group_by=None)
    return describe(plain)


def _scope(result: Result, as_of: str | None) -> str:
    """What was asked, as of when, and what could not be decided: the brackets of a sentence."""
    parts = [_conditions(result)]
    if as_of:
        parts.append(f"as of {day(as_of[:10])}")
    parts += [f"{count} more with unknown {label(name)} left out" for name, count in result.unknown]
    return "; ".join(parts)


def _none(result: Result, as_of: str | None) -> Sentence:
    return Sentence(f"No model in the catalogue matches ({_scope(result, as_of)}).")


def _matching(result: Result, as_of: str | None, cited: Sequence[tuple[int, ...]]) -> Sentence:
    count = result.matched
    start = (
        f"{count} model{'s' if count > 1 else ''} in the catalogue match{'' if count > 1 else 'es'}"
    )
    names = [f"{row.card.name}{_detail(row, result.query)}" for row in result.rows]
    if count <= NAMED:
        text = f"{start} ({_scope(result, as_of)}): {listed(names)}."
        return Sentence(text, _all(cited))
    more = f"{', '.join(names[:CITED])} and {count - CITED} more in the table"
    return Sentence(f"{start} ({_scope(result, as_of)}): {more}.", _all(cited[:CITED]))


def _detail(row: Row, query: Query) -> str:
    """ " (671B)": the value that a model was found or ranked by, where models differ in it."""
    name = _telling(query)
    value = row.value(name) if name else None
    return f" ({shown(name, value)})" if name and value is not None else ""


def _telling(query: Query) -> str | None:
    """The field whose values say most about why the models are listed, in this order."""
    if query.shape == "timeline":
        return "release_date"
    if query.sort is not None and field_of(query.sort.field).kind == "number":
        return query.sort.field
    same = {c.field for c in query.conditions if c.operator == "="} | {"open_weights", "modalities"}
    fields = [c.field for c in query.conditions if c.field not in same]
    named = {"licence_name": "licence", "licence_class": "licence"}
    return named.get(fields[0], fields[0]) if fields else None


def _superlative(result: Result, as_of: str | None, cited: Sequence[tuple[int, ...]]) -> Sentence:
    sort = result.query.sort
    if sort is None:
        raise ValueError("a superlative needs an order")
    what = extreme(sort.field, sort.descending)
    scope = f"of {result.matched} models compared ({_scope(result, as_of)})"
    values = [shown(sort.field, row.value(sort.field)) for row in result.rows]
    names = [row.card.name for row in result.rows]
    if len(names) == 1:
        return Sentence(f"{names[0]} has {what}, {values[0]}, {scope}.", _all(cited))
    if len(set(values)) == 1:
        return Sentence(f"{listed(names)} share {what}, {values[0]}, {scope}.", _all(cited[:NAMED]))
    each = listed([f"{n} ({v})" for n, v in zip(names, values, strict=True)][:NAMED])
    text = f"The {len(names)} models with {what}, {scope}: {each}."
    return Sentence(text, _all(cited[:NAMED]))


def _all(cited: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(number for numbers in cited for number in numbers))


# --- groups -------------------------------------------------------------------------------


def _groups(
    decision: Decision, result: Result, as_of: str | None, sources: CardCitations
) -> tuple[tuple[Sentence, ...], Table]:
    """Models counted by the values of a field."""
    name = result.query.group_by or ""
    of_group = _rows_of(name, result)
    cited = [
        tuple(dict.fromkeys(n for row in of_group(value) for n in sources.of(row.card, (name,))))
        for value, _ in result.groups
    ]
    table = Table((heading(name), "Models"), result.groups, tuple(cited))
    if not result.groups:
        return (_none(result, as_of),), table
    numbers = tuple(n for group in cited[:NAMED] for n in group[:1])
    return (Sentence(_group_text(decision, result, name, as_of), numbers),), table


def _group_text(decision: Decision, result: Result, name: str, as_of: str | None) -> str:
    scope = _scope(result, as_of)
    known = [(value, count) for value, count in result.groups if value != "unknown"]
    if decision.most and known:
        best = [value for value, count in known if count == known[0][1]]
        verb = "has" if len(best) == 1 else "have"
        return (
            f"{listed(best)} {verb} the most: {known[0][1]} of {result.matched} models ({scope})."
        )
    each = listed([f"{value} {count}" for value, count in result.groups[:NAMED]])
    rest = len(result.groups) - NAMED
    more = f", and {rest} more in the table" if rest > 0 else ""
    values = _VALUES[name] if len(known) != 1 else label(name)
    return f"{result.matched} models of {len(known)} {values} ({scope}): {each}{more}."


def _rows_of(name: str, result: Result) -> Callable[[str], list[Row]]:
    def rows(value: str) -> list[Row]:
        return [row for row in result.rows if _value(row, name) == value]

    return rows


def _value(row: Row, name: str) -> str:
    value: Any = row.value(name)
    if value is None:
        return "unknown"
    if name == "release_date":
        return str(value)[:4]
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else value
