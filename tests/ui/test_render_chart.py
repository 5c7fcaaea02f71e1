"""Charts: what is drawn is what was given, and labels stay text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from ui.chart_scale import day_number, number_ticks, time_ticks
from ui.render_chart import Bar, Event, Point, bar_chart, scatter_chart, timeline_chart

HOSTILE = '<img src=x onerror="window.hacked=1">'


def texts(figure: str) -> list[str]:
    """What a chart says, as a parser of XML reads it (so it must be well-formed)."""
    root = ET.fromstring(figure)
    return [element.text or "" for element in root.iter() if element.tag in ("text", "title")]


def widths(figure: str) -> list[float]:
    return [
        float(w) for w in re.findall(r'class="series-\d" x="0" y="\d+" width="([\d.]+)%', figure)
    ]


def test_bars_are_as_long_as_their_values() -> None:
    figure = bar_chart("Score", [Bar("R1", 80.0), Bar("QwQ", 40.0), Bar("Old", 0.0)], " %")
    assert widths(figure) == [100.0, 50.0, 0.0]
    assert texts(figure) == ["R1", "80 %", "QwQ", "40 %", "Old", "0 %"]
    assert "R1 80 %; QwQ 40 %" in figure


def test_bars_of_a_group_stand_under_its_name() -> None:
    figure = bar_chart("S", [Bar("R1", 2, "AIME"), Bar("QwQ", 1, "AIME"), Bar("R1", 3, "MATH")])
    assert [t for t in texts(figure) if t in ("AIME", "MATH")] == ["AIME", "MATH"]


def test_what_is_not_a_number_is_not_drawn() -> None:
    assert bar_chart("S", [Bar("x", float("nan"))]) == ""
    assert scatter_chart("S", [Point("x", 0.0, 1.0)], "a", "b", log_x=True) == ""
    assert timeline_chart("S", [Event("x", "soon")]) == ""


def test_long_charts_say_what_they_leave_out() -> None:
    figure = bar_chart("S", [Bar(f"m{n}", n) for n in range(60)])
    assert "24 of 60 bars shown." in figure


def test_events_stand_in_order_of_their_dates() -> None:
    events = [Event("C", "2025"), Event("A", "2024-01-02"), Event("B", "2024-12"), Event("D", "")]
    figure = timeline_chart("Releases", events)
    assert [t for t in texts(figure) if t in "ABCD"] == ["A", "B", "C"]
    places = [float(x) for x in re.findall(r'cx="([\d.]+)%', figure)]
    assert places == sorted(places)
    assert len(set(places)) == 3
    assert "1 without a date left out." in figure


def test_many_events_share_the_lanes_that_they_name() -> None:
    events = [
        Event(f"m{n}", f"2024-{n % 12 + 1:02d}", "Qwen" if n % 3 else "Meta") for n in range(60)
    ]
    figure = timeline_chart("Releases", events)
    said = texts(figure)
    assert said.index("Qwen") < said.index("Meta")
    assert figure.count("<circle") == 60


def test_one_event_stands_in_the_middle_of_its_time() -> None:
    figure = timeline_chart("Releases", [Event("A", "2024-06-15")])
    assert 0 < float(re.findall(r'cx="([\d.]+)%', figure)[0]) < 100


def test_points_go_up_and_across_with_their_values() -> None:
    figure = scatter_chart(
        "S", [Point("a", 1, 10), Point("b", 100, 90)], "size", "score", log_x=True
    )
    (x1, y1), (x2, y2) = re.findall(r'cx="([\d.]+)%" cy="([\d.]+)"', figure)
    assert float(x1) < float(x2)
    assert float(y1) > float(y2)


@pytest.mark.parametrize(
    "figure",
    [
        bar_chart(HOSTILE, [Bar(HOSTILE, 1.0, HOSTILE)], HOSTILE),
        timeline_chart(HOSTILE, [Event(HOSTILE, "2024", HOSTILE, 0, f"/{HOSTILE}")], [HOSTILE]),
        scatter_chart(HOSTILE, [Point(HOSTILE, 1, 1)], HOSTILE, HOSTILE, [HOSTILE]),
    ],
)
def test_labels_stay_text(figure: str) -> None:
    assert "<img" not in figure
    ET.fromstring(figure)


@pytest.mark.parametrize("href", ["javascript:alert(1)", "//evil.example", "https://evil.example"])
def test_only_addresses_of_this_server_are_linked(href: str) -> None:
    assert "<a " not in timeline_chart("S", [Event("a", "2024", href=href)])


def test_a_chart_with_links_is_not_one_image() -> None:
    assert 'role="group"' in timeline_chart("S", [Event("a", "2024", href="/card?id=a")])
    assert 'role="img"' in timeline_chart("S", [Event("a", "2024")])


@pytest.mark.parametrize("iso", ["2024-13", "2024-02-31", "never", "0000", ""])
def test_no_date_is_made_up(iso: str) -> None:
    assert day_number(iso) is None


@pytest.mark.parametrize(
    ("first", "last"), [("2024-01-02", "2024-02-03"), ("2017", "2026-11"), ("1", "9999")]
)
def test_an_axis_of_time_has_few_marks_around_its_days(first: str, last: str) -> None:
    one, other = day_number(first.zfill(4)), day_number(last)
    assert one is not None and other is not None
    ticks, low, high = time_ticks(one, other)
    assert len(ticks) <= 20
    assert low <= one
    assert other <= high or last == "9999"


@pytest.mark.parametrize(
    "values", [[0.0], [5.0, 5.0], [61.2, 88.4], [0.001, 0.002], [3, 120_000], [-4, 9]]
)
def test_an_axis_of_numbers_holds_its_values(values: list[float]) -> None:
    scale = number_ticks(values)
    assert scale.low <= min(values)
    assert scale.high >= max(values)
    assert len(scale.ticks) <= 8
