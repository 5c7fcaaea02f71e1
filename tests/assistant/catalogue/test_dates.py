"""Dates in questions: each becomes a period, and the words around it stay."""

from __future__ import annotations

import pytest

from assistant.catalogue.dates import Period, find_periods

TODAY = "2026-11-23"


def periods(text: str) -> list[Period]:
    found: list[Period] = []
    find_periods(text, found, TODAY)
    return found


@pytest.mark.parametrize(
    ("text", "first", "last", "name"),
    [
        ("in 2025", "2025-01-01", "2025-12-31", "2025"),
        ("in march 2025", "2025-03-01", "2025-03-31", "2025-03"),
        ("in sept 2025", "2025-09-01", "2025-09-30", "2025-09"),
        ("february 2024", "2024-02-01", "2024-02-29", "2024-02"),
        ("5 march 2025", "2025-03-05", "2025-03-05", "2025-03-05"),
        ("on march 5th, 2025", "2025-03-05", "2025-03-05", "2025-03-05"),
        ("2025-07", "2025-07-01", "2025-07-31", "2025-07"),
        ("2025-07-15", "2025-07-15", "2025-07-15", "2025-07-15"),
        ("the first half of 2025", "2025-01-01", "2025-06-30", None),
        ("h2 2025", "2025-07-01", "2025-12-31", None),
        ("q3 2025", "2025-07-01", "2025-09-30", None),
        ("2025 q1", "2025-01-01", "2025-03-31", None),
        ("the last quarter of 2024", "2024-10-01", "2024-12-31", None),
        ("early 2025", "2025-01-01", "2025-04-30", None),
        ("summer 2025", "2025-06-01", "2025-08-31", None),
        ("in the last 10 days", "2026-11-13", "2026-11-23", None),
        ("over the past two weeks", "2026-11-09", "2026-11-23", None),
        ("this year", "2026-01-01", "2026-12-31", "2026"),
        ("last year", "2025-01-01", "2025-12-31", "2025"),
        ("last month", "2026-10-01", "2026-10-31", "2026-10"),
        ("去年", "2025-01-01", "2025-12-31", "2025"),
        ("2025年3月", "2025-03-01", "2025-03-31", "2025-03"),
        ("2025年3月5日", "2025-03-05", "2025-03-05", "2025-03-05"),
        ("2025年上半年", "2025-01-01", "2025-06-30", None),
    ],
)
def test_a_date_becomes_the_period_that_it_names(
    text: str, first: str, last: str, name: str | None
) -> None:
    assert periods(text) == [Period(first, last, name)]


def test_a_month_without_a_year_is_the_last_one_that_has_begun() -> None:
    assert [p.name for p in periods("since november")] == ["2026-11"]
    assert [p.name for p in periods("since december")] == ["2025-12"]


def test_a_year_said_once_holds_for_both_days() -> None:
    assert [p.name for p in periods("from 1 march to 30 april 2026")] == [
        "2026-03-01",
        "2026-04-30",
    ]


@pytest.mark.parametrize("text", ["2000 models", "2048 tokens", "may be", "mark 5", "v2.2025"])
def test_what_is_no_date_stays(text: str) -> None:
    assert find_periods(text, [], TODAY) == text


def test_a_day_that_no_calendar_has_is_not_made_up() -> None:
    assert "2025-02-31" not in [p.name for p in periods("31 february 2025")]


def test_the_words_around_a_date_stay() -> None:
    text = find_periods("released since march 2025 in france", [], TODAY)
    assert text.split() == ["released", "since", "<t0>", "in", "france"]
