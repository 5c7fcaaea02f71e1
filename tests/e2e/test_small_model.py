"""The whole way with everything real: files, embedder, stores, engine, the 0.5B model.

One desk is opened for all; the curated corpus is not used. The small model's wording is its
own, so these tests hold what must be true of any wording: quotes are exact, cited numbers
stand in the cited passage, refusals refuse, and what a door shows is what the desk said.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Turn
from assistant.attribution.quantities import missing_quantities
from assistant.desk import Assistant
from assistant.settings import Settings
from assistant.types import Answer, Answered, Draft, EvidenceFound

DOCUMENTS = {
    "zephyr.md": """# Zephyr-7B

Zephyr-7B is a language model by Northwind Labs. It was released on 12 March 2025.

## Licence

Zephyr-7B is released under the Apache-2.0 licence.

## Size

| Model | Total parameters | Context length |
|---|---|---|
| Zephyr-7B | 7.2B | 64K |
| Zephyr-70B | 70.6B | 256K |
""",
    "harbour.txt": "The harbour of Port Ellis opened in 1907. It has 14 cranes and 3 docks.\n",
    "gujian.md": "# 古建筑\n\n应县木塔建于 1056 年，塔高 67.31 米，是中国现存最高的木塔。\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def desk(
    folder: Path, small_model: Path, weights_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, weights=weights_dir, model=str(small_model), curated=False)
    opened = Assistant.open(settings=settings)
    assert isinstance(opened, Assistant)
    with opened:
        opened.add(str(folder))
        report = opened.refresh()
        assert len(report.added) == len(DOCUMENTS)
        yield opened


def assert_honest(desk: Assistant, answer: Answer) -> None:
    """Every quote is exact, and no cited sentence has a number its passages lack."""
    quotes = {citation.number: citation for citation in answer.citations}
    for citation in answer.citations:
        document = desk.document(citation.document_id)
        assert document is not None
        assert document.text[citation.start : citation.end] == citation.quote
    for sentence in answer.sentences:
        if sentence.citations:
            documents = [desk.document(quotes[n].document_id) for n in sentence.citations]
            around = "\n".join(f"{d.info.title}\n{d.text}" for d in documents if d)
            assert missing_quantities(sentence.text, around) == []


@pytest.mark.parametrize(
    ("question", "wanted", "document"),
    [
        ("Under which licence is Zephyr-7B released?", "Apache", "zephyr.md"),
        ("When did the harbour of Port Ellis open?", "1907", "harbour.txt"),
        ("应县木塔建于哪一年？", "1056", "gujian.md"),
    ],
)
def test_a_question_is_answered_and_cited(
    desk: Assistant, question: str, wanted: str, document: str
) -> None:
    answer = desk.ask(question)
    assert answer.status == "answered"
    assert wanted in answer.text
    assert any(c.document_id.endswith(document) for c in answer.citations)
    assert_honest(desk, answer)


def test_evidence_comes_before_the_first_word(desk: Assistant) -> None:
    kinds = [type(event) for event in desk.stream("How many docks does Port Ellis have?")]
    assert kinds.index(EvidenceFound) < kinds.index(Draft)
    assert kinds[-1] is Answered


def test_a_follow_up_is_understood(desk: Assistant) -> None:
    history = [Turn("user", "Who made Zephyr-7B?"), Turn("assistant", "Northwind Labs.")]
    answer = desk.ask("Under which licence is it released?", history)
    assert "Zephyr-7B" in answer.standalone_question
    assert "Apache" in answer.text
    assert_honest(desk, answer)


def test_what_the_documents_do_not_name_is_refused(desk: Assistant) -> None:
    answer = desk.ask("What is the context length of Mistral-Large-9?")
    assert answer.status == "not_in_corpus"
    assert answer.citations == ()
    assert answer.nearest


def test_the_terminal_answers_through_the_open_desk(
    desk: Assistant, folder: Path, weights_dir: Path
) -> None:
    command = [
        sys.executable,
        "-m",
        "ui.cli",
        "ask",
        "How many cranes are at Port Ellis?",
        "--json",
    ]
    environment = {
        **os.environ,
        "REFDESK_HOME": str(desk.settings.home),
        "REFDESK_WEIGHTS": str(weights_dir),
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["status"] in ("answered", "not_in_corpus")
    for citation in answer["citations"]:
        document = desk.document(citation["document_id"])
        assert document is not None
        assert document.text[citation["start"] : citation["end"]] == citation["quote"]


def test_a_new_file_is_found_after_a_refresh_and_gone_after_its_deletion(
    desk: Assistant, folder: Path
) -> None:
    path = folder / "comet.md"
    path.write_text("# Comet\n\nThe Comet ferry carries 412 passengers.\n", encoding="utf-8")
    assert desk.refresh().added == (f"{folder.name}/comet.md",)
    assert "412" in desk.ask("How many passengers does the Comet ferry carry?").text
    path.unlink()
    desk.refresh()
    answer = desk.ask("How many passengers does the Comet ferry carry?")
    assert "412" not in answer.text
