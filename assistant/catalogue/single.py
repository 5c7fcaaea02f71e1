"""Answers about named models: single facts, claims confirmed or corrected, side by side.

Pure functions of the cards. Knows nothing of queries over the whole catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from assistant.catalogue.citing import STATED_AS, CardCitations
from assistant.catalogue.decide import COMPARED, Decision
from assistant.catalogue.values import NOT_KNOWN, cell, extreme, heading, shown
from assistant.types import Sentence, Table
from corpus.card_text import card_text, listed
from corpus.cards import ModelCard
from index.cards import days
from index.catalogue import Condition, Result, field_of
from index.catalogue.words import label

Told = tuple[tuple[Sentence, ...], Table]


def facts(decision: Decision, result: Result, sources: CardCitations) -> Told | None:
    """What the card of one model says of the fields asked for; None if it says nothing."""
    cards = [row.card for row in result.rows]
    columns = decision.query.columns
    sentences = [s for card in cards for s in _facts(card, decision, sources)]
    if not sentences:
        return None
    rows = tuple((c.name, *(cell(f, field_of(f).value(c)) for f in columns)) for c in cards)
    cited = tuple(sources.of(card, columns) for card in cards)
    return tuple(sentences), Table(("Model", *map(heading, columns)), rows, cited)


def _facts(card: ModelCard, decision: Decision, sources: CardCitations) -> Iterator[Sentence]:
    """The card's own sentences, each field once; the first says yes or no to a claim."""
    said: set[str] = set()
    verdict = _verdict(card, decision.claims) if decision.yes_no else None
    opening = {True: "Yes. ", False: "No. ", None: ""}[verdict]
    for name in decision.query.columns:
        if (text := _statement(card, name)) is None or text in said:
            continue
        said.add(text)
        yield Sentence(f"{opening}{text}", sources.of(card, (name,)))
        opening = ""
        yield from _disputes(card, name, sources)


def _statement(card: ModelCard, name: str) -> str | None:
    """The sentence of the card that states a field; None when it is not known."""
    value = field_of(name).value(card)
    if value is None:
        return None
    if name.startswith("benchmarks."):
        note = f" ({card.benchmark_note.rstrip('.')})" if card.benchmark_note else ""
        benchmark = label(name).removesuffix(" score")
        return f"{card.name} scores {shown(name, value)} on {benchmark}{note}."
    text, spans = card_text(card)
    start, end = spans[STATED_AS.get(name, name)]
    return text[start:end]


def _disputes(card: ModelCard, name: str, sources: CardCitations) -> Iterator[Sentence]:
    """What other sources say of a field, as the card tells it."""
    told = {name, STATED_AS.get(name, name)}
    text, spans = card_text(card)
    for number, dispute in enumerate(card.disputes):
        if dispute.field in told:
            start, end = spans[f"disputes {number}"]
            yield Sentence(text[start:end], sources.of(card, (f"disputes {number}",)))


def _verdict(card: ModelCard, claims: Sequence[Condition]) -> bool | None:
    """Whether all claims hold; None when there are none, or a value is not known."""
    held = [_holds(card, claim) for claim in claims]
    if not held or (None in held and False not in held):
        return None
    return all(held)


def _holds(card: ModelCard, claim: Condition) -> bool | None:
    value = field_of(claim.field).value(card)
    if value is None:
        return None
    if isinstance(claim.value, tuple):
        return (value in claim.value) == (claim.operator == "in")
    if claim.operator in ("contains", "lacks"):
        inside = claim.value in value if isinstance(value, tuple) else _within(claim.value, value)
        return inside == (claim.operator == "contains")
    if claim.field == "release_date":
        return _date_holds(value, claim)
    return _compares(value, claim.operator, claim.value)


def _within(part: Any, whole: str) -> bool:
    return str(part).casefold() in whole.casefold()


def _date_holds(value: str, claim: Condition) -> bool | None:
    (first, last), (low, high) = days(value), days(str(claim.value))
    return {
        "=": low <= first and last <= high,
        "!=": last < low or first > high,
        "<": last < low,
        "<=": last <= high,
        ">": first > high,
        ">=": first >= low,
    }.get(claim.operator)


def _compares(value: Any, operator: str, other: Any) -> bool | None:
    if operator in ("=", "!="):
        return bool(value == other) == (operator == "=")
    ordered: dict[str, bool] = {
        "<": value < other, "<=": value <= other, ">": value > other, ">=": value >= other,
    }  # fmt: skip
    return ordered.get(operator)


# --- side by side -------------------------------------------------------------------------


def side_by_side(decision: Decision, result: Result, sources: CardCitations) -> Told | None:
    """Models in the order named, a row for each field, with what differs told in words."""
    cards = _in_order(decision, [row.card for row in result.rows])
    fields = list(decision.query.columns)
    if decision.query.columns == COMPARED:
        fields += [f"benchmarks.{b}" for b in _shared_benchmarks(cards)]
    known = [f for f in fields if any(field_of(f).value(card) is not None for card in cards)]
    if not known:
        return None
    rows = tuple((heading(f), *(_cell(f, card) for card in cards)) for f in known)
    cited = tuple(tuple(n for c in cards for n in sources.of(c, (f,))) for f in known)
    table = Table(("", *(card.name for card in cards)), rows, cited)
    return tuple(_compared(decision, cards, known, sources)), table


def _in_order(decision: Decision, cards: Sequence[ModelCard]) -> list[ModelCard]:
    named = decision.query.conditions[0].value
    order = list(named) if isinstance(named, tuple) else [named]
    return sorted(cards, key=lambda card: order.index(card.id))


def _shared_benchmarks(cards: Sequence[ModelCard]) -> list[str]:
    """Benchmarks that at least two of the cards report, in the first one's order."""
    names = dict.fromkeys(name for card in cards for name in card.benchmarks)
    return [name for name in names if sum(name in card.benchmarks for card in cards) > 1]


def _cell(name: str, card: ModelCard) -> str:
    return shown(name, field_of(name).value(card))


def _compared(
    decision: Decision, cards: Sequence[ModelCard], fields: Sequence[str], sources: CardCitations
) -> Iterator[Sentence]:
    numbers = tuple(dict.fromkeys(n for card in cards for n in sources.of(card, fields)))
    if (sort := decision.query.sort) is not None:
        yield Sentence(_winner(decision, cards, sort.field, sort.descending), numbers)
        fields = [f for f in fields if f != sort.field]
    if told := _differences(cards, fields):
        yield Sentence(told, numbers)


def _winner(decision: Decision, cards: Sequence[ModelCard], name: str, descending: bool) -> str:
    """Which model is ahead in a field, and by what; yes or no to "is the first ahead?"."""
    values = {card.name: field_of(name).value(card) for card in cards}
    unknown = [model for model, value in values.items() if value is None]
    told = listed([f"{shown(name, value)} for {model}" for model, value in values.items()])
    if unknown:
        return f"The {label(name)} is {told}."
    best = max(values.values()) if descending else min(values.values())
    ahead = [model for model, value in values.items() if value == best]
    opening = ""
    if decision.yes_no:
        opening = "Yes. " if ahead == [cards[0].name] else "No. "
    if len(ahead) > 1:
        return f"{opening}{listed(ahead)} are equal: {told}."
    return f"{opening}{ahead[0]} has {extreme(name, descending)}: {told}."


def _differences(cards: Sequence[ModelCard], fields: Sequence[str]) -> str:
    names = listed([card.name for card in cards])
    values = {f: [_cell(f, card) for card in cards] for f in fields}
    differ = [f"{label(f)} ({' / '.join(v)})" for f, v in values.items() if len(set(v)) > 1]
    share = [
        f"{label(f)} ({v[0]})" for f, v in values.items() if len(set(v)) == 1 and v[0] != NOT_KNOWN
    ]
    parts = [f"differ in {', '.join(differ)}"] if differ else []
    parts += [f"share {', '.join(share)}"] if share else []
    return f"{names} {'; they '.join(parts)}." if parts else ""
