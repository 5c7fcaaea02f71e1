"""Three pictures of the catalogue: releases over time, size against a score, licences by year.

Drawn on this machine as SVG (``ui.render_chart``). Weighed against what Gradio offers: the
release line of 419 cards is about 110 kB of HTML (10 kB packed), its dots are links to the
cards and its figures can be read out; Gradio's own plots first load 1.3 MB of Vega and Plotly
4.6 MB, and in both a dot is a pixel on a canvas or a shape without a link. Pure functions; the
data stand apart from the drawing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.cards import ModelCard
from ui.markup import card_href, escaped
from ui.render_chart import Bar, Event, Point, bar_chart, scatter_chart, timeline_chart
from ui.render_table import Cell, Look, data_table, value_cell

MOST_COUNTRIES = 5  # colours that can be told apart, "others" being the last
OTHERS = "other countries"
UNKNOWN = "not known"
TERMS = ("permissive", "community", "non-commercial", "proprietary", UNKNOWN)


@dataclass(frozen=True, slots=True)
class Releases:
    """Dated cards with the place of their country among ``countries``; ``undated`` lack a day."""

    events: tuple[Event, ...]
    countries: tuple[str, ...]
    undated: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Cards with both a size and a score; ``unscored`` and ``unsized`` lack one."""

    points: tuple[Point, ...]
    cards: tuple[ModelCard, ...]
    unscored: int
    unsized: int


@dataclass(frozen=True, slots=True)
class LicenceYears:
    """How many cards of each year carry each kind of licence; ``undated`` lack a year."""

    counts: tuple[tuple[str, Counter[str]], ...]
    undated: int
    untold: int


def countries_of(cards: Iterable[ModelCard]) -> tuple[str, ...]:
    """The countries that get a colour of their own, the commonest first, and the others."""
    counted = Counter(card.country or UNKNOWN for card in cards)
    named = [name for name, _ in counted.most_common(MOST_COUNTRIES)]
    return (*named, OTHERS) if len(counted) > MOST_COUNTRIES else tuple(named)


def _place(country: str | None, countries: Sequence[str]) -> int:
    name = country or UNKNOWN
    return countries.index(name) if name in countries else len(countries) - 1


def releases(cards: Sequence[ModelCard]) -> Releases:
    """Every release as an event on the line of its developer."""
    countries = countries_of(cards)
    events = tuple(
        Event(
            card.name,
            card.release_date,
            card.developer,
            _place(card.country, countries),
            card_href(card.id),
        )
        for card in cards
        if card.release_date
    )
    return Releases(events, countries, len(cards) - len(events))


def benchmarks_of(cards: Iterable[ModelCard]) -> tuple[tuple[str, int], ...]:
    """The benchmarks that cards report, with how many do, the commonest first."""
    return tuple(Counter(name for card in cards for name in card.benchmarks).most_common())


def scores(cards: Sequence[ModelCard], benchmark: str) -> Scores:
    """Total parameters against the score in one benchmark."""
    countries = countries_of(cards)
    scored = [card for card in cards if benchmark in card.benchmarks]
    sized = tuple(card for card in scored if card.total_params_b is not None)
    points = tuple(
        Point(
            card.name,
            card.total_params_b or 0.0,
            card.benchmarks[benchmark],
            _place(card.country, countries),
            card_href(card.id),
        )
        for card in sized
    )
    return Scores(points, sized, len(cards) - len(scored), len(scored) - len(sized))


def licence_years(cards: Sequence[ModelCard]) -> LicenceYears:
    """Kinds of licence, year by year of release."""
    years: dict[str, Counter[str]] = {}
    for card in cards:
        if card.release_date:
            terms = card.licence_class or UNKNOWN
            years.setdefault(card.release_date[:4], Counter())[terms] += 1
    undated = sum(card.release_date is None for card in cards)
    untold = sum(card.licence_class is None for card in cards)
    return LicenceYears(tuple(sorted(years.items())), undated, untold)


# --- drawn ------------------------------------------------------------------------------


def release_chart(cards: Sequence[ModelCard]) -> str:
    """The releases as dots, a line per developer, coloured by country."""
    found = releases(cards)
    drawn = timeline_chart(
        "Releases by developer, coloured by country", found.events, found.countries, lanes=True
    )
    return drawn + _lacking(found.undated, "lacks a date of release", "lack a date of release")


def score_chart(cards: Sequence[ModelCard], benchmark: str) -> str:
    """Size against score, and the same figures as a table."""
    found = scores(cards, benchmark)
    drawn = scatter_chart(
        f"Parameters against {benchmark}",
        found.points,
        "Total parameters (billions)",
        benchmark,
        countries_of(cards),
        log_x=True,
    )
    rows = [
        (_card_cell(card), value_cell(card.total_params_b), value_cell(card.benchmarks[benchmark]))
        for card in sorted(found.cards, key=lambda card: -card.benchmarks[benchmark])
    ]
    look = Look("scores", f"Parameters and {benchmark}", 20)
    table = data_table(("Model", "Parameters (B)", benchmark), rows, look) if rows else ""
    return (
        _benchmark_choice(cards, benchmark)
        + (drawn or f'<p class="empty">None of these models reports {escaped(benchmark)}.</p>')
        + _lacking(found.unscored, f"has no {benchmark} score", f"have no {benchmark} score")
        + _lacking(found.unsized, "has a score but no known size", "have a score but no known size")
        + '<p class="note">Scores are those that the developers report, by methods that differ;'
        " each card says how.</p>" + table
    )


def _benchmark_choice(cards: Sequence[ModelCard], chosen: str) -> str:
    known = dict(benchmarks_of(cards))
    options = "".join(
        f'<option value="{escaped(name)}"{" selected" if name == chosen else ""}>'
        f"{escaped(name)} ({known.get(name, 0):,})</option>"
        for name in dict.fromkeys((*known, chosen))
    )
    return (
        '<p><label class="pick"><span>Benchmark</span>'
        f'<select name="benchmark">{options}</select></label></p>'
    )


def licence_chart(cards: Sequence[ModelCard]) -> str:
    """Kinds of licence by year, each figure in the table leading to its cards."""
    found = licence_years(cards)
    bars = [
        Bar(terms, counts[terms], year, place)
        for year, counts in found.counts
        for place, terms in enumerate(TERMS)
        if counts[terms]
    ]
    rows = [
        [Cell(escaped(year), float(year)), *(_years_cell(year, t, counts[t]) for t in TERMS)]
        for year, counts in found.counts
    ]
    look = Look("licences", "Licences by year", 50, sortable=False)
    heads = ("Year", *(terms.capitalize() for terms in TERMS))
    table = data_table(heads, rows, look) if rows else ""
    return (
        bar_chart("Kinds of licence by year of release", bars)
        + _lacking(found.undated, "lacks a date of release", "lack a date of release")
        + _lacking(found.untold, "lacks a known licence", "lack a known licence")
        + table
    )


def _years_cell(year: str, terms: str, count: int) -> Cell:
    if not count:
        return Cell("0", 0.0)
    value = "unknown" if terms == UNKNOWN else terms
    href = f"#models?terms={value}&from={year}&to={year}"
    return Cell(f'<a href="{escaped(href)}">{count:,}</a>', float(count))


def _card_cell(card: ModelCard) -> Cell:
    return Cell(
        f'<a href="{escaped(card_href(card.id))}" target="_blank">{escaped(card.name)}</a>',
        card.name.casefold(),
    )


def _lacking(count: int, one: str, many: str) -> str:
    """How many cards a picture leaves out, and why; "" when there are none."""
    if not count:
        return ""
    said = f"1 card {one}" if count == 1 else f"{count:,} cards {many}"
    return f'<p class="note">{escaped(said)}.</p>'
