"""The order that a question asks for, how models are grouped, and the fields it names.

Knows nothing of conditions.
"""

from __future__ import annotations

import re

from assistant.catalogue import lexicon as words
from assistant.catalogue.number_field import AWAKE
from assistant.catalogue.reading import Reading
from assistant.catalogue.remaining import Remaining, word
from index.catalogue import Sort

_ORDERABLE = ("active_params_b", "total_params_b", "context_tokens_approx")
_BY = (
    r"(?:(?:ranked|sorted|ordered|measured|judged|going|rank(?: them)?|sort(?: them)?) )?"
    r"(?:by|in terms of|按|根据) (?:the |their |its )?"
)
_FIRST = r"(?:(?: scores?| models?| ones?)? first|在前|优先)"
_BUILT_ON_WHAT = r"on (?:what|which)(?: (?:model|base))?(?= .{0,60}(?:built|based))"
_EACH_YEAR = (
    r"(?:(?:per|by|for each|each|every|in each) (?:calendar |release )?years?(?: of release)?|"
    r"按年份?|每年)"
)


def read_order(reading: Reading, text: Remaining) -> None:
    """The order of the rows, or the field that they are counted by."""
    by = _ordered_by(text)
    _year_groups(reading, text)
    _superlatives(reading, text)
    _comparatives(reading, text)
    _best(reading, text)
    sized = reading.sort is not None and reading.sort.field == "total_params_b"
    if reading.sort and sized and re.search(AWAKE, text.marked.text):
        # "wakes up the fewest parameters per token"
        reading.sort = Sort("active_params_b", reading.sort.descending)
    if by is not None:
        reading.ranked = reading.sort is None and reading.limit is None
        reading.sort = Sort(by, reading.sort.descending if reading.sort else True)
    if reading.limit or by:
        text.take(word(r"(?:top|best|leading|highest)"))
    _most(reading, text)
    _groups(reading, text)


def read_attributes(reading: Reading, text: Remaining) -> None:
    """The fields that a question names, each once."""
    if text.take(word(r"total (?:and|&|or|/) (?=active)")):
        reading.attributes.append("total_params_b")
    if text.take(word(_BUILT_ON_WHAT)):
        reading.attributes.append("base_model")
        text.take(word(r"(?:built|based)"))
    for name, pattern in words.ATTRIBUTES:
        if text.take_every(word(pattern)) and name not in reading.attributes:
            reading.attributes.append(name)
    text.take(word(words.TARGET))


def _ordered_by(text: Remaining) -> str | None:
    """The field of "ranked by active parameters" or "in terms of context"."""
    for name, pattern in words.ATTRIBUTES:
        if name in _ORDERABLE and text.take(rf"(?<![a-z]){_BY}{pattern}(?![a-z])"):
            return name
    return None


def _year_groups(reading: Reading, text: Remaining) -> None:
    """ "per year", "by year of release": a count for each year."""
    if text.take(word(_EACH_YEAR)):
        reading.grouped = True
        reading.attributes.append("release_date")


def _superlatives(reading: Reading, text: Remaining) -> None:
    """ "largest first" ranks all models; "the largest" is one of them, or a few."""
    for name, descending, pattern in words.SUPERLATIVES:
        if text.take(rf"(?<![a-z]){pattern}{_FIRST}(?![a-z])"):
            reading.sort, reading.ranked = Sort(name, descending), True
    for name, descending, pattern in words.SUPERLATIVES:
        if reading.sort is None and text.take(word(pattern)):
            reading.sort = Sort(name, descending)


def _comparatives(reading: Reading, text: Remaining) -> None:
    """ "Which is larger?", where several models are named."""
    for name, descending, pattern in words.COMPARATIVES if len(reading.models) > 1 else ():
        if reading.sort is None and text.take(word(pattern)):
            reading.sort = Sort(name, descending)


def _best(reading: Reading, text: Remaining) -> None:
    """ "The best on MMLU", where a benchmark says what is good."""
    if not reading.benchmarks:
        return
    for pattern, descending in ((words.BEST, True), (words.WORST, False), (words.BEATS, True)):
        if reading.sort is None and text.take(word(pattern)):
            reading.sort = Sort(f"benchmarks.{reading.benchmarks[0]}", descending)


def _most(reading: Reading, text: Remaining) -> None:
    """ "Which lab has the most models": the largest group, unless a score is meant."""
    if reading.sort is None and text.take(word(words.MOST_OF)):
        if reading.benchmarks:
            reading.sort = Sort(f"benchmarks.{reading.benchmarks[0]}", descending=True)
        else:
            reading.most_of = True


def _groups(reading: Reading, text: Remaining) -> None:
    each = text.take(rf"{word(words.GROUP)}(?= *(?:[,?.]|$|[a-z一-鿿]))")
    distinct = text.take(word(words.EACH_OF))
    reading.grouped = reading.grouped or each or distinct
