"""Which facts of a facts file the corpus holds: models in their cards, events in documents.

A model is covered when its card has every value; a value kept under ``disputes`` counts. An
event is covered when one document holds its date, the numbers and names of each of its facts,
and one of its sources. Knows nothing of whether facts are true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.cards import ModelCard, models_folder
from corpus.check.addresses import Address, address_of
from corpus.check.benchmarks import canonical
from corpus.check.catalogue import read_every_card
from corpus.check.dates import date_pattern
from corpus.check.facts import EventFacts, ModelFacts, read_facts
from corpus.check.names import folded
from corpus.check.page import Page, read_pages
from corpus.check.wording import Vocabulary, lacking, wording
from corpus.curated import documents_folder

# Free text of a card, which is in the writer's words.
_NOTES = ("benchmark_note", "release_date_note")


@dataclass(frozen=True, slots=True)
class Missing:
    """What the corpus lacks of one line of a facts file."""

    id: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """The coverage of one kind of facts."""

    total: int
    missing: tuple[Missing, ...]

    @property
    def covered(self) -> int:
        """How many lines are wholly covered."""
        return self.total - len(self.missing)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The coverage of models and of events."""

    models: Side
    events: Side

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return not self.models.missing and not self.events.missing


def coverage(
    facts: tuple[Path, ...], documents: Path | None = None, models: Path | None = None
) -> Coverage:
    """Look for every line of ``facts``; raises InputError when a file cannot be read."""
    wanted = read_facts(facts)
    cards = {card.id: card for _, card in read_every_card(models or models_folder())[0]}
    pages, _ = read_pages(documents or documents_folder())
    texts = [text for event in wanted.events for text in event.facts]
    texts += [text for model in wanted.models for text in model.notes]
    words = Vocabulary.of([*texts, *(page.text for page in pages)])
    return Coverage(
        _side(wanted.models, lambda model: model_lacks(model, cards.get(model.id), words)),
        _side(wanted.events, lambda event: event_lacks(event, pages, words)),
    )


def _side(lines: tuple[Any, ...], lacks: Callable[[Any], list[str]]) -> Side:
    found = ((line.id, lacks(line)) for line in lines)
    return Side(len(lines), tuple(Missing(name, tuple(lack)) for name, lack in found if lack))


def model_lacks(facts: ModelFacts, card: ModelCard | None, words: Vocabulary) -> list[str]:
    """What the card lacks of the facts on its model."""
    if card is None:
        return ["no card has this id"]
    return [
        *_names(facts, card),
        *_fields(facts, card),
        *_scores(facts, card),
        *_texts(facts, card, words),
        *_sources(facts, card),
    ]


def _names(facts: ModelFacts, card: ModelCard) -> Iterator[str]:
    if folded(facts.name) not in map(folded, (card.name, *card.aliases)):
        yield f"name: {facts.name}"


def _fields(facts: ModelFacts, card: ModelCard) -> Iterator[str]:
    for field, value in facts.fields.items():
        if field in _NOTES:
            continue
        held = [getattr(card, field, None), *_others(card, field)]
        if not any(_same(value, one) for one in held):
            yield f"{field}: {value}"


def _scores(facts: ModelFacts, card: ModelCard) -> Iterator[str]:
    for name, value in facts.benchmarks.items():
        listed = canonical(name) or name
        held = [card.benchmarks.get(name), card.benchmarks.get(listed)]
        held += [o for one in (name, listed) for o in _others(card, f"benchmarks.{one}")]
        if not any(_same(value, one) for one in held):
            yield f"benchmarks.{name}: {value:g}"


def _others(card: ModelCard, field: str) -> list[Any]:
    disputes = [dispute for dispute in card.disputes if dispute.field == field]
    return [other.value for dispute in disputes for other in dispute.others]


def _same(one: Any, other: Any) -> bool:
    """Equal but for case, spaces and hyphens, order, or the way a number is written."""
    if other is None:
        return False
    if isinstance(one, list | tuple):
        return isinstance(other, list | tuple) and set(one) <= set(other)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    try:
        return abs(float(one) - float(other)) < 1e-9 * max(1.0, abs(float(one)))
    except (TypeError, ValueError):
        return folded(str(one)) == folded(str(other))


def _texts(facts: ModelFacts, card: ModelCard, words: Vocabulary) -> Iterator[str]:
    """Numbers and names of the free text that stand nowhere in the card."""
    held = wording(" ".join(_strings(card.model_dump())))
    texts = [(note, facts.fields[note]) for note in _NOTES if note in facts.fields]
    texts += [("notes", note) for note in facts.notes]
    for field, text in texts:
        gone = lacking(str(text), held, words)
        if gone:
            yield f"{field}: {', '.join(gone)} (of: {text})"


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
    elif value is not None:
        yield f"{value:g}" if isinstance(value, float) else str(value)


def _sources(facts: ModelFacts, card: ModelCard) -> Iterator[str]:
    held = [address_of(source.url) for source in card.sources]
    held += [address_of(o.source) for dispute in card.disputes for o in dispute.others]
    for source in facts.sources:
        wanted = address_of(source.url)
        if not any(wanted.same_place(one) for one in held):
            yield f"source: {source.url}"


def event_lacks(event: EventFacts, pages: list[Page], words: Vocabulary) -> list[str]:
    """What the document that holds most of the event still lacks of it; [] when one has all."""
    wanted = [found for source in event.sources if (found := address_of(source.url)).host]
    best: tuple[int, str, list[str]] | None = None
    for page in pages:
        lack = _page_lacks(event, page, wanted, words)
        if not lack:
            return []
        weight = len(" ".join(lack))
        if best is None or weight < best[0]:
            best = (weight, page.file, lack)
    if best is None:
        return ["there are no documents"]
    return [f"{what} (nearest: {best[1]})" for what in best[2]]


def _page_lacks(
    event: EventFacts, page: Page, wanted: list[Address], words: Vocabulary
) -> list[str]:
    lack = []
    if not date_pattern(event.date).search(page.text):
        lack.append(f"date {event.date}")
    held = wording(page.text)
    for fact in event.facts:
        gone = lacking(fact, held, words)
        if gone:
            lack.append(f"{', '.join(gone)} (of: {fact})")
    given = [address_of(address) for address in page.front.sources.values()]
    if wanted and not any(one.same_site(other) for one in wanted for other in given):
        lack.append(f"a source: {event.sources[0].url}")
    return lack
