"""A Chinese question over English documents is put into English, or left alone."""

from __future__ import annotations

from collections.abc import Callable

from assistant.prompts import Message
from assistant.translate import translated
from tests.assistant.passages import passage

ENGLISH = [passage("DeepSeek-R1 is under the MIT licence.", title="DeepSeek-R1")]
CHINESE = [passage("DeepSeek-R1采用MIT许可证。", title="DeepSeek-R1")]
QUESTION = "DeepSeek-R1在2025年的许可证是什么？"


def saying(text: str) -> Callable[[list[Message]], str]:
    return lambda messages: text


def never(messages: list[Message]) -> str:
    raise AssertionError("the model was asked")


def test_a_chinese_question_over_english_documents_is_translated() -> None:
    english = "What is the licence of DeepSeek-R1 in 2025?"
    assert translated(QUESTION, ENGLISH, saying(english)) == english


def test_an_english_question_is_left_alone() -> None:
    assert translated("What is the licence of DeepSeek-R1?", ENGLISH, never) is None


def test_a_question_that_its_own_language_can_answer_is_left_alone() -> None:
    assert translated(QUESTION, CHINESE, never) is None


def test_a_translation_that_loses_a_name_or_number_is_not_used() -> None:
    assert translated(QUESTION, ENGLISH, saying("What is the licence of DeepSeek in 2025?")) is None
    assert translated("R1有37B参数吗？请回答问题", ENGLISH, saying("Does R1 have 3B?")) is None


def test_no_translation_is_no_harm() -> None:
    assert translated(QUESTION, ENGLISH, saying("")) is None
    assert translated(QUESTION, ENGLISH, saying("许可证 DeepSeek-R1 2025")) is None
    assert translated(QUESTION, ENGLISH, saying("DeepSeek-R1 2025 " * 100)) is None
    assert translated(QUESTION, ENGLISH, None) is None
