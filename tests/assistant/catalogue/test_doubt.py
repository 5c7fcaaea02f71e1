"""A question whose conditions cannot all be read goes to search, not answered without them."""

from __future__ import annotations

import pytest

from assistant.catalogue.bounds import impossible
from index.catalogue import Condition
from index.catalogue.query import MAX_CONDITIONS
from tests.assistant.catalogue.shipped import query, understood


@pytest.mark.parametrize(
    "question",
    [
        "Which models released before Llama 2 are from China?",
        "Which Qwen3 models are newer than Llama 4?",
        "Which models came after Qwen2.5 but before Qwen3?",
        "Which models were released the same day as Llama 4?",
        "Which models outperform all Llama models on MMLU?",
        "Which models have a higher MMLU than MMLU-Pro?",
        "Which open models were released between DeepSeek-R1 and Qwen3?",
        "Which models have the same number of parameters as Qwen3-32B?",
        "Which models did DeepSeek-R1 beat on AIME 2024?",
        "Which models have a licence other than MIT, Apache or Llama?",
    ],
)
def test_a_comparison_with_several_models_is_not_read_as_those_models(question: str) -> None:
    assert understood(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "List models that were not released in 2024",
        "Which Chinese labs have not released a model in 2026?",
        "Which Chinese models never got released?",
        "List models that support 1M tokens but not vision",
        "Which labs have no open models?",
        "Which countries have no MoE model?",
        "Which labs only release MIT models?",
    ],
)
def test_a_negation_that_no_rule_takes_is_not_dropped(question: str) -> None:
    assert understood(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "Which models are MIT or have over 500B parameters?",
        "Which models are either Chinese or under 3B?",
        "Which models are licensed Apache or permissive?",
        "Which models take images or video?",
        "Which models were released in 2025 or 2023?",
        "Models released before 2024 or after 2025",
        "Qwen models from before 2024 and after 2025",
        "7B or 8B models under Apache",
        "Which models with 7B, 13B or 70B parameters are from Meta?",
    ],
)
def test_a_choice_is_not_read_as_conditions_to_be_met_together(question: str) -> None:
    assert understood(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "Largest model per country",
        "Newest model of each Chinese lab",
        "Top 3 models per lab by size",
        "Is the smallest Qwen model under Apache?",
        "Does China have more open models than the US?",
        "Which open model beats every closed model on GPQA Diamond?",
        "What is the total number of parameters across all Qwen models?",
        "Which Chinese model did Nvidia use?",
        "Which Chinese lab has the fewest models?",
        "Are all DeepSeek models MIT licensed?",
        "Are there no Chinese models under MIT?",
        "Which models released in January and March 2025 are MIT?",
        "Which models were trained on more than 15T tokens?",
        "Models released at the end of 2024",
    ],
)
def test_what_no_query_can_say_is_left_to_search(question: str) -> None:
    assert understood(question) is None


def test_a_choice_among_values_of_one_kind_is_still_read() -> None:
    found = query("Which Chinese models are MIT or Apache licensed?")
    assert any(c.operator == "in" and c.field.startswith("licence") for c in found.conditions)


@pytest.mark.parametrize("kind", ["largest", "longest", "biggest"])
def test_the_largest_context_is_no_size(kind: str) -> None:
    found = query(f"Which model has the {kind} context window?")
    assert found.sort is not None and found.sort.field == "context_tokens_approx"


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("How many labs are Chinese?", "developer"),
        ("中国有多少家公司发布了开源模型？", "developer"),
        ("How many different licences does Alibaba use?", "licence"),
        ("Top 3 Chinese labs by number of models", "developer"),
    ],
)
def test_labs_and_licences_are_counted_where_they_are_asked_for(question: str, field: str) -> None:
    assert query(question).group_by == field


def test_no_context_given_asks_for_the_unknown() -> None:
    found = query("Which Chinese models have no context length given?")
    assert Condition("context_tokens_approx", "known", False) in found.conditions


def test_a_maximum_is_no_minimum() -> None:
    assert (
        Condition("context_tokens_approx", "<=", 32000)
        in query("Models with max 32k context").conditions
    )


def test_more_conditions_than_a_query_takes_are_left_to_search() -> None:
    assert understood("which models are " + "under 90b active " * MAX_CONDITIONS) is None


@pytest.mark.parametrize(
    ("first", "second", "none"),
    [
        (Condition("release_date", ">", "2025"), Condition("release_date", "<", "2025"), True),
        (Condition("release_date", ">=", "2025"), Condition("release_date", "<=", "2025"), False),
        (Condition("release_date", "=", "2025-03"), Condition("release_date", "=", "2025"), False),
        (Condition("total_params_b", ">=", 8), Condition("total_params_b", "<", 8), True),
        (Condition("total_params_b", ">=", 8), Condition("total_params_b", "<=", 8), False),
        (Condition("open_weights", "=", True), Condition("open_weights", "=", False), True),
        (Condition("total_params_b", ">", 8), Condition("active_params_b", "<", 8), False),
    ],
)
def test_conditions_that_no_card_can_meet_are_told(
    first: Condition, second: Condition, none: bool
) -> None:
    assert impossible([first, second]) is none
