"""An answer once more in another language: what is translated, and what stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from assistant.options import LANGUAGES as OFFERED
from assistant.prompts import Message
from assistant.retold import LANGUAGES, MOST_SENTENCES, agree, retold
from assistant.types import Answer, Sentence

R1 = "DeepSeek-R1 is under the MIT licence."
R1_ZH = "DeepSeek-R1 使用 MIT 许可证。"
COST = "The final training run of DeepSeek-V3 cost 5.576 million dollars."


def answer(*texts: str, **others: Any) -> Answer:
    sentences = tuple(Sentence(text, (n,)) for n, text in enumerate(texts, start=1))
    return Answer("answered", "?", "?", " ".join(texts), sentences, **others)


class Script:
    """Completes with the given texts, in order, and remembers what it was asked."""

    def __init__(self, *texts: str) -> None:
        self.texts: Iterator[str] = iter(texts)
        self.asked: list[list[Message]] = []

    def __call__(self, messages: list[Message]) -> str:
        self.asked.append(messages)
        return next(self.texts)


def test_each_sentence_is_told_in_the_language_with_its_numbers() -> None:
    script = Script(f" {R1_ZH}\n", "最终训练花费了557.6万美元。")
    told = retold(answer(R1, COST), "zh", script)
    assert told is not None and told.kept == 0 and told.language == "zh"
    assert told.sentences == (
        Sentence(R1_ZH, (1,)),
        Sentence("最终训练花费了557.6万美元。", (2,)),
    )
    assert "into Chinese" in script.asked[0][0].content and script.asked[0][1].content == R1


@pytest.mark.parametrize(
    "wrong",
    [
        "DeepSeek-V3的最终训练花费了5.576亿美元。",  # 557.6 million
        "深度Seek-V3的最终训练花费了557.6万美元。",
        "DeepSeek-V3的最终训练花费了巨额美元。",
        "DeepSeek-V3 of Moonshot 的最终训练花费了557.6万美元。",
        "The final training run cost 5.576 million dollars.",
        "",
    ],
)
def test_a_sentence_whose_names_or_numbers_do_not_agree_stays_as_it_was(wrong: str) -> None:
    told = retold(answer(R1, COST), "zh", Script(R1_ZH, wrong))
    assert told is not None and told.kept == 1
    assert told.sentences[1] == Sentence(COST, (2,))


def test_a_date_must_keep_its_day() -> None:
    english = "QwQ-32B was released on 6 March 2025."
    assert agree(english, "QwQ-32B 于 2025 年 3 月 6 日发布。")
    assert not agree(english, "QwQ-32B 于 2025 年 3 月发布。")
    assert not agree(english, "QwQ-32B 于 2025 年 3 月 7 日发布。")


def test_where_nothing_could_be_translated_there_is_no_translation() -> None:
    assert retold(answer(COST), "zh", Script("5.576亿")) is None
    assert retold(answer(R1), "zh", Script("")) is None


def test_what_is_in_the_language_already_is_not_asked_for() -> None:
    script = Script()
    assert retold(answer(R1), "en", script) is None
    assert retold(answer(R1_ZH), "zh", script) is None
    assert script.asked == []


def test_a_chinese_answer_is_told_in_english() -> None:
    told = retold(answer(R1_ZH), "en", Script(R1))
    assert told is not None and told.sentences == (Sentence(R1, (1,)),)


def test_what_is_unsupported_and_what_is_refused_is_not_translated() -> None:
    doubtful = replace(
        answer(R1), sentences=(Sentence(R1, (1,)), Sentence("Odd.", (), "unsupported"))
    )
    told = retold(doubtful, "zh", Script(R1_ZH))
    assert told is not None and len(told.sentences) == 1
    assert retold(replace(answer(R1), status="not_in_corpus"), "zh", Script()) is None
    assert retold(answer(R1), "zh", None) is None


def test_a_long_answer_is_translated_as_far_as_it_can_be_waited_for() -> None:
    script = Script(*[R1_ZH] * MOST_SENTENCES)
    told = retold(answer(*[R1] * (MOST_SENTENCES + 2)), "zh", script)
    assert told is not None and told.kept == 2 and len(told.sentences) == MOST_SENTENCES + 2


def test_every_language_that_may_be_asked_for_has_a_name_for_the_model() -> None:
    assert set(LANGUAGES) == set(OFFERED)
