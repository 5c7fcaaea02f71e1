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

from assistant.attribution.names import missing_names, names, opening_name
from assistant.attribution.quantities import (
    Day,
    Quantity,
    covers,
    dates_in,
    is_quantity,
    money_in,
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
_REFERS = re.compile(
    r"(?:it|its|they|their|this|these|the (?:models?|lab|company|paper|licen[cs]e))\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d[\d.,]*")
_NEGATION = re.compile(
    r"\b(?:not|no|never|cannot|without|neither|nor)\b|n['’]t\b|不|没|未", re.IGNORECASE
)
# For text whose white space is single spaces.
_CLAUSES = re.compile(
    r"[,;]? (?:and|while|whereas|but|which is|compared (?:to|with)) |; ", re.IGNORECASE
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
    similarity: Similarity | None


def check(
    sentence: str,
    passages: Sequence[Passage],
    question: str = "",
    similarity: Similarity | None = None,
    subject: Sequence[str] = (),
) -> Support:
    """Find the quote, or a quote for each of two clauses, that supports ``sentence``.

    A sentence that names nothing ("It is MIT.") is about ``subject``, the names of the
    sentence before it, else about what ``question`` names. With ``similarity`` (cosine of two
    texts) a quote in other words can pass the overlap gate.
    """
    sentence = " ".join(sentence.split())
    about = tuple(subject) or _versioned(names(question)) or tuple(names(question))
    whole = _best(_claim(sentence, question, about, passages, similarity), passages)
    if whole.supported:
        return whole
    clauses = _CLAUSES.split(sentence, maxsplit=1)
    if len(clauses) < 2 or not all(_says_something(clause) for clause in clauses):
        return whole
    about = tuple(names(clauses[0])) or about
    parts = [
        _best(_claim(clause, question, about, passages, similarity), passages) for clause in clauses
    ]
    if not all(part.supported for part in parts):
        return whole
    quotes = tuple(dict.fromkeys(quote for part in parts for quote in part.quotes))
    return Support(quotes, min(part.coverage for part in parts), parts[0].gates)


def best_quote(sentence: str, passage: Passage) -> Quote:
    """The window that says most of ``sentence``, whether or not it supports it."""
    opened = open_passage(passage)
    claim = _claim(sentence, "", (), (passage,))
    window = max(opened.windows, key=lambda w: _fit(claim, w))
    return _quote(passage, window)


def _claim(
    text: str,
    question: str,
    about: tuple[str, ...],
    passages: Sequence[Passage],
    similarity: Similarity | None = None,
) -> _Claim:
    text = _LEAD_IN.sub("", text)
    known = "\n".join((question, *map(context_of, passages)))
    opening = opening_name(text, known)
    own = tuple(dict.fromkeys((*((opening,) if opening else ()), *names(text))))
    return _Claim(
        text,
        frozenset(t for t in content_terms(text) if not is_quantity(t) and t not in REPORTING),
        tuple(stated_quantities(text)),
        tuple(dates_in(text)),
        own,
        about if not own or _REFERS.match(text) else (),
        frozenset(names(question)),
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
        Gate("money", money_in(claim.text) <= money_in(window.whole.text)),
    ]
    if all(gate.passed for gate in gates):  # names cost most: asked last
        gates += [
            _names(claim, opened, window.whole, passages),
            _subject(claim, window.whole),
            _rivals(claim, window),
            _columns(claim, opened, window),
            Gate("negation", _agrees(claim.text, window.own.text)),
        ]
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
    missing = [name for name in claim.names if missing_names(f"about {name}", whole.text)]
    if missing and len(missing) < len(claim.names) and all(_qualifies(claim, n) for n in missing):
        document = f"{whole.text}\n{_elsewhere(opened, passages)}"
        missing = [name for name in missing if missing_names(f"about {name}", document)]
    return Gate("names", not missing, tuple(missing))


def _subject(claim: _Claim, whole: Stated) -> Gate:
    """What "it" stands for must be there; after a question about two things it is unclear."""
    lacking = tuple(n for n in claim.subject if missing_names(f"about {n}", whole.text))
    versioned = _versioned(claim.subject)
    passed = len(lacking) < len(claim.subject) and not set(versioned) & set(lacking)
    return Gate("subject", not claim.subject or (passed and len(versioned) < 2), lacking)


def _qualifies(claim: _Claim, name: str) -> bool:
    """A maker's name that the question gave ("StepFun's Step3"): it may stand elsewhere.

    A name with a version (Grok-1, Step3) says which thing is meant and may not.
    """
    return name in claim.asked and not any(map(str.isdigit, name))


def _versioned(found: Sequence[str]) -> tuple[str, ...]:
    """The names that say which version is meant (Qwen3, Grok-1)."""
    return tuple(name for name in found if any(map(str.isdigit, name)))


def _rivals(claim: _Claim, window: Window) -> Gate:
    """Something said of another version, with the sentence's own name only around it.

    "QwQ-32B has 32B parameters." on a page about DeepSeek-R1 says nothing of DeepSeek-R1.
    """
    topic = (*_versioned(claim.names), *claim.subject)
    for said in _saying(claim, window.own.text.splitlines()) if topic else ():
        rivals = [n for n in _versioned(names(f"about {said}")) if not _is_own(claim, n)]
        if rivals and all(missing_names(f"about {name}", said) for name in topic):
            return Gate("rivals", False, tuple(rivals))
    return Gate("rivals", True)


def _saying(claim: _Claim, lines: Sequence[str]) -> list[str]:
    """The lines that state the claim's numbers, up to them; else the one most like it."""
    found = []
    for quantity in claim.quantities:
        if supports(quantity, claim.given):
            continue
        digits = _DIGITS.match(quantity.text)
        mark = digits.group() if digits else quantity.text
        stating = [line for line in lines if supports(quantity, quantities_in(line))]
        found += [line.rpartition(mark)[0] or line for line in stating]
    if found:
        return found
    return [max(lines, key=lambda line: len(claim.terms.intersection(content_terms(line))))]


def _is_own(claim: _Claim, name: str) -> bool:
    """Whether the sentence (or what it is about) has this name, perhaps shorter or longer."""
    return any(
        not missing_names(f"about {name}", own) or not missing_names(f"about {own}", name)
        for own in (*claim.names, *claim.subject)
    )


def _agrees(sentence: str, quote: str) -> bool:
    """Whether both deny or neither does; a longer quote may deny something else besides."""
    denies = _NEGATION.search(sentence) is not None
    if "\n" in quote:
        return not denies or _NEGATION.search(quote) is not None
    return denies == (_NEGATION.search(quote) is not None)


def _elsewhere(opened: Opened, passages: Sequence[Passage]) -> str:
    same = opened.passage.document.id
    return "\n".join(context_of(p) for p in passages if p.document.id == same)


def _columns(claim: _Claim, opened: Opened, window: Window) -> Gate:
    row = opened.passage.text[window.start : window.end]
    if len(cells_of(row)) < 2 or "\n" in row:
        return Gate("columns", True)
    columns = columns_of(opened.passage, row)
    return Gate("columns", not misplaced(claim.text, claim.quantities, row, columns))
