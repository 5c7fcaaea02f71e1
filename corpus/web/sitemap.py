"""Sitemaps (sitemaps.org) and their indexes to the pages that they list; also packed by gzip.

Knows nothing of the network: an index names other sitemaps, and who asks for them is decided
elsewhere.
"""

from __future__ import annotations

import re
import zlib
from urllib.parse import urlsplit

from corpus.errors import ParseError
from corpus.web.fetch import linked_address
from corpus.web.listing import GZIP, Entry, Listing
from corpus.web.xml_walk import Walk

MOST_PAGES = 50_000  # of one sitemap, by its protocol
MOST_SITEMAPS = 1_000  # of one index; the protocol allows 50,000
MOST_UNPACKED = 50 * 2**20  # bytes, by its protocol
MOST_FIELD = 4_000  # characters of one address
# An address that needs no second look: 50,000 of them take 0.2 s this way, the others 20 s.
_PLAIN = re.compile(
    r"https?://[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/[A-Za-z0-9/._~=?&-]{0,1500}"
)


def unpacked(data: bytes) -> bytes:
    """``data`` without gzip's packing, if it is packed; raises ParseError past the bound."""
    if not data.startswith(GZIP):
        return data
    unpack = zlib.decompressobj(wbits=31)
    try:
        plain = unpack.decompress(data, MOST_UNPACKED + 1)
    except zlib.error as error:
        raise ParseError("it is packed in a damaged way") from error
    if len(plain) > MOST_UNPACKED:
        raise ParseError(f"it unpacks to over {MOST_UNPACKED >> 20} MB, so it is not read")
    if not unpack.eof:
        raise ParseError("it ended before it was complete")
    return plain


def read_sitemap(data: bytes, url: str) -> Listing:
    """The pages or sitemaps listed at ``url``; raises ParseError when it is no sitemap.

    Addresses of other hosts are counted and left out: a sitemap speaks for its own site.
    """
    reader = _Reader(data, url)
    reader.walk.run()
    problem = reader.walk.problem
    if not reader.entries and not reader.sitemaps:
        if reader.foreign:
            raise ParseError("the sitemap lists only pages of other sites; none of them is read")
        raise ParseError(f"the sitemap cannot be read: {problem or 'it lists no pages'}")
    return Listing(
        "sitemap",
        tuple(reader.entries.values()),
        tuple(reader.sitemaps),
        unread=reader.unread,
        foreign=reader.foreign,
        problem=problem and f"{problem}; what stands before that was taken",
    )


class _Reader:
    """Collects ``<url>`` and ``<sitemap>`` elements with their ``<loc>`` and ``<lastmod>``."""

    def __init__(self, data: bytes, url: str) -> None:
        self.entries: dict[str, Entry] = {}
        self.sitemaps: dict[str, None] = {}
        self.unread = self.foreign = 0
        self._base = url
        self._field: str | None = None
        self._fields: dict[str, str] = {}
        self.walk = Walk(data, start=self._start, end=self._end, text=self._text)

    def _start(self, name: str, depth: int) -> None:
        if depth == 2:
            self._fields = {}
        # images and videos have a <loc> of their own, one level below
        self._field = name if depth == 3 and name in ("loc", "lastmod") else None

    def _text(self, text: str) -> None:
        if self._field:
            before = self._fields.get(self._field, "")
            self._fields[self._field] = (before + text)[:MOST_FIELD]

    def _end(self, name: str, depth: int) -> None:
        self._field = None
        if depth == 2 and name in ("url", "sitemap"):
            self._take(name)

    def _take(self, name: str) -> None:
        address = self._address(self._fields.get("loc", "").strip())
        if address is None or address == self._base:
            return
        if _site(address) != _site(self._base):
            self.foreign += 1
        elif name == "sitemap" and len(self.sitemaps) < MOST_SITEMAPS:
            self.sitemaps[address] = None
        elif name == "url" and len(self.entries) < MOST_PAGES:
            stamp = self._fields.get("lastmod", "").strip()[:100] or None
            self.entries.setdefault(address, Entry(address, address, None, None, stamp))
        else:
            self.unread += 1

    def _address(self, text: str) -> str | None:
        plain = _PLAIN.fullmatch(text) is not None
        return text if plain else linked_address(self._base, text) if text else None


def _site(address: str) -> str:
    return (urlsplit(address).hostname or "").lower().removeprefix("www.")
