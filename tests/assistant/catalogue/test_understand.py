"""Questions in passing, questions beside others, and the limits of what is read at all."""

from __future__ import annotations

import pytest

from assistant.catalogue import clauses
from assistant.catalogue.understand import LONGEST, MOST_CLAUSES, Rules
from index.catalogue import Condition
from index.linking import Linker
from tests.assistant.catalogue.shipped import TODAY, query, understood


def test_a_question_in_passing_is_found_in_its_sentence() -> None:
    found = query("We are writing about Moonshot; how many of its models are open?")
    assert found.shape == "count"
    assert Condition("developer", "=", "Moonshot AI") in found.conditions
    assert Condition("open_weights", "=", True) in found.conditions


def test_a_limit_set_in_another_clause_holds() -> None:
    found = query("Our policy only allows Apache-2.0. Which Chinese models could we use?")
    assert Condition("licence_name", "=", "Apache-2.0") in found.conditions
    assert Condition("country", "=", "China") in found.conditions


def test_a_place_mentioned_in_another_clause_is_no_limit() -> None:
    found = query("I work for a French paper, which Chinese models are under MIT?")
    assert [c.value for c in found.conditions if c.field == "country"] == ["China"]


@pytest.mark.parametrize(
    "question",
    [
        "Which Chinese models are under MIT, and why did labs choose it?",
        "Why did labs choose it? Which Chinese models are under MIT?",
        "Which Chinese models are under MIT? Explain what the licence allows.",
        "哪些中国模型采用MIT许可证，为什么？",
    ],
)
def test_a_second_question_is_left_for_search(question: str) -> None:
    found = understood(question)
    assert found is not None
    assert Condition("country", "=", "China") in found.decision.query.conditions
    assert clauses.asks_more(found.rest)


def test_a_pronoun_of_the_second_question_gets_its_name() -> None:
    found = understood("What is the licence of QwQ-32B, and why was it chosen?")
    assert found is not None
    assert "QwQ-32B" in found.rest


def test_a_dropped_clause_that_asks_for_more_stops_the_catalogue() -> None:
    assert understood("Explain how attention works, which models are open, tell me") is None


def test_a_clause_that_points_back_is_not_read_alone() -> None:
    found = understood("The act passed in March 2025, which models came out that month?")
    assert found is None or any(c.field == "release_date" for c in found.decision.query.conditions)


def test_long_texts_and_texts_of_many_clauses_are_no_catalogue_questions() -> None:
    asked = "Which Chinese models are under MIT?"
    assert understood(asked + " " * LONGEST) is None
    assert understood("so, " * 2 * MOST_CLAUSES + "zebra, " * MOST_CLAUSES + asked) is None


def test_an_empty_catalogue_understands_nothing() -> None:
    assert Rules([], Linker([], [])).understand("How many models are open?", TODAY) is None


def test_clauses_part_at_stops_and_phrases_of_asking() -> None:
    assert clauses.split("We like MIT; tell me, which models?") == ["MIT", "which models?"]
    assert next(clauses.runs(["a", "b", "c"])) == ("b, c", ["a"])
