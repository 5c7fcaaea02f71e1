"""What is new, as an Atom feed (RFC 4287) at ``/news.atom``.

Knows nothing of how news are found.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from assistant.saved.types import AnswerChange
from corpus.errors import RefdeskError
from index.types import NewsItem
from ui.markup import Span, card_href, document_href, web_url
from ui.views import Desk

if TYPE_CHECKING:
    from starlette.responses import Response

ATOM_PATH = "/news.atom"
NAMESPACE = "http://www.w3.org/2005/Atom"
DAYS = 30
MOST_ENTRIES = 100
MAX_TOKEN = 100  # characters
# What XML 1.0 cannot hold, even escaped.
_NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def atom_feed(desk: Desk, base: str, token: str = "") -> Response:
    """The feed of the last 30 days; ``base`` is the address of the server, for links.

    Answers of the desk's saved questions are in it, and with the secret ``token`` a visitor's.
    """
    from starlette.responses import PlainTextResponse, Response

    since = (datetime.now(UTC) - timedelta(days=DAYS)).isoformat(timespec="seconds")
    try:
        items = desk.news(since)[:MOST_ENTRIES]
        changes = desk.saved.changes(since, "", token[:MAX_TOKEN])[:MOST_ENTRIES]
    except RefdeskError as error:
        return PlainTextResponse(str(error), 503)
    return Response(feed(items, base, changes), media_type="application/atom+xml")


def feed(items: Sequence[NewsItem], base: str, changes: Sequence[AnswerChange] = ()) -> bytes:
    """The changed answers and the items as a feed, each newest first."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}feed")
    _add(root, "title", "refdesk: what is new")
    _add(root, "id", f"{base}{ATOM_PATH}")
    times = [item.when for item in items[:1]] + [change.when for change in changes[:1]]
    _add(root, "updated", max(times, default="1970-01-01T00:00:00Z"))
    _add(_add(root, "author"), "name", "refdesk")
    _add(root, "link", rel="self", href=f"{base}{ATOM_PATH}")
    for change in changes:
        _answer_entry(root, change, base)
    for item in items:
        _entry(root, item, base)
    data: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return data


def _entry(root: ET.Element, item: NewsItem, base: str) -> None:
    entry = _add(root, "entry")
    _add(entry, "title", f"{item.title} ({item.what})")
    _add(entry, "id", f"urn:refdesk:{quote(item.document_id)}:{item.when}")
    _add(entry, "updated", item.when)
    _add(entry, "summary", item.quote)
    _add(entry, "category", term=item.kind)
    _add(entry, "link", href=base + _href(item))
    if original := web_url(item.url):
        _add(entry, "link", rel="via", href=original)


def _answer_entry(root: ET.Element, change: AnswerChange, base: str) -> None:
    entry = _add(root, "entry")
    _add(entry, "title", f"{change.question} (the answer changed)")
    _add(entry, "id", f"urn:refdesk:saved:{change.question_id}:{change.when}")
    _add(entry, "updated", change.when)
    told = [*(one.text for one in change.changes), f"Now: {change.text}"]
    _add(entry, "summary", "\n".join(told))
    _add(entry, "category", term="saved_question")
    _add(entry, "link", href=f"{base}/#saved")


def _href(item: NewsItem) -> str:
    if item.kind == "model_card" and item.what != "removed":
        return card_href(item.document_id.rpartition("/")[2])
    return document_href(item.document_id, Span(item.start, item.end), item.quote)


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    safe = {key: value.translate(_NOT_XML) for key, value in attributes.items()}
    element = ET.SubElement(parent, f"{{{NAMESPACE}}}{name}", safe)
    element.text = text.translate(_NOT_XML) or None
    return element
