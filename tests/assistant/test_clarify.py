"""A question that names nothing is asked back about; every other is left alone."""

import json
from pathlib import Path

import pytest

from assistant.clarify import clarification, courtesy
from assistant.rewrite import stand_alone
from assistant.types import Turn
from tests.assistant.passages import passage

QUESTIONS = Path(__file__).resolve().parents[1] / "bench" / "questions"


MANY = ("One thing.", "Another thing.", "A third thing.")


def asked_back(question: str, *history: str, found: tuple[str, ...] = MANY) -> str | None:
    turns = [Turn("assistant" if i % 2 else "user", text) for i, text in enumerate(history)]
    passages = [passage(text, id=str(i)) for i, text in enumerate(found)]
    return clarification(question, stand_alone(question, turns), turns, passages)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What services does the hospital provide?", "hospital"),
        ("What are the opening hours of this public library restaurant?",
         "public library restaurant"),
        ("When was the famous tennis player born?", "tennis player"),
        ("What did the Prime Minister say?", "Prime Minister"),
        ("Who paid for the airport's repair?", "airport"),
    ],
)  # fmt: skip
def test_a_thing_that_nobody_named_is_asked_back_about(question: str, kind: str) -> None:
    assert asked_back(question) == f"Which {kind} do you mean?"


def test_the_readings_come_from_the_passages_the_most_frequent_first() -> None:
    found = ("The Lincoln Hospital opened. Lincoln Hospital grew.", "At Mercy Hospital they wait.")
    assert asked_back("What services does the hospital provide?", found=found) == (
        "Which hospital do you mean: Lincoln Hospital, Mercy Hospital or another?"
    )


def test_what_the_passages_call_by_one_name_is_clear() -> None:
    found = ("Lincoln Hospital opened in 1901.", *MANY)
    assert asked_back("What services does the hospital provide?", found=found) is None


def test_in_a_folder_of_one_document_the_author_is_clear() -> None:
    assert asked_back("Who is the author?", found=("We thank our colleagues.",)) is None
    assert asked_back("Who is the author?") == "Which author do you mean?"


@pytest.mark.parametrize(
    "question",
    [
        "What did the actor who played Toby say?",
        "Who is the president of France?",
        "Which school did the author Ada Lovelace visit?",
        "Where was the movie safe haven filmed?",
        "How big is the moon?",
        "Is this year warmer than the last one?",
        "Which licence does Kimi-K2 use?",
    ],
)
def test_a_question_that_says_which_is_left_alone(question: str) -> None:
    assert asked_back(question) is None


def test_what_the_talk_has_named_is_not_asked_back_about() -> None:
    history = ("Which hospital is the largest in Ohio?", "The Cleveland Clinic main campus.")
    assert asked_back("What services does the hospital provide?", *history) is None


def test_a_pronoun_with_nothing_before_it_is_asked_about() -> None:
    assert asked_back("How big is it?") == "What does “it” stand for in your question?"
    assert asked_back("How big is it?", "What is QwQ-32B?", "A model.") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Thank you!", "You are welcome. What else would you like to know?"),
        ("Thanks, great.", "You are welcome. What else would you like to know?"),
        ("ok, good to know", "What would you like to know?"),
        ("hello there", "What would you like to know?"),
        ("no", "What would you like to know?"),
    ],
)
def test_a_courtesy_is_answered_without_a_search(text: str, said: str) -> None:
    assert courtesy(text) == said


@pytest.mark.parametrize(
    "text", ["How do you know?", "Is it ok?", "Why?", "Sorry, I meant Yi-34B."]
)
def test_a_question_is_no_courtesy(text: str) -> None:
    assert courtesy(text) is None


@pytest.mark.parametrize("path", sorted(QUESTIONS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_no_question_of_the_bench_is_asked_back_about(path: Path) -> None:
    for line in map(json.loads, path.read_text("utf-8").splitlines()):
        history = [turn["text"] for turn in line.get("history", ())]
        assert asked_back(line["question"], *history) is None, line["question"]
