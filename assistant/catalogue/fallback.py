"""What the odd words of a catalogue question mean, where no rule knows them.

Where rules read all but a few words of a question for models, those words are compared with
what the fields can say ("photographs" is near "images"). Near enough is taken; half near is
put to the language model, which chooses out of the closed list under a JSON schema, and is
believed only where both agree. A model never writes a query: the 1.5B asked for whole queries
got one in five right, and asked to choose alone it said "the largest" to 11 of 16 questions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant import prompts
from assistant.catalogue.decide import Decision, decide
from assistant.catalogue.reading import Reading
from corpus.cards import ModelCard
from index.catalogue import Condition, Sort

Nearness = Callable[[str, str], float]
"""How alike two short texts are, at most 1 (cosine of their embeddings)."""
Chooser = Callable[[list[prompts.Message], dict[str, Any]], Any]
"""Asks the model for JSON of a schema; None when it cannot be had."""

MOST_WORDS = 3
"""Odd words that a question may have: more of them are another question."""
NEAR, HALF_NEAR = 0.6, 0.4
"""Of 23 phrases tried with MiniLM, right ones had .64 to 1.0, wrong ones at most .5."""
ELSE = "something that no field tells"

_CONDITIONS = {
    "open weights": Condition("open_weights", "=", True),
    "closed weights": Condition("open_weights", "=", False),
    "a permissive licence": Condition("licence_class", "=", "permissive"),
    "commercial use allowed": Condition("licence_class", "in", ("permissive", "community")),
    "non-commercial use only": Condition("licence_class", "=", "non-commercial"),
    "image input": Condition("modalities", "contains", "image"),
    "audio input": Condition("modalities", "contains", "audio"),
    "video input": Condition("modalities", "contains", "video"),
    "a mixture of experts": Condition("architecture", "contains", "MoE"),
    "a dense model": Condition("architecture", "contains", "dense"),
}
_ORDERS = {
    "the largest": Sort("total_params_b", descending=True),
    "the smallest": Sort("total_params_b"),
    "the newest": Sort("release_date", descending=True),
    "the oldest": Sort("release_date"),
    "the longest context": Sort("context_tokens_approx", descending=True),
}
_SAID = {
    "open weights": ("freely downloadable weights", "public weights"),
    "closed weights": ("kept secret", "proprietary"),
    "a permissive licence": ("permissive licence",),
    "commercial use allowed": ("for business use", "for profit use allowed"),
    "non-commercial use only": ("research use only", "not for business use"),
    "image input": ("images", "photographs"),
    "audio input": ("audio", "spoken words"),
    "video input": ("video", "clips"),
    "a mixture of experts": ("mixture of experts",),
    "a dense model": ("dense model",),
    "the largest": ("largest", "enormous"),
    "the smallest": ("smallest", "tiniest"),
    "the newest": ("newest", "most recent"),
    "the oldest": ("oldest", "earliest"),
    "the longest context": ("longest context", "longest prompt"),
}
MEANINGS = (ELSE, *_CONDITIONS, *_ORDERS)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"meaning": {"type": "string", "enum": list(MEANINGS)}},
    "required": ["meaning"],
    "additionalProperties": False,
}


def can_help(reading: Reading) -> bool:
    """Whether models are clearly asked for and only a few words are not understood."""
    asks = reading.lists or reading.count or reading.timeline or reading.sort is not None
    narrowed = bool(reading.conditions or reading.benchmarks)
    plain = all(word.isascii() and word.isalpha() for word in reading.left)
    few = 0 < len(reading.left) <= MOST_WORDS and "not" not in reading.left
    alone = not (reading.models or reading.topics or reading.than)
    return bool(asks and narrowed and reading.target and plain and few and alone)


def with_meaning(
    question: str,
    reading: Reading,
    cards: Mapping[str, ModelCard],
    near: Nearness,
    choose: Chooser | None,
) -> Decision | None:
    """The decision once the odd words have a meaning; None when nobody can say."""
    meaning = _meaning(question, reading.left, near, choose)
    understood = _apply(reading, meaning) if meaning else None
    return decide(understood, cards) if understood is not None else None


def _meaning(
    question: str, words: Sequence[str], near: Nearness, choose: Chooser | None
) -> str | None:
    """What the words mean by nearness, or by nearness and the language model together."""
    phrase = " ".join(words)
    nearest = {m: max(near(phrase, said) for said in _SAID[m]) for m in _SAID}
    best = max(nearest, key=lambda meaning: nearest[meaning])
    if nearest[best] >= NEAR:
        return best
    if nearest[best] < HALF_NEAR or best in _ORDERS or choose is None:
        return None  # "longer" is half near to "longest", and the model agrees to everything
    chosen = choose(prompts.meaning_messages(question, words, MEANINGS), SCHEMA)
    meaning = chosen.get("meaning") if isinstance(chosen, dict) else None
    return best if meaning == best else None


def _apply(reading: Reading, meaning: str) -> Reading | None:
    """The reading with the chosen meaning in the place of the odd words."""
    if meaning in _CONDITIONS:
        condition = _CONDITIONS[meaning]
        if any(c.field == condition.field for c in reading.conditions):
            return None  # the rules read that field already, and surer
        return replace(reading, left=[], conditions=[*reading.conditions, condition])
    if meaning in _ORDERS and reading.sort is None:
        return replace(reading, left=[], sort=_ORDERS[meaning])
    return None


__all__ = ["MEANINGS", "SCHEMA", "Chooser", "Nearness", "can_help", "with_meaning"]
