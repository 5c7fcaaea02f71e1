"""Which passage supports a drafted sentence, and by which quote.

A quote supports a sentence when, together with its frame (title, headings, table header),
it states every number, date and name of the sentence and most of its other words. Numbers
must not all come from the frame, and a number from a table row must stand in a column that
the sentence speaks of. A sentence in two clauses may be supported by two quotes, one each.
Knows nothing of retrieval, of language models or of how an answer is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.attribution.names import missing_names, names
from assistant.attribution.quantities import (
    Day,
    Quantity,
    covers,
    dates_in,
    is_quantity,
    quantities_in,
    stated_quantities,
    supports,
)
from assistant.attribution.tables import cells_of, columns_of, misplaced
from assistant.attribution.windows import Opened, Stated, Window, context_of, open_passage
from assistant.lexical import content_terms, stem
from index.types import Passage

MIN_COVERAGE = 0.6
"""Least share of a sentence's content terms that its quote and frame must hold."""
MIN_COVERAGE_ALIKE = 0.45
MIN_SIMILARITY = 0.7
"""A quote with fewer shared words passes if its cosine with the sentence is at least this.

Balanced accuracy without and with it, 300 development claims each: ExpertQA .56, .60;
BEGIN .81, .80 (MiniLM)."""
LENGTH_COST = 0.004
"""What each content term of a quote costs, so that short quotes win among equals."""
REPORTING = frozenset(
    stem(word)
    for word in "according claims describes mentions reports said says states tells".split()
)
"""Words that speak of the source rather than of the matter."""
_LEAD_IN = re.compile(r"^\s*according to [^,.]{1,120},\s*", re.IGNORECASE)
_CLAUSES = re.compile(
    r"\s*[,;]?\s+(?:and|while|whereas|but|which is|compared (?:to|with))\s+|\s*;\s+", re.IGNORECASE
)


Similarity = Callable[[str, str], float]


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


@dataclass(frozen=True, slots=True)
class _Claim:
    """A sentence taken apart once, for all windows.

    ``subject`` are names of the question, one of which must stand by a sentence without any;
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
    similarity: Similarity | None


def check(
    sentence: str,
    passages: Sequence[Passage],
    question: str = "",
    similarity: Similarity | None = None,
) -> Support:
    """Find the quote, or a quote for each of two clauses, that supports ``sentence``.

    ``question`` supplies the subject of a sentence that names none ("It is MIT."). With
    ``similarity`` (cosine of two texts) a quote in other words can pass the overlap gate.
    """
    whole = _best(_claim(sentence, question, similarity), passages)
    if whole.supported:
        return whole
    clauses = _CLAUSES.split(sentence, maxsplit=1)
    if len(clauses) < 2 or not all(_says_something(clause) for clause in clauses):
        return whole
    parts = [_best(_claim(clause, question, similarity), passages) for clause in clauses]
    if not all(part.supported for part in parts):
        return whole
    quotes = tuple(dict.fromkeys(quote for part in parts for quote in part.quotes))
    return Support(quotes, min(part.coverage for part in parts), parts[0].gates)


def best_quote(sentence: str, passage: Passage) -> Quote:
    """The window that says most of ``sentence``, whether or not it supports it."""
    opened = open_passage(passage)
    claim = _claim(sentence, "")
    window = max(opened.windows, key=lambda w: _fit(claim, w))
    return _quote(passage, window)


def _claim(text: str, question: str, similarity: Similarity | None = None) -> _Claim:
    text = _LEAD_IN.sub("", text)
    own = tuple(names(text))
    asked = tuple(names(question))
    return _Claim(
        text,
        frozenset(t for t in content_terms(text) if not is_quantity(t) and t not in REPORTING),
        tuple(stated_quantities(text)),
        tuple(dates_in(text)),
        own,
        () if own else asked,
        frozenset(asked),
        frozenset(quantities_in(question)),
        similarity,
    )


def _says_something(clause: str) -> bool:
    """A clause worth checking by itself: a number, or two words beside its names."""
    of_names = {term for name in names(clause) for term in content_terms(name)}
    words = {t for t in content_terms(clause) if not is_quantity(t)} - of_names
    return bool(stated_quantities(clause)) or len(words) >= 2


def _best(claim: _Claim, passages: Sequence[Passage]) -> Support:
    found = [_examine(claim, passage, passages) for passage in passages]
    return max(found, key=_merit, default=Support((), 0.0, ()))


def _merit(support: Support) -> tuple[bool, int, float]:
    return support.supported, sum(gate.passed for gate in support.gates), support.coverage


def _examine(claim: _Claim, passage: Passage, passages: Sequence[Passage]) -> Support:
    """The passage's best window that passes every gate; else why its nearest one does not."""
    opened = open_passage(passage)
    ranked = sorted(opened.windows, key=lambda w: -_fit(claim, w))
    nearest: Support | None = None
    for window in ranked:
        tried = _gated(claim, opened, window, passages)
        if tried.supported:
            return tried
        nearest = nearest or tried
    return nearest or Support((), 0.0, ())


def _gated(claim: _Claim, opened: Opened, window: Window, passages: Sequence[Passage]) -> Support:
    coverage = _coverage(claim, window.whole)
    gates = [
        Gate("overlap", coverage >= (MIN_COVERAGE_ALIKE if claim.similarity else MIN_COVERAGE)),
        _numbers(claim, opened, window),
        _dates(claim, window.whole),
    ]
    if all(gate.passed for gate in gates):  # names cost most: asked last
        gates += [_names(claim, opened, window.whole, passages), _columns(claim, opened, window)]
    if coverage < MIN_COVERAGE and all(gate.passed for gate in gates):
        gates[0] = Gate("overlap", _alike(claim, window))
    if not all(gate.passed for gate in gates):
        return Support((), coverage, tuple(gates))
    return Support((_quote(opened.passage, window),), coverage, tuple(gates))


def _alike(claim: _Claim, window: Window) -> bool:
    if claim.similarity is None:
        return False
    return claim.similarity(claim.text, window.own.text) >= MIN_SIMILARITY


def _quote(passage: Passage, window: Window) -> Quote:
    offset = passage.chunk.start
    text = passage.text[window.start : window.end]
    return Quote(passage, offset + window.start, offset + window.end, text)


def _fit(claim: _Claim, window: Window) -> float:
    """Numbers and dates weigh most; each extra quoted word costs a little."""
    values, days = window.own.values, window.own.days
    lost = sum(not supports(q, values) for q in claim.quantities)
    lost += sum(not any(covers(day, stated) for day in days) for stated, _ in claim.dates)
    length = LENGTH_COST * len(window.own.terms)
    return _coverage(claim, window.whole) - 0.5 * lost - length


def _coverage(claim: _Claim, stated: Stated) -> float:
    """Share of the claim's words; its numbers have a gate of their own."""
    if not claim.terms:
        return 1.0 if claim.quantities or claim.dates else 0.0
    return len(claim.terms & stated.terms) / len(claim.terms)


# --- gates -----------------------------------------------------------------------------------


def _numbers(claim: _Claim, opened: Opened, window: Window) -> Gate:
    """Every number in the quote or its frame; those the question gave, in the passage.

    Numbers that stand only in the title or the table header are not what a row states.
    """
    missing = tuple(
        q.text
        for q in claim.quantities
        if not supports(q, window.whole.values)
        and not (supports(q, claim.given) and supports(q, opened.stated.values))
    )
    if missing or not claim.quantities:
        return Gate("numbers", not missing, missing)
    in_quote = any(supports(q, window.own.values) for q in claim.quantities)
    return Gate("numbers", in_quote, () if in_quote else tuple(q.text for q in claim.quantities))


def _dates(claim: _Claim, whole: Stated) -> Gate:
    missing = tuple(
        wording
        for stated, wording in claim.dates
        if not any(covers(day, stated) for day in whole.days)
    )
    return Gate("dates", not missing, missing)


def _names(claim: _Claim, opened: Opened, whole: Stated, passages: Sequence[Passage]) -> Gate:
    if not claim.names:
        present = [n for n in claim.subject if not missing_names(f"about {n}", whole.text)]
        return Gate("subject", bool(present) or not claim.subject, claim.subject)
    missing = missing_names(claim.text, whole.text)
    if missing and len(missing) < len(claim.names) and all(_qualifies(claim, n) for n in missing):
        missing = missing_names(claim.text, f"{whole.text}\n{_elsewhere(opened, passages)}")
    return Gate("names", not missing, tuple(missing))


def _qualifies(claim: _Claim, name: str) -> bool:
    """A maker's name that the question gave ("StepFun's Step3"): it may stand elsewhere.

    A name with a version (Grok-1, Step3) says which thing is meant and may not.
    """
    return name in claim.asked and not any(map(str.isdigit, name))


def _elsewhere(opened: Opened, passages: Sequence[Passage]) -> str:
    same = opened.passage.document.id
    return "\n".join(context_of(p) for p in passages if p.document.id == same)


def _columns(claim: _Claim, opened: Opened, window: Window) -> Gate:
    row = opened.passage.text[window.start : window.end]
    if len(cells_of(row)) < 2 or "\n" in row:
        return Gate("columns", True)
    columns = columns_of(opened.passage, row)
    return Gate("columns", not misplaced(claim.text, claim.quantities, row, columns))
