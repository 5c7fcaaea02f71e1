"""When models were released, as a question says it: since, before, between, in.

Knows nothing of how a date is written (``dates``).
"""

from __future__ import annotations

import re
from datetime import date

from assistant.catalogue.dates import Period
from assistant.catalogue.reading import Reading
from assistant.catalogue.remaining import Remaining
from index.catalogue import Condition

_AFTER = r"(?:after|later than|following|newer than|post)"
_SINCE = r"(?:since|from|starting(?: in| from)?|as of|beginning(?: in)?|自从?|从)"
_BEFORE = r"(?:before|prior to|earlier than|older than|pre)"
_UNTIL = r"(?:until|till|through|by(?: the end of)?|up to|no later than|截至|到)"
_IN = (
    r"(?:(?:all )?(?:in|during|on|throughout|within|over|of|for|dated|在)"
    r"(?: the)?(?: year| month of| course of)?)"
)
_BETWEEN = (
    r"(?:between|from|since|从)?\s*<t(?P<a>\d+)>\s*"
    r"(?:and|to|-|until|till|through|到|至)\s*<t(?P<b>\d+)>(?:之间)?"
)
_LEAD = (
    rf"(?:(?P<after>{_AFTER})|(?P<since>{_SINCE})|(?P<before>{_BEFORE})|"
    rf"(?P<until>{_UNTIL})|{_IN})"
)
_PART = r"(?:(?:very )?(?:(?P<opening>start|beginning|first day|turn)|(?P<closing>end)) of )"
_NOT = re.compile(r"\b(?:not|never|(?:was|were|did|has|have)n't) (?:[a-z]+ ){0,4}$")
_BEFORE_OR_AFTER = re.compile(r"\b(?:before|after|since|until) *$")
_TAIL = (
    r"(?:\s*(?P<zhsince>以来|起|开始|onwards?|and later|or later|and after)|"
    r"\s*(?P<zhafter>以后|之后|后)|"
    r"\s*(?P<zhbefore>以前|之前|前|or earlier|and earlier))?(?:期间|间)?"
)
_SINGLE = rf"(?<![a-z])(?:{_LEAD}[ -]*)?(?:the )?{_PART}?<t(?P<t>\d+)>{_TAIL}"


def read_periods(reading: Reading, text: Remaining) -> None:
    """The conditions on the date of release."""
    for match, _ in text.take_all(_BETWEEN):
        first, last = (text.marked.periods[int(match[group])] for group in ("a", "b"))
        if _are_two(match, first, last):
            reading.left.append(match.group())
            continue
        reading.conditions += [
            Condition("release_date", ">=", first.name or first.first),
            Condition("release_date", "<=", last.name or last.last),
        ]
    for match, before in text.take_all(_SINGLE):
        two_sided = (match["before"] or match["after"]) and match["zhsince"]
        if two_sided or _NOT.search(before) or _BEFORE_OR_AFTER.search(before) or _at_an_end(match):
            reading.left.append(match.group())
        else:
            reading.conditions += _conditions(match, text.marked.periods[int(match["t"])])


def _are_two(match: re.Match[str], first: Period, last: Period) -> bool:
    """ "In January and March" are two months with another between, not from one to the other."""
    joined = match.group().lstrip().startswith("<") and " and " in match.group()
    gap = date.fromisoformat(last.first) - date.fromisoformat(first.last)
    return joined and abs(gap.days) > 1


def _at_an_end(match: re.Match[str]) -> bool:
    """ "At the end of 2024", "before the end of 2024": a day within the period, not the whole."""
    if match["opening"]:
        return not (match["since"] or match["before"])
    return bool(match["closing"]) and not (match["after"] or match["until"])


def _conditions(match: re.Match[str], period: Period) -> list[Condition]:
    name = period.name
    if match["after"] or match["zhafter"]:
        return [Condition("release_date", ">", name or period.last)]
    if match["since"] or match["zhsince"]:
        return [Condition("release_date", ">=", name or period.first)]
    if match["before"] or match["zhbefore"]:
        return [Condition("release_date", "<", name or period.first)]
    if match["until"]:
        return [Condition("release_date", "<=", name or period.last)]
    if name:
        return [Condition("release_date", "=", name)]
    return [
        Condition("release_date", ">=", period.first),
        Condition("release_date", "<=", period.last),
    ]
