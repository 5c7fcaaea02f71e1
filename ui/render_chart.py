"""Charts as small pictures drawn by the server: bars, a time line, points; by pure functions.

SVG whose positions across are shares of its width and whose text keeps its size, so that one
picture suits a phone and a desk. Every label goes through ``escaped``; the figures stand in a
table beside the picture or in its description. Knows nothing of answers or of the catalogue.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ui.chart_scale import Tick, day_number, number_ticks, time_ticks
from ui.markup import escaped, shortened
from ui.render_table import shown

MOST_BARS = 24
MOST_ROWS = 24  # events with a row of their own; more are drawn as dots in lanes
MOST_LANES = 40
MOST_POINTS = 400
MAX_LABEL = 42  # characters: about 290 pixels, which a phone has room for
ROW = 30  # pixels of a row: a line of text, and the bar or track below it
SERIES = 6  # colours that can be told apart; further series share the last
EDGE = 2.0  # per cent of the width kept free on each side of dots
PLOT_HEIGHT = 260


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; bars of the same ``group`` follow each other below its name."""

    label: str
    value: float
    group: str = ""
    series: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on ``date`` (ISO 8601, day and month may lack).

    ``lane`` is the line it stands on where there are many events, ``href`` a page of this
    server, ``series`` its colour.
    """

    label: str
    date: str
    lane: str = ""
    series: int = 0
    href: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One dot of a scatter chart."""

    label: str
    x: float
    y: float
    series: int = 0
    href: str = ""


def bar_chart(title: str, rows: Sequence[Bar], unit: str = "") -> str:
    """Return bars from zero, each with its label and value; "" where there is nothing to draw."""
    known = [row for row in rows if math.isfinite(row.value)]
    if not known:
        return ""
    drawn = known[:MOST_BARS]
    most = max(max(row.value for row in drawn), 0.0) or 1.0
    parts, y, group = [], 0, ""
    for row in drawn:
        if row.group != group:
            group = row.group
            parts.append(_text(0, y + 18, group, "group"))
            y += 26
        parts.append(_bar(row, y, 100 * max(row.value, 0.0) / most, unit))
        y += ROW + 4
    said = "; ".join(f"{_named(row)} {shown(row.value)}{unit}" for row in drawn)
    return _figure(title, said, y, parts, _left_out(len(known), len(drawn), "bars"))


def _bar(row: Bar, y: int, share: float, unit: str) -> str:
    return (
        _text(0, y + 13, row.label, "label")
        + _text(100, y + 13, f"{shown(row.value)}{unit}", "value", anchor="end")
        + f'<rect class="track" x="0" y="{y + 19}" width="100%" height="7" rx="2"/>'
        + f'<rect class="{_series(row.series)}" x="0" y="{y + 19}" width="{share:.2f}%"'
        ' height="7" rx="2"/>'
    )


def _named(row: Bar) -> str:
    return f"{row.group}, {row.label}" if row.group else row.label


def timeline_chart(
    title: str, events: Iterable[Event], series: Sequence[str] = (), *, lanes: bool | None = None
) -> str:
    """Return events on a line of time, oldest first; many of them as dots on ``lane`` lines.

    ``series`` are the names of the colours. Events without a date are left out, and counted.
    """
    given = list(events)
    dated = [(day, event) for event in given if (day := day_number(event.date)) is not None]
    dated.sort(key=lambda pair: (pair[0], pair[1].label))
    if not dated:
        return ""
    ticks, first, last = time_ticks(dated[0][0], dated[-1][0])
    at = [(_across(day, first, last), event) for day, event in dated]
    rows = _lanes(at) if (len(at) > MOST_ROWS if lanes is None else lanes) else _rows(at)
    height = ROW * len(rows) + 24
    marks = [_tick(Tick(_across(tick.at, first, last), tick.label), height - 20) for tick in ticks]
    drawn = [_lane(name, note, dots, ROW * place) for place, (name, note, dots) in enumerate(rows)]
    said = f"{len(at)} events from {dated[0][1].date} to {dated[-1][1].date}."
    if len(at) <= MOST_ROWS:
        said = "; ".join(f"{event.label} {event.date}" for _, event in at)
    undated = len(given) - len(at)
    note = f"{undated} without a date left out." if undated else ""
    return _figure(title, said, height, [*marks, *drawn], note, series)


Dots = Sequence[tuple[float, Event]]


Row = tuple[str, str, Dots]


def _rows(at: Dots) -> list[Row]:
    return [(event.label, event.date, [(x, event)]) for x, event in at]


def _lanes(at: Dots) -> list[Row]:
    """The events by lane, the fullest first; what has no room is one last lane."""
    found: dict[str, list[tuple[float, Event]]] = {}
    for x, event in at:
        found.setdefault(event.lane or "other", []).append((x, event))
    ordered = sorted(found.items(), key=lambda lane: -len(lane[1]))
    rows: list[Row] = [(name, str(len(dots)), dots) for name, dots in ordered[:MOST_LANES]]
    rest = [dot for _, dots in ordered[MOST_LANES:] for dot in dots]
    return [*rows, ("others", str(len(rest)), rest)] if rest else rows


def _lane(name: str, note: str, dots: Dots, y: int) -> str:
    marks = "".join(
        _dot(x, y + 22, f"{event.label}, {event.date}", event.series, event.href)
        for x, event in dots
    )
    return (
        _text(0, y + 12, name, "label")
        + _text(100, y + 12, note, "value", anchor="end")
        + f'<line class="track" x1="0" x2="100%" y1="{y + 22}" y2="{y + 22}"/>{marks}'
    )


def scatter_chart(
    title: str,
    points: Iterable[Point],
    x_label: str,
    y_label: str,
    series: Sequence[str] = (),
    *,
    log_x: bool = False,
) -> str:
    """Return dots over two axes, their labels shown on hovering; ``log_x`` for sizes.

    ``series`` are the names of the colours. What is not finite (or not above zero on a
    logarithmic axis) is left out, and counted.
    """
    given = list(points)
    fit = [p for p in given if math.isfinite(p.x) and math.isfinite(p.y) and (p.x > 0 or not log_x)]
    if not fit:
        return ""
    drawn = fit[:MOST_POINTS]
    across = number_ticks([p.x for p in drawn], log=log_x)
    up = number_ticks([p.y for p in drawn])
    foot = PLOT_HEIGHT + 22
    parts = [_level(up.share(tick.at), tick.label) for tick in up.ticks]
    parts += [_tick(Tick(_inset(across.share(t.at)), t.label), foot - 18) for t in across.ticks]
    parts += [
        _dot(
            _inset(across.share(p.x)),
            _height(up.share(p.y)),
            f"{p.label}: {x_label} {shown(p.x)}, {y_label} {shown(p.y)}",
            p.series,
            p.href,
        )
        for p in drawn
    ]
    parts.append(_text(100, foot + 16, f"{x_label} →", "axis", anchor="end"))
    parts.append(_text(0, foot + 16, f"↑ {y_label}", "axis"))
    said = f"{len(drawn)} points: {x_label} across, {y_label} up."
    note = _left_out(len(given), len(drawn), "points")
    return _figure(title, said, foot + 22, parts, note, series)


def _inset(share: float) -> float:
    return 7 + share * (100 - EDGE - 7)  # the labels of the levels stand in the first 7 per cent


def _height(share: float) -> float:
    return 14 + (1 - share) * (PLOT_HEIGHT - 20)


def _level(share: float, label: str) -> str:
    y = _height(share)
    return f'<line class="grid" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>' + _text(
        0, y - 3, label, "tick"
    )


# --- parts of every picture -----------------------------------------------------------------


def _across(day: float, first: float, last: float) -> float:
    """Return where a day stands, in per cent of the width."""
    share = (day - first) / (last - first) if last > first else 0.5
    return EDGE + share * (100 - 2 * EDGE)


def _tick(tick: Tick, height: float) -> str:
    anchor = "start" if tick.at < 8 else "end" if tick.at > 94 else "middle"
    return (
        f'<line class="grid" x1="{tick.at:.2f}%" x2="{tick.at:.2f}%" y1="0" y2="{height:.0f}"/>'
        + _text(tick.at, height + 14, tick.label, "tick", anchor=anchor)
    )


def _dot(x: float, y: float, label: str, series: int, href: str) -> str:
    dot = (
        f'<circle class="dot {_series(series)}" cx="{x:.2f}%" cy="{y:.1f}" r="5">'
        f"<title>{escaped(shortened(label, 160))}</title></circle>"
    )
    local = href.startswith(("#", "/")) and not href.startswith("//")
    if not local:
        return dot
    return f'<a href="{escaped(href)}" aria-label="{escaped(shortened(label, 160))}">{dot}</a>'


def _text(x: float, y: float, text: str, css: str, *, anchor: str = "start") -> str:
    return (
        f'<text class="{css}" x="{x:g}%" y="{y:.0f}" text-anchor="{anchor}">'
        f"{escaped(shortened(text, MAX_LABEL))}</text>"
    )


def _series(number: int) -> str:
    return f"series-{min(max(number, 0), SERIES - 1)}"


def _left_out(given: int, drawn: int, noun: str) -> str:
    return f"{drawn} of {given} {noun} shown." if drawn < given else ""


def _figure(
    title: str,
    said: str,
    height: float,
    parts: Iterable[str],
    note: str = "",
    series: Sequence[str] = (),
) -> str:
    """Return the picture with its caption; what it shows is told in words as well."""
    body = "".join(parts)
    role = "group" if "<a " in body else "img"  # an image's links could not be reached
    names = "".join(
        f'<li><span class="swatch {_series(place)}"></span>'
        f"{escaped(shortened(name, MAX_LABEL))}</li>"
        for place, name in enumerate(series)
    )
    legend = f'<ul class="legend">{names}</ul>' if names else ""
    foot = f'<p class="note">{escaped(note)}</p>' if note else ""
    return (
        f'<figure class="chart"><figcaption dir="auto">{escaped(title)}</figcaption>{legend}'
        f'<svg role="{role}" width="100%" height="{height:.0f}" aria-label="{escaped(title)}">'
        f"<desc>{escaped(shortened(said, 2000))}</desc>{body}</svg>{foot}</figure>"
    )
