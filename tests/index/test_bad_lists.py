"""Feeds and sitemaps that break, lie or attack: each leaves what was there, and is told."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.store import Index
from index.types import SourceKind
from tests.corpus.hostile import LAUGHS
from tests.corpus.list_files import (
    RSS,
    XML,
    feed_of,
    sitemap,
)
from tests.corpus.web_server import Answer, Site, page, redirect, reply
from tests.index.site_with_feed import declare, open_index, reasons, serving_a_feed
from tests.index.snapshot import snapshot


@pytest.fixture
def site() -> Iterator[Site]:
    with serving_a_feed() as site:
        yield site


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with open_index(tmp_path / "home") as index:
        yield index


def drip(stream: object, asked: object) -> None:
    """A feed that never ends."""
    import contextlib
    import socket

    assert isinstance(stream, socket.socket)
    stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss><channel>")
    with contextlib.suppress(OSError):
        for n in range(100_000):
            stream.sendall(f"<item><link>/p{n}</link></item>".encode() * 100)


@dataclass(frozen=True)
class Bad:
    """A list that cannot be read: what its server answers, and what the report says."""

    id: str
    answer: bytes | Answer
    says: str
    kind: SourceKind = "feed"


def feed(text: str | bytes) -> bytes:
    return reply(text, content_type=RSS)


BAD = [
    Bad("gone", reply("", "404 Not Found"), "the feed is not there (404)"),
    Bad("error", reply("", "500 Oops"), "an error (500)"),
    Bad("forbidden", reply("", "403 No"), "does not let programs"),
    Bad("empty", feed(""), "the page is empty"),
    Bad("HTML", reply(page("Hello.")), "what comes is no feed"),
    Bad("picture", reply(b"\x89PNG\r\n" * 99, content_type="image/png"), "what comes is no feed"),
    Bad("sitemap", feed(sitemap("/a")), "refdesk add --kind sitemap"),
    Bad("truncated", feed("<rss><channel><item><li"), "damaged"),
    Bad("billion laughs", feed(f"<!DOCTYPE x [{LAUGHS}]>" + feed_of("/a")), "entities"),
    Bad("endless", drip, "over 2 MB"),
    Bad("redirect loop", redirect("/feed"), "in a circle"),
    Bad("redirect inside", redirect("http://inside.test/feed"), "not a public address"),
    Bad("HTML for a sitemap", reply(page("Hello.")), "what comes is no sitemap", "sitemap"),
    Bad("no pages", reply(sitemap(), content_type=XML), "lists no pages", "sitemap"),
    Bad(
        "gzip bomb",
        reply(gzip.compress(b"<urlset>" + b"\n" * (60 << 20)), content_type="application/gzip"),
        "unpacks to over 50 MB",
        "sitemap",
    ),
]


@pytest.mark.parametrize("bad", BAD, ids=[bad.id for bad in BAD])
def test_list_that_cannot_be_read_leaves_its_pages_as_they_are(
    index: Index, site: Site, bad: Bad
) -> None:
    good = feed_of("/a") if bad.kind == "feed" else sitemap("/a")
    site.answers["/feed"] = reply(good, content_type=XML)
    declare(index, site, "/feed", bad.kind)
    index.refresh()
    before = snapshot(index)
    site.answers["/feed"] = bad.answer
    report = index.refresh()
    assert list(reasons(report)) == ["news"]
    assert bad.says in reasons(report)["news"]
    assert "what it gave before stays" in reasons(report)["news"]
    assert (report.removed, report.unchanged) == ((), 1)
    assert snapshot(index) == before
    assert index.refresh(fetch=False).failed == report.failed
    site.answers["/feed"] = reply(good, content_type=XML)
    assert index.refresh().failed == ()


@pytest.mark.parametrize("bad", BAD, ids=[bad.id for bad in BAD])
def test_list_that_never_came_is_told_each_time(index: Index, site: Site, bad: Bad) -> None:
    site.answers["/feed"] = bad.answer
    declare(index, site, "/feed", bad.kind)
    for fetch in (True, False):
        (failure,) = index.refresh(fetch=fetch).failed
        assert (failure.document_id, failure.path) == ("news", site.url("/feed"))
        assert bad.says in failure.reason
    assert index.documents() == []


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("http://inside.test/a", "not a public address"),
        ("http://169.254.169.254/latest/meta-data/", "not a public address"),
        ("http://127.0.0.1:{port}/a", "not a public address"),
        ("/loop", "in a circle"),
        ("/film", "cannot be read"),
        ("/private", "robots.txt"),
    ],
)
def test_link_that_cannot_be_followed_is_told_and_the_rest_comes(
    index: Index, site: Site, link: str, says: str
) -> None:
    robots = "User-agent: *\nDisallow: /private"
    site.answers |= {
        "/loop": redirect("/loop"),
        "/film": reply(b"film", content_type="video/mp4"),
        "/robots.txt": reply(robots, content_type="text/plain"),
    }
    links = feed_of(link.format(port=site.port), "/a")
    site.answers["/feed"] = reply(links, content_type=RSS)
    declare(index, site)
    report = index.refresh()
    assert len(report.added) == 1
    assert [says in reason for reason in reasons(report).values()] == [True]
    assert "/private" not in site.paths()


def test_site_that_does_not_answer_is_left_alone_after_three_pages(
    index: Index, site: Site
) -> None:
    paths = [f"/p{n}" for n in range(9)]
    site.answers |= {path: reply("", "503 Busy") for path in paths}
    site.answers["/feed"] = reply(feed_of(*paths), content_type=RSS)
    declare(index, site)
    report = index.refresh()
    assert len(site.asked) == 4
    assert sum("its site did not answer" in r for r in reasons(report).values()) == 6
