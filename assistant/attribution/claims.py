"""A drafted sentence taken apart once: its words, numbers, dates, names and subject.

Knows nothing of quotes; of the passages only how they write names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.attribution.names import names, opening_name
from assistant.attribution.quantities import (
    Day,
    Quantity,
    dates_in,
    is_quantity,
    quantities_in,
    stated_quantities,
)
from assistant.attribution.windows import context_of
from assistant.lexical import content_terms, stem
from index.types import Passage

REPORTING = frozenset(
    stem(word)
    for word in "according claims describes mentions reports said says states tells".split()
)
"""Words that speak of the source rather than of the matter."""
_LEAD_IN = re.compile(r"^\s*according to [^,.]{1,120},\s*", re.IGNORECASE)
_REFERS = re.compile(
    r"(?:it|its|they|their|this|these|the (?:models?|lab|company|paper|licen[cs]e))\b",
    re.IGNORECASE,
)
# For text whose white space is single spaces.
_CLAUSES = re.compile(
    r"[,;]? (?:and|while|whereas|but|which is|compared (?:to|with)) |; ", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence taken apart once, for all windows.

    ``subject`` are the names that a sentence without any, or with "it", is about;
    ``asked`` are all of its names and ``given`` its numbers.
    """

    text: str
    terms: frozenset[str]
    quantities: tuple[Quantity, ...]
    dates: tuple[tuple[Day, str], ...]
    names: tuple[str, ...]
    subject: tuple[str, ...]
    asked: frozenset[str]
    given: frozenset[Decimal]


def claim_of(
    text: str, question: str, about: tuple[str, ...], passages: Sequence[Passage]
) -> Claim:
    """Take ``text`` apart; ``about`` is what it speaks of when it names nothing itself."""
    text = _LEAD_IN.sub("", text)
    known = "\n".join((question, *map(context_of, passages)))
    opening = opening_name(text, known)
    own = tuple(dict.fromkeys((*((opening,) if opening else ()), *names(text))))
    return Claim(
        text,
        frozenset(t for t in content_terms(text) if not is_quantity(t) and t not in REPORTING),
        tuple(stated_quantities(text)),
        tuple(dates_in(text)),
        own,
        about if not own or _REFERS.match(text) else (),
        frozenset(names(question)),
        frozenset(quantities_in(question)),
    )


def clauses_of(sentence: str) -> list[str]:
    """The two clauses of ``sentence`` if each is worth checking by itself, else none."""
    clauses = _CLAUSES.split(sentence, maxsplit=1)
    return clauses if len(clauses) == 2 and all(map(_says_something, clauses)) else []


def _says_something(clause: str) -> bool:
    """A clause worth checking by itself: a number, or two words beside its names."""
    of_names = {term for name in names(clause) for term in content_terms(name)}
    words = {t for t in content_terms(clause) if not is_quantity(t)} - of_names
    return bool(stated_quantities(clause)) or len(words) >= 2


def versioned(found: Sequence[str]) -> tuple[str, ...]:
    """The names that say which version is meant (Qwen3, Grok-1)."""
    return tuple(name for name in found if any(map(str.isdigit, name)))
