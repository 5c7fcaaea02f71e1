"""When an answer is refused before or after the draft, and when it is not."""

import pytest

from assistant.abstain import declines, lacks_subject
from assistant.evidence import pack
from tests.assistant.passages import passage
from tests.growth import growth

HARDWARE = passage(
    "DeepSeek-V3 was trained on 2,048 Nvidia H800 GPU cards. QwQ-32B runs in 24 GB of memory.",
    title="Hardware",
)


@pytest.mark.parametrize(
    "question",
    [
        "How many GPUs was DeepSeek-V3 trained on?",
        "How much VRAM does QwQ-32B need?",
        "What hardware (GPU/CPU) does QwQ-32B need?",
        "Answer in JSON: how much memory does QwQ-32B need?",
        "how much memory is needed?",
    ],
)
def test_ordinary_acronyms_do_not_rule_an_answer_out(question: str) -> None:
    assert lacks_subject(question, pack(question, [HARDWARE], 200)) == ()


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("How big is Kimi-K9?", ("Kimi-K9",)),
        ("Kimi K9的许可证是什么?", ("K9",)),
        ("How big is DeepSeek-V4?", ("DeepSeek-V4",)),
    ],
)
def test_a_version_that_no_passage_names_does(question: str, missing: tuple[str, ...]) -> None:
    assert lacks_subject(question, pack(question, [HARDWARE], 200)) == missing


@pytest.mark.parametrize(
    "sentence",
    [
        "The sources do not mention its price.",
        "The provided text does not state who founded it.",
        "The number of GPU hours is not mentioned in the sources.",
        "There is no information about it.",
        "It cannot be determined from this.",
        "文档中没有提到价格。",
    ],
)
def test_a_sentence_that_says_the_sources_are_silent_declines(sentence: str) -> None:
    assert declines(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "No information leaves the machine when Qwen3 runs locally.",
        "The context window is 128K tokens, not including output.",
        "The model accepts text and does not provide images.",
        "DeepSeek-R1 is under the MIT licence.",
    ],
)
def test_an_ordinary_denial_does_not_decline(sentence: str) -> None:
    assert not declines(sentence)


def test_a_looping_draft_costs_in_proportion_to_its_length() -> None:
    assert growth(lambda size: declines("is not given in " * size), 2000) < 10
