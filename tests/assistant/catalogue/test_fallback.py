"""Odd words of a catalogue question: read by likeness, or with the model where both agree."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.fallback import ELSE, MEANINGS, SCHEMA
from assistant.catalogue.told import GUESSED, tell
from assistant.prompts import Message
from tests.bench.catalogue import CardsOnly

CATALOGUE = Catalogue(CardsOnly())
QUESTION = "Which Chinese models can read holograms?"


def near(scores: dict[str, float]) -> Any:
    return lambda phrase, said: scores.get(said, 0.0)


class Chooser:
    """Chooses one meaning and remembers what it was asked."""

    def __init__(self, meaning: Any) -> None:
        self.meaning = meaning
        self.asked: list[dict[str, Any]] = []

    def __call__(self, messages: list[Message], schema: dict[str, Any]) -> Any:
        self.asked.append(schema)
        return self.meaning


def described(scores: dict[str, float], chooser: Chooser | None) -> str | None:
    told = tell(CATALOGUE, QUESTION, "2026-11-23", near(scores), chooser)
    return told.composed.table.query["described"] if told.composed else None


def test_words_near_enough_are_read_without_the_model() -> None:
    chooser = Chooser(None)
    assert "with image" in (described({"images": 0.8}, chooser) or "")
    assert chooser.asked == []


def test_words_half_near_need_the_model_to_agree() -> None:
    agreeing = Chooser({"meaning": "image input"})
    assert "with image" in (described({"images": 0.5}, agreeing) or "")
    assert agreeing.asked == [SCHEMA]
    assert described({"images": 0.5}, Chooser({"meaning": "the largest"})) is None


@pytest.mark.parametrize(
    "answer", [None, {}, {"meaning": ELSE}, {"meaning": "DROP TABLE"}, "image"]
)
def test_an_unusable_choice_leaves_the_question_to_search(answer: Any) -> None:
    assert described({"images": 0.5}, Chooser(answer)) is None


def test_words_near_nothing_are_left_to_search_without_asking() -> None:
    chooser = Chooser({"meaning": "image input"})
    assert described({}, chooser) is None
    assert chooser.asked == []


def test_without_an_embedder_only_rules_answer() -> None:
    assert tell(CATALOGUE, QUESTION, "2026-11-23").composed is None


def test_a_guess_is_told_as_one() -> None:
    told = tell(CATALOGUE, QUESTION, "2026-11-23", near({"images": 0.8}))
    assert told.notice == GUESSED
    assert tell(CATALOGUE, "Which Chinese models read images?", "2026-11-23").notice is None


def test_every_meaning_is_in_the_schema() -> None:
    assert SCHEMA["properties"]["meaning"]["enum"] == list(MEANINGS)
