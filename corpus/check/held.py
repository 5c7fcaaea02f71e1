"""Whether a model card bears out a claim: by its field, a recorded dispute, or its notes.

Knows nothing of documents.
"""

from __future__ import annotations

import re

from corpus.cards import ModelCard
from corpus.check.benchmarks import without_version
from corpus.check.dates import agree, written_dates
from corpus.check.quantities import NUMBER, Claim, billions, same_size, token_counts

_FIELDS = {
    "total": ("total_params_b",),
    "active": ("active_params_b",),
    "parameters": ("total_params_b", "active_params_b"),
    "context": ("context_length",),
    "date": ("release_date",),
    "licence": ("licence",),
}


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
    """Billions of parameters, as exactly as text and card write them both."""
    (size,) = claim.sizes
    digits = re.match(NUMBER, claim.written)
    written = digits[0].replace(",", "") if digits else "1"
    step = size / (float(written) or 1.0) * 10.0 ** -len(written.partition(".")[2])
    tolerance = 0.05 * value if claim.loose else 0.0
    nominal = step == 1.0 and 0 <= value - size < step  # the 32B of a name for 32.5B
    if nominal or abs(size - value) <= max(0.501 * step, tolerance):
        return True
    step = 10.0 ** -len(f"{value:g}".partition(".")[2])  # 57.41B is the 57B of a card
    return 0 <= size - value < step or abs(size - value) <= 0.501 * step


def _score_fits(claim: Claim, value: float) -> bool:
    written = claim.written.rstrip("% ").removesuffix(" percent").replace(",", "")
    decimals = len(written.partition(".")[2])
    return abs(claim.sizes[0] - value) <= 0.501 * 10.0**-decimals


def _scores(card: ModelCard, benchmarks: tuple[str, ...]) -> list[float]:
    """Scores and disputed scores; another version of the benchmark counts as well."""
    versions = {without_version(name) for name in benchmarks}
    values = [score for name, score in card.benchmarks.items() if without_version(name) in versions]
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


def values_of(claim: Claim, cards: tuple[ModelCard, ...]) -> str:
    """What the cards hold of the kind of a claim, for a message."""
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
