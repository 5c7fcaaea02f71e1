"""Questions in parts: two questions in one, and two things compared."""

from __future__ import annotations

import pytest

from assistant.parts import budget_for, parts_of

LICENCES = "Under which licences did Meta publish its models, and why does the OSI not accept them?"


def test_a_second_question_is_a_part_and_carries_the_subject_it_points_back_to() -> None:
    assert parts_of(LICENCES) == (
        "Under which licences did Meta publish its models",
        "why does the OSI not accept them (Meta)",
    )


def test_two_sentences_that_ask_are_two_parts() -> None:
    found = parts_of("What is the Zephyr licence? Who may sell products made with Zephyr?")
    assert found == ("What is the Zephyr licence", "Who may sell products made with Zephyr")


def test_things_compared_are_a_part_each() -> None:
    assert parts_of("Compare Zephyr-7B and Llama 3.1 on licence") == (
        "Compare Zephyr-7B on licence",
        "Compare Llama 3.1 on licence",
    )


@pytest.mark.parametrize(
    "question",
    [
        "How long has the U.S. government been at it?",
        "Zephyr was published in May 2024. What is its licence?",
        "What happened between January and May 2025?",
        "Besides text, what can Zephyr-7B read?",
        "Who founded Barnes and Noble?",
        "In what year did Rev. Smith arrive?",
        "Zephyr 的许可证是什么？",
        "",
    ],
)
def test_a_plain_question_has_no_parts(question: str) -> None:
    assert parts_of(question) == ()


def test_two_chinese_questions_are_two_parts() -> None:
    assert len(parts_of("Zephyr-7B 的许可证是什么，Zephyr-7B 的参数量是多少？")) == 2


def test_only_a_question_in_parts_is_given_more_evidence() -> None:
    assert budget_for(LICENCES, 320) == 480
    assert budget_for("What is the licence?", 320) == 320
