"""The catalogue as the pipeline sees it: understand a question, answer it, set names right.

Keeps the rules for the current version of the cards, and learns them anew when a refresh has
changed any. Knows nothing of passages.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

from assistant.catalogue.answer import Composed, compose
from assistant.catalogue.canonical import canonical
from assistant.catalogue.decide import Decision
from assistant.catalogue.fallback import Chooser, Nearness, with_meaning
from assistant.catalogue.understand import Rules, Understood
from corpus.cards import ModelCard
from corpus.names import curated_names
from index.catalogue import Condition, Query, Result
from index.linking import Linker

LOOK_BACK = 4
"""Questions of a conversation that "those" may go back over."""


class Cards(Protocol):
    """What the catalogue needs of an index."""

    def cards(self) -> list[ModelCard]:
        """Every model card."""
        ...

    def cards_version(self) -> str:
        """Changes when any card does."""
        ...

    def catalogue(self, query: Query) -> Result:
        """The answer to a query."""
        ...


class Catalogue:
    """Questions over the model cards of one index. Thread-safe."""

    def __init__(self, index: Cards) -> None:
        """Learn nothing yet: the rules are made at the first question."""
        self._index = index
        self._lock = threading.Lock()
        self._version: str | None = None
        self._rules: Rules | None = None

    def understand(
        self,
        question: str,
        today: str,
        near: Nearness | None = None,
        choose: Chooser | None = None,
    ) -> Understood | None:
        """What a question asks of the catalogue; None when it asks nothing of it.

        Rules first; ``near`` (the embedder) and ``choose`` (the language model) are asked only
        what a few odd words mean.
        """
        rules = self._current()
        understood = rules.understand(question, today)
        if understood is not None or near is None:
            return understood
        reading = rules.odd_words(question, today)
        if reading is None:
            return None
        decision = with_meaning(question, reading, rules.cards, near, choose)
        return Understood(decision, guessed=True) if decision is not None else None

    def follow_up(self, question: str, earlier: Sequence[str], today: str) -> Decision | None:
        """What a question asks of the models that the questions before it were about.

        ``earlier`` are the user's questions, oldest first. None when the last of them asked
        the catalogue for no list, or when this one says nothing of its models.
        """
        rules = self._current()
        before: Decision | None = None
        for asked in (*earlier[-LOOK_BACK:], question):
            last = before
            before = None
            if last is not None:
                counted = last.query.shape == "count" and "of those" not in asked
                before = rules.follow_up(asked, self._conditions(last), today, counted=counted)
            if asked is question:
                return before
            if before is None and (understood := rules.understand(asked, today)):
                before = understood.decision
            if before is not None and before.query.shape in ("lookup", "compare"):
                before = None
        return None

    def _conditions(self, decision: Decision) -> Sequence[Condition]:
        """What tells the models of a list from the others; "the five largest" by their ids."""
        if decision.query.limit is None or decision.query.group_by is not None:
            return decision.query.conditions
        rows = self._index.catalogue(decision.query).rows
        return (Condition("id", "in", tuple(row.card.id for row in rows)),)

    def answer(self, decision: Decision, as_of: str | None) -> Composed | None:
        """The answer to a decision; None when no card knows the fields asked for."""
        return compose(decision, self._index.catalogue(decision.query), as_of)

    def canonical(self, question: str) -> str:
        """The question with names as the corpus writes them ("Deep AI 1" -> "DeepSeek-R1")."""
        return canonical(question, self._current().linker)

    def _current(self) -> Rules:
        version = self._index.cards_version()
        with self._lock:
            if self._rules is None or version != self._version:
                cards = self._index.cards()
                self._rules = Rules(cards, Linker(cards, curated_names()))
                self._version = version
            return self._rules
