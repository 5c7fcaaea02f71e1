"""The fixed parts of the Corpus and Models views: search, order, bounds, what is shown.

The lists themselves come in below them, from the addresses of ``ui.shelf``. Knows nothing of
what the corpus holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from ui.holdings import ORDERS
from ui.markup import escaped
from ui.model_shelf import BANDS

FIRST_YEAR = 2019  # before it no shipped card was released
SHOWS = (("", "List"), ("releases", "Releases"), ("scores", "Size and score"),
         ("licences", "Licences"))  # fmt: skip


def documents_form() -> str:
    """The form of the Corpus view."""
    tools = _search("Search titles, publishers, tags") + _select("sort", "Order", ORDERS.items())
    return "<div data-news></div>" + _form("documents", "Documents of the corpus", tools)


def models_form() -> str:
    """The form of the Models view."""
    years = [(str(year), str(year)) for year in range(datetime.now(UTC).year, FIRST_YEAR - 1, -1)]
    sizes = [("", "Any size"), *((band.name, band.label) for band in BANDS)]
    tools = (
        _search("Search models, developers, licences")
        + _select("size", "Size", sizes)
        + _select("from", "Released from", [("", "any year"), *years])
        + _select("to", "to", [("", "any year"), *years])
        + '<input type="hidden" name="sort" value="">'
    )
    shows = "".join(
        f'<label><input type="radio" name="show" value="{escaped(value)}"'
        f"{'' if value else ' checked'}><span>{escaped(label)}</span></label>"
        for value, label in SHOWS
    )
    show = (
        f'<fieldset class="shows"><legend class="visually-hidden">Show as</legend>{shows}'
        "</fieldset>"
    )
    return _form("models", "Models of the catalogue", tools, show)


def _form(name: str, label: str, tools: str, below: str = "") -> str:
    return (
        f'<form class="shelf" data-shelf="{escaped(name)}" role="search"'
        f' aria-label="{escaped(label)}"><div class="shelf-tools">{tools}</div>{below}'
        '<div class="shelf-body"><p class="note working" role="status">Loading…</p></div></form>'
    )


def _search(label: str) -> str:
    return (
        f'<input type="search" name="q" class="shelf-search" placeholder="{escaped(label)}"'
        f' aria-label="{escaped(label)}" autocomplete="off" maxlength="200">'
    )


def _select(name: str, label: str, options: Iterable[tuple[str, str]]) -> str:
    made = "".join(
        f'<option value="{escaped(value)}">{escaped(said)}</option>' for value, said in options
    )
    return (
        f'<label class="pick"><span>{escaped(label)}</span>'
        f'<select name="{escaped(name)}">{made}</select></label>'
    )
