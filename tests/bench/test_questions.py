"""The question files keep their promise: well formed, and answered by the file they name.

Knows the files only as JSON lines; the answers are looked up in the sample documents and in
the curated ones with plain readers, not with refdesk's parsers, so that a parser bug cannot
hide here. ``prose.jsonl`` asks what the curated documents tell, ``refuse.jsonl`` what nothing
there tells.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = Path(__file__).parent / "questions"
DOCUMENTS = ROOT.parent / "shared" / "documents"
CURATED = ROOT / "corpus" / "documents"
FILES = ("documents.jsonl", "held.jsonl")
PROSE = {"fact": 16, "two-part": 8, "two-documents": 6, "chinese": 4, "why": 6}
REFUSE = {"near": 18, "premise": 8, "outside": 6, "chinese": 4, "injected": 4}
TYPES = {"fact", "table", "chinese", "followup", "list", "compare", "unanswerable"}
REQUIRED = {"id", "question", "type", "must_contain", "must_not_contain", "answerable", "source"}
READABLE = {".md", ".txt", ".csv", ".rst", ".html", ".pdf"}


def load(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (QUESTIONS / name).read_text("utf-8").splitlines()]


def source_files(question: dict[str, Any]) -> list[str]:
    """``"a.md, section 1; b.pdf, page 2"`` -> ``["a.md", "b.pdf"]``."""
    return [part.split(", ")[0] for part in question["source"].split("; ")]


def normal(text: str) -> str:
    return re.sub(r"\s+", " ", text).casefold()


def plain_text(path: Path) -> str:
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as pdf:
            return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)
    text = path.read_text("utf-8", errors="replace")
    return BeautifulSoup(text, "html.parser").get_text() if path.suffix == ".html" else text


ALL = [pytest.param(q, id=q["id"]) for name in FILES for q in load(name)]
ANSWERABLE = [pytest.param(q, id=q["id"]) for name in FILES for q in load(name) if q["answerable"]]


@pytest.mark.parametrize("question", ALL)
def test_question_follows_the_schema(question: dict[str, Any]) -> None:
    assert REQUIRED <= question.keys() <= REQUIRED | {"history"}
    assert question["type"] in TYPES
    assert question["question"].strip()
    assert question["answerable"] is (question["type"] != "unanswerable")
    assert bool(question["must_contain"]) is question["answerable"]
    for wanted in question["must_contain"]:
        alternatives = [wanted] if isinstance(wanted, str) else wanted
        assert alternatives and all(isinstance(text, str) and text for text in alternatives)
    assert all(isinstance(text, str) and text for text in question["must_not_contain"])


@pytest.mark.parametrize("question", ALL)
def test_only_followups_have_a_history_that_ends_with_the_assistant(
    question: dict[str, Any],
) -> None:
    assert (question["type"] == "followup") is ("history" in question)
    turns = question.get("history", [])
    for position, turn in enumerate(turns):
        assert turn.keys() == {"role", "text"} and turn["text"].strip()
        assert turn["role"] == ("user", "assistant")[position % 2]
    assert len(turns) % 2 == 0


def test_ids_and_questions_are_unique_over_both_files() -> None:
    questions = [q for name in FILES for q in load(name)]
    assert len({q["id"] for q in questions}) == len(questions)
    alone = [q["question"] for q in questions if "history" not in q]
    assert len(set(alone)) == len(alone)


def test_development_file_covers_every_kind_of_question() -> None:
    types = [q["type"] for q in load("documents.jsonl")]
    assert len(types) >= 20
    for kind, least in {"table": 2, "chinese": 2, "followup": 3, "unanswerable": 3}.items():
        assert types.count(kind) >= least, kind


@pytest.mark.skipif(not DOCUMENTS.exists(), reason="sample documents are not beside the checkout")
@pytest.mark.parametrize("question", ANSWERABLE)
def test_answer_stands_in_the_named_source(question: dict[str, Any]) -> None:
    paths = [DOCUMENTS / name for name in source_files(question)]
    assert all(path.is_file() for path in paths)
    readable = [path for path in paths if path.suffix in READABLE]
    if not readable:
        pytest.skip("the source is a binary office file")
    text = normal("\n".join(plain_text(path) for path in readable))
    for wanted in question["must_contain"]:
        alternatives = [wanted] if isinstance(wanted, str) else wanted
        assert any(normal(alternative) in text for alternative in alternatives), wanted


def options(wanted: str | list[str]) -> list[str]:
    return [wanted] if isinstance(wanted, str) else wanted


@cache
def curated(stem: str) -> str:
    """The body of a curated document, its front matter and source labels left out."""
    body = (CURATED / f"{stem}.md").read_text("utf-8").split("\n---\n", 1)[1]
    return normal(re.sub(r"\s*\(sources?: [^()]*(?:\([^()]*\)[^()]*)*\)", "", body))


def holds(text: str, wanted: str | list[str]) -> bool:
    """Whether one of the options stands in ``text``; "1 million" does not stand in "61 million"."""
    return any(
        re.search(r"(?<![\d.,])" * option[0].isdecimal() + re.escape(normal(option)), text)
        for option in options(wanted)
    )


NEW = [pytest.param(q, id=q["id"]) for name in ("prose.jsonl", "refuse.jsonl") for q in load(name)]
PROSE_LINES = [pytest.param(q, id=q["id"]) for q in load("prose.jsonl")]
PREMISES = [pytest.param(q, id=q["id"]) for q in load("refuse.jsonl") if "corrects" in q]
TWO = [pytest.param(q, id=q["id"]) for q in load("prose.jsonl") if q["type"] == "two-documents"]


@pytest.mark.parametrize("question", NEW)
def test_curated_question_follows_the_schema(question: dict[str, Any]) -> None:
    required = REQUIRED - {"source"}
    assert required <= question.keys() <= required | {"source", "corrects"}
    assert bool(question["must_contain"]) is question["answerable"]
    assert question["answerable"] is ("source" in question and "corrects" not in question)
    texts = [option for wanted in question["must_contain"] for option in options(wanted)]
    texts += question["must_not_contain"] + question.get("corrects", ["x"])
    assert question["question"].strip() and all(isinstance(t, str) and t for t in texts)


@pytest.mark.parametrize(("name", "kinds"), [("prose.jsonl", PROSE), ("refuse.jsonl", REFUSE)])
def test_curated_files_have_every_kind_of_question(name: str, kinds: dict[str, int]) -> None:
    assert Counter(q["type"] for q in load(name)) == kinds


def test_curated_questions_are_asked_in_no_other_file() -> None:
    every = [(q["id"], q["question"]) for p in QUESTIONS.glob("*.jsonl") for q in load(p.name)]
    new = [q for name in ("prose.jsonl", "refuse.jsonl") for q in load(name)]
    ids, asked = Counter(i for i, _ in every), Counter(text for _, text in every)
    assert [q["id"] for q in new if ids[q["id"]] > 1 or asked[q["question"]] > 1] == []


@pytest.mark.parametrize("question", PROSE_LINES)
def test_curated_answer_stands_in_the_named_documents(question: dict[str, Any]) -> None:
    text = "\n".join(curated(stem) for stem in question["source"].split("; "))
    assert [wanted for wanted in question["must_contain"] if not holds(text, wanted)] == []


@pytest.mark.parametrize("question", PREMISES)
def test_a_premise_is_put_right_by_the_named_document(question: dict[str, Any]) -> None:
    assert holds(curated(question["source"]), question["corrects"])


def test_every_false_premise_says_what_puts_it_right() -> None:
    lines = [q for q in load("refuse.jsonl") if q["type"] == "premise"]
    assert all(q.get("corrects") and q.get("source") for q in lines)


@pytest.mark.parametrize("question", TWO)
def test_no_single_document_answers_a_two_document_question(question: dict[str, Any]) -> None:
    assert len(question["source"].split("; ")) == 2
    texts = {path.stem: curated(path.stem) for path in CURATED.glob("*.md")}
    alone = [
        stem
        for stem, text in texts.items()
        if all(holds(text, wanted) for wanted in question["must_contain"])
    ]
    assert alone == []
