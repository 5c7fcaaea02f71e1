"""What questions are read to say: conditions, order, fields asked for, words left over."""

from __future__ import annotations

import pytest

from index.catalogue import Sort
from tests.assistant.catalogue.shipped import conditions, reading


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("models over 100B", {("total_params_b", ">", 100)}),
        ("models with at least 70B parameters", {("total_params_b", ">=", 70)}),
        ("models under 10B", {("total_params_b", "<", 10)}),
        ("models of 7B or less", {("total_params_b", "<=", 7)}),
        ("models of 20B+", {("total_params_b", ">=", 20)}),
        ("models between 7 and 14B", {("total_params_b", ">=", 7), ("total_params_b", "<=", 14)}),
        ("32B models", {("total_params_b", ">=", 31.5), ("total_params_b", "<", 32.5)}),
        ("models with exactly 32B parameters", {("total_params_b", "=", 32)}),
        ("models with over 20B active parameters", {("active_params_b", ">", 20)}),
        ("models with fewer than 5B active", {("active_params_b", "<", 5)}),
        ("models with 128K context", {("context_tokens_approx", ">=", 128_000)}),
        ("models with a context above 200,000 tokens", {("context_tokens_approx", ">", 200_000)}),
        ("models with over 1 million tokens of context", {("context_tokens_approx", ">", 10**6)}),
        ("models above 80 on AIME24", {("benchmarks.AIME24", ">", 80)}),
        ("models with an MMLU score of at most 60", {("benchmarks.MMLU", "<=", 60)}),
        ("参数超过1000亿的模型", {("total_params_b", ">", 100)}),
        ("上下文至少12万的模型", {("context_tokens_approx", ">=", 120_000)}),
    ],
)
def test_numbers_are_compared_with_the_field_they_belong_to(
    question: str, expected: set[tuple[str, str, object]]
) -> None:
    assert conditions(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("models released in 2025", {("=", "2025")}),
        ("models since March 2025", {(">=", "2025-03")}),
        ("models after 5 March 2025", {(">", "2025-03-05")}),
        ("models before 2024", {("<", "2024")}),
        ("models up to June 2025", {("<=", "2025-06")}),
        ("models from 2023 to 2024", {(">=", "2023"), ("<=", "2024")}),
        ("models of the first half of 2025", {(">=", "2025-01-01"), ("<=", "2025-06-30")}),
        ("2025年3月以后的模型", {(">", "2025-03")}),
        ("2024年之前的模型", {("<", "2024")}),
    ],
)
def test_dates_become_conditions_on_the_release(
    question: str, expected: set[tuple[str, str]]
) -> None:
    assert conditions(question) == {("release_date", *pair) for pair in expected}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("DeepSeek models", {("developer", "=", "DeepSeek")}),
        ("models not from China", {("country", "!=", "China")}),
        (
            "models excluding DeepSeek or Baidu",
            {("developer", "not in", ("DeepSeek", "Baidu"))},
        ),
        ("models from France or Canada", {("country", "in", ("France", "Canada"))}),
        (
            "models outside of the Chinese MIT ones",
            {("country", "!=", "China"), ("licence_name", "=", "MIT")},
        ),
        ("models under Apache 2.0", {("licence_name", "=", "Apache-2.0")}),
        ("permissively licensed models", {("licence_class", "=", "permissive")}),
        ("open-weight models", {("open_weights", "=", True)}),
        ("closed models", {("open_weights", "=", False)}),
        ("MoE models", {("architecture", "contains", "MoE")}),
        ("multimodal models", {("modalities", "contains", "image")}),
        ("text-only models", {("modalities", "lacks", "image")}),
        ("models with unknown licence", {("licence", "known", False)}),
        ("models whose country is not known", {("country", "known", False)}),
        ("中国的开源模型", {("country", "=", "China"), ("open_weights", "=", True)}),
    ],
)
def test_names_and_single_words_become_conditions(
    question: str, expected: set[tuple[str, str, object]]
) -> None:
    assert conditions(question) == expected


def test_a_line_stands_for_all_its_families() -> None:
    ((field, operator, families),) = conditions("Qwen models")
    assert (field, operator) == ("family", "in")
    assert isinstance(families, tuple)
    assert len(families) > 3 and all(family.startswith("Qwen") for family in families)


def test_a_base_model_is_found_with_and_without_its_ending() -> None:
    ((field, operator, models),) = conditions("models built on Qwen2.5-32B")
    assert (field, operator) == ("base_model", "in")
    assert isinstance(models, tuple) and "Qwen2.5-32B" in models


@pytest.mark.parametrize(
    ("question", "sort", "limit"),
    [
        ("the largest model", Sort("total_params_b", True), None),
        ("the smallest models", Sort("total_params_b", False), None),
        ("the 5 newest models", Sort("release_date", True), 5),
        ("newest 3 models", Sort("release_date", True), 3),
        ("top 10 models on AIME24", Sort("benchmarks.AIME24", True), 10),
        ("the model with the longest context", Sort("context_tokens_approx", True), None),
        ("the worst model on MMLU", Sort("benchmarks.MMLU", False), None),
        ("models ranked by active parameters", Sort("active_params_b", True), None),
        ("参数最大的模型", Sort("total_params_b", True), None),
    ],
)
def test_superlatives_become_an_order_and_a_limit(
    question: str, sort: Sort, limit: int | None
) -> None:
    found = reading(question)
    assert (found.sort, found.limit) == (sort, limit)


def test_the_shape_of_a_question_is_read() -> None:
    assert reading("How many models are open?").count
    assert reading("Timeline of DeepSeek models").timeline
    assert reading("Compare QwQ-32B with DeepSeek-R1").compare
    assert reading("models per country").grouped
    assert reading("Is QwQ-32B open?").yes_no
    assert reading("Which labs published MIT models?").heads == ["developer"]
    assert reading("Which lab has the most models?").most_of


def test_a_comparison_with_a_models_own_value_is_kept_for_later() -> None:
    (than,) = reading("models larger than QwQ-32B").than
    assert (than.field, than.operator, than.model) == ("total_params_b", ">", "qwq-32b")


def test_words_that_nobody_understood_are_left_over() -> None:
    assert reading("Which zebra models are open?").left == ["zebra"]
    assert reading("哪些模型会写诗？").left


def test_a_number_that_belongs_to_nothing_is_left_over() -> None:
    # It was once dropped, and the question answered as if it were not there.
    assert reading("Which models accept 12 tokens?").left == ["<n0> tokens"]
    assert reading("Chinese models with more than 7 of them").left
