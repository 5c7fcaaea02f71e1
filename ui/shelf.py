"""The shelf's addresses: pages of documents and models, their CSV, and a card's own page.

``/shelf/documents``, ``/shelf/news``, ``/shelf/models``, ``/shelf/models.csv``, ``/card``. The
page's scripts put the fragments in place. Pages are made here, by the server: a whole list of
10,000 documents is 6 MB of HTML (Gradio's own Dataframe takes 2 MB of JSON and a script of 280 kB
for the same rows), a page of 50 with all its filters about 45 kB. Knows nothing of Gradio.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from corpus.errors import RefdeskError
from index.catalogue import Condition, Query
from index.types import Failure
from ui import catalogue_charts as charts
from ui.holdings import FILTERS, Holding, find, holdings
from ui.markup import CARD_PATH
from ui.model_shelf import NAMES, FoundModels, find_models
from ui.models_csv import models_csv
from ui.render_card import card_page
from ui.render_corpus import version
from ui.render_document import missing_page
from ui.render_news import whats_new
from ui.render_shelf import documents_shelf, models_shelf
from ui.theme import card_style, document_style
from ui.views import Desk
from ui.wanted import Wanted, read_wanted

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    Responder = Callable[[Request], Response]

NO_CARD = "There is no such model card in this corpus, or no longer."
MAX_ID = 100  # characters; a card's id has at most 81
MOST_NEWS = 50  # strips remembered; up to 80 kB each
DEFAULT_BENCHMARK = "GPQA-Diamond"  # the one that most of the shipped cards report


@dataclass(frozen=True, slots=True)
class _Held:
    """The documents of one version of the corpus, and the files that gave none."""

    version: str = ""
    rows: tuple[Holding, ...] = ()
    lost: tuple[Failure, ...] = ()


class Shelf:
    """The lists of one desk; the documents are read once per version of the corpus."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._turn = threading.Lock()
        self._held = _Held()
        self._news: dict[tuple[str, str], str] = {}

    def documents(self, wanted: Wanted) -> str:
        """A page of documents."""
        held = self._read()
        return documents_shelf(find(held.rows, wanted), wanted, held.lost)

    def news(self, wanted: Wanted) -> str:
        """What is new since a visitor was last here; found once per version and time."""
        since, now = wanted.get("since"), version(self._desk.status())
        if not since:
            return ""
        with self._turn:
            if (now, since) not in self._news:
                if len(self._news) >= MOST_NEWS:
                    self._news.clear()
                self._news[now, since] = whats_new(self._desk.news(since), since)
            return self._news[now, since]

    def models(self, wanted: Wanted) -> str:
        """A page of models, or the chart that is wanted of all that fit."""
        found = find_models(self._desk.catalogue, wanted)
        return models_shelf(found, wanted, _chart(found, wanted))

    def models_csv(self, wanted: Wanted) -> str:
        """Every model that fits, as CSV."""
        return models_csv(find_models(self._desk.catalogue, wanted).cards)

    def card(self, card_id: str) -> str | None:
        """A card's own page, or None when there is no such card."""
        same = Condition("id", "=", card_id)
        rows = self._desk.catalogue(Query(conditions=(same,))).rows
        if not rows:
            return None
        card = rows[0].card
        family = Query(conditions=(Condition("family", "=", card.family),))
        siblings = [row.card for row in self._desk.catalogue(family).rows]
        document = self._desk.document(card.document_id)
        return card_page(card, card_style(), siblings, self._desk.mentions(card_id), document)

    def _read(self) -> _Held:
        status = self._desk.status()
        now = version(status)
        with self._turn:
            if self._held.version != now:
                rows = holdings(self._desk.documents(), status)
                ids = {row.info.id for row in rows}
                lost = tuple(one for one in status.failed if one.document_id not in ids)
                self._held = _Held(now, rows, lost)
            return self._held


def _chart(found: FoundModels, wanted: Wanted) -> str:
    show = wanted.get("show")
    if show == "releases":
        return charts.release_chart(found.cards)
    if show == "licences":
        return charts.licence_chart(found.cards)
    if show == "scores":
        return charts.score_chart(found.cards, wanted.get("benchmark") or DEFAULT_BENCHMARK)
    return ""


def add_shelf(server: FastAPI, desk: Desk) -> None:
    """Give ``server`` the shelf's addresses."""
    shelf = Shelf(desk)
    for path, respond in (
        ("/shelf/documents", _fragment(shelf.documents, FILTERS)),
        ("/shelf/news", _fragment(shelf.news, ())),
        ("/shelf/models", _fragment(shelf.models, NAMES)),
        ("/shelf/models.csv", partial(_csv, shelf)),
        (CARD_PATH, partial(_card, shelf)),
    ):
        server.add_route(path, respond, methods=["GET"])


def _fragment(make: Callable[[Wanted], str], filters: tuple[str, ...]) -> Responder:
    from starlette.responses import HTMLResponse, PlainTextResponse

    def respond(request: Request) -> Response:
        wanted = read_wanted(request.query_params.multi_items(), filters)
        try:
            return HTMLResponse(make(wanted), headers={"cache-control": "no-store"})
        except RefdeskError as error:
            return PlainTextResponse(str(error), 503)

    return respond


def _csv(shelf: Shelf, request: Request) -> Response:
    from starlette.responses import PlainTextResponse

    wanted = read_wanted(request.query_params.multi_items(), NAMES)
    try:
        text = shelf.models_csv(wanted)
    except RefdeskError as error:
        return PlainTextResponse(str(error), 503)
    name = 'attachment; filename="refdesk-models.csv"'
    headers = {"content-disposition": name, "content-type": "text/csv; charset=utf-8"}
    return PlainTextResponse(text, headers=headers)


def _card(shelf: Shelf, request: Request) -> Response:
    from starlette.responses import HTMLResponse

    try:
        page = shelf.card(request.query_params.get("id", "")[:MAX_ID])
    except RefdeskError as error:
        return HTMLResponse(missing_page(str(error), document_style()), 503)
    if page is None:
        return HTMLResponse(missing_page(NO_CARD, document_style()), 404)
    return HTMLResponse(page)
