"""Which models have a card already, by id and by name, while the sources are listed.

Names are compared as questions name models: whatever their case, spaces and hyphens. Knows
nothing of where cards come from.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus.cards import ModelCard
from index.linking import full_key


class CardNames:
    """The cards listed so far."""

    def __init__(self) -> None:
        self._by_name: dict[str, str] = {}
        self._by_repository: dict[str, str] = {}

    def add(self, card: ModelCard) -> None:
        """Take a card's names; the first card of a name has it."""
        for key in _keys(card):
            self._by_name.setdefault(key, card.name)
        if card.weights_repo:
            self._by_repository.setdefault(card.weights_repo.casefold(), card.name)

    def holder(self, card: ModelCard) -> str | None:
        """The name of another card for the model that ``card`` is about, or None."""
        return self._by_name.get(full_key(card.name))

    def of_repository(self, repository: str) -> str | None:
        """The name of the card whose weights lie in a repository of the Hub, or None."""
        return self._by_repository.get(repository.casefold())


def _keys(card: ModelCard) -> Iterator[str]:
    for name in (card.name, *card.aliases):
        if key := full_key(name):
            yield key
