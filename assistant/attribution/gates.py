"""The hard gates: what no likeness of wording can make good.

Each takes a claim and a window and answers with a ``Gate``. A number must stand in the quote,
of the same unit and thing; dates and names must stand there or around it; a denial, a
comparison or a direction must not be the reverse. Knows nothing of ranking or of scores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.attribution.claims import Claim, versioned
from assistant.attribution.directions import contradicts
from assistant.attribution.names import missing_names, names
from assistant.attribution.quantities import (
    Quantity,
    Reading,
    covers,
    money_in,
    quantities_in,
    readings_in,
    supports,
)
from assistant.attribution.tables import SEPARATOR, cells_of, columns_of, misplaced
from assistant.attribution.units import agree
from assistant.attribution.verdicts import Gate
from assistant.attribution.windows import Opened, Stated, Window, context_of
from assistant.lexical import STOP_WORDS, content_terms
from index.types import Passage

_DIGITS = re.compile(r"\d[\d.,]*")
_PRONOUN = re.compile(r"(?:it|its|they|their|this|these)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;]? (?:and|while|whereas|but)(?: the)? |; |, (?=[A-Z])")
_FIRST_WORDS = 2
"""Among so many first words of a clause stands the name of what the clause is about."""


def cheap_gates(claim: Claim, opened: Opened, window: Window) -> list[Gate]:
    """Numbers, their units and bounds, dates and money."""
    return [
        _numbers(claim, opened, window),
        _units(claim, window),
        _sizes(claim, opened, window),
        _dates(claim, window.whole),
        Gate("money", money_in(claim.text) <= money_in(window.whole.text)),
    ]


def dear_gates(
    claim: Claim, opened: Opened, window: Window, passages: Sequence[Passage]
) -> list[Gate]:
    """Names, who a number belongs to, table columns, and the way the quote points."""
    said = said_by(claim, window)
    reverse = contradicts(claim.text, said)
    return [
        _names(claim, opened, window.whole, passages),
        _subject(claim, window.whole),
        _rivals(claim, window),
        _belongs(claim, window),
        _columns(claim, opened, window),
        *(Gate(name, reverse != name) for name in ("negation", "direction", "strength")),
    ]


def said_by(claim: Claim, window: Window) -> str:
    """The line of a window that says most of the claim: its numbers first, then its words."""
    return max(window.own.text.splitlines() or [""], key=lambda line: _weight(claim, line))


def _weight(claim: Claim, line: str) -> tuple[int, int]:
    values = quantities_in(line)
    stated = sum(supports(quantity, values) for quantity in claim.quantities)
    return stated, len(claim.terms.intersection(content_terms(line)))


def _numbers(claim: Claim, opened: Opened, window: Window) -> Gate:
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


def _units(claim: Claim, window: Window) -> Gate:
    """A number that the quote gives of another thing ("80 hours", "80 GB"), or bounds otherwise."""
    readings = [r for line in window.own.text.splitlines() for r in readings_in(line)]
    wrong = tuple(q.text for q in claim.quantities if not _is_of_same(q, readings))
    return Gate("units", not wrong, wrong)


def _is_of_same(quantity: Quantity, readings: Sequence[Reading]) -> bool:
    same = [r for r in readings if supports(quantity, r.values)]
    return not same or any(
        agree(quantity.unit, r.unit) and _bounds_agree(quantity, r) for r in same
    )


def _bounds_agree(quantity: Quantity, reading: Reading) -> bool:
    """ "At least 40" may be said of "40", "more than 40" may not; neither of "up to 40"."""
    if quantity.bound * reading.bound < 0:
        return False
    return not (quantity.strict and reading.bound == 0)


def _sizes(claim: Claim, opened: Opened, window: Window) -> Gate:
    """A size that only the frame gives, where the quote speaks of another size.

    "Heron 12B" in a title says nothing of what is quoted about the 4B model.
    """
    said = _with_antecedent(opened, window)
    sizes = [r for line in said.splitlines() for r in readings_in(line) if r.unit == "parameter"]
    wrong = tuple(
        q.text
        for q in claim.quantities
        if _is_size(q)
        and sizes
        and supports(q, window.whole.values)
        and not any(supports(q, r.values) for r in readings_in(said))
    )
    return Gate("sizes", not wrong, wrong)


def _is_size(quantity: Quantity) -> bool:
    return quantity.unit == "parameter" or (
        quantity.unit in (None, "model") and quantity.text[-1:] in "bB"
    )


def _with_antecedent(opened: Opened, window: Window) -> str:
    """The quote, and the line before it when it opens with "it" or "this"."""
    if not _PRONOUN.match(window.own.text):
        return window.own.text
    before = [w.own.text for w in opened.windows if w.end <= window.start]
    nearest = max((w.end for w in opened.windows if w.end <= window.start), default=-1)
    lines = [w.own.text for w in opened.windows if w.end == nearest] if before else []
    return f"{min(lines, key=len)}\n{window.own.text}" if lines else window.own.text


def _dates(claim: Claim, whole: Stated) -> Gate:
    missing = tuple(
        wording
        for stated, wording in claim.dates
        if not any(covers(day, stated) for day in whole.days)
    )
    return Gate("dates", not missing, missing)


def _names(claim: Claim, opened: Opened, whole: Stated, passages: Sequence[Passage]) -> Gate:
    missing = [name for name in claim.names if missing_names(f"about {name}", whole.text)]
    if missing and len(missing) < len(claim.names) and all(_qualifies(claim, n) for n in missing):
        document = f"{whole.text}\n{_elsewhere(opened, passages)}"
        missing = [name for name in missing if missing_names(f"about {name}", document)]
    return Gate("names", not missing, tuple(missing))


def _subject(claim: Claim, whole: Stated) -> Gate:
    """What "it" stands for must be there; after a question about two things it is unclear."""
    lacking = tuple(n for n in claim.subject if missing_names(f"about {n}", whole.text))
    exact = versioned(claim.subject)
    passed = len(lacking) < len(claim.subject) and not set(exact) & set(lacking)
    return Gate("subject", not claim.subject or (passed and len(exact) < 2), lacking)


def _qualifies(claim: Claim, name: str) -> bool:
    """A maker's name that the question gave ("StepFun's Step3"): it may stand elsewhere.

    A name with a version (Grok-1, Step3) says which thing is meant and may not.
    """
    return name in claim.asked and not any(map(str.isdigit, name))


def _rivals(claim: Claim, window: Window) -> Gate:
    """Something said of another version, with the sentence's own name only around it.

    "QwQ-32B has 32B parameters." on a page about DeepSeek-R1 says nothing of DeepSeek-R1.
    """
    topic = (*versioned(claim.names), *claim.subject)
    for said in _saying(claim, window.own.text.splitlines()) if topic else ():
        rivals = [n for n in versioned(names(f"about {said}")) if not _is_own(claim, n)]
        if rivals and all(missing_names(f"about {name}", said) for name in topic):
            return Gate("rivals", False, tuple(rivals))
    return Gate("rivals", True)


def _saying(claim: Claim, lines: Sequence[str]) -> list[str]:
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


def _is_own(claim: Claim, name: str) -> bool:
    """Whether the sentence (or what it is about) has this name, perhaps shorter or longer."""
    return any(
        not missing_names(f"about {name}", own) or not missing_names(f"about {own}", name)
        for own in (*claim.names, *claim.subject)
    )


def _belongs(claim: Claim, window: Window) -> Gate:
    """A number from a clause about somebody else, beside a clause about the claim's own name.

    "Alba scored 71 points and Brema 65": 65 is not Alba's.
    """
    own = (*claim.names, *claim.subject) or _opening(claim.text)
    wrong = tuple(
        quantity.text
        for line in window.own.text.splitlines()
        if own and SEPARATOR not in line
        for quantity in claim.quantities
        if supports(quantity, quantities_in(line)) and _is_of_another(quantity, own, line)
    )
    return Gate("belongs", not wrong, wrong)


def _opening(text: str) -> tuple[str, ...]:
    """The first word, if it may be a name: capitals at the start of a sentence tell nothing."""
    first, _, _ = text.partition(" ")
    return (first,) if first[:1].isupper() and first.lower() not in STOP_WORDS else ()


def _is_of_another(quantity: Quantity, own: Sequence[str], line: str) -> bool:
    clauses = list(_clauses(line))
    stating = [c for c in clauses if supports(quantity, quantities_in(c))]
    owning = [c for c in clauses if _has_any(own, c)]
    if not stating or not owning or any(clause in owning for clause in stating):
        return False
    numbered = any(readings_in(clause) for clause in owning)
    return numbered and all(_opens_with_a_name(clause) for clause in stating)


def _clauses(line: str) -> Iterator[str]:
    yield from filter(None, (clause.strip() for clause in _CLAUSE.split(line)))


def _has_any(own: Sequence[str], clause: str) -> bool:
    return any(not missing_names(f"about {name}", clause) for name in own)


def _opens_with_a_name(clause: str) -> bool:
    opening = clause.split()[:_FIRST_WORDS]
    if not opening or (opening[0].lower() in STOP_WORDS and opening[0].lower() != "the"):
        return False
    return bool(names("about " + " ".join(opening)))


def _elsewhere(opened: Opened, passages: Sequence[Passage]) -> str:
    same = opened.passage.document.id
    return "\n".join(context_of(p) for p in passages if p.document.id == same)


def _columns(claim: Claim, opened: Opened, window: Window) -> Gate:
    row = opened.passage.text[window.start : window.end]
    if len(cells_of(row)) < 2 or "\n" in row:
        return Gate("columns", True)
    columns = columns_of(opened.passage, row)
    return Gate("columns", not misplaced(claim.text, claim.quantities, row, columns))
