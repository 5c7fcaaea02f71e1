"""RSS, Atom and JSON feeds to the entries they list, by feedparser, which never fetches here.

feedparser gets well-formed XML of bounded size only: on damaged XML it falls back to a parser
whose time grows with the square of the nesting (600 kB of open tags: 24 s). Knows nothing of
the network; the addresses in a feed are checked as such, not asked for.
"""

from __future__ import annotations

import io
import re
import time
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_tz
from typing import Any

from corpus.errors import ParseError
from corpus.parse.dates import iso_date
from corpus.web.fetch import linked_address
from corpus.web.json_feed import is_json, json_entries
from corpus.web.listing import Entry, Listing
from corpus.web.xml_walk import Walk

# 1 ms each in feedparser. Feeds show 10 to 50; whole archives of blogs reach a thousand.
MOST_READ = 2_000
MOST_XML = 4 * 2**20  # bytes of XML given to feedparser
MOST_ELEMENTS = 100_000  # and attributes, likewise: 0.06 ms each; fifty an entry
MOST_TITLE = 300
MOST_KEY = 500
MOST_CONTENT = 2**20  # characters
FIRST_DAY = date(1990, 1, 1)  # older than the web: a clock that was not set


def read_feed(data: bytes, url: str) -> Listing:
    """The entries of the feed found at ``url``; raises ParseError when it is none."""
    if is_json(data):
        found, unread = json_entries(data, MOST_READ)
        problem = None
    else:
        xml, unread, problem = _well_formed(data)
        found = [_fields(entry) for entry in _parsed(xml, url)]
    entries: dict[str, Entry] = {}
    for fields in found:
        entry = _entry(fields, url)
        if entry is not None:
            entries.setdefault(entry.key, entry)
    return Listing("feed", tuple(entries.values()), unread=unread, problem=problem)


class _Items:
    """Finds where the entries of a feed end."""

    def __init__(self, data: bytes) -> None:
        self.count = 0
        self.read = 0
        self.cut = 0
        self.above: list[str] = []
        self._in: list[int] = []
        self.walk = Walk(data, start=self._start, end=self._end, most_elements=MOST_ELEMENTS)

    def _start(self, name: str, depth: int) -> None:
        if name in ("item", "entry") and not self._in:
            self._in.append(depth)

    def _end(self, name: str, depth: int) -> None:
        if not self._in or depth != self._in[0]:
            return
        self._in.clear()
        begins = self.walk.here()
        if not self.walk.content.startswith(b"</", begins):
            return  # <item/> says nothing
        self.count += 1
        if self.count <= MOST_READ and begins < MOST_XML:
            self.cut = self.walk.content.index(b">", begins) + 1
            self.above = self.walk.open[:-1]
            self.read = self.count


def _well_formed(data: bytes) -> tuple[bytes, int, str | None]:
    """The feed up to its last entry that can be read, how many follow, and what is wrong."""
    items = _Items(data)
    items.walk.run()
    walk = items.walk
    if walk.problem is None and not items.count:
        return walk.content[:MOST_XML], 0, None  # a feed of no entries; its head alone is read
    if not items.read:
        raise ParseError(f"the feed cannot be read: {walk.problem or 'its first entry is too big'}")
    closing = "".join(f"</{name}>" for name in reversed(items.above)).encode()
    problem = walk.problem and f"{walk.problem}; the entries before that were taken"
    return walk.content[: items.cut] + closing, items.count - items.read, problem


def _parsed(xml: bytes, url: str) -> list[Any]:
    import feedparser

    # A stream: given bytes or a string, feedparser would try them as a path and an address.
    try:
        result = feedparser.parse(
            io.BytesIO(xml),
            response_headers={
                "content-type": "application/xml; charset=utf-8",
                "content-location": url,
            },
            resolve_relative_uris=False,
            sanitize_html=False,  # only the text of it is kept, by the parser of web pages
        )
    except Exception as error:  # it has raised many kinds on strange feeds
        raise ParseError(f"the feed cannot be read ({type(error).__name__})") from error
    return list(result.entries)


def _fields(entry: Any) -> dict[str, object]:
    """What feedparser found, under the names of JSON Feed."""
    contents = [part.get("value") for part in entry.get("content", ())]
    return {
        "id": entry.get("id"),
        "url": entry.get("link"),
        "title": entry.get("title"),
        "content": max((c for c in contents if c), key=len, default=None) or entry.get("summary"),
        "published": entry.get("published") or entry.get("created"),
        "modified": entry.get("updated") if "updated" in entry else None,
        "parsed": entry.get("published_parsed"),
    }


def _entry(fields: dict[str, object], base: str) -> Entry | None:
    address = _address(fields.get("url"), base)
    title = _plain(fields.get("title"))
    content = str(fields.get("content") or "")[:MOST_CONTENT]
    key = address or str(fields.get("id") or title or "")[:MOST_KEY].strip()
    if not key or not (address or content.strip()):
        return None
    modified = str(fields.get("modified") or "")[:100] or None
    published = day(fields.get("published"), fields.get("parsed")) or day(modified)
    return Entry(key, address, title, published, modified, content)


def _address(link: object, base: str) -> str:
    """The page that ``link`` means, or "" for what is no web address."""
    if not isinstance(link, str) or not link.strip():
        return ""
    found = linked_address(base, link)
    return found if found and found != base else ""


def _plain(title: object) -> str | None:
    """A title without its marks, on one line."""
    text = re.sub(r"<[^<>]{0,200}>", "", title[: 10 * MOST_TITLE]) if isinstance(title, str) else ""
    return " ".join(text.split())[:MOST_TITLE] or None


def day(written: object, parsed: object = None) -> str | None:
    """The day of a date as its publisher wrote it, or None for one that cannot be.

    The day is kept as written, not moved to UTC; a date without a zone has one as well.
    """
    text = written.strip()[:100] if isinstance(written, str) else ""
    found = iso_date(text) if text else None
    if found is None and not text[:4].isdecimal():  # else an ISO date of no day that there is
        found = _in_mail(text)
        if found is None and isinstance(parsed, time.struct_time):
            found = iso_date(f"{parsed.tm_year:04}-{parsed.tm_mon:02}-{parsed.tm_mday:02}")
    return found if found and _plausible(found) else None


def _in_mail(text: str) -> str | None:
    """The day of a date as mail writes it; "" if there is no such day, None if it is none."""
    try:
        parts = parsedate_tz(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return ""
    try:
        return date(*parts[:3]).isoformat() if parts else None
    except (ValueError, OverflowError):
        return ""


def _plausible(found: str) -> bool:
    last = (datetime.now(UTC) + timedelta(days=2)).date()
    return FIRST_DAY.isoformat()[: len(found)] <= found <= last.isoformat()
