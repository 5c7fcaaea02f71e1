"""Values are read with their units and compared as far as both are written."""

from __future__ import annotations

import pytest

from assistant.values import Kind, asked, same, values_in, years_in


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When was POSB founded?", "date"),
        ("In which year did it close?", "date"),
        ("What is the birth date of Ora Lindt?", "date"),
        ("How many people live there?", "number"),
        ("What is the population of Marlow?", "number"),
        ("Who directed the film?", "name"),
        ("In which city is the station?", "name"),
        ("Under which licence is Kite-2?", "licence"),
        ("Why was it closed?", None),
    ],
)
def test_a_question_tells_the_kind_of_value_it_asks_for(question: str, kind: Kind | None) -> None:
    found = asked(question)
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("number", "In 2010 there were 3,559 people and 10 % more.", ["3,559", "10 %"]),
        ("number", "Kite-2 and R1 cost $5.6 million.", ["$5.6 million"]),
        ("date", "On May 3, 1876, or 1876-05-03, or in June 1902.", 3),
        ("name", "It was directed by Elia Marten in March.", ["Elia Marten"]),
        ("name", "The American singer Joni Holm sang.", ["Joni Holm"]),
        ("licence", "Kite-2 is under the MIT licence, Mini under Apache 2.0.", 2),
    ],
)
def test_values_are_read_where_they_stand(kind: Kind, text: str, expected: list[str] | int) -> None:
    found = values_in(text, kind)
    assert all(text[value.start : value.end] == value.text for value in found)
    if isinstance(expected, int):
        assert len(found) == expected
    else:
        assert [value.text for value in found] == expected


@pytest.mark.parametrize(
    ("kind", "left", "right", "agree"),
    [
        ("date", "3 May 1902", "in 1902", True),
        ("date", "3 May 1902", "May 4, 1902", False),
        ("date", "14 August 1850", "1850-08-14", True),
        ("number", "671B parameters", "671 billion parameters", True),
        ("number", "2.788 million hours", "2.79 million hours", True),
        ("number", "3 people", "4 people", False),
        ("name", "by Elia Marten", "by Marten", True),
        ("name", "by Elia Marten", "by Ora Lindt", False),
        ("licence", "the Apache 2.0 licence", "Apache License, Version 2.0", True),
        ("licence", "the MIT licence", "Apache 2.0", False),
    ],
)
def test_two_values_agree_as_far_as_both_are_written(
    kind: Kind, left: str, right: str, agree: bool
) -> None:
    (a, *_), (b, *_) = values_in(left, kind), values_in(right, kind)
    assert same(a, b) is agree
    assert same(b, a) is agree


def test_years_are_those_of_dates_and_not_of_other_numbers() -> None:
    assert years_in("In 2010 there were 1,902 people; on 3 May 2012 there were 1998 tokens.") == {
        2010,
        2012,
    }
