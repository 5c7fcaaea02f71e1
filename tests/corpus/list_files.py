"""Feeds and sitemaps as tests need them: good ones, and broken and hostile ones."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.corpus.hostile import EXTERNAL, LAUGHS

RSS = "application/rss+xml"
XML = "application/xml"


def item(link: str = "", title: str = "", more: str = "", content: str = "") -> str:
    """One entry of an RSS feed."""
    fields = {"link": link, "title": title, "description": content}
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in fields.items() if text)
    return f"<item>{inner}{more}</item>"


def rss(*items: str, before: str = "") -> str:
    """An RSS 2.0 feed."""
    return (
        f'<?xml version="1.0"?>{before}<rss version="2.0"><channel><title>News</title>'
        f"<link>http://site.test/</link>{''.join(items)}</channel></rss>"
    )


def feed_of(*paths: str) -> str:
    """A feed that links to pages of its own site, relative to it."""
    return rss(*(item(path, f"Title of {path}") for path in paths))


def atom(*entries: str) -> str:
    """An Atom feed."""
    return (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>'
        f"{''.join(entries)}</feed>"
    )


def entry(link: str, updated: str = "2026-05-01T10:00:00Z", more: str = "") -> str:
    """One entry of an Atom feed."""
    return (
        f'<entry><id>urn:{link}</id><title>T</title><link href="{link}"/>'
        f"<updated>{updated}</updated>{more}</entry>"
    )


def sitemap(*addresses: str, lastmod: str = "") -> str:
    """A sitemap of addresses."""
    dated = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    rows = "".join(f"<url><loc>{escape(a)}</loc>{dated}</url>" for a in addresses)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


def sitemap_index(*addresses: str) -> str:
    """An index of sitemaps."""
    rows = "".join(f"<sitemap><loc>{escape(a)}</loc></sitemap>" for a in addresses)
    return f"<sitemapindex>{rows}</sitemapindex>"


@dataclass(frozen=True)
class Case:
    """A list: what reading it gives, or an error like ``says``.

    ``paths`` of the pages read, or their number; ``remarks``: part of what is said besides.
    """

    id: str
    make: Callable[[], bytes | str]
    says: str = ""
    paths: Sequence[str] | int = ()
    remarks: str = ""


GOOD = item("/good", "Good")
ODD_LINKS = (
    "javascript:alert(1)",
    "mailto:a@b.test",
    "file:///etc/passwd",
    "http://",
    "http://[::1",
    " ",
)
BAD_DATES = (
    *("Tue, 99 Foo", "9999-12-31", "Tue, 03 Jun 9999 10:00:00 GMT", "0000-00-00", "yesterday"),
    *(
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "9" * 400,
        "Tue, 99999999999999999999 Jun 2025",
        "-1",
        "2026-02-30",
    ),
)

FEEDS = [
    Case("empty", lambda: b"", says="cannot be read"),
    Case("no entries", lambda: rss()),
    Case("truncated", lambda: rss(GOOD, item("/next", "Next"))[:-60], paths=["/good"], remarks="damaged"),
    Case("truncated in its first entry", lambda: rss(GOOD).partition("</item>")[0], says="damaged"),
    Case("billion laughs", lambda: rss(GOOD, before=f"<!DOCTYPE x [{LAUGHS}]>"), says="entities"),
    Case("external entity", lambda: rss(GOOD, before=f"<!DOCTYPE x [{EXTERNAL}]>"), says="entities"),
    Case(
        "plain document type",
        lambda: rss(GOOD, before='<!DOCTYPE rss PUBLIC "-//Netscape//DTD" "http://a.test/rss.dtd">'),
        paths=["/good"],
    ),
    Case("10,000 entries", lambda: feed_of(*(f"/{n}" for n in range(10_000))), paths=2_000, remarks="8,000"),
    Case("nested", lambda: rss(GOOD, "<a>" * 200_000), paths=["/good"], remarks="nested"),
    Case("nested entries", lambda: rss("<item>" * 200_000), says="nested"),
    Case("crowd of elements", lambda: rss(GOOD, f"<item>{'<a/>' * 150_000}</item>"), paths=["/good"], remarks="elements"),
    Case("crowd of attributes", lambda: rss(GOOD, f"<item><a {' '.join(f'a{n}=''1''' for n in range(9))}/></item>"), paths=["/good"], remarks="damaged"),
    Case("huge title", lambda: rss(item("/good", "x" * 5_000_000), GOOD), says="too big"),
    Case("repeated link", lambda: rss(GOOD, GOOD, item("/good#part", "Part")), paths=["/good"]),
    Case("relative links", lambda: feed_of("a", "../b", "//site.test/c"), paths=["/feeds/a", "/b", "/c"]),
    Case("odd links", lambda: rss(*(item(link, "Odd") for link in ODD_LINKS), GOOD), paths=["/good"]),
    Case("broken dates", lambda: rss(*(item(f"/{n}", more=f"<pubDate>{d}</pubDate>") for n, d in enumerate(BAD_DATES))), paths=len(BAD_DATES)),
    Case("named characters", lambda: rss(item("/good", "x").replace("x", "caf&eacute;&nbsp;&amp; R&D")), paths=["/good"]),
    Case("control characters", lambda: rss(item("/good", "a\x00\x08b")), paths=["/good"]),
    Case("lone surrogates", lambda: rss(item("/good").replace("<link>", "<title>&#55357;&#xffff; x</title><link>")), paths=["/good"]),
    Case("wrong declared encoding", lambda: rss(item("/good", "é")).replace("?>", ' encoding="utf-32"?>', 1), paths=["/good"]),
    Case("unbound prefix", lambda: rss(item("/good", more="<media:x/>")), paths=["/good"]),
    Case("UTF-16", lambda: rss(GOOD).encode("utf-16"), paths=["/good"]),
    Case("windows-1251", lambda: rss(item("/good", "Новости")).replace("?>", ' encoding="windows-1251"?>', 1).encode("cp1251"), paths=["/good"]),
    Case("open sections", lambda: rss(GOOD, "<item><title>" + "<![CDATA[" * 200_000), paths=["/good"], remarks="damaged"),
    Case("ampersands", lambda: rss(GOOD, "&" * 500_000), paths=["/good"]),
    Case("JSON", lambda: '{"version":"https://jsonfeed.org/version/1.1","items":[{"url":"/good"},7,{"url":3,"id":4}]}', paths=["/good"]),
    Case("JSON of another kind", lambda: '{"items": 4}', says="no list of items"),
    Case("nested JSON", lambda: '{"items":' + "[" * 200_000, says="damaged"),
]  # fmt: skip

SITEMAPS = [
    Case("empty", lambda: b"", says="cannot be read"),
    Case("no pages", lambda: sitemap(), says="lists no pages"),
    Case("HTML", lambda: "<html><body>Not found</body></html>", says="cannot be read"),
    Case("truncated", lambda: sitemap("/a", "/b")[:-30], paths=["/a"], remarks="damaged"),
    Case("billion laughs", lambda: f"<!DOCTYPE x [{LAUGHS}]>" + sitemap("/a"), says="entities"),
    Case("gzip", lambda: gzip.compress(sitemap("/a").encode()), paths=["/a"]),
    Case("gzip cut off", lambda: gzip.compress(sitemap("/a").encode())[:-12], says="before it was complete"),
    Case("gzip bomb", lambda: gzip.compress(b"\n" * (60 << 20)), says="unpacks to over 50 MB"),
    Case("gzip of nothing", lambda: gzip.compress(b""), says="cannot be read"),
    Case("noise after gzip's mark", lambda: b"\x1f\x8b" + b"noise" * 99, says="damaged"),
    Case("other sites", lambda: sitemap("/a", "http://other.test/b", "http://169.254.169.254/c"), paths=["/a"], remarks="foreign 2"),
    Case("only other sites", lambda: sitemap("http://other.test/b"), says="other sites"),
    Case("60,000 pages", lambda: sitemap(*(f"http://site.test/{n}" for n in range(60_000))), paths=50_000, remarks="10,000"),
    Case("images", lambda: sitemap("/a").replace("</url>", "<i:image><i:loc>/b.png</i:loc></i:image></url>"), paths=["/a"]),
    Case("odd addresses", lambda: sitemap(*ODD_LINKS[:-1], "/a"), paths=["/a"]),
    Case("nested", lambda: sitemap("/a").replace("</urlset>", "<a>" * 100_000), paths=["/a"], remarks="nested"),
]  # fmt: skip
