"""Citations of model cards: the card's own words for the fields that a row shows.

The quotes are cut from the text that the card's document holds, so they are exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.types import Citation
from corpus.card_text import Span, card_text
from corpus.cards import ModelCard

# Where a field is stated under another's name.
STATED_AS = {"id": "name", "context_tokens_approx": "context_length", "licence_name": "licence"}


@dataclass(slots=True)
class CardCitations:
    """Citations numbered in order of first use; the same quote keeps its number."""

    citations: list[Citation] = field(default_factory=list)
    _numbers: dict[tuple[str, Span], int] = field(default_factory=dict)

    def of(self, card: ModelCard, fields: Iterable[str]) -> tuple[int, ...]:
        """The numbers of the quotes that state these fields; of the first sentence if none is.

        Neighbouring sentences make one quote; each score is a row of the card's table.
        """
        text, spans = card_text(card)
        stated = [STATED_AS.get(name, name) for name in fields]
        known = [spans[name] for name in stated if name in spans and "." not in name]
        scores = [spans[name] for name in stated if name in spans and "." in name]
        prose = [(min(s for s, _ in known), max(e for _, e in known))] if known else []
        quotes = [*prose, *dict.fromkeys(scores)] or [spans["name"]]
        return tuple(self._number(card, text, span) for span in quotes)

    def _number(self, card: ModelCard, text: str, span: Span) -> int:
        key = (card.id, span)
        if key not in self._numbers:
            self._numbers[key] = len(self.citations) + 1
            self.citations.append(_citation(self._numbers[key], card, text, span))
        return self._numbers[key]


def _citation(number: int, card: ModelCard, text: str, span: Span) -> Citation:
    return Citation(
        number=number,
        document_id=card.document_id,
        title=card.name,
        quote=text[span[0] : span[1]],
        start=span[0],
        end=span[1],
        publisher=card.developer,
        published=card.release_date,
        url=card.address,
        kind="model_card",
    )
