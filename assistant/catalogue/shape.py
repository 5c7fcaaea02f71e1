"""The shape of a question: a list, a count, a comparison, a yes or no; and what it asks for.

Knows nothing of conditions.
"""

from __future__ import annotations

import re

from assistant.catalogue import lexicon as words
from assistant.catalogue.reading import Reading
from assistant.catalogue.remaining import Remaining, word

# "Which labs", "list all the open-weight licences": up to six words before the field's name.
_HEAD = (
    r"(?:which|what|whose|list|name|show|give|tell|"
    r"under which|in which|from which|on which|"
    r"哪些|哪个|列出|什么|哪家)"
    r"(?:\s*(?:<[a-z]\d+>|me|us|all|the|are|is|different|distinct|other|various|of|"
    r"open\S*|non-?|ai|major|kinds? of|types? of|,|的|家)){0,6}\s*"
)
_WHO_RELEASED = (
    r"(?<![a-z])who(?![a-z]).{0,60}"
    r"(?:released?|publish|made|makes?|hands?|puts?|offers?|ships?|has|have|gives?|uses?)"
)
_BY_NUMBER = r"\bby (?:the )?(?:number|count) of (?:models|releases|llms)\b"
_COUNTED = ("licence_class", "licence", "developer", "country")
_AMONG = r"\b(?:among|amongst|out of|of all|of the)\b|里|中的"


def read_shape(reading: Reading, text: Remaining) -> None:
    """What is to be made of the models, and whether models are asked for at all."""
    whole = text.text.strip()
    reading.heads = _heads(whole)
    exists = re.search(words.EXISTS, whole) is not None
    reading.yes_no = re.search(words.YES_NO, whole) is not None and not exists
    reading.lists = exists or re.search(word(words.LIST), whole) is not None
    by_number = text.take(_BY_NUMBER)
    reading.grouped = by_number
    counted = _counted_field(whole)
    if counted is not None:
        reading.heads, reading.grouped = [counted, *reading.heads], True
    reading.count = text.take(word(words.COUNT))
    reading.timeline = text.take(word(words.TIMELINE))
    reading.compare = text.take_every(word(words.COMPARE))
    asked = re.split(_AMONG, text.text)[0]
    reading.plural = re.search(word(r"(?:models|llms|ones|releases)"), asked) is not None
    reading.target = by_number or re.search(word(words.TARGET), text.text) is not None


def _counted_field(text: str) -> str | None:
    """The field whose values are counted in "how many Chinese labs", or None."""
    between = r"\s*(?:(?:<[a-z]\d+>|different|distinct|ai|open|major|家|不同的?) *){0,4}"
    for name, pattern in words.ATTRIBUTES:
        if name in _COUNTED and re.search(rf"{words.COUNT}{between}{pattern}(?![a-z])", text):
            return name
    return None


def _heads(text: str) -> list[str]:
    """The fields that are asked for by "which labs", "what licences", "who"."""
    found = [
        name for name, pattern in words.ATTRIBUTES if re.search(word(f"{_HEAD}{pattern}"), text)
    ]
    if re.search(_WHO_RELEASED, text):
        found.append("developer")
    if re.search(r"rank (?:the )?countries", text):
        found.append("country")
    return found
