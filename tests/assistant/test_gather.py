"""What is gathered for a question: each text once, and in the time that was asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.gather import Asked, distinct, gather, in_time, time_asked
from index.types import Passage
from tests.assistant.passages import Shelf, passage


def dated(text: str, published: str | None, score: float = 1.0, id: str = "") -> Passage:
    return replace(passage(text, id=id or text, published=published), score=score)


def test_a_text_that_stands_in_two_documents_is_gathered_once() -> None:
    shelf = Shelf(
        passage("The vote was 47 to 3.", id="a"),
        passage("The  vote was 47 to 3.", id="b"),
        passage("The vote was 48 to 3.", id="c"),
    )
    assert [p.document.id for p in gather("What was the vote?", shelf, 12)] == ["a", "c"]


def test_of_copies_the_one_under_the_title_asked_about_is_kept_in_the_place_of_the_first() -> None:
    copies = [
        passage("The laws of Hong Kong govern it.", id="a", title="Licence of Hunyuan-Large"),
        passage("Something else.", id="b"),
        passage("The laws of Hong Kong govern it.", id="c", title="Licence of Hunyuan-A13B"),
    ]
    found = distinct("Which law governs the licence of Hunyuan-A13B?", copies)
    assert [p.document.id for p in found] == ["c", "b"]


def test_of_copies_under_one_title_the_newest_is_kept() -> None:
    copies = [
        passage("It costs 2 dollars.", id="old", published="2024-05"),
        passage("It costs 2 dollars.", id="new", published="2025-01-02"),
    ]
    assert [p.document.id for p in distinct("What does it cost?", copies)] == ["new"]


def test_places_of_copies_are_filled_with_what_came_next() -> None:
    shelf = Shelf(*(passage("Same.", id=f"copy{i}") for i in range(3)), passage("Other.", id="o"))
    assert len(gather("Same or other?", shelf, 2)) == 2


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What is the latest price?", Asked(newest=True)),
        ("What did it cost as of March 2025?", Asked(until="2025-03")),
        ("Who led it before 14 March 2025?", Asked(until="2025-03-14")),
        ("What changed since the end of 2024?", Asked(since="2024")),
        ("How many states had a ban by november 2025", Asked(until="2025-11")),
        ("What was the current price as of 2024-06-01?", Asked(until="2024-06-01")),
        ("目前的价格是多少？", Asked(newest=True)),
        ("Who won by 2 points in 2024?", Asked()),
        ("How is electric current measured by a meter?", Asked(newest=True)),
        ("What are 2025 tokens?", Asked()),
    ],
)
def test_the_time_asked_about_is_read_from_the_question(question: str, asked: Asked) -> None:
    assert time_asked(question) == asked


def test_for_the_latest_a_newer_passage_that_is_nearly_as_good_comes_first() -> None:
    found = [dated("old", "2023-01-01", 1.0), dated("new", "2025-06-01", 0.95)]
    shelf = Shelf(*found)
    assert [p.text for p in gather("What is the latest price?", shelf, 2)] == ["new", "old"]
    assert [p.text for p in gather("What is the price?", shelf, 2)] == ["old", "new"]


def test_a_newer_passage_that_is_far_off_stays_behind() -> None:
    found = [dated("right", "2023-01-01", 1.0), dated("off", "2025-06-01", 0.4)]
    assert [p.text for p in in_time(found, Asked(newest=True))] == ["right", "off"]


def test_what_was_published_after_the_day_asked_about_moves_back_and_is_never_dropped() -> None:
    found = [dated("later", "2025-04-01"), dated("in time", "2025-03-31"), dated("undated", None)]
    moved = in_time(found, Asked(until="2025-03"))
    assert [p.text for p in moved] == ["in time", "undated", "later"]


def test_a_document_dated_by_its_year_alone_is_not_earlier_than_a_month_of_that_year() -> None:
    found = [dated("before", "2023"), dated("that year", "2024")]
    assert [p.text for p in in_time(found, Asked(since="2024-06"))] == ["that year", "before"]


def test_a_dated_question_reaches_deeper_than_it_returns() -> None:
    shelf = Shelf(*(dated(f"p{i}", "2020", 1.0) for i in range(3)), dated("new", "2025", 0.9))
    assert gather("What is the newest figure?", shelf, 2)[0].text == "new"


def test_a_search_without_scores_keeps_its_order() -> None:
    found = [dated("a", "2020", 0.0), dated("b", "2025", 0.0)]
    assert in_time(found, Asked(newest=True)) == found
