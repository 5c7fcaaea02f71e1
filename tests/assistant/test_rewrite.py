"""Follow-ups are made to stand alone, and only they are touched."""

import pytest

from assistant.rewrite import stand_alone
from assistant.types import Turn


def talk(*texts: str) -> list[Turn]:
    return [Turn("assistant" if i % 2 else "user", text) for i, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("history", "question", "expected"),
    [
        (
            talk("What is the context length of QwQ-32B?", "32K"),
            "And for GLM-4.5?",
            "What is the context length of GLM-4.5?",
        ),
        (
            talk("What is the context length of QwQ-32B?", "32K"),
            "What is its licence?",
            "What is QwQ-32B's licence?",
        ),
        (
            talk("How big is DeepSeek-R1?", "671B", "And DeepSeek-V3?", "671B"),
            "Who developed it?",
            "Who developed DeepSeek-V3?",
        ),
        (
            talk("How many parameters does DeepSeek-R1 have?", "671B"),
            "And the licence?",
            "What about the licence of DeepSeek-R1?",
        ),
        (
            talk("Which models did the Seed team open?", "It opened Seed-OSS-36B."),
            "How long a context do they support?",
            "How long a context do Seed-OSS-36B support?",
        ),
        (
            talk("Who made QwQ-32B?", "It was made by Alibaba."),
            "Under which licence is it released?",
            "Under which licence is QwQ-32B released?",
        ),
        (
            talk("Who made QwQ-32B?", "It was made by Alibaba."),
            "What else did they release?",
            "What else did Alibaba release?",
        ),
        (talk("Yi-34B 的参数量是多少？", "34B"), "那 Yi-6B 呢？", "Yi-6B 的参数量是多少？"),
        (
            talk("Yi-34B 的参数量是多少？", "34B"),
            "它的上下文长度是多少？",
            "Yi-34B的上下文长度是多少？",
        ),
    ],
)
def test_a_follow_up_takes_its_subject_from_the_conversation(
    history: list[Turn], question: str, expected: str
) -> None:
    assert stand_alone(question, history) == expected


@pytest.mark.parametrize(
    "question",
    [
        "What is the weather in Paris?",
        "Does Qwen3 beat its predecessor?",
        "Which licence does Kimi-K2 use?",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    assert stand_alone(question, talk("How big is DeepSeek-R1?", "671B")) == question


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which models were released this year?", None),
        ("Is it true that Qwen3 is Apache?", None),
        ("Is it possible to run Qwen3 on a laptop?", None),
        ("How much does it cost to train GPT-4?", None),
        ("In which year was Alibaba founded?", None),
        ("In 2025, which models were released?", None),
        ("Who made that claim?", None),
        ("Whose model is Qwen3?", None),
        ("还有其他模型吗？", "What about 其他模型吗 of DeepSeek-R1?"),
        ("But is Llama 4 open?", "is Llama 4 open?"),
        ("But does Qwen3 beat its predecessor?", "does Qwen3 beat its predecessor?"),
        ("And is it larger than Qwen3?", "And is DeepSeek-R1 larger than Qwen3?"),
        ("Is it safe?", "Is DeepSeek-R1 safe?"),
        ("Is it possible to fine-tune it?", "Is it possible to fine-tune DeepSeek-R1?"),
        ("How much did it cost to train?", "How much did DeepSeek-R1 cost to train?"),
        ("Is this under Apache?", "Is DeepSeek-R1 under Apache?"),
        ("Is this open?", "Is DeepSeek-R1 open?"),
        ("How was that trained?", "How was DeepSeek-R1 trained?"),
        ("Who made this model?", "Who made DeepSeek-R1?"),
        ("Where is that lab?", "Where is DeepSeek-R1?"),
        ("Who made these models?", "Who made DeepSeek-R1?"),
        ("And is it Apache?", "And is DeepSeek-R1 Apache?"),
        ("And that of Qwen3?", "Which licence does Qwen3 use?"),
        ("How about it for Qwen3?", "Which licence does Qwen3 use?"),
        ("For Qwen3?", "Which licence does Qwen3 use?"),
    ],
)
def test_only_what_leans_on_the_conversation_is_rewritten(
    question: str, expected: str | None
) -> None:
    history = talk("Which licence does DeepSeek-R1 use?", "MIT.")
    assert stand_alone(question, history) == (expected or question)


def test_a_lead_in_is_stripped_even_where_the_conversation_names_nothing() -> None:
    history = talk("how do electric cars work?", "With a battery.")
    assert stand_alone("But is Llama 4 open?", history) == "is Llama 4 open?"


def test_without_a_history_nothing_is_rewritten() -> None:
    assert stand_alone("What is its licence?", []) == "What is its licence?"


def test_the_model_is_asked_only_when_no_subject_is_named() -> None:
    asked: list[str] = []

    def model(question: str, history: object) -> str:
        asked.append(question)
        return "How long does the battery of an electric car last?"

    history = talk("how do electric cars work?", "With a battery.")
    assert stand_alone("how long does it last?", history, model).startswith("How long does the bat")
    stand_alone("how long is it?", talk("Tell me of QwQ-32B", "It is a model."), model)
    assert asked == ["how long does it last?"]


def test_a_rewrite_that_loses_a_number_is_not_used() -> None:
    history = talk("how do electric cars work?", "With a battery.")
    rewritten = stand_alone("does it last 300 miles?", history, lambda *_: "Do electric cars last?")
    assert "300" in rewritten
    assert "electric cars" in rewritten
