"""What happened, in order: dated sentences of the passages, as quotes.

"Walk me through the H20 story in 2025" asks for several events, which a small model given a
few hundred tokens cannot list. The corpus states each event in a sentence with its date, so
the answer is made of those sentences, oldest first. Knows no index and no model.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.attribution import Quote, Support
from assistant.attribution.names import missing_names, names
from assistant.attribution.quantities import Day, dates_in
from assistant.catalogue.dates import Period, find_periods
from assistant.evidence import SOURCE_NOTE
from assistant.lexical import Unit, content_terms, units
from index.types import Passage

DEPTH = 40
"""Passages searched: events of one story stand in many documents."""
MOST_EVENTS = 10
FEWEST_EVENTS = 2
"""Fewer dated sentences than this are no timeline; the question is answered as any other."""
PER_DAY = 2
"""Different sentences kept for one day."""
SAME_EVENT = 0.6
"""Share of terms from which two sentences of one date tell of the same event."""

RELEVANCE = 2.0
"""Weight of a passage's search score (0 to 1) beside the terms that a sentence shares."""
CLOSE = 0.5
"""Share of the best sentence's score below which a dated sentence is about something else."""

_ENGLISH = (
    r"time ?lines?",
    r"chronolog\w+",
    r"(?:sequence|course|run) of events",
    r"what (?:has |have )?happen(?:ed|s)",
    r"walk me through",
    r"(?:main|key|major|important) (?:[\w.-]+ ){0,6}(?:steps|events|dates|moments|milestones)",
    r"history of",
    r"story (?:of|in|from|so far)",
    r"step by step",
    r"how did .{3,60} unfold",
    r"(?:unfold|develop)(?:ed|s)? (?:over|between|from|since)",
)
_CHINESE = ("时间线", "大事记", "来龙去脉", "发生了什么", "哪些变化", "经过")
_ASKS = re.compile(rf"\b(?:{'|'.join(_ENGLISH)})\b|{'|'.join(_CHINESE)}", re.IGNORECASE)
_SHARED_MONTH = re.compile(r"\b(\d{1,2})( and | to | until |-)(\d{1,2}) ([a-z]{3,9}) (20\d\d)\b")


def asks_for_events(question: str) -> bool:
    """Whether several dated events are asked for, rather than one fact."""
    return _ASKS.search(question) is not None


@dataclass(frozen=True, slots=True)
class _Event:
    """A dated sentence; ``order`` is its date, 0 where a part is not given."""

    order: tuple[int, int, int]
    quote: Quote
    terms: frozenset[str]
    context: frozenset[str]


def events(question: str, passages: Sequence[Passage], today: str) -> list[tuple[str, Support]]:
    """Dated sentences that answer ``question``, oldest first, each with its quote.

    [] when the passages hold fewer than ``FEWEST_EVENTS`` of them. ``today`` (ISO) is what
    "last year" counts from.
    """
    period = _period(question, today)
    found = [event for passage in passages for event in _dated(question, passage, period)]
    chosen: list[_Event] = []
    for event in _ranked(_subject_terms(question), found):
        if len(chosen) < MOST_EVENTS and not _told(event, chosen):
            chosen.append(event)
    if len(chosen) < FEWEST_EVENTS:
        return []
    chosen.sort(key=lambda event: event.order)
    return [(_sentence(event.quote.text), Support((event.quote,), 1.0, ())) for event in chosen]


def _ranked(asked: frozenset[str], found: Sequence[_Event]) -> list[_Event]:
    """The events that are about what is asked, the closest first.

    Terms count by their rarity among the dated sentences, in the sentence and again with its
    headings; a passage's own search score counts beside them.
    """
    counts = Counter(term for event in found for term in event.terms & asked)
    weights = {term: math.log(1 + (len(found) + 1) / (counts[term] + 1)) for term in asked}
    total = sum(weights.values()) or 1.0

    def share(terms: frozenset[str]) -> float:
        return sum(weights[term] for term in asked & terms) / total

    scored = [
        (share(e.terms) + share(e.terms | e.context) + RELEVANCE * e.quote.passage.score, e)
        for e in found
        if not asked or asked & (e.terms | e.context)
    ]
    best = max((score for score, _ in scored), default=0.0)
    scored = [pair for pair in scored if pair[0] >= CLOSE * best]
    return [event for _, event in sorted(scored, key=lambda pair: -pair[0])]


def _period(question: str, today: str) -> tuple[str, str] | None:
    """The first and last day asked about (ISO), or None for all time."""
    text = _SHARED_MONTH.sub(r"\1 \4 \5\2\3 \4 \5", question.lower())
    periods: list[Period] = []
    find_periods(text, periods, today)
    if not periods:
        return None
    return min(p.first for p in periods), max(p.last for p in periods)


def _dated(question: str, passage: Passage, period: tuple[str, str] | None) -> Iterator[_Event]:
    """The passage's sentences that have a date of the period and a name of the question."""
    context = "\n".join((passage.document.title, *passage.chunk.heading_path))
    about = [name for name in names(f"about {question}") if _tells(name)]
    framed = frozenset(content_terms(context))
    for unit in units(passage.text, passage.document.language):
        plain = SOURCE_NOTE.sub("", unit.text)
        day = _first_day(plain, period)
        if day is None or (about and _lacks_all(about, f"{context}\n{plain}")):
            continue
        order = (day.year or 0, day.month or 0, day.day or 0)
        yield _Event(order, _quote(passage, unit), frozenset(content_terms(plain)), framed)


def _tells(name: str) -> bool:
    """Whether a name says what is meant: H20, DeepSeek; not "U.S"."""
    return any(map(str.isdigit, name)) or len(name.strip(".")) > 3


def _lacks_all(about: Sequence[str], text: str) -> bool:
    """Whether none of the names that the question is about stands in the text."""
    return all(missing_names(f"about {name}", text) for name in about)


def _subject_terms(question: str) -> frozenset[str]:
    """The question's terms without those that only ask for a timeline, or give its dates."""
    plain = question
    for _, written in dates_in(question):
        plain = plain.replace(written, " ")
    return frozenset(term for term in content_terms(plain) if not term.isdigit()) - _EMPTY


_EMPTY = frozenset(
    content_terms(
        "timeline timelines please event events step steps story main key major important "
        "chronology chronological sequence walk walked happen happened history unfold develop "
        "course run milestones dates moments around january february march april may june july "
        "august september october november december"
    )
)


def _first_day(text: str, period: tuple[str, str] | None) -> Day | None:
    """The first date in ``text`` that names year and month and lies in the period."""
    for day, _ in dates_in(text):
        if day.year is None or day.month is None:
            continue
        month = f"{day.year}-{day.month:02d}"
        first, last = f"{month}-{day.day or 1:02d}", f"{month}-{day.day or 28:02d}"
        if period is None or (first >= period[0] and last <= period[1]):
            return day
    return None


def _quote(passage: Passage, unit: Unit) -> Quote:
    start = passage.chunk.start + unit.start
    return Quote(passage, start, passage.chunk.start + unit.end, unit.text)


def _told(event: _Event, chosen: Iterable[_Event]) -> bool:
    """Whether the same event, or enough of its day, is among the chosen."""
    same_day = [other for other in chosen if other.order == event.order]
    alike = any(_likeness(event.terms, other.terms) >= SAME_EVENT for other in same_day)
    return alike or len(same_day) >= PER_DAY


def _likeness(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / max(min(len(a), len(b)), 1)


def _sentence(text: str) -> str:
    """A unit as a sentence of the answer: without its source note, list mark and line breaks."""
    plain = " ".join(SOURCE_NOTE.sub("", text).split()).lstrip("-*• ").strip()
    return plain if plain.endswith((".", "!", "?", "。")) else f"{plain}."
