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
_TURNING = word(r"(?:no|never|neither|nor|nothing|than|same|similar|n't|sum|combined)")
# "MIT or over 500B": conditions are all to be met, so only values of one kind may be chosen from.
_OR = re.compile(
    r"<([a-z])\d+>([^<>,;?.]{0,40})\b(?:or|或)\b"
    r"(?! (?:more|less|fewer|above|over|below|under|larger|bigger|greater|higher|longer|smaller|"
    r"lower|later|newer|earlier|better|so|about|around)\b(?! *<))([^<>,;?.]{0,40})<([a-z])\d+>"
)
_CHOICE = re.compile(r"\b(?:open|closed|dense|moe)\b")
# "Which labs have no open models?", "which labs only release MIT models?": all of a lab's models.
_OF_ALL = re.compile(
    r"\b(?:only|solely|exclusively|never|nothing|without|(?:have|has|with|released?|offers?) no|"
    r"(?:do|does|did|has|have) not|(?:don|doesn|didn|hasn|haven)'t)\b"
)
_MODELS_ASKED = re.compile(r"\b(?:which|what) (?:[\w<>-]+ ){0,4}?models\b")
_OF_EACH = re.compile(r"\b(?:each|every|per)\b")
_MORE_OF = re.compile(r"\bmore (?:[\w<>.-]+ ){0,4}?(?:models|releases|llms)\b")
_YES_NO_OF_ONE = re.compile(r"^(?:so |and |but )?(?:is|was|does|did|has) the\b")
_ACROSS = re.compile(r"\btotal\b.*\b(?:across|together|combined)\b")


def doubts(reading: Reading, text: Remaining) -> Iterator[str]:
    """The words that make a reading doubtful; none when it can be trusted."""
    whole = text.marked.text
    yield from re.findall(_TURNING, text.text)
    for first, before, after, second in _OR.findall(whole):
        if first != second and "m" not in (first, second) and not _CHOICE.search(before + after):
            yield "or"
    if {"developer", "country"} & set(reading.heads) and _OF_ALL.search(whole):
        yield "only"
    if len(reading.models) == 1 and not reading.families and _MODELS_ASKED.search(whole):
        yield "models"
    if reading.sort is not None and not reading.ranked and _OF_EACH.search(text.text):
        yield "each"
    if not reading.most_of and _MORE_OF.search(whole) and not reading.models:
        yield "more"
    if reading.sort is not None and not reading.models and _YES_NO_OF_ONE.search(whole):
        yield "is"
    if _ACROSS.search(whole):
        yield "across"
