"""Numbers in a question: limits, ranges and comparisons, as conditions on cards.

Knows nothing of how a number is written (``annotate``), nor of which field it belongs to
(``number_field``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.catalogue import lexicon as words
from assistant.catalogue.annotate import Number
from assistant.catalogue.number_field import field_of_number
from assistant.catalogue.reading import Reading
from assistant.catalogue.remaining import Remaining
from index.catalogue import Condition
from index.catalogue.query import Operator

_OPERATORS: dict[str, Operator] = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "="}
_ROUND = 0.5
"""Billions: "32B models" are those whose size rounds to 32B."""
_MOST = 1e15
"""Larger than any value of a card, and still a whole number that the record can hold."""

_ORDER = (
    r"(?:largest|biggest|smallest|newest|latest|oldest|earliest|longest|highest|best|lowest|"
    r"most|leading|strongest|top|worst|first|shortest|fewest|tiniest)"
)
_LIMITS = (
    r"(?:which|what) <n(?P<n>\d+)>(?= (?:labs|companies|developers|makers|countries|licences)\b)",
    r"(?<![a-z])(?:top|first|best|last|bottom)[ -]*<n(?P<n>\d+)>(?!\s*(?:%|percent))",
    rf"<n(?P<n>\d+)>(?= (?:[a-z-]+ ){{0,2}}{_ORDER}(?![a-z]))",
    rf"(?<![a-z]){_ORDER} <n(?P<n>\d+)>(?= (?:models|llms))",
    r"<n(?P<n>\d+)>(?= (?:places?|spots?|positions?))",
    r"(?:最\S{1,2}的?|前)\s*<n(?P<n>\d+)>",
    r"<n(?P<n>\d+)>(?= (?:[a-z-]+ )?(?:models|llms) (?:with|that have) the )",
)
MOST_ROWS = 100
"""The largest number that is taken for a limit."""

_UNIT = r"total|active|activated|param(?:eter)?s?\b|tokens?\b|context"
_RANGE = (
    r"(?:between |from |在)?\s*<n(?P<a>\d+)>\s*(?:[a-z]+ )?"
    r"(?:and|to|-|through|到|至|和)\s*<n(?P<b>\d+)>"
    rf"(?P<after>(?:[ -]*(?:{_UNIT}|billion|b\b))*(?: (?:on|in|at) <b\d+>)?)(?:之间)?"
)
_COMPARATOR = "|".join(f"(?P<{name}>{pattern})" for name, pattern in words.COMPARATORS)
_SINGLE = (
    rf"(?<![a-z])(?:{_COMPARATOR})?[ ,]*(?:the |a |an )?<n(?P<n>\d+)>"
    rf"(?P<after>(?:[ -]*(?:{_UNIT}|window|long|length|words?|参数|上下文|词元))*)"
    rf"(?:\s*(?P<more>{words.OR_MORE})|\s*(?P<less>{words.OR_LESS}))?"
    r"(?P<on>(?: (?:points? |percent )?(?:on|in|at|for) (?:the )?<b\d+>)?)"
    rf"(?P<late>(?:[ -]*(?:{_UNIT}|参数|上下文))*)"
)


def take_limit(text: Remaining) -> int | None:
    """ "top 5", "the three newest", "5 models with the longest context"."""
    found = (re.search(pattern, text.text) for pattern in _LIMITS)
    match = next((match for match in found if match), None)
    if match is None:
        return None
    number = text.marked.numbers[int(match["n"])]
    if number.unit or number.figure != int(number.figure) or not 1 <= number.figure <= MOST_ROWS:
        return None
    text.drop(f"<n{match['n']}>")
    return int(number.figure)


def read_numbers(reading: Reading, text: Remaining) -> None:
    """The conditions that ranges and single numbers make."""
    for match, before in text.take_all(_RANGE):
        low, high = (text.marked.numbers[int(match[group])] for group in ("a", "b"))
        low, high = _shared_unit(low, high)
        _add(reading, text, ((">=", low), ("<=", high)), before, match)
    _drop_number_of_models(text)
    for match, before in text.take_all(_SINGLE):
        number = text.marked.numbers[int(match["n"])]
        _add(reading, text, ((_operator(match, number), number),), before, match)


def _drop_number_of_models(text: Remaining) -> None:
    """ "which of the two", "these three models": a number that says how many were named."""
    named = len(set(re.findall(r"<m\d+>", text.marked.text)))
    for match in re.finditer(r"<n(?P<n>\d+)>", text.text):
        number = text.marked.numbers[int(match["n"])]
        if not number.unit and number.figure == named and named > 1:
            text.drop(match.group())


def _operator(match: re.Match[str], number: Number) -> Operator | None:
    """How a number compares; None when only about so much is meant."""
    if match["more"] or number.or_more:
        return ">="
    if match["less"]:
        return "<="
    said = next((name for name, _ in words.COMPARATORS if match[name]), "about")
    return _OPERATORS.get(said)


def _shared_unit(low: Number, high: Number) -> tuple[Number, Number]:
    """ "between 7 and 14B": the first number takes the unit of the second."""
    if not low.unit and high.unit and low.figure < 1000:
        low = Number(low.figure, high.unit)
    return low, high


def _add(
    reading: Reading,
    text: Remaining,
    bounds: Sequence[tuple[Operator | None, Number]],
    before: str,
    match: re.Match[str],
) -> None:
    """Add what the numbers of a match say, or leave the match over when nobody can tell."""
    groups = match.groupdict()
    after = " ".join(groups.get(name) or "" for name in ("after", "late"))
    on = re.search(r"<b(\d+)>", match.group())
    name = field_of_number(text.marked, before, after, on, bounds[-1][1])
    if name is None:
        reading.left.append(match.group())
        return
    if name.startswith("benchmarks."):
        reading.add_benchmark(name.removeprefix("benchmarks."))
    for operator, number in bounds:
        reading.conditions += _conditions(name, operator, number)


def _conditions(name: str, operator: Operator | None, number: Number) -> list[Condition]:
    """The condition on a field, or the two that "about so much" makes."""
    value = min(number.billions if name.endswith("_params_b") else number.plain, _MOST)
    if name == "context_tokens_approx":
        value = int(value)
    if operator is not None:
        return [Condition(name, operator, value)]
    if name.startswith("benchmarks."):
        return [Condition(name, "=", value)]
    if name == "context_tokens_approx":  # "models with 128K context" can take as much
        return [Condition(name, ">=", value)]
    room = _ROUND if value >= 2 else value / 10
    return [
        Condition(name, ">=", round(value - room, 6)),
        Condition(name, "<", round(value + room, 6)),
    ]
