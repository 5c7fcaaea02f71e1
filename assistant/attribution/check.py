"""Which passage supports a drafted sentence, and by which quote.

A quote supports a sentence when no gate stops it (numbers with their units, dates, names,
denial, direction) and its wording is close enough: most of the sentence's words stand in it
and its frame (title, headings, table header), or the score of both says so. A sentence in
two clauses may be supported by two quotes, one each. Knows nothing of retrieval, of language
models or of how an answer is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.attribution.claims import Claim, claim_of, clauses_of, versioned
from assistant.attribution.gates import cheap_gates, dear_gates
from assistant.attribution.names import names
from assistant.attribution.quantities import covers, supports
from assistant.attribution.score import personal_words, score, unspoken
from assistant.attribution.tables import SEPARATOR
from assistant.attribution.verdicts import Entailment, Gate, Quote, Similarity, Support
from assistant.attribution.windows import Opened, Stated, Window, open_passage
from index.types import Passage

MIN_COVERAGE = 0.6
"""Least share of a sentence's content terms that its quote and frame must hold."""
MIN_COVERAGE_ALIKE = 0.45
"""The same where an embedder scores the wording: a paraphrase keeps some of the words."""
MIN_SCORE = 0.45
"""Least score, where an embedder is there (``assistant.attribution.score``). Balanced accuracy
on ExpertQA behind the gates at .40, .45, .50, .55, .60: .602, .601, .584, .578, .563."""
MIN_ENTAILED = 0.5
"""Least probability of an entailment model, where the user has one."""
_REVERSE = frozenset(("negation", "direction", "strength"))
LENGTH_COST = 0.004
"""What each content term of a quote costs, so that short quotes win among equals."""


@dataclass(frozen=True, slots=True)
class _Means:
    """What beside the gates may judge a quote."""

    similarity: Similarity | None
    entailment: Entailment | None


def check(
    sentence: str,
    passages: Sequence[Passage],
    question: str = "",
    similarity: Similarity | None = None,
    subject: Sequence[str] = (),
    entailment: Entailment | None = None,
) -> Support:
    """Find the quote, or a quote for each of two clauses, that supports ``sentence``.

    A sentence that names nothing ("It is MIT.") is about ``subject``, the names of the
    sentence before it, else about what ``question`` names. With ``similarity`` (cosine of two
    texts) the wording is scored, and a quote in other words can pass. With ``entailment``
    (probability that a premise entails a hypothesis) a quote must pass that too.
    """
    sentence = " ".join(sentence.split())
    means = _Means(similarity, entailment)
    about = tuple(subject) or versioned(names(question)) or tuple(names(question))
    whole = _best(claim_of(sentence, question, about, passages), passages, means)
    clauses = [] if whole.supported else clauses_of(sentence)
    if not clauses:
        return whole
    about = tuple(names(clauses[0])) or about
    parts = [_best(claim_of(c, question, about, passages), passages, means) for c in clauses]
    return _together(parts) if all(part.supported for part in parts) else whole


def _together(parts: Sequence[Support]) -> Support:
    """Two clauses, each with its quote: as good as the weaker one."""
    quotes = tuple(dict.fromkeys(quote for part in parts for quote in part.quotes))
    weakest = min(parts, key=lambda part: part.score)
    return replace(weakest, quotes=quotes, coverage=min(part.coverage for part in parts))


def best_quote(sentence: str, passage: Passage) -> Quote:
    """The window that says most of ``sentence``, whether or not it supports it."""
    opened = open_passage(passage)
    claim = claim_of(sentence, "", (), (passage,))
    window = max(opened.windows, key=lambda w: _fit(claim, w))
    return _quote(passage, window)


def _best(claim: Claim, passages: Sequence[Passage], means: _Means) -> Support:
    found = [_examine(claim, passage, passages, means) for passage in passages]
    return max(found, key=_merit, default=Support((), 0.0, ()))


def _merit(support: Support) -> tuple[bool, int, float]:
    return support.supported, sum(gate.passed for gate in support.gates), support.coverage


def _examine(claim: Claim, passage: Passage, passages: Sequence[Passage], means: _Means) -> Support:
    """The passage's best window that passes every gate; else why its nearest one does not.

    Where a window says the reverse, one that holds no more of the sentence does not save it.
    """
    opened = open_passage(passage)
    ranked = sorted(opened.windows, key=lambda w: -_fit(claim, w))
    nearest: Support | None = None
    denied = -1.0
    for window in ranked:
        tried = _gated(claim, opened, window, passages)
        failed = {gate.name for gate in tried.gates if not gate.passed}
        if not failed and tried.coverage > denied:
            # The wording is scored once a passage, for its best window: that costs embeddings.
            return _worded(claim, opened, window, tried, means)
        if failed and failed <= _REVERSE:
            denied = max(denied, tried.coverage)
        nearest = nearest or tried
    return nearest or Support((), 0.0, ())


def _gated(claim: Claim, opened: Opened, window: Window, passages: Sequence[Passage]) -> Support:
    """The verdict of the gates; no quote yet."""
    coverage = _coverage(claim, window.whole)
    gates = cheap_gates(claim, opened, window)
    if all(gate.passed for gate in gates):  # names cost most: asked last
        gates += dear_gates(claim, opened, window, passages)
    return Support((), coverage, tuple(gates))


def _worded(claim: Claim, opened: Opened, window: Window, tried: Support, means: _Means) -> Support:
    """``tried`` with its quote, if the wording is close enough."""
    alike = _likeness(claim, opened, window, means.similarity)
    if means.similarity is None or SEPARATOR in window.own.text:  # of a row a cosine tells little
        overlap = Gate("overlap", tried.coverage >= MIN_COVERAGE)
    else:
        overlap = Gate("overlap", tried.coverage >= MIN_COVERAGE_ALIKE and alike >= MIN_SCORE)
    gates = [overlap, *tried.gates]
    if overlap.passed and means.entailment is not None:
        entailed = means.entailment(window.own.text, claim.text)
        gates.append(Gate("entailment", entailed >= MIN_ENTAILED))
        alike = entailed
    quotes = (_quote(opened.passage, window),) if all(gate.passed for gate in gates) else ()
    return Support(quotes, tried.coverage, tuple(gates), alike)


def _likeness(claim: Claim, opened: Opened, window: Window, similarity: Similarity | None) -> float:
    cosine = None if similarity is None else similarity(claim.text, window.own.text)
    coverage = _coverage(claim, opened.stated)
    known = set(personal_words(opened.passage.text))
    return score(coverage, cosine, unspoken(claim.text, known))


def _quote(passage: Passage, window: Window) -> Quote:
    offset = passage.chunk.start
    text = passage.text[window.start : window.end]
    return Quote(passage, offset + window.start, offset + window.end, text)


def _fit(claim: Claim, window: Window) -> float:
    """Numbers and dates weigh most; each extra quoted word costs a little."""
    values, days = window.own.values, window.own.days
    lost = sum(not supports(q, values) for q in claim.quantities)
    lost += sum(not any(covers(day, stated) for day in days) for stated, _ in claim.dates)
    length = LENGTH_COST * len(window.own.terms)
    return _coverage(claim, window.whole) - 0.5 * lost - length


def _coverage(claim: Claim, stated: Stated) -> float:
    """Share of the claim's words; its numbers have a gate of their own."""
    if not claim.terms:
        return 1.0 if claim.quantities or claim.dates else 0.0
    return len(claim.terms & stated.terms) / len(claim.terms)
