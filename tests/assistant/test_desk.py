"""The local desk over real stores: add, refresh, ask, status, LlamaIndex, and its end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.desk import NOTHING_INDEXED, Assistant
from assistant.options import AskOptions
from assistant.settings import Settings
from assistant.types import Answer
from index.store import Index
from index.types import RefreshReport
from tests.index.hash_embedder import HashEmbedder
from tests.scripted import ScriptedLanguageModel

ZEPHYR = "# Zephyr\n\nZephyr is a model by Northwind Labs. Zephyr has 7B parameters.\n"
DRAFT = "Zephyr has 7B parameters."
QUESTION = "How many parameters does Zephyr have?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "zephyr.md").write_text(ZEPHYR, encoding="utf-8")
    return documents


@pytest.fixture
def desk(home: Path, folder: Path) -> Iterator[Assistant]:
    settings = Settings(home=home, curated=False)
    with Index.open(home, HashEmbedder(), curated=False) as index:
        model: Any = ScriptedLanguageModel([DRAFT] * 3, probabilities=[0.95] * 6)
        assistant = Assistant(index, model, settings)
        assistant.add(str(folder))
        assistant.refresh()
        yield assistant


def test_a_question_over_a_folder_is_answered_with_a_quote_from_its_file(desk: Assistant) -> None:
    answer = desk.ask("How many parameters does Zephyr have?")
    (citation,) = answer.citations
    document = desk.document(citation.document_id)
    assert document is not None
    assert document.text[citation.start : citation.end] == citation.quote
    assert "7B" in citation.quote
    assert answer.as_of == desk.status().as_of is not None
    assert answer.model == "scripted"


def test_a_question_may_be_answered_more_strictly_than_the_desk(desk: Assistant) -> None:
    assert desk.settings.strictness < 1
    assert desk.ask(QUESTION).status == "answered"
    assert desk.ask(QUESTION, (), AskOptions(strictness=1.0)).status == "not_in_corpus"


def test_a_question_may_ask_for_another_evidence_budget(desk: Assistant, folder: Path) -> None:
    more = " ".join(f"Zephyr has parameters of kind {n} in layer {n}." for n in range(60))
    (folder / "zephyr.md").write_text(f"# Zephyr\n\n{more}\n", encoding="utf-8")
    desk.refresh()
    usual = desk.ask(QUESTION).trace["evidence_tokens"]
    small = desk.ask(QUESTION, (), AskOptions(evidence_tokens=60)).trace["evidence_tokens"]
    assert small <= 60 < usual


def test_an_answer_is_told_once_more_in_the_language_asked_for(desk: Assistant) -> None:
    model: Any = ScriptedLanguageModel([DRAFT, "Zephyr 有 7B 参数。"], probabilities=[0.95] * 4)
    desk.llm = model
    answer = desk.ask(QUESTION, (), AskOptions(language="zh"))
    assert answer.text.startswith(DRAFT), "what was checked is the answer"
    assert answer.translation is not None and answer.translation.language == "zh"
    (told,) = answer.translation.sentences
    assert (told.text, told.citations) == ("Zephyr 有 7B 参数。", (1,))
    assert Answer.from_dict(answer.to_dict()).translation == answer.translation


def test_a_deleted_file_is_no_longer_an_answer(desk: Assistant, folder: Path) -> None:
    (folder / "zephyr.md").unlink()
    assert desk.refresh().removed == ("documents/zephyr.md",)
    answer = desk.ask("How many parameters does Zephyr have?")
    assert answer.status == "not_in_corpus"
    assert desk.status().documents == 0


def test_llamaindex_programs_get_nodes_and_checked_answers(desk: Assistant) -> None:
    from assistant.llamaindex import DeskRetriever

    nodes = DeskRetriever(desk, limit=3).retrieve("Zephyr parameters")
    assert nodes[0].node.metadata["document_id"] == "documents/zephyr.md"
    response = desk.as_query_engine().query("How many parameters does Zephyr have?")
    assert str(response).startswith(DRAFT)
    assert response.source_nodes[0].node.metadata["number"] == 1
    assert response.metadata is not None
    assert response.metadata["answer"]["status"] == "answered"


async def _ask(engine: Any) -> str:
    return str(await engine.aquery("How many parameters does Zephyr have?"))


def test_the_query_engine_answers_asynchronously_too(desk: Assistant) -> None:
    import asyncio

    assert asyncio.run(_ask(desk.as_query_engine())).startswith(DRAFT)


def test_a_removed_source_takes_its_documents_along(desk: Assistant) -> None:
    (source,) = desk.status().sources
    desk.remove(source.name)
    desk.refresh()
    assert desk.documents() == []


def test_a_question_to_an_empty_index_waits_for_its_first_documents(
    home: Path, folder: Path
) -> None:
    with Index.open(home, HashEmbedder(), curated=False) as index:
        model: Any = ScriptedLanguageModel([DRAFT], probabilities=[0.95] * 3)
        desk = Assistant(index, model, Settings(home=home, curated=False))
        desk.add(str(folder))
        steps = desk.refresh_events()
        next(steps)  # the refresh has begun and stored nothing yet
        answers: list[Answer] = []
        asked = threading.Thread(target=lambda: answers.append(desk.ask(QUESTION)))
        asked.start()
        asked.join(0.5)
        assert answers == []
        list(steps)
        asked.join(10)
        assert [answer.status for answer in answers] == ["answered"]


def test_a_refusal_during_a_refresh_says_that_more_is_coming(desk: Assistant) -> None:
    with desk.index.refresh_lock:
        answer = desk.ask("How big is Comet-9?")
    assert answer.status == "not_in_corpus"
    assert answer.notice is not None
    assert "being brought in" in answer.notice


def test_a_refusal_where_nothing_is_indexed_says_what_to_run(desk: Assistant) -> None:
    (source,) = desk.status().sources
    desk.remove(source.name)
    desk.refresh()
    assert desk.ask("How big is Comet-9?").notice == NOTHING_INDEXED


def test_embedding_gives_way_to_an_answer_and_then_goes_on(desk: Assistant, folder: Path) -> None:
    (folder / "boreas.md").write_text("# Boreas\n\nBoreas is a wind.\n", encoding="utf-8")
    answering = desk.stream(QUESTION)
    next(answering)
    reports: list[RefreshReport] = []
    refresh = threading.Thread(target=lambda: reports.append(desk.refresh()))
    refresh.start()
    refresh.join(1.0)
    assert refresh.is_alive()
    assert desk.status().vectors < 2
    list(answering)
    refresh.join(10.0)
    assert [report.added for report in reports] == [("documents/boreas.md",)]
    assert desk.status().vectors == desk.status().chunks == 2
