"""From thumbs to questions that ``refdesk eval`` reads, and the command that writes them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.evaluate import evaluate_questions, read_questions
from assistant.types import Answer, Turn
from corpus.types import Document
from tests.ui.scripted import document, licence_answer, refusal
from ui.cli import cli
from ui.feedback import Feedback, Rated, question_line
from ui.talks import Talks
from ui.views import TurnView

ANSWER = licence_answer("Which licence?")
REFUSAL = refusal("Who won?")


def rated(feedback: Feedback, answer: Answer = ANSWER) -> Rated:
    return Rated("feedback-1", "Which licence?", (Turn("user", "Hi"),), answer, feedback, "now")


@pytest.mark.parametrize(
    ("feedback", "answer", "wanted"),
    [
        (Feedback("up"), ANSWER, {"answerable": True}),
        (Feedback("up"), REFUSAL, {"answerable": False}),
        (Feedback("down", "refuse"), ANSWER, {"answerable": False}),
        (Feedback("down", "answerable"), REFUSAL, {"answerable": True}),
        (
            Feedback("down", "wrong", expected="Apache"),
            ANSWER,
            {"answerable": True, "must_contain": ["Apache"]},
        ),
        (
            Feedback("down", "wrong"),
            ANSWER,
            {
                "answerable": True,
                "must_not_contain": [
                    "DeepSeek-R1 is under the MIT licence.",
                    "It has 671 billion parameters.",
                ],
            },
        ),
    ],
)
def test_a_reason_tells_what_a_right_answer_is(
    feedback: Feedback, answer: Answer, wanted: dict[str, object]
) -> None:
    line = question_line(rated(feedback, answer))
    assert line is not None
    told = {"id", "question", "history", "type"}
    assert {key: value for key, value in line.items() if key not in told} == wanted
    assert line["history"] == [{"role": "user", "text": "Hi"}]


@pytest.mark.parametrize("reason", ["", "unclear", "incomplete", "other"])
def test_a_reason_that_tells_nothing_to_check_is_left_out(reason: str) -> None:
    assert question_line(rated(Feedback("down", reason))) is None


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a liked refusal, a wrong answer put right, and one hard to understand."""
    talks = Talks(tmp_path)
    turns = (
        TurnView(1, "Who won the World Cup?", phase="done", answer=REFUSAL),
        TurnView(2, "Which licence?", phase="done", answer=ANSWER),
        TurnView(3, "And the size?", phase="done", answer=replace(ANSWER, question="size")),
    )
    kept = talks.keep("ann", None, turns)
    talks.rate("ann", kept.id, 1, Feedback("up"))
    talks.rate("ann", kept.id, 2, Feedback("down", "wrong", "\x1b[31mno", "Apache 2.0"))
    talks.rate("ann", kept.id, 3, Feedback("down", "unclear"))
    talks.close()
    return tmp_path


class Desk:
    """Answers with what the visitor saw."""

    def ask(self, question: str, history: object = ()) -> Answer:
        return REFUSAL if "World Cup" in question else ANSWER

    def document(self, document_id: str, quoted: object = None) -> Document | None:
        return document(document_id)


def test_eval_reads_the_questions_and_finds_what_was_disliked_wrong(home: Path) -> None:
    result = CliRunner().invoke(cli, ["feedback", "--questions", "--home", str(home)])
    assert result.exit_code == 0, result.stderr
    assert "1 left out" in result.stderr
    file = home / "questions.jsonl"
    file.write_text(result.stdout, encoding="utf-8")
    questions = read_questions(file)
    assert [q.question for q in questions] == ["Who won the World Cup?", "Which licence?"]
    assert questions[1].turns()[0] == Turn("user", "Who won the World Cup?")
    report = evaluate_questions(Desk(), questions)
    assert [outcome.right for outcome in report.outcomes] == [True, False]


def test_json_is_one_document_with_answers_and_verdicts(home: Path) -> None:
    result = CliRunner().invoke(cli, ["feedback", "--json", "--home", str(home)])
    told = json.loads(result.stdout)["feedback"]
    assert [(one["rating"], one["reason"]) for one in told] == [
        ("up", ""), ("down", "wrong"), ("down", "unclear"),
    ]  # fmt: skip
    assert told[1]["answer"] == json.loads(json.dumps(ANSWER.to_dict()))


def test_the_list_is_a_line_each_without_control_characters(home: Path) -> None:
    result = CliRunner().invoke(cli, ["feedback", "--home", str(home)])
    lines = result.stdout.splitlines()
    assert lines[1] == "down  “Which licence?”  It is wrong  right: Apache 2.0  [31mno"
    assert len(lines) == 3


def test_a_home_without_conversations_has_none_and_gets_no_file(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["feedback", "--home", str(tmp_path)])
    assert result.stdout == "No feedback yet.\n"
    assert list(tmp_path.iterdir()) == []
