"""What feeds and sitemaps are to the rest: a list of pages, with what it tells of each.

Tells by the bytes which of them something is; a server's Content-Type is often wrong. Knows
nothing of the network or of what was listed before.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Literal

ListingKind = Literal["feed", "sitemap"]

GZIP = b"\x1f\x8b"
_SNIFFED = 4096  # bytes; before the root stand a declaration, comments and style sheets
_BEFORE = re.compile(r"\s+|<\?[^>]*\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>", re.S | re.I)
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?([\w.-]{1,40})[\s/>]")
_ROOTS: dict[str, ListingKind] = {
    "rss": "feed",
    "RDF": "feed",
    "feed": "feed",
    "urlset": "sitemap",
    "sitemapindex": "sitemap",
}
_JSON_FEED = re.compile(r'^\s*\{.{0,3000}"version"\s*:\s*"https?://(?:www\.)?jsonfeed\.org/', re.S)


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that is listed. ``address`` is "" for an entry that has only text of its own.

    ``key`` is what it is known by: its address, or else its id in the feed. ``stamp`` changes
    when the page has changed, as far as the list tells. ``content`` is HTML.
    """

    key: str
    address: str
    title: str | None = None
    published: str | None = None
    stamp: str | None = None
    content: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed or a sitemap lists, in its order, each page once.

    ``sitemaps``: the other sitemaps that an index names. ``unread`` counts what was not taken
    because there is too much of it, ``foreign`` what a sitemap lists of other sites. ``problem``
    says why not all of it could be read.
    """

    kind: ListingKind
    entries: tuple[Entry, ...] = ()
    sitemaps: tuple[str, ...] = ()
    unread: int = 0
    foreign: int = 0
    problem: str | None = None


def kind_of(data: bytes) -> ListingKind | None:
    """Whether ``data`` is a feed or a sitemap, by how it begins."""
    start = _beginning(data)
    if _JSON_FEED.match(start):
        return "feed"
    while match := _BEFORE.match(start):
        start = start[match.end() :]
    root = _ROOT.match(start)
    return _ROOTS.get(root[1]) if root else None


def _beginning(data: bytes) -> str:
    head = data[:_SNIFFED]
    if head.startswith(GZIP):  # sitemap.xml.gz
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, _SNIFFED)
        except zlib.error:
            return ""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore")
    return head.decode("utf-8", "ignore").lstrip("\ufeff")
