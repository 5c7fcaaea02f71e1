"""Reads an annotated question: conditions, order, fields asked for, and the words left over.

Each rule takes what it understands out of the text, so that what remains at the end is what
nobody understood. Knows nothing of the record, nor of what becomes of the reading.
"""

from __future__ import annotations

from assistant.catalogue.annotate import Annotated
from assistant.catalogue.doubt import doubts
from assistant.catalogue.named import read_names
from assistant.catalogue.numbers import read_numbers, take_limit
from assistant.catalogue.order import read_attributes, read_order
from assistant.catalogue.periods import read_periods
from assistant.catalogue.qualities import read_qualities
from assistant.catalogue.reading import Reading, Vocabulary
from assistant.catalogue.remaining import Remaining
from assistant.catalogue.shape import read_shape
from assistant.catalogue.than import read_than

__all__ = ["Reading", "Vocabulary", "read"]


def read(marked: Annotated, known: Vocabulary) -> Reading:
    """The reading of a question; lines ("Qwen") and base models are resolved by ``known``."""
    reading, text = Reading(), Remaining(marked)
    read_shape(reading, text)
    reading.limit = take_limit(text)
    read_than(reading, text)
    read_numbers(reading, text)
    read_periods(reading, text)
    read_names(reading, text, known)
    read_qualities(reading, text)
    read_order(reading, text)
    read_attributes(reading, text)
    if _licence_is_condition(reading):
        reading.attributes = [name for name in reading.attributes if name != "licence"]
    reading.left += [*text.left(), *doubts(reading, text)]
    return reading


def _licence_is_condition(reading: Reading) -> bool:
    """ "MIT licence": the word belongs to a condition, and asks for nothing."""
    limited = any(condition.field.startswith("licence") for condition in reading.conditions)
    return limited and not (reading.grouped or "licence" in reading.heads)
