"""``--where EXPR``: one condition on the model cards, as it is typed in a shell.

Says what to type instead of what cannot be read. Knows nothing of the cards' values; letters'
case is put right against them by ``as_spelt``.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from corpus.cards import ModelCard
    from index.catalogue import Condition, Field
    from index.catalogue.query import Operator

EXAMPLES = (
    "country=China", "total_params_b>100", "licence_spdx!=MIT", "release_date>=2025-03",
    "benchmarks.AIME24>80", "modalities~image", "developer~ali", "open_weights=true", "licence=?",
)  # fmt: skip
FORM = "write FIELD OPERATOR VALUE, for example country=China or total_params_b>100"

_EXPRESSION = re.compile(r"([^<>=!~]+?)\s*(!=|!~|<=|>=|==|=|<|>|~)\s*(.*)", re.DOTALL)
_NUMBER = re.compile(r"([+-]?(?:\d[\d,_]*)?(?:\.\d+)?)\s*([kmbt%]?)", re.IGNORECASE)
_FITTING = {
    "text": ("=", "!=", "~", "!~"),
    "number": ("=", "!=", "<", "<=", ">", ">="),
    "date": ("=", "!=", "<", "<=", ">", ">="),
    "flag": ("=", "!="),
    "set": ("~", "!~"),
}
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_SUFFIX = {"": 1.0, "%": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
_BILLIONS = ("total_params_b", "active_params_b")


def condition(expression: str) -> Condition:
    """The condition that ``expression`` is; raises UsageError that says what to write."""
    from corpus.errors import InputError
    from index.catalogue import Condition

    match = _EXPRESSION.fullmatch(expression.strip())
    if match is None:
        raise click.UsageError(f"--where {expression!r}: {FORM}")
    name, symbol, typed = match[1].strip(), match[2].replace("==", "="), match[3].strip()
    field = known_field(name)
    if typed == "?" and symbol in ("=", "!=") and field.kind not in ("flag", "set"):
        return Condition(field.name, "known", symbol == "!=")
    if symbol not in _FITTING[field.kind]:
        fitting = " ".join(_FITTING[field.kind])
        raise click.UsageError(f"--where {expression!r}: {field.name} is asked with {fitting}")
    if not typed:
        raise click.UsageError(f"--where {expression!r}: the value is missing; {FORM}")
    try:
        return Condition(field.name, *_meant(field, symbol, typed))
    except (InputError, ValueError) as error:
        raise click.UsageError(f"--where {expression!r}: {str(error).rstrip('.')}") from error


def known_field(name: str) -> Field:
    """The field called ``name``; raises UsageError that names the one that was meant."""
    from corpus.errors import InputError
    from index.catalogue import FIELDS, field_of

    folded = name.replace("-", "_").replace("license", "licence").casefold()
    try:
        return field_of(folded if folded in FIELDS else name)
    except InputError as error:
        close = difflib.get_close_matches(folded, FIELDS, 1)
        meant = f"did you mean {close[0]}? " if close else ""
        fields = ", ".join(FIELDS)
        raise click.UsageError(
            f"there is no field {name!r}; {meant}use one of {fields}, or benchmarks.NAME"
        ) from error


def _meant(field: Field, symbol: str, typed: str) -> tuple[Operator, Any]:
    """The operator and the value of the field's kind; raises ValueError with what to write."""
    if field.kind == "number":
        return _comparison(symbol), _number(field, typed)
    if field.kind == "flag":
        if typed.casefold() not in _FLAGS:
            raise ValueError(f"{field.name} is true or false")
        return "=", _FLAGS[typed.casefold()] is (symbol == "=")
    if field.kind == "set":
        return _comparison(symbol), typed.casefold()
    if field.kind == "text" and "|" in typed and symbol in ("=", "!="):
        values = tuple(part.strip() for part in typed.split("|") if part.strip())
        return ("in" if symbol == "=" else "not in"), values
    return _comparison(symbol), typed


def _comparison(symbol: str) -> Operator:
    operators: dict[str, Operator] = {
        "=": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
        "~": "contains", "!~": "lacks",
    }  # fmt: skip
    return operators[symbol]


def _number(field: Field, typed: str) -> int | float:
    """A number, with K, M, B or T behind it if wanted; parameters are counted in billions."""
    match = _NUMBER.fullmatch(typed)
    digits = match[1].replace(",", "").replace("_", "") if match else ""
    if match is None or not digits.strip("+-"):
        raise ValueError(f"{field.name} is compared with a number, such as 100 or 128K")
    unit = match[2].casefold()
    value = float(digits) * _SUFFIX[unit]
    if unit in ("k", "m", "b", "t") and field.name in _BILLIONS:
        value /= 1e9
    if not math.isfinite(value):
        raise ValueError(f"{field.name} is compared with a number of ordinary size")
    return int(value) if value.is_integer() else value


def as_spelt(given: Condition, cards: Iterable[ModelCard]) -> tuple[Condition, str | None]:
    """The condition in the cards' own spelling, and a hint when no card has such a value."""
    from index.catalogue import field_of

    field = field_of(given.field)
    if field.benchmark is not None:
        return _benchmark_as_spelt(given, field.benchmark, cards)
    if field.kind != "text" or given.operator not in ("=", "!=", "in", "not in"):
        return given, None
    values = {str(value) for card in cards if (value := field.value(card)) is not None}
    wanted = given.value if isinstance(given.value, tuple) else (given.value,)
    spelt = tuple(_spelling(str(value), values) for value in wanted)
    absent = next((value for value in spelt if value not in values), None)
    hint = None if absent is None else _hint(f"no card has the {field.name} {absent!r}", absent,
                                             values)  # fmt: skip
    return replace(given, value=spelt if isinstance(given.value, tuple) else spelt[0]), hint


def field_as_spelt(name: str, cards: Iterable[ModelCard]) -> str:
    """A field's name with its benchmark in the cards' own spelling."""
    from index.catalogue import field_of

    benchmark = field_of(name).benchmark
    if benchmark is None:
        return name
    return f"benchmarks.{_spelling(benchmark, {b for card in cards for b in card.benchmarks})}"


def _benchmark_as_spelt(
    given: Condition, benchmark: str, cards: Iterable[ModelCard]
) -> tuple[Condition, str | None]:
    names = {name for card in cards for name in card.benchmarks}
    spelt = _spelling(benchmark, names)
    hint = None if spelt in names else _hint(f"no card has a score on {spelt!r}", spelt, names)
    return replace(given, field=f"benchmarks.{spelt}"), hint


def _spelling(value: str, values: set[str]) -> str:
    """The one of ``values`` that differs only in case, spaces and hyphens; else ``value``."""
    if value in values:
        return value
    return next((known for known in sorted(values) if _folded(known) == _folded(value)), value)


def _folded(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text).casefold()


def _hint(complaint: str, value: str, values: set[str]) -> str:
    by_folded = {_folded(known): known for known in sorted(values)}
    close = [by_folded[name] for name in difflib.get_close_matches(_folded(value), by_folded, 3)]
    shown = close or sorted(values) if len(values) <= 12 else close
    if not shown:
        return f"{complaint}; ~ instead of = finds a part of it"
    return f"{complaint}; there are: {', '.join(shown)}"
