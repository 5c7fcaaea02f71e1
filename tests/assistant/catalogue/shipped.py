"""The shipped cards, names and rules, made once; and made-up cards with the least they need."""

from __future__ import annotations

from assistant.catalogue.annotate import Annotated, annotate
from assistant.catalogue.answer import Composed
from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.reader import read
from assistant.catalogue.reading import Reading
from assistant.catalogue.told import Told, tell
from assistant.catalogue.understand import Rules, Understood
from corpus.cards import ModelCard
from corpus.names import curated_names
from index.card_record import answer_from
from index.catalogue import Query, Result
from index.linking import Linker
from tests.bench.catalogue import CardsOnly

TODAY = "2026-11-23"
INDEX = CardsOnly()
CARDS = {card.id: card for card in INDEX.cards()}
RULES = Rules(CARDS.values(), Linker(CARDS.values(), curated_names()))
CATALOGUE = Catalogue(INDEX)


class GivenCards:
    """An index of the cards given, in no file."""

    def __init__(self, *cards: ModelCard) -> None:
        """Hold the cards."""
        self.given = list(cards)

    def cards(self) -> list[ModelCard]:
        """Every card."""
        return self.given

    def cards_version(self) -> str:
        """Changes with their number."""
        return str(len(self.given))

    def catalogue(self, query: Query) -> Result:
        """The answer to a query."""
        return answer_from(self.given, query)


def card(identifier: str, **fields: object) -> ModelCard:
    """A card with the least that a card must have, and ``fields``."""
    least: dict[str, object] = dict.fromkeys(ModelCard.model_fields, None)
    least |= {"id": identifier, "name": identifier, "family": "Family", "developer": "Maker"}
    least |= {"aliases": (), "notes": (), "disputes": (), "modalities": ("text",)}
    least |= {"open_weights": True, "benchmarks": {}}
    least |= {"sources": ({"url": "https://example.org/a", "supports": "all"},)}
    if fields.get("open_weights") is False:
        least["licence_class"] = "proprietary"
    return ModelCard.model_validate(least | fields)


def annotated(question: str) -> Annotated:
    """The question as rules read it."""
    return annotate(question, RULES.linker.find(question), TODAY)


def reading(question: str) -> Reading:
    """What the rules make of the whole question."""
    return read(annotated(question), RULES.known)


def conditions(question: str) -> set[tuple[str, str, object]]:
    """The conditions of a question as plain triples."""
    return {(c.field, c.operator, c.value) for c in reading(question).conditions}


def understood(question: str) -> Understood | None:
    """What the question asks of the shipped catalogue."""
    return RULES.understand(question, TODAY)


def query(question: str) -> Query:
    """The query of a question that must be understood."""
    found = understood(question)
    assert found is not None, question
    return found.decision.query


def told(question: str, catalogue: Catalogue = CATALOGUE) -> Told:
    """What the catalogue tells of a question."""
    return tell(catalogue, question, TODAY)


def composed(question: str, catalogue: Catalogue = CATALOGUE) -> Composed:
    """The answer of a question that the catalogue must answer."""
    found = told(question, catalogue).composed
    assert found is not None, question
    return found


def text(question: str, catalogue: Catalogue = CATALOGUE) -> str:
    """The sentences of an answer as one text."""
    return " ".join(sentence.text for sentence in composed(question, catalogue).sentences)
