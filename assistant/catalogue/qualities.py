"""Conditions that are single words: open, closed, commercial, multimodal, MoE, unknown.

Knows nothing of names, numbers or dates.
"""

from __future__ import annotations

from assistant.catalogue import lexicon as words
from assistant.catalogue.reading import Reading
from assistant.catalogue.remaining import Remaining, word
from index.catalogue import Condition

_MISSING = (
    r"(?:unknown|unstated|undisclosed|unspecified|missing|"
    r"no (?:known|stated|disclosed|published|listed|recorded)|"
    r"without (?:a |an )?(?:known|stated|disclosed|published|listed))"
)
_GIVEN = r"(?:is |are )?(?:known|stated|disclosed|published|given|recorded)"
_IS_MISSING = rf"(?:is|are|was) (?:not (?:known|stated|disclosed|given|recorded)|{_MISSING})"


def read_qualities(reading: Reading, text: Remaining) -> None:
    """The conditions that single words make."""
    _unknown(reading, text)
    if text.take(word(words.NOT_COMMERCIAL)):
        reading.conditions.append(Condition("licence_class", "=", "non-commercial"))
    elif text.take(word(words.COMMERCIAL)):
        reading.conditions.append(Condition("licence_class", "in", ("permissive", "community")))
    _openness(reading, text)
    if text.take(word(words.TEXT_ONLY)):
        reading.conditions.append(Condition("modalities", "lacks", "image"))
    for value, pattern in words.MODALITIES:
        if text.take_every(word(pattern)):
            reading.conditions.append(Condition("modalities", "contains", value))
    if sum(c.field == "modalities" for c in reading.conditions) > 1 and " or " in text.text:
        reading.left.append("or")
    _architectures(reading, text)


def _unknown(reading: Reading, text: Remaining) -> None:
    """ "models with unknown licence", "whose size is not known"."""
    for name, pattern in words.ATTRIBUTES:
        missing = (
            rf"(?<![a-z])(?:{_MISSING} {pattern}|no {pattern} {_GIVEN}|{pattern} {_IS_MISSING})"
            r"(?![a-z])"
        )
        if text.take(missing):
            reading.conditions.append(Condition(name, "known", False))


def _openness(reading: Reading, text: Remaining) -> None:
    """Open, closed, or which of the two; said twice ("open … weights") it is one condition."""
    if text.take(word(words.CLOSED)):
        if text.take(rf"(?:or|and|还是|或)\s*{word(words.OPEN)}"):
            reading.attributes.append("open_weights")
        else:
            reading.conditions.append(Condition("open_weights", "=", False))
            if text.take(r"\bopen(?= (?:models?|ones)\b)"):
                reading.left.append("open")  # "which open model beats every closed one"
    elif text.take(word(words.OPEN)):
        reading.conditions.append(Condition("open_weights", "=", True))
    text.take_every(word(words.OPEN))


def _architectures(reading: Reading, text: Remaining) -> None:
    """ "MoE or dense?" asks for the architecture; one of them alone is a condition."""
    found = [value for value, pattern in words.ARCHITECTURES if text.take(word(pattern))]
    if {"MoE", "dense"} <= set(found):
        reading.attributes.append("architecture")
    else:
        reading.conditions += [Condition("architecture", "contains", value) for value in found]
