"""The judge, the question file, and a report in which crashes count as wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluate import Question, evaluate_questions, is_right, read_questions
from assistant.types import Answer, Citation, Sentence, Timings, Turn
from corpus.errors import InputError, ModelError
from corpus.types import Document, DocumentInfo

TEXT = "DeepSeek-R1 is under the MIT licence. It has 671B parameters."


class FixedDesk:
    """Answers from a table of answers (or exceptions) by question; keeps what it was asked."""

    def __init__(self, answers: dict[str, Answer | Exception]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, tuple[Turn, ...]]] = []

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        self.asked.append((question, tuple(history)))
        answer = self.answers[question]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def document(self, document_id: str) -> Document | None:
        return Document(DocumentInfo("r1", "R1"), TEXT, (), (), "") if document_id == "r1" else None


def answered(text: str, quote: str = TEXT[:37], start: int = 0) -> Answer:
    citation = Citation(1, "r1", "R1", quote, start, start + len(quote))
    return Answer("answered", "q", "q", f"{text} [1]", (Sentence(text, (1,)),), (citation,),
                  timings=Timings(total=2.0, first_token=1.0))  # fmt: skip


REFUSED = Answer("not_in_corpus", "q", "q", "The corpus does not hold an answer.")


def question(**fields: Any) -> Question:
    return Question.model_validate({"id": "x", "question": "q", **fields})


def test_an_answer_must_hold_one_alternative_of_each_element() -> None:
    wanted = question(must_contain=["MIT", ["671B", "671 billion"]])
    assert is_right(wanted, "It is mit, with 671  Billion.", refused=False)
    assert not is_right(wanted, "It is MIT.", refused=False)


def test_a_forbidden_string_or_a_refusal_makes_an_answer_wrong() -> None:
    wanted = question(must_contain=["MIT"], must_not_contain=["Apache"])
    assert not is_right(wanted, "MIT or Apache", refused=False)
    assert not is_right(wanted, "MIT", refused=True)


def test_a_citation_marker_is_not_a_number_of_the_answer() -> None:
    assert not is_right(question(must_contain=["7"]), "There are some [7].", refused=False)
    assert is_right(question(must_not_contain=["7"]), "There are five [7].", refused=False)
    assert is_right(question(must_contain=["MIT licence"]), "The MIT [1] licence", refused=False)


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("7", "70"), ("7", "17"), ("7", "3.7"), ("7", "7.5"), ("7", "7,000"),
        ("1.5", "11.5"), ("1.5", "1.57"), ("V3", "V3.1"), ("5B", "1.5B"),
    ],
)  # fmt: skip
def test_a_number_is_not_found_within_a_longer_one(wanted: str, text: str) -> None:
    assert not is_right(question(must_contain=[wanted]), f"It is {text}.", refused=False)
    assert is_right(question(must_not_contain=[wanted]), f"It is {text}.", refused=False)


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("7", "It is 7."), ("7", "7, or so"), ("7", "7B"), ("1.5", "约1.5倍"), ("2024", "2024-05"),
        ("2.6 万亿", "共 2.6 万亿词元"), ("20-40", "from 20-40 layers"), ("5.1B", "5.1B active"),
        ("R1", "DeepSeek-R1,"), ("C++ (1", "in C++ (1)"),
    ],
)  # fmt: skip
def test_a_number_of_its_own_is_found(wanted: str, text: str) -> None:
    assert is_right(question(must_contain=[wanted]), text, refused=False)


def test_an_unanswerable_question_is_right_only_when_refused() -> None:
    assert is_right(question(answerable=False), "anything", refused=True)
    assert not is_right(question(answerable=False), "anything", refused=False)


def test_report_counts_crashes_as_wrong_and_keeps_them() -> None:
    desk = FixedDesk(
        {
            "good": answered("It is MIT."),
            "crash": ZeroDivisionError("boom"),
            "down": ModelError("the model is down"),
            "none": REFUSED,
        }
    )
    questions = [
        question(id="1", question="good", must_contain=["MIT"], type="fact"),
        question(id="2", question="crash", must_contain=["MIT"], type="fact"),
        question(id="3", question="down", must_contain=["MIT"], type="table"),
        question(id="4", question="none", answerable=False, type="unanswerable"),
    ]
    report = evaluate_questions(desk, questions).to_dict()  # type: ignore[arg-type]
    assert (report["right"], report["total"]) == (2, 4)
    assert report["refusal_rate"] == 1.0
    assert report["false_refusal_rate"] == 0.0
    assert [row["error"] for row in report["questions"]] == [
        None,
        "ZeroDivisionError: boom",
        "the model is down",
        None,
    ]
    assert report["latency"]["first_token"]["p50"] == 1.0
    json.dumps(report)


def test_report_finds_quotes_that_are_not_in_their_document() -> None:
    desk = FixedDesk({"q": answered("It is MIT.", quote="DeepSeek-R1 is under Apache")})
    report = evaluate_questions(desk, [question(must_contain=["MIT"])]).to_dict()  # type: ignore[arg-type]
    assert report["citations"]["invalid"] == 1
    assert report["citations"]["validity"] == 0.0


def test_report_finds_numbers_that_no_quoted_passage_holds() -> None:
    desk = FixedDesk({"q": answered("It has 685B parameters.")})
    report = evaluate_questions(desk, [question()]).to_dict()  # type: ignore[arg-type]
    assert report["citations"]["unbacked_numbers"] == 1


def test_an_answer_that_cannot_be_checked_is_a_failure_and_the_run_goes_on() -> None:
    good = answered("It is MIT.")
    uncited = replace(good, citations=())  # its sentence cites a quote that is not there
    desk = FixedDesk({"bad": uncited, "good": good})
    questions = [question(question=q, must_contain=["MIT"]) for q in ("bad", "good")]
    first, second = evaluate_questions(desk, questions).outcomes  # type: ignore[arg-type]
    assert (first.right, first.error) == (False, "KeyError: 1")
    assert second.right


def test_history_reaches_the_desk_in_either_spelling(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    line = {"id": 1, "question": "and?", "history": [{"role": "user", "content": "hello"}]}
    path.write_text(json.dumps(line), encoding="utf-8")
    desk = FixedDesk({"and?": REFUSED})
    evaluate_questions(desk, read_questions(path))  # type: ignore[arg-type]
    assert desk.asked == [("and?", (Turn("user", "hello"),))]


@pytest.mark.parametrize("line", ["{not json", '{"question": "no id"}', '{"id": "a"}'])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": "1", "question": "fine"}\n' + line, encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        read_questions(path)


def test_a_false_premise_put_right_counts_and_an_invention_does_not() -> None:
    question = Question(
        id="q",
        question="Why is Llama 4 under MIT?",
        answerable=False,
        corrects=["not under MIT"],
        must_not_contain=["because MIT"],
    )
    assert is_right(question, "Llama 4 is not under MIT.", refused=False)
    assert is_right(question, "", refused=True)
    assert not is_right(question, "It is free.", refused=False)
    assert not is_right(question, "not under MIT, because MIT is old", refused=False)
