"""Which query a question becomes, and which questions are none for the catalogue."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.catalogue.decide import COMPARED, decide
from index.catalogue import Condition, Sort, parse_query
from tests.assistant.catalogue.shipped import CARDS, RULES, TODAY, query, reading, understood

QUESTIONS = Path(__file__).resolve().parents[2] / "bench" / "questions"


@pytest.mark.parametrize(
    ("question", "shape"),
    [
        ("Which Chinese models are under MIT?", "list"),
        ("How many open models are there?", "count"),
        ("How many models are there per country?", "group"),
        ("Timeline of DeepSeek models in 2025", "timeline"),
        ("Compare QwQ-32B and DeepSeek-R1", "compare"),
        ("What is the licence of QwQ-32B?", "lookup"),
        ("Is QwQ-32B open?", "lookup"),
    ],
)
def test_a_question_gets_the_shape_that_it_asks_for(question: str, shape: str) -> None:
    assert query(question).shape == shape


@pytest.mark.parametrize(
    "question",
    [
        "Why did DeepSeek publish R1?",
        "What is a mixture of experts?",
        "Which zebra models are open?",
        "Who wrote the EU AI Act?",
        "How do I install Ollama?",
        "Tell me about DeepSeek",
        "Hello!",
        "",
    ],
)
def test_other_questions_are_left_to_search(question: str) -> None:
    assert understood(question) is None


def test_a_superlative_without_a_number_is_one_model_or_a_few() -> None:
    assert query("What is the largest open model?").limit == 1
    assert query("What are the largest open models?").limit == 5
    assert query("List all open models, largest first").limit is None


def test_a_comparison_with_a_model_uses_its_own_value() -> None:
    size = CARDS["qwq-32b"].total_params_b
    assert size is not None
    found = query("Which MIT models are larger than QwQ-32B?").conditions
    assert Condition("total_params_b", ">", size) in found


def test_a_comparison_with_an_unknown_value_is_left_over() -> None:
    asked = reading("Which MIT models are larger than QwQ-32B?")
    unknown = CARDS["qwq-32b"].model_copy(update={"total_params_b": None})
    assert decide(asked, CARDS | {"qwq-32b": unknown}) is None


def test_a_claim_is_kept_to_be_confirmed() -> None:
    found = understood("Is QwQ-32B under MIT?")
    assert found is not None and found.decision.yes_no
    assert found.decision.claims == (Condition("licence_name", "=", "MIT"),)


def test_a_comparison_without_a_field_shows_the_usual_ones() -> None:
    assert query("Compare QwQ-32B and DeepSeek-R1").columns == COMPARED


def test_labs_are_counted_where_labs_are_asked_for() -> None:
    assert query("Which labs released MIT models?").group_by == "developer"


def test_the_table_shows_what_was_asked_about_and_nothing_that_is_the_same_in_every_row() -> None:
    found = query("Which models from China score above 80 on AIME24?")
    assert "benchmarks.AIME24" in found.columns
    assert "developer" in found.columns
    assert found.sort == Sort("benchmarks.AIME24", descending=True)


@pytest.mark.parametrize("name", ["catalogue.jsonl", "curated.jsonl", "unanswerable.jsonl"])
def test_every_query_survives_json(name: str) -> None:
    lines = (QUESTIONS / name).read_text("utf-8").splitlines()
    found = [RULES.understand(json.loads(line)["question"], TODAY) for line in lines]
    queries = [one.decision.query for one in found if one is not None]
    for one in queries:
        assert parse_query(json.loads(json.dumps(one.to_dict()))) == one
    assert len(queries) >= {"catalogue.jsonl": 0.95 * len(lines)}.get(name, 0)
