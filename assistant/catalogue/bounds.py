"""Whether conditions on one field can be met together at all.

People say "7B or 13B", "2023 or 2025", "before 2024 or after 2025"; read as conditions that must
all be met, they would find nothing and say so, which is wrong. Knows nothing of words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from index.cards import days
from index.catalogue import Condition, field_of

Bound = tuple[Any, bool]
"""A value, and whether it is itself allowed."""


def impossible(conditions: Sequence[Condition]) -> bool:
    """Whether no value of some number, date or flag meets all the conditions on it."""
    names = {condition.field for condition in conditions}
    return any(_empty([c for c in conditions if c.field == name]) for name in names)


def _empty(conditions: Sequence[Condition]) -> bool:
    kind = field_of(conditions[0].field).kind
    if kind == "flag":
        return len({c.value for c in conditions}) > 1
    if kind not in ("number", "date"):
        return False
    lows = [_low(c, kind) for c in conditions if c.operator in ("=", ">", ">=")]
    highs = [_high(c, kind) for c in conditions if c.operator in ("=", "<", "<=")]
    return any(_crossed(low, high) for low in lows for high in highs)


def _crossed(low: Bound, high: Bound) -> bool:
    """Whether nothing lies between two bounds."""
    return bool(low[0] > high[0]) or (low[0] == high[0] and not (low[1] and high[1]))


def _low(condition: Condition, kind: str) -> Bound:
    if kind == "number":
        return condition.value, condition.operator != ">"
    first, last = days(str(condition.value))
    return (last, False) if condition.operator == ">" else (first, True)


def _high(condition: Condition, kind: str) -> Bound:
    if kind == "number":
        return condition.value, condition.operator != "<"
    first, last = days(str(condition.value))
    return (first, False) if condition.operator == "<" else (last, True)
