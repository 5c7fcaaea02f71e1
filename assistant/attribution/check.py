"""Which passage supports a drafted sentence, and by which quote.

Gates run from cheap to dear: every number and date, then every name, must stand in the
passage (its title and headings count as part of it); then enough of the sentence's content
words must. A sentence that no single passage supports may be supported by two together.
Knows nothing of retrieval, of language models or of how an answer is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from assistant.attribution.names import mentioned_names, missing_names, names
from assistant.attribution.quantities import (
    is_quantity,
    missing_dates,
    missing_quantities,
    stated_quantities,
)
from assistant.lexical import Unit, content_terms, units
from index.types import Passage

MIN_COVERAGE = 0.6
"""Least share of a sentence's content terms that its passage must hold.

Balanced accuracy with the gates by threshold (0.5, 0.6, 0.7), 600 development claims each:
ExpertQA .59, .61, .56; BEGIN .76, .82, .86."""
MAX_QUOTE_UNITS = 3
"""A quote spans at most this many sentences or rows of its passage."""


@dataclass(frozen=True, slots=True)
class Quote:
    """An exact span of a passage's document: ``document.text[start:end]``."""

    passage: Passage
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate's outcome; ``missing`` are the words of the sentence that it did not find."""

    name: str
    passed: bool
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Support:
    """The verdict on one sentence: its quotes if supported, and why not otherwise."""

    quotes: tuple[Quote, ...]
    coverage: float
    gates: tuple[Gate, ...]

    @property
    def supported(self) -> bool:
        """Whether some passage carries the sentence."""
        return bool(self.quotes)


def context_of(passage: Passage) -> str:
    """All that a reader of the passage is shown: title, headings, table header, date, text."""
    return f"{_frame_of(passage)}\n{passage.text}"


def _frame_of(passage: Passage) -> str:
    info = passage.document
    parts = (info.title, info.publisher, info.published, *passage.chunk.heading_path)
    return "\n".join(part for part in (*parts, passage.header) if part)


def check(sentence: str, passages: Sequence[Passage], question: str = "") -> Support:
    """Find the passage, or the pair of passages, that supports ``sentence``.

    ``question`` supplies the subject of a sentence that names none ("It is MIT."): such a
    sentence can only be carried by a passage that mentions a name of the question.
    """
    subject = _subject(sentence, question)
    scored = [_examine(sentence, (passage,), subject) for passage in passages]
    best = max(scored, key=_merit, default=Support((), 0.0, ()))
    if best.supported:
        return best
    pairs = combinations(_worth_pairing(sentence, passages), 2)
    joint = [_examine(sentence, pair, subject) for pair in pairs]
    return max([best, *joint], key=_merit)


def _merit(support: Support) -> tuple[bool, int, float]:
    return support.supported, sum(gate.passed for gate in support.gates), support.coverage


def _subject(sentence: str, question: str) -> tuple[str, ...]:
    return () if names(sentence) else tuple(names(question))


def _worth_pairing(sentence: str, passages: Sequence[Passage], limit: int = 5) -> list[Passage]:
    """Passages that bring a name or number of the sentence, the richest first."""
    stated = len(stated_quantities(sentence))

    def found(passage: Passage) -> int:
        context = context_of(passage)
        numbers = stated - len(missing_quantities(sentence, context))
        return numbers + len(mentioned_names(sentence, context))

    ranked = sorted(((found(p), -i, p) for i, p in enumerate(passages)), key=lambda x: x[:2])
    return [passage for score, _, passage in reversed(ranked) if score][:limit]


def _examine(sentence: str, passages: Sequence[Passage], subject: tuple[str, ...]) -> Support:
    context = "\n".join(map(context_of, passages))
    coverage = _coverage(sentence, context)
    gates = (
        _gate("numbers", missing_quantities(sentence, context)),
        _gate("dates", missing_dates(sentence, context)),
        _gate("names", missing_names(sentence, context)),
        Gate("subject", _mentions_subject(subject, context), subject),
        Gate("overlap", coverage >= MIN_COVERAGE),
    )
    if not all(gate.passed for gate in gates):
        return Support((), coverage, gates)
    return Support(tuple(best_quote(sentence, p) for p in passages), coverage, gates)


def _gate(name: str, missing: list[str]) -> Gate:
    return Gate(name, not missing, tuple(missing))


def _mentions_subject(subject: tuple[str, ...], context: str) -> bool:
    return not subject or any(not missing_names(name, context) for name in _in_text(subject))


def _in_text(subject: tuple[str, ...]) -> list[str]:
    # A lower-case word before each name keeps it from reading as the start of a sentence.
    return [f"about {name}" for name in subject]


def _coverage(sentence: str, context: str) -> float:
    """Share of the sentence's words in ``context``; its numbers have a gate of their own."""
    terms = {term for term in content_terms(sentence) if not is_quantity(term)}
    if not terms:
        return 1.0 if stated_quantities(sentence) else 0.0
    return len(terms & set(content_terms(context))) / len(terms)


def best_quote(sentence: str, passage: Passage) -> Quote:
    """The shortest run of at most three sentences or rows that says most of ``sentence``."""
    parts = units(passage.text, passage.document.language)
    if not parts:
        return Quote(passage, passage.chunk.start, passage.chunk.end, passage.text)
    frame = _frame_of(passage)
    text = passage.text
    start, end = max(_windows(parts), key=lambda span: _fit(sentence, text[slice(*span)], frame))
    offset = passage.chunk.start
    return Quote(passage, offset + start, offset + end, passage.text[start:end])


def _windows(parts: list[Unit]) -> list[tuple[int, int]]:
    """Spans of one to three neighbouring units, shortest first (max keeps the first best)."""
    return [
        (parts[i].start, parts[i + size - 1].end)
        for size in range(1, MAX_QUOTE_UNITS + 1)
        for i in range(len(parts) - size + 1)
    ]


def _fit(sentence: str, quote: str, frame: str) -> float:
    """Numbers and dates weigh most; each extra quoted word costs a little.

    Words that the frame (title, headings) gives already need not be in the quote too.
    """
    lost = len(missing_quantities(sentence, quote)) + len(missing_dates(sentence, quote))
    length = len(content_terms(quote))
    return _coverage(sentence, f"{frame}\n{quote}") - 0.5 * lost - 0.004 * length
