"""Whatever is typed is read without an error, in time that does not explode with its length."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.catalogue.understand import LONGEST
from index.catalogue import parse_query
from tests.assistant.catalogue.shipped import CARDS, CATALOGUE, TODAY, told, understood
from tests.growth import growth

PIECES = (
    "which what how many models open not excluding MIT Apache 2.0 Qwen3-32B DeepSeek China top 5 "
    "over under between and 128k context 70B <m0> <n9> largest per country 2025 since march q3 "
    "compare with on MMLU 80 why ? ; , licence unknown 模型 许可证 中国 为什么 最大 亿 以上 ( ) … "
    "９９ ² ½ ١٢ 1e400 -1 0 00 0.0.0 2025-02-31 31 february"
).split()
TEXTS = st.text(max_size=2000) | st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_any_text_is_read_without_an_error_and_any_query_is_a_valid_one(text: str) -> None:
    found = understood(text)
    if found is not None:
        assert parse_query(found.decision.query.to_dict()) == found.decision.query
        told(text)
    CATALOGUE.canonical(text)


@pytest.mark.parametrize(
    "question",
    [
        "top " + "9" * 500 + " models",
        "Which models have more than " + "9" * 400 + " tokens of context?",
        "Which models are over " + "9" * 300 + " trillion parameters?",
        "models between 9 and " + "1" * 400 + "B",
        "the last 99 years of models",
        "models released on 2025-13-45",
        "models released on 31 February 2025",
        "<m0> <n7> <t3> <b1>",
        "compare " + " and ".join(card.name for card in list(CARDS.values())[:15]),
        "\ud800 models", "\x00models", "ＤｅｅｐＳｅｅｋ ｍｏｄｅｌｓ",
    ],
)  # fmt: skip
def test_odd_questions_are_answered_or_left_to_search(question: str) -> None:
    assert told(question).composed is None or told(question).composed


@pytest.mark.parametrize(
    "piece",
    [
        "not from the ",
        "a,",
        "QwQ-32B ",
        "and why ",
        "? ",
        "licence ",
        "模型",
        "9 ",
        "-a",
        "of the ",
    ],
)
def test_the_time_to_read_a_question_grows_gently_with_its_length(piece: str) -> None:
    whole = piece * LONGEST
    assert growth(lambda size: understood(whole[:size]), LONGEST // 4) < 40


def test_a_text_longer_than_questions_are_is_not_read_at_all() -> None:
    rng = random.Random(4)
    text = " ".join(rng.choice(PIECES) for _ in range(2000))
    assert CATALOGUE.understand(text, TODAY) is None
