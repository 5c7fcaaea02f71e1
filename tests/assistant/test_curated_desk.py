"""A desk over the curated corpus: catalogue answers without a model, names set right in search."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.desk import Assistant
from assistant.settings import Settings
from assistant.types import Answer
from index.store import Index
from tests.index.hash_embedder import HashEmbedder
from tests.scripted import ScriptedLanguageModel


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    home = tmp_path_factory.mktemp("curated")
    with Index.open(home, HashEmbedder()) as index:
        model: Any = ScriptedLanguageModel([])  # fails when it is asked anything
        assistant = Assistant(index, model, Settings(home=Path(home)))
        assistant.refresh()
        yield assistant


def exact(desk: Assistant, answer: Answer) -> bool:
    """Whether every quote is its document's text at its place."""
    for citation in answer.citations:
        document = desk.document(citation.document_id)
        if document is None or document.text[citation.start : citation.end] != citation.quote:
            return False
    return True


@pytest.mark.parametrize(
    "question",
    [
        "Which Chinese models over 500B are under MIT?",
        "How many models per country?",
        "Compare DeepSeek-R1 and QwQ-32B",
        "What context length does QwQ-32B support?",
        "上下文最长的模型是哪个？",
    ],
)
def test_a_catalogue_question_is_answered_from_the_cards_alone(
    desk: Assistant, question: str
) -> None:
    answer = desk.ask(question)
    assert answer.status == "answered"
    assert answer.citations
    assert all(citation.kind == "model_card" for citation in answer.citations)
    assert exact(desk, answer)
    assert answer.table is not None
    assert all(answer.table.row_citations)


def test_a_question_that_no_model_meets_says_so(desk: Assistant) -> None:
    answer = desk.ask("Which DeepSeek models are from Canada?")
    assert answer.status == "not_in_corpus"
    assert answer.text.startswith("No model in the catalogue matches (")


def test_a_story_is_told_in_dated_quotes(desk: Assistant) -> None:
    answer = desk.ask("What happened to the H20 in 2025?")
    assert len(answer.sentences) > 2
    assert exact(desk, answer)


def test_search_understands_nicknames(desk: Assistant) -> None:
    found = [passage.document.id for passage in desk.search("Deep AI 1", 5)]
    assert any("deepseek-r1" in document for document in found)
    bill = [passage.document.id for passage in desk.search("the DeepSeek ban bill", 8)]
    assert "no-deepseek-on-government-devices-act" in bill


def test_cards_are_counted_and_are_documents(desk: Assistant) -> None:
    status = desk.status()
    assert status.models == len(desk.cards()) > 288
    card = desk.document("models/qwq-32b")
    assert card is not None
    assert card.info.kind == "model_card"
