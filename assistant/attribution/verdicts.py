"""The nouns of attribution: quotes, gates and the verdict on one sentence.

Knows nothing of how a verdict is reached.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from index.types import Passage

Similarity = Callable[[str, str], float]
"""Cosine of two texts, in [-1, 1]."""
Entailment = Callable[[str, str], float]
"""Probability in 0..1 that the first text (premise) entails the second (hypothesis)."""


@dataclass(frozen=True, slots=True)
class Quote:
    """An exact span of a passage's document: ``document.text[start:end]``."""

    passage: Passage
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate's outcome; ``missing`` are the words of the sentence that it did not find."""

    name: str
    passed: bool
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Support:
    """The verdict on one sentence: its quotes if supported, and why not otherwise.

    ``coverage`` is the share of the sentence's words that the quote and its frame hold.
    ``score``, in 0..1, is how likely quote and sentence are to agree as far as wording tells
    (``assistant.attribution.score``); it says nothing of the gates.
    """

    quotes: tuple[Quote, ...]
    coverage: float
    gates: tuple[Gate, ...]
    score: float = 0.0

    @property
    def supported(self) -> bool:
        """Whether some passage carries the sentence."""
        return bool(self.quotes)
