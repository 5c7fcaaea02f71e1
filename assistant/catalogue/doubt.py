"""Words that turn a question's meaning and that no rule took: such a question is left to search.

A condition that is dropped or turned about gives a wrong answer that looks right, which is
worse than none. Knows nothing of what the words would have meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.catalogue.reading import Reading
from assistant.catalogue.remaining import Remaining, word

# In what remains: a negation or comparison whose other side was read without it.
_TURNING = word(
    r"(?:no|never|neither|nor|nothing|than|same|similar|sum|combined|no longer|"
    r"used to be|formerly|previously)"
)
# "MIT or over 500B": conditions are all to be met, so only values of one kind may be chosen from.
_OR = re.compile(
    r"<([a-z])\d+>([^<>,;?.]{0,40})\b(?:or|或)\b"
    r"(?! (?:more|less|fewer|above|over|below|under|larger|bigger|greater|higher|longer|smaller|"
    r"lower|later|newer|earlier|better|so|about|around)\b(?! *<))([^<>,;?.]{0,40})<([a-z])\d+>"
)
_NEGATED = re.compile(r"(?:\b(?:not|neither|except|outside|than|without)\b|n't\b)[^<,;]{0,30}$")
_CHOICE = re.compile(r"\b(?:open|closed|dense|moe)\b")
# "Which labs have no open models?", "which labs only release MIT models?": all of a lab's models.
_OF_ALL = re.compile(
    r"\b(?:(?:only|solely|exclusively) (?:release|publish|make|made|offer|use|have|has)\w*|"
    r"(?:release|publish|make|made|offer|use|have|has)\w* (?:only|nothing)|never|nothing|without|"
    r"(?:have|has|with|released?|offers?) no|"
    r"(?:do|does|did|has|have) not|(?:don|doesn|didn|hasn|haven)'t)\b"
)
_MODELS_ASKED = re.compile(r"\b(?:which|what) (?:[\w<>-]+ ){0,4}?models\b")
_BETWEEN = re.compile(r"\b(?:released|out|launched|published)\b[^<]{0,20}\bbetween <m")
_USED_BY = re.compile(r"<d\d+> (?:uses?|used|adopt\w*|buys?|bought|chose|chooses?)\b")
_OF_EACH = re.compile(r"\b(?:each|every|per)\b(?! token)")
_MORE_OF = re.compile(r"\bmore (?:[\w<>.-]+ ){0,4}?(?:models|releases|llms)\b")
_FEWEST = re.compile(r"\b(?:fewest|least) (?:[\w<>-]+ ){0,3}?(?:models|releases|llms)\b")
_YES_NO_OF_ALL = re.compile(
    r"^(?:so |and |but )?(?:(?:is|are|do|does|were|have) (?:all|every|each)|(?:is|are) there no)\b"
)
_YES_NO_OF_ONE = re.compile(r"^(?:so |and |but )?(?:is|was|does|did|has) the\b")
_ACROSS = re.compile(r"\btotal\b.*\b(?:across|together|combined)\b")


def doubts(reading: Reading, text: Remaining) -> Iterator[str]:
    """The words that make a reading doubtful; none when it can be trusted."""
    whole = text.marked.text
    # "Is A larger than B?" is an order of the two; what is compared is in it.
    ordered = len(reading.models) > 1 and reading.sort is not None
    yield from (w for w in re.findall(_TURNING, text.text) if not (ordered and w == "than"))
    for match in _OR.finditer(whole):
        first, before, after, second = match.groups()
        said = _NEGATED.search(whole[: match.start()]) or _CHOICE.search(before + after)
        if first != second and "m" not in (first, second) and not said:
            yield "or"
    yield from _of_many(reading, whole)
    yield from _of_models(reading, whole)


def _of_many(reading: Reading, whole: str) -> Iterator[str]:
    """Words on all of a lab's models, on the first of each, on sums and shares."""
    if {"developer", "country"} & set(reading.heads) and _OF_ALL.search(whole):
        yield "only"
    if _FEWEST.search(whole) or _YES_NO_OF_ALL.search(whole):
        yield "all"
    if reading.sort is not None and _OF_EACH.search(whole):
        yield "each"
    if not reading.most_of and _MORE_OF.search(whole) and not reading.models:
        yield "more"
    if reading.sort is not None and not reading.models and _YES_NO_OF_ONE.search(whole):
        yield "is"
    if _ACROSS.search(whole):
        yield "across"


def _of_models(reading: Reading, whole: str) -> Iterator[str]:
    """Words that set other models beside the one named."""
    asked = _MODELS_ASKED.search(whole)
    if (len(reading.models) == 1 and asked and "<m" not in asked[0]) or _BETWEEN.search(whole):
        yield "models"
    if "licence" not in reading.heads and _USED_BY.search(whole):
        yield "use"
