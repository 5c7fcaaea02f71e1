"""What the right answer to a question over the model cards is: a plain loop over the cards.

A line of ``questions/catalogue.jsonl`` holds, as its ``gold``, what a careful reader takes the
question to mean; here it is applied to the cards. A null value meets no condition. Dates compare
as periods: a card of 2025-07 was released in 2025, and not before 2025-07-15.
Knows nothing of how refdesk reads a question, of its database, or of its answers.
"""

from __future__ import annotations

import json
import operator
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from corpus.cards import ModelCard, curated_cards

QUESTIONS = Path(__file__).parent / "questions"

Op = Literal["=", "!=", "<", "<=", ">", ">=", "in", "contains", "lacks"]
Kind = Literal["list", "count", "superlative", "compare", "timeline", "group", "lookup"]
Scalar = bool | float | str
Condition = tuple[str, Op, Scalar | tuple[str, ...]]
"""Field, operator, value; the field is one of a card's, or ``benchmarks.NAME``."""


_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Gold(_Strict):
    """A right answer: rows by condition, groups with their counts, or named cards.

    ``sort`` leaves out rows without a value there. With ``limit``, ties of the last row (or of
    the last group, by count) stay. ``by`` groups a date by its year or month.
    """

    where: tuple[Condition, ...] = ()
    sort: tuple[str, Literal["asc", "desc"]] | None = None
    limit: int | None = Field(default=None, gt=0)
    group: str | None = None
    by: Literal["year", "month"] | None = None
    ids: tuple[str, ...] | None = None
    fields: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.ids is not None and (self.where or self.sort or self.group or self.limit):
            raise ValueError("ids stand alone, with fields at most")
        if self.fields and self.ids is None:
            raise ValueError("fields go with ids")
        if self.group is not None and self.sort is not None:
            raise ValueError("groups are sorted by their count")
        if self.group is None and self.by is not None:
            raise ValueError("by goes with group")
        if self.group is None and self.limit is not None and self.sort is None:
            raise ValueError("a limit without a sort picks rows by chance")
        return self


class Question(_Strict):
    """A line of ``catalogue.jsonl``; ``empty`` where the right answer is that none matches."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    question: str = Field(min_length=5)
    type: Kind
    gold: Gold
    empty: bool = False


def questions(path: Path = QUESTIONS / "catalogue.jsonl") -> list[Question]:
    """The lines of a file of catalogue questions; raises pydantic.ValidationError."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Question.model_validate(json.loads(line)) for line in lines if line.strip()]


def all_cards(folder: Path | None = None) -> list[ModelCard]:
    """The curated cards, in order of file."""
    return [card for _, card in curated_cards(folder)]


def value(card: ModelCard, field: str) -> object:
    """What ``card`` holds in ``field``; None where unknown; raises KeyError for no such field."""
    head, _, name = field.partition(".")
    if name:
        if head != "benchmarks":
            raise KeyError(field)
        return card.benchmarks.get(name)
    if head not in ModelCard.model_fields:
        raise KeyError(field)
    return getattr(card, head)


def rows(gold: Gold | Mapping[str, object], cards: Sequence[ModelCard]) -> list[str]:
    """The ids of the cards that answer, in the order asked for (else in order of file)."""
    gold = Gold.model_validate(gold)
    if gold.ids is not None:
        return list(gold.ids)
    found = _matching(gold, cards)
    if gold.sort is None:
        return [card.id for card in found]
    field, direction = gold.sort
    ranked = [card for card in found if value(card, field) is not None]
    ranked.sort(key=lambda card: _rank(card, field), reverse=direction == "desc")
    end = _end([_rank(card, field) for card in ranked], gold.limit)
    return [card.id for card in ranked[:end]]


def groups(gold: Gold | Mapping[str, object], cards: Sequence[ModelCard]) -> dict[str, int]:
    """How many of the cards fall under each value of the field, most first; nulls left out."""
    gold = Gold.model_validate(gold)
    if gold.group is None:
        raise KeyError("this gold has no group")
    counts: Counter[str] = Counter()
    for card in _matching(gold, cards):
        counts.update(_labels(value(card, gold.group), gold.by))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return dict(ranked[: _end([(count, "") for _, count in ranked], gold.limit)])


def _matching(gold: Gold, cards: Iterable[ModelCard]) -> list[ModelCard]:
    return [card for card in cards if all(_meets(card, one) for one in gold.where)]


def _end(keys: Sequence[tuple[float, str]], limit: int | None) -> int:
    """Where to cut a sorted list: after ``limit``, and after whatever ties with its last."""
    end = len(keys) if limit is None else min(limit, len(keys))
    while end < len(keys) and keys[end] == keys[end - 1]:
        end += 1
    return end


def _rank(card: ModelCard, field: str) -> tuple[float, str]:
    held = value(card, field)
    return (float(held), "") if isinstance(held, int | float) else (0.0, str(held))


def _labels(held: object, by: Literal["year", "month"] | None) -> list[str]:
    """The groups a value falls under; a date of 2025 alone falls under no month."""
    if held is None:
        return []
    if isinstance(held, tuple):
        return [str(one) for one in held]
    length = {None: 0, "year": 4, "month": 7}[by]
    if len(str(held)) < length:
        return []
    return [str(held)[: length or None]]


def _meets(card: ModelCard, condition: Condition) -> bool:
    field, op, wanted = condition
    held = value(card, field)
    if held is None:
        return False
    if op == "in":
        return isinstance(wanted, tuple) and held in wanted
    if op in ("contains", "lacks"):
        return _holds(held, str(wanted)) == (op == "contains")
    if field == "release_date":
        return _in_period(str(held), op, str(wanted))
    if op in ("=", "!="):
        return (held == wanted) == (op == "=")
    return _ORDER[op](_number(held), _number(wanted))


def _holds(held: object, wanted: str) -> bool:
    """Whether a list has the value, or a text the words, whatever their case."""
    if isinstance(held, tuple):
        return wanted in held
    return wanted.casefold() in str(held).casefold()


def _in_period(held: str, op: Op, wanted: str) -> bool:
    """Compares two dates of a year, a month or a day by their first and last days."""
    first, last = _days(held)
    start, end = _days(wanted)
    if op in ("=", "!="):
        return (start <= first and last <= end) == (op == "=")
    return {"<": last < start, "<=": last <= end, ">": first > end, ">=": first >= start}[op]


def _days(date: str) -> tuple[str, str]:
    """The first and last day of an ISO date; no month is longer than 31 days."""
    return date + "0000-01-01"[len(date) :], date + "9999-12-31"[len(date) :]


def _number(held: object) -> float:
    if isinstance(held, int | float):
        return float(held)
    raise TypeError(f"{held!r} has no order")
