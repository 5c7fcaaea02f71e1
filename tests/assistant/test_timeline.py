"""Questions for what happened: dated sentences of the passages, in order, as exact quotes."""

from __future__ import annotations

import pytest

from assistant.timeline import FEWEST_EVENTS, MOST_EVENTS, asks_for_events, events
from index.types import Passage
from tests.assistant.passages import passage

TODAY = "2026-11-23"
H20 = passage(
    "On 9 April 2025 the government told Nvidia that the H20 needs a licence (source: sec.gov). "
    "Nvidia said on 15 July 2025 that it would sell the H20 again. "
    "The H20 came to the market in early 2024. "
    "The AMD MI308 was named on 15 July 2025 too.",
    id="h20",
    title="The H20 chip",
)
OTHER = passage("On 1 May 2025 Texas held a fair.", id="fair", title="Fairs")


@pytest.mark.parametrize(
    "question",
    [
        "What happened to the H20 in 2025?",
        "Timeline of the bans on DeepSeek",
        "Walk me through the H20 story",
        "What were the main export control steps since 2022?",
        "2025年H20发生了什么？",
    ],
)
def test_questions_for_events_are_recognised(question: str) -> None:
    assert asks_for_events(question)


@pytest.mark.parametrize(
    "question", ["When was QwQ-32B released?", "What does the H20 cost?", "Who banned DeepSeek?"]
)
def test_questions_for_one_fact_are_not(question: str) -> None:
    assert not asks_for_events(question)


def told(question: str, *passages: Passage) -> list[str]:
    return [text for text, _ in events(question, passages, TODAY)]


def test_events_come_in_order_of_date_without_their_source_notes() -> None:
    assert told("What happened to the H20 in 2025?", H20, OTHER)[:2] == [
        "On 9 April 2025 the government told Nvidia that the H20 needs a licence.",
        "Nvidia said on 15 July 2025 that it would sell the H20 again.",
    ]


def test_each_event_quotes_its_document_exactly() -> None:
    for _, support in events("What happened to the H20 in 2025?", [H20], TODAY):
        (quote,) = support.quotes
        assert quote.text == H20.text[quote.start : quote.end]


def test_only_the_period_asked_about_counts() -> None:
    assert told("What happened to the H20 between May and July 2025?", H20) == [
        "Nvidia said on 15 July 2025 that it would sell the H20 again.",
        "The AMD MI308 was named on 15 July 2025 too.",
    ]
    assert told("What happened to the H20 in 2019?", H20) == []


def test_a_month_said_once_serves_both_days() -> None:
    assert told("What happened to the H20 between 1 and 20 July 2025?", H20)[0].startswith("Nvidia")


def test_sentences_about_something_else_are_left_out() -> None:
    assert not any("fair" in text for text in told("What happened to the H20 in 2025?", H20, OTHER))


def test_one_event_is_no_timeline() -> None:
    alone = passage("On 9 April 2025 the H20 was stopped.", title="H20")
    assert FEWEST_EVENTS == 2
    assert told("What happened to the H20 in 2025?", alone) == []


def test_the_same_event_is_told_once() -> None:
    again = passage(
        "On 9 April 2025 the government told Nvidia the H20 needs a licence.", id="b", title="H20"
    )
    texts = told("What happened to the H20 in 2025?", H20, again)
    assert sum("9 April" in text for text in texts) == 1


def test_a_long_story_is_cut() -> None:
    days = " ".join(
        f"On {day} May 2025 step {day} of the Alpha plan began." for day in range(1, 29)
    )
    assert len(told("Timeline of the Alpha plan", passage(days, title="Alpha plan"))) == MOST_EVENTS
