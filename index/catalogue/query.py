"""The typed query: conditions, order, limit and what to make of the rows.

Built by rules or from JSON that anyone wrote, and checked here before it can reach the
record. A value that is null in a card meets no condition on it.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from corpus.errors import InputError
from index.cards import days
from index.catalogue.fields import Field, field_of

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "not in", "contains", "lacks", "known"]
Shape = Literal["list", "count", "group", "compare", "timeline", "lookup"]
"""What is made of the rows: a list, their number, a number per value of ``group_by``, a table
side by side, a list in order of date, or single facts of named models."""

Scalar = str | float | int | bool
_ALLOWED: dict[str, frozenset[str]] = {
    "text": frozenset(["=", "!=", "in", "not in", "contains", "lacks", "known"]),
    "number": frozenset(["=", "!=", "<", "<=", ">", ">=", "known"]),
    "date": frozenset(["=", "!=", "<", "<=", ">", ">=", "known"]),
    "flag": frozenset(["="]),
    "set": frozenset(["contains", "lacks"]),
}
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
MAX_CONDITIONS = 20
LARGEST = 1e15
"""Beyond any value of a card, and still a number that SQLite can hold."""
MAX_VALUES = 400
MAX_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Condition:
    """``field operator value``; ``value`` is a tuple for "in" and "not in".

    "contains" finds its value anywhere in a text (letters' case does not matter), or in a set;
    "lacks" is the opposite; "known" with True or False asks whether any source told. Dates
    compare as whole periods: "> 2025" means after 2025.
    """

    field: str
    operator: Operator
    value: Scalar | tuple[Scalar, ...]

    def __post_init__(self) -> None:
        """Raise InputError unless the operator fits the field and the value fits both."""
        field = field_of(self.field)
        if self.operator not in _ALLOWED[field.kind]:
            fitting = ", ".join(sorted(_ALLOWED[field.kind]))
            raise InputError(f"{self.field} cannot be asked with {self.operator!r}; use {fitting}.")
        many = self.operator in ("in", "not in")
        if many != isinstance(self.value, tuple):
            raise InputError(
                f"{self.field} {self.operator}: give {'a list' if many else 'a value'}."
            )
        if self.operator == "known":
            if not isinstance(self.value, bool):
                raise InputError(f"{self.field} known: give true or false.")
            return
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        if len(values) > MAX_VALUES:
            raise InputError(f"{self.field}: more than {MAX_VALUES} values; name fewer.")
        for value in values:
            _check_value(field, value)


@dataclass(frozen=True, slots=True)
class Sort:
    """An order: by a field, smallest first unless ``descending``; unknown values last."""

    field: str
    descending: bool = False

    def __post_init__(self) -> None:
        """Raise InputError for a field that has no order."""
        if field_of(self.field).kind == "set":
            raise InputError(f"{self.field} has no order; sort by another field.")


@dataclass(frozen=True, slots=True)
class Query:
    """A question over the cards. ``columns`` are fields shown beside the model's name.

    With a ``limit``, rows that tie with the last one are kept too.
    """

    shape: Shape = "list"
    conditions: tuple[Condition, ...] = ()
    sort: Sort | None = None
    limit: int | None = None
    columns: tuple[str, ...] = ()
    group_by: str | None = None

    def __post_init__(self) -> None:
        """Raise InputError when the parts do not fit together."""
        if self.shape not in get_args(Shape):
            raise InputError(f"There is no query of shape {self.shape!r}; use one of "
                             f"{', '.join(get_args(Shape))}.")  # fmt: skip
        if len(self.conditions) > MAX_CONDITIONS:
            raise InputError(f"More than {MAX_CONDITIONS} conditions; name fewer.")
        if self.limit is not None and not 1 <= self.limit <= MAX_LIMIT:
            raise InputError(f"The limit is {self.limit}; use 1 to {MAX_LIMIT}.")
        if (self.shape == "group") != (self.group_by is not None):
            raise InputError("group_by goes with shape 'group', and only with it.")
        if self.group_by is not None and field_of(self.group_by).kind not in (
            "text",
            "flag",
            "date",
        ):
            raise InputError(f"Cannot group by {self.group_by}; use a text field or release_date.")
        for column in self.columns:
            field_of(column)

    def to_dict(self) -> dict[str, Any]:
        """The query as plain JSON data, which ``parse_query`` reads back."""
        return asdict(self)


def parse_query(data: object) -> Query:
    """A query from JSON data; raises InputError with what is wrong."""
    if not isinstance(data, dict):
        raise InputError("A query is a JSON object.")
    unknown = set(data) - {"shape", "conditions", "sort", "limit", "columns", "group_by"}
    if unknown:
        raise InputError(f"A query has no {', '.join(sorted(map(repr, unknown)))}.")
    try:
        return Query(
            shape=data.get("shape", "list"),
            conditions=tuple(_condition(c) for c in data.get("conditions") or ()),
            sort=Sort(**data["sort"]) if data.get("sort") else None,
            limit=data.get("limit"),
            columns=tuple(data.get("columns") or ()),
            group_by=data.get("group_by"),
        )
    except (TypeError, AttributeError, KeyError) as error:
        raise InputError(f"The query is not well formed: {error}.") from error


def _condition(data: Any) -> Condition:
    value = data["value"]
    return Condition(
        data["field"], data["operator"], tuple(value) if isinstance(value, list) else value
    )


def _check_value(field: Field, value: object) -> None:
    """Raise InputError unless ``value`` is of the field's kind."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if field.kind == "number" and not (number and abs(float(str(value))) <= LARGEST):
        raise InputError(f"{field.name} is compared with a number, not {str(value)[:40]!r}.")
    if field.kind == "flag" and not isinstance(value, bool):
        raise InputError(f"{field.name} is true or false, not {value!r}.")
    if field.kind in ("text", "set") and not (isinstance(value, str) and _is_unicode(value)):
        raise InputError(f"{field.name} is compared with text, not {str(value)[:40]!a}.")
    if field.kind == "date":
        _check_date(field, value)


def _is_unicode(text: str) -> bool:
    """Whether a text can be stored: no lone surrogates, which JSON can deliver."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _check_date(field: Field, value: object) -> None:
    wanted = f"{field.name} is compared with a date: 2025, 2025-03 or 2025-03-05."
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise InputError(wanted)
    try:
        days(value)
    except ValueError as error:
        raise InputError(wanted) from error
