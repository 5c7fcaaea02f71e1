"""What documents say in figures about models, against those models' cards.

A figure is right when it fits any of the models that its sentence names, in the field, a
recorded dispute, or the card's notes. Knows nothing of how figures are found in sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.cards import ModelCard
from corpus.check.dates import agree, written_dates
from corpus.check.finding import Finding, Severity
from corpus.check.names import Mention, NameIndex
from corpus.check.page import Page, Passage
from corpus.check.quantities import (
    NUMBER,
    Claim,
    billions,
    claims,
    same_size,
    token_counts,
)
from corpus.check.rows import row_claims
from corpus.check.scores import score_claims
from corpus.check.sources import without_markers

_DISAGREE = re.compile(
    r"disagree|other (?:sources?|reports?|pages?)|differ|dispute|conflict|contradict|doubtful|"
    r"(?:one|another|a second) (?:source|report|page)|some (?:sources|pages)|whereas|wrong",
    re.I,
)
# Words by which a sentence speaks of more than the one model that it names.
_FAMILY = re.compile(
    r"\b(?:family|families|series|sizes|models|versions|variants|both|each|range|smaller|larger|"
    r"sibling|respectively|line|releases|collection|two|three|four|five|six|seven|eight)\b",
    re.I,
)
# A name with a number that is no card's: the figure may be that model's.
_OTHER_MODEL = re.compile(r"(?<![\w.-])[A-Z][A-Za-z]*[\s-]?[A-Za-z]*\d[\w.]*(?:-[\w.]+)*")
_FIELDS = {
    "total": ("total_params_b",),
    "active": ("active_params_b",),
    "parameters": ("total_params_b", "active_params_b"),
    "context": ("context_length",),
    "date": ("release_date",),
    "licence": ("licence",),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim and the models that it may be about."""

    claim: Claim
    cards: tuple[ModelCard, ...]
    text: str
    alone: bool


def check_figures(page: Page, names: NameIndex) -> Iterator[Finding]:
    """Every figure of a document that contradicts the card of the model it is said of."""
    for passage in page.passages:
        if passage.kind == "row":
            yield from _judged(page, passage, _row_statements(passage, names), names)
        elif passage.kind in ("paragraph", "item"):
            for sentence in passage.sentences:
                if not _DISAGREE.search(sentence):
                    yield from _judged(page, passage, _statements(sentence, names), names)


def _statements(sentence: str, names: NameIndex) -> Iterator[Statement]:
    text = without_markers(sentence)
    mentions = names.mentions(text)
    if not mentions:
        return
    masked = [(mention.start, mention.end) for mention in mentions]
    cards = _distinct(mentions)
    alone = not _names_another(text, mentions)
    for claim in (*claims(text), *score_claims(text, masked)):
        if not any(start <= claim.start < end for start, end in masked):
            yield Statement(claim, cards, text, alone)


def _distinct(mentions: list[Mention]) -> tuple[ModelCard, ...]:
    return tuple({mention.card.id: mention.card for mention in mentions}.values())


def _names_another(text: str, mentions: list[Mention]) -> bool:
    """Whether something that looks like a model without a card is named too."""
    from corpus.check.benchmarks import named_benchmarks

    taken = [(m.start, m.end) for m in mentions]
    taken += [(named.start, named.end) for named in named_benchmarks(text)]
    taken += [(date.start, date.end) for date in written_dates(text)]
    return any(
        not any(start < match.end() and match.start() < end for start, end in taken)
        for match in _OTHER_MODEL.finditer(text)
    )


def _row_statements(passage: Passage, names: NameIndex) -> Iterator[Statement]:
    """A cell's claim is about the model of its column, else about those of its row."""
    if _DISAGREE.search(passage.text):
        return
    columns = [_distinct(names.mentions(column)) for column in passage.columns]
    row = _distinct(names.mentions(passage.cells[0])) if passage.cells else ()
    for number, claim in row_claims(passage.columns, passage.cells):
        cell = passage.cells[number]
        cards = _distinct(names.mentions(cell)) or columns[number] or row
        if cards:
            yield Statement(claim, cards, passage.text, alone=True)


def _judged(
    page: Page, passage: Passage, statements: Iterator[Statement], names: NameIndex
) -> Iterator[Finding]:
    for statement in statements:
        verdict = _verdict(statement, names)
        if verdict is not None:
            severity, text = verdict
            yield Finding(severity, page.file, f"line {passage.line}", "figure", text)


def _verdict(statement: Statement, names: NameIndex) -> tuple[Severity, str] | None:
    """None when the claim fits a card; else how bad it is, and what to correct."""
    claim, cards = statement.claim, statement.cards
    if any(fits(claim, card) for card in cards):
        return None
    unknown = [card for card in cards if not known(claim, card)]
    if unknown:
        return "warning", f"{_said(claim)}: the card of {unknown[0].name} gives no such value"
    siblings = [c for c in _siblings(cards, names) if fits(claim, c)]
    if siblings:
        if _FAMILY.search(statement.text):
            return None
        return (
            "warning",
            f"{_said(claim)} is of {siblings[0].name}, which the sentence does not name",
        )
    text = f"{_said(claim)} is not what the card says: {_values(claim, cards)}"
    return ("error" if statement.alone else "warning"), text


def _siblings(cards: tuple[ModelCard, ...], names: NameIndex) -> list[ModelCard]:
    families = {(card.developer, card.family) for card in cards}
    return [card for card in names.by_id.values() if (card.developer, card.family) in families]


def known(claim: Claim, card: ModelCard) -> bool:
    """Whether ``card`` holds a value of the kind that ``claim`` is of."""
    if claim.kind == "score":
        return any(name in card.benchmarks for name in claim.benchmarks)
    return any(getattr(card, field) is not None for field in _FIELDS[claim.kind])


def fits(claim: Claim, card: ModelCard) -> bool:
    """Whether the card, its disputes or its notes bear out the claim."""
    if claim.kind == "date":
        return any(agree(claim.word, day) for day in _dates(card))
    if claim.kind == "licence":
        return _licence_fits(claim.word, card)
    if claim.kind == "score":
        return any(_score_fits(claim, value) for value in _scores(card, claim.benchmarks)) or (
            claim.written.rstrip("% ") in _numbers(card)
        )
    if claim.kind == "context":
        return any(same_size(size, told) for size in claim.sizes for told in _contexts(card))
    return any(_count_fits(claim, value) for value in _counts(card, claim.kind))


def _count_fits(claim: Claim, value: float) -> bool:
    """Billions of parameters, as exactly as the text writes them."""
    (size,) = claim.sizes
    digits = re.match(NUMBER, claim.written)
    decimals: int = len(digits[0].partition(".")[2]) if digits else 0
    unit = size / float(digits[0].replace(",", "")) if digits and size else 1.0
    step = unit * 10.0**-decimals
    tolerance = 0.05 * value if claim.loose else 0.0
    return abs(size - value) <= max(0.501 * step, tolerance) or 0 <= value - size < step


def _score_fits(claim: Claim, value: float) -> bool:
    written = claim.written.rstrip("% ").removesuffix(" percent").replace(",", "")
    decimals = len(written.partition(".")[2])
    return abs(claim.sizes[0] - value) <= 0.501 * 10.0**-decimals


def _scores(card: ModelCard, benchmarks: tuple[str, ...]) -> list[float]:
    values = [card.benchmarks[name] for name in benchmarks if name in card.benchmarks]
    for name in benchmarks:
        values += _disputed_numbers(card, f"benchmarks.{name}")
    return values


def _disputed(card: ModelCard, *fields: str) -> list[str]:
    disputes = [dispute for dispute in card.disputes if dispute.field in fields]
    return [str(other.value) for dispute in disputes for other in dispute.others]


def _disputed_numbers(card: ModelCard, *fields: str) -> list[float]:
    found = (re.search(NUMBER, value) for value in _disputed(card, *fields))
    return [float(match[0].replace(",", "")) for match in found if match]


def _counts(card: ModelCard, kind: str) -> tuple[float, ...]:
    fields = _FIELDS[kind]
    values = [value for field in fields if (value := getattr(card, field)) is not None]
    values += _disputed_numbers(card, *fields)
    text = _notes(card)
    told = re.finditer(rf"(?<![\w.,])({NUMBER})[\s-]?(B|M|T|billion|million|trillion)\b", text)
    return (*values, *(billions(match[1], match[2]) for match in told))


def _contexts(card: ModelCard) -> tuple[float, ...]:
    sizes = token_counts(" ".join([card.context_length or "", _notes(card)]))
    sizes += token_counts(" ".join(_disputed(card, "context_length", "context_tokens_approx")))
    approx = card.context_tokens_approx
    return (*sizes, float(approx)) if approx else sizes


def _dates(card: ModelCard) -> tuple[str, ...]:
    known = [card.release_date] if card.release_date else []
    notes = [date.iso for date in written_dates(_notes(card))]
    return (*known, *notes, *_disputed(card, "release_date"))


def _licence_fits(word: str, card: ModelCard) -> bool:
    texts = [card.licence or "", card.licence_spdx or "", _notes(card)]
    texts += _disputed(card, "licence", "licence_spdx")
    return any(_same_licence(word, text) for text in texts)


def _same_licence(word: str, text: str) -> bool:
    text = re.sub(r"[\s-]", "", text).casefold()
    if word == "MIT":
        text = text.replace("modifiedmit", "")
    return re.sub(r"[\s-]", "", word).casefold() in text.replace("licence", "license")


def _numbers(card: ModelCard) -> frozenset[str]:
    return frozenset(re.findall(NUMBER, _notes(card)))


def _notes(card: ModelCard) -> str:
    """The running text of a card."""
    texts = [card.release_date_note, card.benchmark_note, card.architecture, *card.notes]
    texts += [dispute.why for dispute in card.disputes] + [s.supports for s in card.sources]
    return " ".join(text for text in texts if text)


def _said(claim: Claim) -> str:
    of = f" on {' / '.join(claim.benchmarks)}" if claim.benchmarks else ""
    kind = "parameters" if claim.kind in ("total", "active") else claim.kind
    return f"{kind} {claim.written}{of}"


def _values(claim: Claim, cards: tuple[ModelCard, ...]) -> str:
    return "; ".join(f"{card.name} {_value(claim, card)}" for card in cards[:4])


def _value(claim: Claim, card: ModelCard) -> str:
    if claim.kind == "score":
        held = [f"{n} {card.benchmarks[n]:g}" for n in claim.benchmarks if n in card.benchmarks]
        return ", ".join(held) or "none"
    values = [getattr(card, field) for field in _FIELDS[claim.kind]]
    return " / ".join(
        f"{value:g}B" if isinstance(value, float) else str(value)
        for value in values
        if value is not None
    )
