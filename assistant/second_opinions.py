"""What the pipeline asks of the model beside the draft: small calls that may fail without harm.

Rewriting, translating, the meaning of odd words, a yes or no. Each has something to fall back
on, so a model that fails gives nothing here, and the draft reports it. Knows no prompts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.llm import LanguageModel
from assistant.prompts import Message
from corpus.errors import ModelError, WeightsError

MOST_TOKENS = 80
"""Length of a rewritten or translated question."""


class SecondOpinions:
    """The small calls to one language model."""

    def __init__(self, llm: LanguageModel) -> None:
        """Ask ``llm``."""
        self._llm = llm

    def complete(self, messages: list[Message], most_tokens: int = MOST_TOKENS) -> str:
        """A short text, or ""."""
        try:
            return self._llm.complete(messages, max_tokens=most_tokens).text
        except (ModelError, WeightsError):
            return ""

    def choose(self, messages: list[Message], schema: dict[str, Any]) -> Any:
        """JSON of a schema, or None."""
        try:
            return self._llm.json(messages, schema)
        except (ModelError, WeightsError):
            return None

    def yes(self, messages: Sequence[Message]) -> float | None:
        """P(yes) of a yes-or-no prompt, or None."""
        try:
            return self._llm.yes_probability(messages)
        except (ModelError, WeightsError):
            return None
