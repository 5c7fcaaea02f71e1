"""Follow-ups are made to stand alone, and only they are touched."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.rewrite import Wording, in_context, salient_words, stand_alone, wordings
from assistant.types import Passage, Turn
from tests.assistant.passages import passage


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


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Explain it", "Explain DeepSeek-R1"),
        ("Describe its licence.", "Describe DeepSeek-R1's licence."),
        ("Compare it with Qwen3.", "Compare DeepSeek-R1 with Qwen3."),
        ("Explain the licence", "Explain the licence (about DeepSeek-R1)"),
        ("Elaborate", "Elaborate (about DeepSeek-R1)"),
        ("Tell me more", "Tell me more (about DeepSeek-R1)"),
        ("Please give me more details.", "Please give me more details. (about DeepSeek-R1)"),
        ("Compare Qwen3 and Llama 4", "Compare Qwen3 and Llama 4"),
        ("Explain quantisation of large networks", "Explain quantisation of large networks"),
    ],
)
def test_an_order_is_no_name_and_may_lean_on_the_conversation(question: str, expected: str) -> None:
    history = talk("Which licence does DeepSeek-R1 use?", "MIT.")
    assert stand_alone(question, history) == expected


@pytest.mark.parametrize(
    ("before", "told", "question", "expected"),
    [
        (
            "Which models does Meta publish?",
            "Meta publishes Llama 4 Scout.",
            "And Google?",
            "Which models does Google publish?",
        ),
        (
            "Which models are under MIT?",
            "DeepSeek-R1 and GLM-4.5 are.",
            "What about Apache 2.0?",
            "Which models are under Apache 2.0?",
        ),
        (
            "which model is the largest?",
            "Kimi K2 is the largest.",
            "and Qwen3?",
            "What about Qwen3? (asked after: which model is the largest?)",
        ),
    ],
)
def test_a_new_name_is_kept_where_only_the_answer_named_the_old_one(
    before: str, told: str, question: str, expected: str
) -> None:
    assert stand_alone(question, talk(before, told)) == expected


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


CHAT = talk(
    "how to add web chat widget?",
    "Open the assistant and choose the web chat tile; the widget is a script.",
    "Can I extend the web chat? if so, how can I do that?",
    "Yes, you can extend the web chat by writing code.",
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("any limits", "Any limits (about web chat)"),
        ("Is it free?", "Is it free? (about web chat)"),
        ("Thanks! Is it free?", "Is it free? (about web chat)"),
        ("what other options are there?", "What other options are there? (about web chat)"),
        ("By the way, who was Ada Lovelace?", "Who was Ada Lovelace?"),
        ("How does encryption protect stored passwords?", None),
        ("Thank you!", None),
    ],
)
def test_a_subject_without_capitals_is_what_the_talk_keeps_coming_back_to(
    question: str, expected: str | None
) -> None:
    assert stand_alone(question, CHAT) == (expected or question)


@pytest.mark.parametrize(
    ("asked", "question", "expected"),
    [
        ("What is the size of Qwen3-30B-A3B?", "no, I meant the 32B",
         "What is the size of Qwen3-32B?"),
        ("How big is Gemma 3 1B?", "and the 12B?", "How big is Gemma 3 12B?"),
        ("When did Taiwan ban it?", "I meant Japan, not Taiwan.", "When did Japan ban it?"),
        ("how do I delete impersonal data?", "Oops, I meant personal data, pls.",
         "how do I delete impersonal data? (meant: personal data)"),
        ("When did Korea stop the downloads?", "Why?", "Why did Korea stop the downloads?"),
        ("Is SB 1047 law?", "Who wrote it?", "Who wrote SB 1047?"),
        ("Where is New York?", "How big is it?", "How big is New York?"),
        ("How big is QwQ-32B?", "Is Yi-34B larger than it?", "Is Yi-34B larger than QwQ-32B?"),
        ("When did Italy restrict DeepSeek?", "And Australia?",
         "When did Australia restrict DeepSeek?"),
        ("How do Italy and Spain differ?", "Is it warm?", "Is it warm? (about Italy and Spain)"),
    ],
)  # fmt: skip
def test_a_correction_or_half_a_question_asks_the_last_one_again(
    asked: str, question: str, expected: str
) -> None:
    assert stand_alone(question, talk(asked, "An answer.")) == expected


@pytest.mark.parametrize("question", ["Which are the newest models?", "largest open model"])
def test_a_question_of_every_model_does_not_lean_on_the_talk(question: str) -> None:
    assert stand_alone(question, talk("How big is DeepSeek-R1?", "671B")) == question


FOLLOW_UPS = Path(__file__).resolve().parents[1] / "bench" / "questions" / "followups.jsonl"
# "a company … of its own": the word before the pronoun is what it means, and nothing else in
# the question points back.
NOT_YET = {"llama-threshold"}


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(line, id=line["id"], marks=[pytest.mark.xfail(strict=True)] * (
            line["id"] in NOT_YET))
        for line in map(json.loads, FOLLOW_UPS.read_text("utf-8").splitlines())
    ],
)  # fmt: skip
def test_follow_ups_over_the_curated_corpus_keep_their_names(line: dict[str, Any]) -> None:
    history = [Turn(turn["role"], turn["text"]) for turn in line["history"]]
    standalone = stand_alone(line["question"], history)
    for wanted in line["standalone_contains"]:
        readings = [wanted] if isinstance(wanted, str) else wanted
        assert any(reading in standalone for reading in readings), standalone
    assert not [word for word in line["standalone_lacks"] if word in standalone]


def test_a_short_question_is_searched_with_the_words_of_the_talk_too() -> None:
    bare, filled = wordings("any limits", CHAT)
    assert bare == Wording("any limits", 1.0)
    assert filled.text.startswith("any limits ")
    assert {"web", "chat"} <= set(filled.text.split())
    assert filled.weight > bare.weight


def test_a_question_of_many_words_is_searched_as_it_is() -> None:
    question = "Which California governor vetoed an artificial intelligence safety bill?"
    assert wordings(question, CHAT) == (Wording(question, 1.0),)


def test_courtesies_say_nothing_of_the_subject() -> None:
    history = [*CHAT, Turn("user", "ok, good to know"), Turn("assistant", "You are welcome.")]
    assert salient_words("any limits", history, 2) == salient_words("any limits", CHAT, 2)


def test_a_passage_that_both_wordings_find_comes_before_one_that_only_one_finds() -> None:
    both, one = passage("Web chat limits."), passage("Speed limits.", id="roads")
    found = {"any limits": [replace(one, score=4.0), replace(both, score=3.0)]}

    def search(text: str, limit: int) -> list[Passage]:
        return found.get(text, [replace(both, score=0.5)])[:limit]

    assert [p.document.id for p in in_context(search, "any limits", CHAT, 2)] == [
        both.document.id,
        "roads",
    ]


def test_without_a_conversation_the_search_is_untouched() -> None:
    asked: list[tuple[str, int]] = []

    def search(text: str, limit: int) -> list[Passage]:
        asked.append((text, limit))
        return []

    assert in_context(search, "any limits", [], 7) == []
    assert asked == [("any limits", 7)]
