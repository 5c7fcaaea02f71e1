"""Whether a picture says an answer's table better, and which: scores, sizes or a time line.

Reads the table alone. Knows nothing of how it was queried or of how a chart is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.catalogue.values import heading
from assistant.types import Table
from corpus.errors import InputError
from index.catalogue import FIELDS
from ui.chart_scale import day_number
from ui.render_chart import MOST_BARS, SERIES, Bar, Event, bar_chart, timeline_chart
from ui.render_table import key_of, shown

LEAST = 3  # things to compare: two numbers are read as quickly as two bars
RELEASED = "Released"
_NOT_SCORES = frozenset([*map(heading, FIELDS), *(field.label for field in FIELDS.values())])
"""Rows of a comparison that are no benchmark's: not on a common scale with the others."""


def answer_chart(table: Table) -> str:
    """Return a chart of the table, or "" where it would say no more than the table does."""
    shape = table.query.get("shape")
    if shape == "compare":
        return _scores(table)
    if shape == "group":
        return _counts(table)
    if shape == "timeline" or _sorted_by(table) == "release_date":
        return _releases(table)
    return _ranking(table)


def _scores(table: Table) -> str:
    """Models side by side: bars for each benchmark that several of them report."""
    models = table.columns[1:]
    bars: list[Bar] = []
    for name, *values in table.rows:
        scores = [(place, n) for place, v in enumerate(values) if (n := _number(v)) is not None]
        if name in _NOT_SCORES or len(scores) < 2 or len(bars) + len(scores) > MOST_BARS:
            continue
        bars += [Bar(models[place], number, str(name), place) for place, number in scores]
    return bar_chart("Scores as their developers report them", bars) if len(bars) >= LEAST else ""


def _counts(table: Table) -> str:
    pairs = ((shown(row[0]), _number(row[1])) for row in table.rows)
    bars = [Bar(label, number) for label, number in pairs if number is not None]
    if len(bars) < LEAST:
        return ""
    return bar_chart(f"Models by {table.columns[0].lower()}", bars)


def _releases(table: Table) -> str:
    """Releases on a line of time, coloured by developer where there are few."""
    if RELEASED not in table.columns:
        return ""
    when = table.columns.index(RELEASED)
    dated = [row for row in table.rows if row[when] and day_number(str(row[when])) is not None]
    if len(dated) < LEAST or len({str(row[when]) for row in dated}) < 2:
        return ""
    makers = _makers(table, dated)
    named = list(dict.fromkeys(makers))
    series = named if 1 < len(named) <= SERIES else []
    events = [
        Event(shown(row[0]), str(row[when]), maker, series.index(maker) if series else 0)
        for row, maker in zip(dated, makers, strict=True)
    ]
    return timeline_chart("Releases over time", events, series)


def _makers(table: Table, rows: Sequence[Sequence[object]]) -> list[str]:
    if "Developer" not in table.columns:
        return [""] * len(rows)
    place = table.columns.index("Developer")
    return [shown(row[place]) for row in rows]


def _ranking(table: Table) -> str:
    """Models ordered by a number: bars of that number."""
    heading = _sorted_heading(table)
    if heading is None:
        return ""
    place = table.columns.index(heading)
    bars = [
        Bar(shown(row[0]), number)
        for row in table.rows
        if (number := _number(row[place])) is not None
    ]
    if not LEAST <= len(bars) <= MOST_BARS or len({bar.value for bar in bars}) < 2:
        return ""
    return bar_chart(heading, bars)


def _sorted_by(table: Table) -> str:
    sort = table.query.get("sort")
    field = sort.get("field") if isinstance(sort, dict) else None
    return field if isinstance(field, str) else ""


def _sorted_heading(table: Table) -> str | None:
    """The column that the rows are ordered by, if it is one of numbers."""
    try:
        name = heading(_sorted_by(table))
    except InputError:
        return None
    return name if name in table.columns[1:] else None


def _number(value: object) -> float | None:
    if value is None or isinstance(value, bool):
        return None
    key = key_of(value, shown(value))
    return key if isinstance(key, float) and key >= 0 else None
