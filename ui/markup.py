"""The small parts that every piece of HTML is made of: escaping, links, dates.

Every string of a document, a model or a visitor goes through ``escaped``. Pure functions;
knows nothing of answers, of the corpus or of Gradio.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode, urlsplit

from index.types import Quoted

MAX_CELL = 400  # characters of a table cell or a trace value; more does not help a reader
DOCUMENT_PATH = "/document"
CARD_PATH = "/card"

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def escaped(value: object) -> str:
    """Return ``value`` as HTML text, safe in elements and quoted attributes.

    Control characters, and the direction overrides that can make text read as something
    else, are dropped.
    """
    return html.escape(readable(str(value)), quote=True)


def counted(number: int, noun: str) -> str:
    """Return "1 document", "1,200 documents"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def readable(text: str) -> str:
    """Return ``text`` without control characters and direction overrides."""
    return _CONTROL.sub("", text)


def shortened(value: object, limit: int = MAX_CELL) -> str:
    """Return ``value`` as text of at most ``limit`` characters."""
    text = str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def web_url(url: str | None) -> str | None:
    """Return ``url`` if it is a plain http(s) address, else None."""
    if url is None or _CONTROL.search(url) or url != url.strip():
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def moment(iso: str | None) -> str:
    """Return an ISO time as a reader writes it: "2026-11-23 14:13 UTC"."""
    text = iso or ""
    if len(text) <= len("2026-11-23"):
        return text
    try:
        time = datetime.fromisoformat(text)
        return (
            (time if time.tzinfo else time.replace(tzinfo=UTC))
            .astimezone(UTC)
            .strftime("%Y-%m-%d %H:%M UTC")
        )
    except (ValueError, OverflowError):
        return shortened(text, 40)


def link(url: str | None, text: str, css_class: str = "original") -> str:
    """Return a link that opens in a new tab and tells the site nothing, or "" if unsafe."""
    safe = web_url(url)
    if safe is None:
        return ""
    return (
        f'<a class="{css_class}" href="{escaped(safe)}" target="_blank"'
        f' rel="noopener noreferrer nofollow" referrerpolicy="no-referrer">{escaped(text)}</a>'
    )


@dataclass(frozen=True, slots=True)
class Span:
    """A range of characters, end exclusive."""

    start: int
    end: int

    def within(self, other: Span) -> Span:
        """Return the part of this range that lies in ``other`` (empty if none does)."""
        start = min(max(self.start, other.start), other.end)
        return Span(start, min(max(self.end, start), other.end))


def document_href(document_id: str, span: Span | None = None, quoted_text: str = "") -> str:
    """Return the address of a document's own page, at a quote if one is given.

    With the text of the quote it leads to the version that was quoted, also when the document
    has changed since.
    """
    query = {"id": document_id}
    if span is None:
        return f"{DOCUMENT_PATH}?{urlencode(query, quote_via=quote)}"
    query |= {"start": str(span.start), "end": str(span.end)}
    if quoted_text:
        query["q"] = Quoted.of(span.start, span.end, quoted_text).digest
    return f"{DOCUMENT_PATH}?{urlencode(query, quote_via=quote)}#quote"


def card_href(card_id: str) -> str:
    """Return the address of a model card's own page."""
    return f"{CARD_PATH}?{urlencode({'id': card_id}, quote_via=quote)}"


def flat(text: str) -> str:
    """Return ``text`` on one line."""
    return " ".join(text.split())


def words(name: str) -> str:
    """Return a field's name as words."""
    return name.replace("_", " ")
