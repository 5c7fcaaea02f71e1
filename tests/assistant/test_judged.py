"""Whether the sources answer, as it decides over a draft: with a scripted judge."""

from __future__ import annotations

from typing import Any

from assistant import pipeline
from assistant.types import Answer
from index.types import Passage
from tests.assistant.passages import Shelf, passage
from tests.scripted import ScriptedLanguageModel

R1 = passage(
    "DeepSeek-R1 is a reasoning model. It has 671B total parameters. The licence is MIT.",
    id="r1",
    title="DeepSeek-R1",
)
PORT = passage(
    "The local server of Ollama waits for requests at 127.0.0.1:11434. It is free software.",
    id="tools",
    title="Tools",
)
ASKED_PORT = "On which port does Ollama listen?"


def asked(question: str, found: Passage, model: Any) -> Answer:
    return pipeline.ask(
        question,
        index=Shelf(found),
        llm=model,
        evidence_tokens=300,
        answer_tokens=100,
        strictness=0.35,
    )


def judged(stated: float, correct: float, draft: str) -> Answer:
    return asked(ASKED_PORT, PORT, ScriptedLanguageModel([draft], probabilities=[stated, correct]))


def test_a_passage_that_is_known_to_answer_is_quoted_where_no_drafted_sentence_stands() -> None:
    given = judged(0.8, 0.8, "Ollama's ear is glued to gate 9.")
    assert given.status == "answered"
    assert [c.quote for c in given.citations] == [
        "The local server of Ollama waits for requests at 127.0.0.1:11434."
    ]


def test_below_the_strictness_even_a_supported_draft_is_refused() -> None:
    given = judged(0.3, 0.5, "The local server of Ollama waits for requests at 127.0.0.1:11434.")
    assert given.status == "not_in_corpus"
    assert given.trace["answerable"]["probability"] < 0.35
    assert given.nearest[0].document_id == "tools"


def test_a_hopeless_question_is_refused_without_a_draft() -> None:
    model: Any = ScriptedLanguageModel([], probabilities=[0.02])
    given = asked(ASKED_PORT, PORT, model)
    assert given.status == "not_in_corpus"


def test_the_judge_and_the_draft_see_how_a_translated_question_was_put() -> None:
    worded, english = "DeepSeek-R1 的许可证是什么？", "What licence has DeepSeek-R1?"
    model: Any = ScriptedLanguageModel(
        [english, "The licence of DeepSeek-R1 is MIT."], probabilities=[0.3, 0.8, 0.8]
    )
    given = asked(worded, R1, model)
    assert (given.status, given.standalone_question) == ("answered", english)
    _, first, again, draft, _ = (one.messages[-1].content for one in model.asked)
    assert english in first and worded not in first
    assert worded in again and english not in again
    assert f"{english} ({worded})" in draft


def test_the_trace_tells_which_judgement_refused() -> None:
    improbable = judged(0.3, 0.5, "Ollama waits at 127.0.0.1:11434.")
    assert improbable.trace["refused"] == "improbable"
    assert improbable.trace["answerable"]["needed"] == 0.35
    declined = judged(0.8, 0.8, "The sources do not mention a port.")
    assert (declined.status, declined.trace["refused"]) == ("not_in_corpus", "declined")
