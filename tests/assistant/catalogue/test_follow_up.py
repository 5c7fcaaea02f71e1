"""Follow-ups on a list of models: "which of those are MIT?"."""

from __future__ import annotations

import pytest

from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.told import tell, tell_more
from index.catalogue import describe
from tests.bench.catalogue import CardsOnly

CATALOGUE = Catalogue(CardsOnly())
LIST = "Which Chinese models are over 500B?"
TODAY = "2026-11-23"


def described(question: str, *earlier: str) -> str | None:
    decision = CATALOGUE.follow_up(question, earlier, TODAY)
    return f"{decision.query.shape}: {describe(decision.query)}" if decision else None


@pytest.mark.parametrize(
    ("question", "earlier", "wanted"),
    [
        ("Which of those are under MIT?", [LIST],
         "list: total parameters over 500B, country China, licence MIT, "
         "highest total parameters first"),
        ("how many of those are MoE?", [LIST],
         "count: total parameters over 500B, country China, architecture MoE, "
         "highest total parameters first"),
        ("and the newest?", [LIST, "Which of those are under MIT?"],
         "list: total parameters over 500B, country China, licence MIT, the newest"),
        ("What about Google?", ["How many models did Meta release in 2024?"],
         "count: released in 2024, developer Google (DeepMind), newest first"),
        ("其中哪些采用MIT许可证？", ["哪些中国模型超过500B？"],
         "list: total parameters over 500B, country China, licence MIT, "
         "highest total parameters first"),
    ],
)  # fmt: skip
def test_a_follow_up_narrows_or_changes_the_list(
    question: str, earlier: list[str], wanted: str
) -> None:
    assert described(question, *earlier) == wanted


def test_those_of_a_superlative_are_the_models_that_were_shown() -> None:
    top = tell(CATALOGUE, "What are the five largest open models?", None).composed
    told = tell_more(
        CATALOGUE, "Which of them are Chinese?", ["What are the five largest open models?"], None
    )
    assert top is not None
    assert told is not None
    assert told.composed is not None
    shown = {row[0] for row in top.table.rows}
    assert {row[0] for row in told.composed.table.rows} <= shown


@pytest.mark.parametrize(
    ("question", "earlier"),
    [
        ("Why are they so large?", LIST),
        ("And what did the U.S. do about it?", LIST),
        ("Who made QwQ-32B?", LIST),
        ("Which of those did it first?", "Which states banned DeepSeek?"),
        ("and for R1?", "What licence does QwQ-32B have?"),
    ],
)
def test_other_follow_ups_are_left_alone(question: str, earlier: str) -> None:
    assert described(question, earlier) is None


def test_without_earlier_questions_there_is_nothing_to_follow() -> None:
    assert tell_more(CATALOGUE, "Which of those are MIT?", [], None) is None
    assert tell_more(None, "Which of those are MIT?", [LIST], None) is None
