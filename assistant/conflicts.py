"""Where the passages give another answer than the one drafted: shown, never averaged away.

Takes checked sentences, finds the value that answers the question in each, and reads the
other passages for a sentence about the same subject and relation with another value of the
same kind. Sides are pooled and counted by independent texts. Passages that differ in what
they are about (three admirals called King-Hall) are an ambiguity, not a disagreement. Rules
only; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.altered import swapped
from assistant.attribution import Quote, Support, context_of
from assistant.attribution.names import missing_names, names
from assistant.copies import independent
from assistant.lexical import content_terms
from assistant.readings import (
    Reading,
    Sought,
    fitting,
    frame_terms,
    gap,
    pooled,
    readings_in,
    sentences,
    sought,
)
from assistant.values import Value, phrase, same, values_in, years_in
from index.types import Passage

STRICT_RELATION = 0.75
"""Share of the question's relation that a rival's own sentence must hold."""
MOST_ANSWER_TERMS = 8
"""An answer of no known kind is compared only if it is short enough to be one phrase."""
NAME_GAP = 30
"""Characters between a rival name and the word of the question that it answers."""
OPENING_WORDS = 6
SHORT = 3
"""Names of so few letters say nothing by the letters that they share."""
MOST_SIDES = 5
DISAGREE = "Sources disagree: "
DIFFER = "Sources give different answers, perhaps about different things: "
"""Pages of other titles may speak of another thing of that name, or of the same."""
_WORD = re.compile(r"[^\W_]+(?:[-'’.,][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Side:
    """One value, the quotes that give it, how many independent texts do, its newest date.

    ``about`` is what tells its documents apart from the other sides': title or opening words.
    """

    value: str
    quotes: tuple[Quote, ...]
    votes: int
    published: str
    about: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A drafted sentence and the values that the passages give; the drafted one is a side.

    ``ambiguous``: the sides may be about different things that share the question's name, for
    their documents have other titles.
    Sides are newest first where dates differ, else those of most independent texts first.
    """

    sentence: str
    drafted: str
    sides: tuple[Side, ...]
    ambiguous: bool

    @property
    def outvoted(self) -> bool:
        """Whether fewer texts give the drafted value than some other."""
        own = max((side.votes for side in self.sides if side.value == self.drafted), default=0)
        return own < max(side.votes for side in self.sides)


@dataclass(frozen=True, slots=True)
class _Drafted:
    """A supported sentence with the value in it that answers, and the terms of that value."""

    question: str
    sentence: str
    quote: Quote
    value: Value
    answer: frozenset[str]


def disagreements(
    question: str,
    checked: Sequence[tuple[str, Support]],
    passages: Sequence[Passage],
    doubted: Sequence[Passage] = (),
) -> tuple[Disagreement, ...]:
    """For each supported sentence, the other values that ``passages`` give for what it says.

    ``doubted`` passages (``planted``) count as one text however many they are.
    """
    wanted = sought(question)
    drafts = (
        _drafted(question, wanted, sentence, support.quotes[0])
        for sentence, support in checked
        if support.supported
    )
    suspects = frozenset(passage.document.id for passage in doubted)
    found = (
        _disagreement(wanted, draft, passages, suspects) for draft in drafts if draft is not None
    )
    return tuple(one for one in found if one is not None)


def told(disagreement: Disagreement) -> list[tuple[str, Support]]:
    """A sentence for each side with its quotes, to stand behind the drafted one in the answer."""
    opening = DIFFER if disagreement.ambiguous else DISAGREE
    return [
        (f"{'' if i else opening}{_said(side, disagreement)}", Support(side.quotes, 1.0, ()))
        for i, side in enumerate(disagreement.sides)
    ]


def _said(side: Side, disagreement: Disagreement) -> str:
    """ "3,559" (Broken Bow, 2020; 2 sources)."""
    year = side.published[:10]
    count = f"{side.votes} sources" if side.votes > 1 and not disagreement.ambiguous else ""
    where = ", ".join(filter(None, (side.about, year)))
    return f"“{side.value}” ({'; '.join(filter(None, (where, count)))})."


def _disagreement(
    wanted: Sought | None,
    draft: _Drafted,
    passages: Sequence[Passage],
    suspects: frozenset[str],
) -> Disagreement | None:
    others = [p for p in passages if p.document.id != draft.quote.passage.document.id]
    found = [Reading(draft.value, (draft.quote,), 1, 1.0)]
    found += [r for p in others if (r := _elsewhere(wanted, draft, p)) is not None]
    if all(same(reading.value, draft.value) for reading in found):
        return None
    sources = [reading.quotes[0].passage for reading in found]
    groups = independent(sources)
    groups = [
        -1 if passage.document.id in suspects else group
        for passage, group in zip(sources, groups, strict=True)
    ]
    pools = pooled(list(zip(found, groups, strict=True)))
    sides = tuple(_side(reading) for reading in pools[:MOST_SIDES])
    return Disagreement(draft.sentence, draft.value.text, _ordered(sides), _is_ambiguous(pools))


def _drafted(question: str, wanted: Sought | None, sentence: str, quote: Quote) -> _Drafted | None:
    """The value of ``sentence`` that answers, as its quote gives it; None if it has none."""
    answer = frozenset(content_terms(sentence)) - frozenset(content_terms(question))
    if wanted is not None:
        told = fitting(wanted, sentence)
        both = [v for v in fitting(wanted, quote.text) if any(same(v, other) for other in told)]
        if both:
            value = min(both, key=lambda v: gap(wanted, Reading(v, (quote,), 1, 0.0)))
            return _Drafted(question, sentence, quote, value, frozenset(content_terms(value.text)))
    held = answer & frozenset(content_terms(quote.text))
    if not held or len(held) > MOST_ANSWER_TERMS:
        return None
    return _Drafted(question, sentence, quote, _spoken(quote.text, held), held)


def _spoken(text: str, terms: frozenset[str]) -> Value:
    """The stretch of ``text`` from the first to the last word of ``terms``."""
    words = [m for m in _WORD.finditer(text) if terms & frozenset(content_terms(m.group()))]
    return phrase(text, words[0].start(), words[-1].end())


def _elsewhere(wanted: Sought | None, draft: _Drafted, passage: Passage) -> Reading | None:
    """What ``passage`` gives in place of the drafted value: another one, or the same."""
    if (altered := _altered(draft, passage)) is not None:
        return altered
    if (agreeing := _agreeing(draft, passage)) is not None:
        return agreeing
    if wanted is None or draft.value.kind == "phrase":
        return None
    return _answering(wanted, draft, passage)


def _agreeing(draft: _Drafted, passage: Passage) -> Reading | None:
    """A sentence of ``passage`` with the same value, so that it counts for it."""
    for unit in sentences(passage.text, passage.document.language):
        if draft.value.kind == "phrase":
            if draft.answer <= frozenset(content_terms(unit.text)):
                quote = _quote(passage, unit.start, unit.text)
                return Reading(draft.value, (quote,), 1, 1.0)
            continue
        for value in values_in(unit.text, draft.value.kind):
            if same(value, draft.value):
                return Reading(value, (_quote(passage, unit.start, unit.text),), 1, 1.0)
    return None


def _altered(draft: _Drafted, passage: Passage) -> Reading | None:
    """A sentence that is the draft's quote with its value changed: an update, or a forgery."""
    if missing_names(draft.question, context_of(passage)):
        return None
    for unit in sentences(passage.text, passage.document.language):
        span = swapped(draft.quote.text, unit.text, draft.answer)
        if span is not None:
            value = _of_kind(draft.value, unit.text, span)
            return Reading(value, (_quote(passage, unit.start, unit.text),), 1, 1.0)
    return None


def _of_kind(drafted: Value, text: str, span: tuple[int, int]) -> Value:
    """The changed span as a value of the draft's kind, so that the two can be compared."""
    found = values_in(text, drafted.kind)
    inside = [value for value in found if span[0] < value.end and value.start < span[1]]
    return inside[0] if inside else phrase(text, *span)


def _answering(wanted: Sought, draft: _Drafted, passage: Passage) -> Reading | None:
    """A sentence that answers the question by itself, otherwise than the draft."""
    parts = sentences(passage.text, passage.document.language)
    frame = frame_terms(passage, parts)
    strict = [
        reading
        for unit in parts
        for reading in readings_in(wanted, passage, unit, frame, STRICT_RELATION, 1.0)
        if _comparable(wanted, reading, draft)
    ]
    return max(strict, key=lambda reading: reading.score, default=None)


def _comparable(wanted: Sought, reading: Reading, draft: _Drafted) -> bool:
    """Whether a reading is said of the same thing and time, and in the same unit, as the draft."""
    text = reading.quotes[0].text
    if _of_a_sister(text, draft):
        return False
    if reading.value.kind == "name":
        return gap(wanted, reading) <= NAME_GAP
    if reading.value.kind != "number":
        return True
    then, now = years_in(draft.quote.text), years_in(text)
    if then and now and not then & now:
        return False  # the population of 2000 and that of 2010
    return reading.value.unit == draft.value.unit


def _of_a_sister(text: str, draft: _Drafted) -> bool:
    """Whether ``text`` names a thing almost named like the one asked about, or a version.

    LongCat-Flash-Lite where LongCat-Flash is asked about, K2.5 where K2 is.
    """
    known = {_squeezed(name) for name in names(f"{draft.question} {draft.quote.text}")}
    asked_of = [_squeezed(name) for name in names(draft.question)]
    for name in map(_squeezed, names(f"about {text}")):
        if name in known:
            continue
        if any(name.startswith(a) or a.startswith(name) for a in asked_of if len(a) > SHORT):
            return True
        if any(map(str.isdigit, name)) and any(any(map(str.isdigit, a)) for a in asked_of):
            return True
    return False


def _squeezed(name: str) -> str:
    return re.sub(r"[-_\s]", "", name).lower()


def _quote(passage: Passage, start: int, text: str) -> Quote:
    start += passage.chunk.start
    return Quote(passage, start, start + len(text), text)


def _side(reading: Reading) -> Side:
    return Side(
        reading.value.text,
        reading.quotes,
        reading.votes,
        reading.published,
        _about(reading.quotes[0].passage),
    )


def _ordered(sides: tuple[Side, ...]) -> tuple[Side, ...]:
    """Newest first where all are dated and dates differ, else most votes first."""
    if all(side.published for side in sides) and len({side.published for side in sides}) > 1:
        return tuple(sorted(sides, key=lambda side: side.published, reverse=True))
    return tuple(sorted(sides, key=lambda side: -side.votes))


def _about(passage: Passage) -> str:
    """What a passage is about: its title, else the words that it opens with."""
    if passage.document.title:
        return passage.document.title
    return " ".join(passage.text.split()[:OPENING_WORDS])


def _is_ambiguous(pools: Sequence[Reading]) -> bool:
    """Whether no two sides share a document's title or opening words."""
    opened = [{_about(quote.passage).casefold() for quote in reading.quotes} for reading in pools]
    return all(a.isdisjoint(b) for i, a in enumerate(opened) for b in opened[:i])


__all__ = ["Disagreement", "Side", "disagreements", "told"]
