"""The model cards as a shelf: filters become a typed query of the catalogue.

Knows nothing of HTML or servers. A filter's counts are taken over the cards that the *other*
filters let through; only a filter that is set needs a query of its own for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from corpus.cards import ModelCard
from corpus.errors import InputError
from index.catalogue import Condition, Query, Result, Sort, field_of
from ui.wanted import PAGE_ROWS, Wanted

Ask = Callable[[Query], Result]
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter over one text field of the cards: its name in addresses, and its label."""

    name: str
    label: str
    field: str


@dataclass(frozen=True, slots=True)
class Band:
    """Models of ``least`` to under ``below`` billions of parameters."""

    name: str
    label: str
    least: float | None = None
    below: float | None = None


@dataclass(frozen=True, slots=True)
class FoundModels:
    """Every card that fits, in order; the page of them; and each filter's counts.

    ``unknown`` are pairs (field, cards that only its missing value keeps out).
    """

    cards: tuple[ModelCard, ...]
    page: tuple[ModelCard, ...]
    counts: Mapping[str, Counter[str]]
    unknown: tuple[tuple[str, int], ...] = ()


MODEL_FILTERS = (
    Filter("developer", "Developer", "developer"),
    Filter("country", "Country", "country"),
    Filter("licence", "Licence", "licence_name"),
    Filter("terms", "Kind of licence", "licence_class"),
    Filter("family", "Family", "family"),
)
BANDS = (
    Band("tiny", "Under 3B", None, 3),
    Band("small", "3B to 10B", 3, 10),
    Band("medium", "10B to 40B", 10, 40),
    Band("large", "40B to 150B", 40, 150),
    Band("huge", "150B and more", 150, None),
)
NAMES = tuple(one.name for one in MODEL_FILTERS)
# Columns of the list: field and head. An order is a field, with "-" before it for descending.
COLUMNS = (
    ("name", "Model"),
    ("developer", "Developer"),
    ("country", "Country"),
    ("release_date", "Released"),
    ("total_params_b", "Parameters"),
    ("active_params_b", "Active"),
    ("context_tokens_approx", "Context"),
    ("licence_name", "Licence"),
    ("open_weights", "Open"),
)
NEWEST = "-release_date"


def conditions(wanted: Wanted) -> tuple[Condition, ...]:
    """The filters as conditions; raises InputError for a date that is none."""
    made = [made for one in MODEL_FILTERS if (made := _among(one, wanted.of(one.name)))]
    band = next((band for band in BANDS if band.name == wanted.get("size")), None)
    if band and band.least is not None:
        made.append(Condition("total_params_b", ">=", band.least))
    if band and band.below is not None:
        made.append(Condition("total_params_b", "<", band.below))
    if wanted.get("from"):
        made.append(Condition("release_date", ">=", wanted.get("from")))
    if wanted.get("to"):
        made.append(Condition("release_date", "<=", wanted.get("to")))
    return tuple(made)


def _among(one: Filter, values: Sequence[str]) -> Condition | None:
    known = tuple(value for value in values if value != UNKNOWN)
    if known:
        return Condition(one.field, "in", known)
    return Condition(one.field, "known", False) if values else None


def order(wanted: Wanted) -> Sort:
    """The wanted order, the newest first when none or none that we know is asked for."""
    asked = wanted.get("sort")
    name = asked.removeprefix("-")
    if name not in dict(COLUMNS):
        return Sort("release_date", descending=True)
    return Sort(name, descending=asked.startswith("-"))


def find_models(ask: Ask, wanted: Wanted) -> FoundModels:
    """The cards that are wanted; a filter that no card can meet finds none."""
    try:
        result = ask(Query(conditions=conditions(wanted), sort=order(wanted)))
    except InputError:
        return FoundModels((), (), {})
    cards = _worded(result, wanted.words)
    last = max(1, -(-len(cards) // PAGE_ROWS))
    start = (min(wanted.page, last) - 1) * PAGE_ROWS
    counts = {one.name: _counted(ask, wanted, one, cards) for one in MODEL_FILTERS}
    return FoundModels(cards, cards[start : start + PAGE_ROWS], counts, result.unknown)


def _counted(ask: Ask, wanted: Wanted, one: Filter, found: tuple[ModelCard, ...]) -> Counter[str]:
    if wanted.of(one.name):
        others = conditions(wanted.without(one.name))
        found = _worded(ask(Query(conditions=others)), wanted.words)
    field = field_of(one.field)
    return Counter(str(field.value(card) or UNKNOWN) for card in found)


def _worded(result: Result, words: Sequence[str]) -> tuple[ModelCard, ...]:
    cards = (row.card for row in result.rows)
    return tuple(card for card in cards if all(word in _text(card) for word in words))


def _text(card: ModelCard) -> str:
    told = (card.name, *card.aliases, card.family, card.developer, card.country,
            card.licence, card.licence_spdx, card.architecture)  # fmt: skip
    return " ".join(filter(None, told)).casefold()
