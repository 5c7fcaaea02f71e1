"""Answers over a set's own documents, each figure checked by hand on a few questions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.benchmarks import Query, documents_of, queries_of
from assistant.measure.given import GivenDocuments
from assistant.measure.grounded import Run, evaluate_grounded, sampled
from assistant.measure.plain import PlainDesk
from assistant.types import Answer, Citation, Disagreement, Sentence, Side, Turn
from corpus.types import Document
from tests.assistant.measure.public_set import CORPUS, QUERIES, indexed, write_set
from tests.scripted import ScriptedLanguageModel

REFUSED = Answer("not_in_corpus", "q", "q", "The corpus does not hold an answer.")


def quoting(text: str, document_id: str, quote: str, **more: Any) -> Answer:
    """An answer of one sentence that cites one quote."""
    body = next(str(row["text"]) for row in CORPUS if row["_id"] == document_id)
    start = body.index(quote)
    citation = Citation(1, document_id, "", quote, start, start + len(quote))
    return Answer("answered", "q", "q", f"{text} [1]", (Sentence(text, (1,)),), (citation,),
                  **more)  # fmt: skip


class TableDesk:
    """Answers from a table by question."""

    def __init__(self, folder: Path, answers: dict[str, Answer]) -> None:
        self.documents = {document.info.id: document for document in documents_of(folder)}
        self.answers = answers

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        return self.answers[question]

    def document(self, document_id: str) -> Document | None:
        return self.documents.get(document_id)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small set."""
    return write_set(tmp_path / "small")


def desk(folder: Path, **changed: Answer) -> TableDesk:
    """A desk that answers all but q4 right, except for what is ``changed``."""
    answers = {
        "q1": quoting("It eats fish.", "heron", "It eats fish."),
        "q2": quoting("It holds quartz.", "granite", "Granite is a rock."),
        "q3": REFUSED,
        "q4": REFUSED,
        **changed,
    }
    texts = {str(row["_id"]): str(row["text"]) for row in QUERIES}
    return TableDesk(folder, {texts[name]: answer for name, answer in answers.items()})


def test_every_figure_counts_what_it_says(folder: Path) -> None:
    report = evaluate_grounded(desk(folder), folder)
    means = {name: report[name]["mean"] for name in report if isinstance(report[name], dict)
             and "mean" in report[name]}  # fmt: skip
    assert means == {
        "accuracy": 0.75,
        "correct": pytest.approx(2 / 3, abs=1e-4),
        "correct_or_overlapping": pytest.approx(2 / 3, abs=1e-4),
        "f1": pytest.approx((2 / 3 + 0.5 + 0) / 3, abs=0.06),
        "refused_unanswerable": 1.0,
        "false_refusals": pytest.approx(1 / 3, abs=1e-4),
        "asserted_on_unanswerable": 0.0,
        "cited_sentences": 1.0,
        "citation_precision": 0.5,  # granite's quote is not its gold sentence
        "citation_recall": 0.5,
    }
    assert report["exact_match"] is None and report["wrong_asserted"] is None
    assert [row["right"] for row in report["questions"]] == [True, True, True, False]
    assert report["sample"]["unanswerable"] == 1
    json.dumps(report)


def test_an_answer_to_an_unanswerable_question_is_wrong(folder: Path) -> None:
    invented = quoting("It eats fish.", "heron", "It eats fish.")
    report = evaluate_grounded(desk(folder, q3=invented), folder)
    assert report["asserted_on_unanswerable"]["mean"] == 1.0
    assert not report["questions"][2]["right"]


def test_without_gold_sentences_the_document_decides(folder: Path) -> None:
    answer = quoting("It is 19 percent.", "tax", "19 percent")
    report = evaluate_grounded(desk(folder, q4=answer), folder)
    assert report["questions"][3]["scores"]["citation_precision"] == 1.0


def test_a_sample_is_fixed_balanced_and_nested(tmp_path: Path) -> None:
    rows = [{"_id": str(n), "text": "q", "answerable": n % 5 > 0} for n in range(100)]
    queries = queries_of(write_set(tmp_path, queries=rows))
    small, large = sampled(queries, 10), sampled(queries, 30)
    assert sum(query.answerable for query in small) == 5
    assert sum(query.answerable for query in large) == 15
    assert {q.id for q in small} < {q.id for q in large}
    assert [q.id for q in large] == sorted((q.id for q in large), key=int)
    assert len(sampled(queries, 90)) == 90
    assert sum(not q.answerable for q in sampled(queries, 90)) == 20
    assert sampled(queries, None) == queries


# --- documents that come with the question, and false ones among them

TRAP = (
    {"_id": "t1", "text": "How many people live there?", "answers": ["3,559"],
     "wrong_answers": ["10,000"], "answerable": True, "require_all_answers": True,
     "contexts": [{"doc": "heron", "kind": "correct"}], "evidence": ["heron"]},
)  # fmt: skip


def trapped(tmp_path: Path, text: str, **more: Any) -> dict[str, Any]:
    """The report on one question with a known wrong answer."""
    folder = write_set(tmp_path / "traps", queries=TRAP)
    answer = quoting(text, "heron", "It eats fish.", **more)
    return evaluate_grounded(TableDesk(folder, {"How many people live there?": answer}), folder)


def test_a_wrong_answer_said_as_a_fact_is_counted(tmp_path: Path) -> None:
    report = trapped(tmp_path, "It has 10,000 people.")
    assert report["wrong_asserted"]["mean"] == 1.0
    assert report["exact_match"]["mean"] == 0.0
    assert report["questions"][0]["asserted"] == ["10,000"]


def test_a_wrong_answer_shown_as_one_side_is_not_asserted(tmp_path: Path) -> None:
    sides = (Disagreement((Side("3,559", (1,)), Side("10,000 people", (1,)))),)
    text = "Sources disagree: “3,559” (Town; Guide), “10,000 people” (Hikers)."
    report = trapped(tmp_path, text, disagreements=sides)
    assert report["wrong_asserted"]["mean"] == 0.0
    assert report["exact_match"]["mean"] == 0.0  # the wrong one is still shown


def test_a_wrong_answer_said_outright_is_asserted_though_it_is_a_side_as_well(
    tmp_path: Path,
) -> None:
    sides = (Disagreement((Side("3,559", (1,)), Side("10,000 people", (1,)))),)
    report = trapped(tmp_path, "It has 10,000 people.", disagreements=sides)
    assert report["wrong_asserted"]["mean"] == 1.0


def test_exact_match_wants_all_answers_and_no_wrong_one(tmp_path: Path) -> None:
    assert trapped(tmp_path, "It has 3,559 people.")["exact_match"]["mean"] == 1.0


def test_search_is_kept_to_the_documents_given(folder: Path, tmp_path: Path) -> None:
    with indexed(folder, tmp_path / "home") as index:
        given = GivenDocuments(index)
        given.only = frozenset({"tax"})
        assert [p.document.id for p in given.search("What does the heron eat?")] == ["tax"]
        assert given.status().documents == 3


def test_a_desk_is_told_of_each_query_before_it_is_asked(folder: Path) -> None:
    told: list[Query] = []
    evaluate_grounded(desk(folder), folder, Run(limit=2, before=told.append))
    assert [query.id for query in told] == [q.id for q in sampled(queries_of(folder), 2)]


# --- the plain baseline


def plain(folder: Path, home: Path, *answers: str) -> dict[str, Any]:
    """The report of a desk beside a plain one whose model gives ``answers``."""
    with indexed(folder, home) as index:
        llm: Any = ScriptedLanguageModel(answers=answers)
        report = evaluate_grounded(desk(folder), folder, Run(limit=3), PlainDesk(index, llm))
        llm.assert_finished()
        assert "NOT IN SOURCES" in llm.asked[0].prompt
    return report


def test_the_baseline_is_judged_by_the_same_measures(folder: Path, home: Path) -> None:
    asked = [query.id for query in sampled(queries_of(folder), 3)]
    assert "q3" in asked
    answers = {"q1": "It eats fish. [1]", "q2": "Quartz.", "q3": "It eats frogs [2].",
               "q4": "NOT IN SOURCES"}  # fmt: skip
    report = plain(folder, home, *(answers[name] for name in asked))
    baseline = report["baseline"]
    assert baseline["asserted_on_unanswerable"]["mean"] == 1.0
    assert baseline["citations"]["invalid"] == 0
    assert report["difference"]["right"]["difference"]["n"] == 3
    assert report["difference"]["refused"]["a"] < report["difference"]["refused"]["b"]


def test_the_baseline_is_taken_at_its_word(folder: Path, home: Path) -> None:
    with indexed(folder, home) as index:
        script = ["It eats fish. [1] It may fly.", "NOT IN SOURCES [1]", "Fish [9].", "[1]"]
        llm: Any = ScriptedLanguageModel(answers=script)
        desk = PlainDesk(index, llm)
        first, second, third, bare = (desk.ask("What does the heron eat?") for _ in range(4))
    assert [s.citations for s in first.sentences] == [(1,), ()]
    assert first.citations[0].document_id == "heron"
    assert second.status == "not_in_corpus"
    assert third.sentences[0].citations == ()
    assert (bare.status, bare.sentences, bare.citations) == ("answered", (), ())
