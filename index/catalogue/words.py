"""A query in plain words: "open-weight, total parameters over 100B, licence MIT".

Knows nothing of rows; what was found is told by whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus.card_text import day, parameters
from index.catalogue.fields import Field, field_of, tokens
from index.catalogue.query import Condition, Query, Sort

_NUMBERS = {
    "=": "", "!=": "not ", "<": "under ", "<=": "at most ", ">": "over ", ">=": "at least ",
}  # fmt: skip
_DATES = {
    "=": "in ", "!=": "not in ", "<": "before ", "<=": "up to ", ">": "after ", ">=": "since ",
}  # fmt: skip
_NAMES = {
    "total_params_b": "total parameters", "active_params_b": "active parameters",
    "context_tokens_approx": "context", "licence_spdx": "licence", "licence_name": "licence",
    "licence_class": "licence", "base_model": "base model",
}  # fmt: skip


def describe(query: Query) -> str:
    """The conditions and the order in words, without a verb; "all models" when there are none."""
    parts = [*map(_condition, query.conditions), *_tail(query)]
    return ", ".join(part for part in parts if part) or "all models"


def label(field: str) -> str:
    """A field's name inside a sentence."""
    known = field_of(field)
    return (
        f"{known.benchmark} score"
        if known.benchmark
        else _NAMES.get(field, field.replace("_", " "))
    )


def _condition(condition: Condition) -> str:
    field = field_of(condition.field)
    if condition.operator == "known":
        return f"{label(field.name)} {'known' if condition.value else 'unknown'}"
    if field.kind == "flag":
        return "open-weight" if condition.value else "closed"
    if field.kind == "date":
        return _date(condition)
    if field.kind == "number":
        return f"{label(field.name)} {_NUMBERS[condition.operator]}{amount(field, condition.value)}"
    if field.name == "id" and isinstance(condition.value, tuple):
        count = len(condition.value)
        return f"{count} named model" if count == 1 else f"{count} named models"
    if isinstance(condition.value, tuple):
        joined = " or ".join(str(value) for value in condition.value)
        return f"{label(field.name)} {'not ' if condition.operator == 'not in' else ''}{joined}"
    return _text(field, condition)


def _text(field: Field, condition: Condition) -> str:
    if field.name == "modalities":
        return f"{'without' if condition.operator == 'lacks' else 'with'} {condition.value}"
    negation = "not " if condition.operator in ("!=", "lacks") else ""
    return f"{label(field.name)} {negation}{condition.value}"


def _date(condition: Condition) -> str:
    value = str(condition.value)
    word = _DATES[condition.operator]
    if len(value) == 10 and condition.operator in ("=", "!="):
        word = word.replace("in", "on")
    return f"released {word}{day(value)}"


def amount(field: Field, value: object) -> str:
    """A number as it is written: 100B, 128,000 tokens, 79.8."""
    if not isinstance(value, int | float):
        return str(value)
    if field.name in ("total_params_b", "active_params_b"):
        return parameters(value) if value > 0 else "0"
    if field.name == "context_tokens_approx":
        return f"{tokens(value)} tokens"
    return f"{value:g}"


def _tail(query: Query) -> Iterator[str]:
    if query.group_by is not None:
        group = field_of(query.group_by)
        yield f"by {'year of release' if group.kind == 'date' else label(group.name)}"
    if query.sort is not None:
        yield _order(query.sort, query.limit)


def _order(sort: Sort, limit: int | None) -> str:
    field = field_of(sort.field)
    if field.kind == "date":
        end, by = ("newest" if sort.descending else "oldest"), ""
    else:
        end, by = ("highest" if sort.descending else "lowest"), f" {label(field.name)}"
    if limit is None:
        return f"{end}{by} first"
    return f"the {limit} {end}{by}" if limit > 1 else f"the {end}{by}"
