"""Feeds and sitemaps to their entries; what is broken or hostile has its outcome in a table."""

from __future__ import annotations

import re

import pytest

from corpus.errors import ParseError
from corpus.web.feed import day, read_feed
from corpus.web.listed import Item, entry_id, in_turn, merged
from corpus.web.listing import Entry, Listing, kind_of
from corpus.web.sitemap import read_sitemap, unpacked
from tests.corpus.list_files import (
    BAD_DATES,
    FEEDS,
    SITEMAPS,
    Case,
    atom,
    entry,
    feed_of,
    item,
    rss,
    sitemap,
    sitemap_index,
)

FEED = "http://site.test/feeds/news.xml"
MAP = "http://site.test/sitemap.xml"


def data_of(case: Case) -> bytes:
    made = case.make()
    return made.encode("utf-8", "surrogatepass") if isinstance(made, str) else made


def check(case: Case, listing: Listing) -> None:
    paths = [re.sub("^http://site.test", "", e.address) for e in listing.entries]
    assert not case.says
    assert (len(paths) if isinstance(case.paths, int) else paths) == case.paths or paths == list(
        case.paths  # type: ignore[arg-type]
    )
    said = f"{listing.problem} {listing.unread:,} foreign {listing.foreign}"
    assert case.remarks in said
    if not case.remarks:
        assert (listing.problem, listing.unread, listing.foreign) == (None, 0, 0)


@pytest.mark.parametrize("case", FEEDS, ids=[case.id for case in FEEDS])
def test_feed_gives_its_entries_or_a_reason(case: Case) -> None:
    try:
        listing = read_feed(data_of(case), FEED)
    except ParseError as error:
        assert case.says, error
        assert case.says in str(error)
        assert "\n" not in str(error)
        return
    check(case, listing)


@pytest.mark.parametrize("case", SITEMAPS, ids=[case.id for case in SITEMAPS])
def test_sitemap_gives_its_pages_or_a_reason(case: Case) -> None:
    try:
        listing = read_sitemap(unpacked(data_of(case)), MAP)
    except ParseError as error:
        assert case.says, error
        assert case.says in str(error)
        return
    check(case, listing)


def test_every_kind_of_feed_gives_address_title_and_day() -> None:
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel/>'
        "<item><title>T</title><link>http://site.test/a</link><dc:date>2026-05-01</dc:date></item>"
        "</rdf:RDF>"
    )
    dated = "<pubDate>Fri, 01 May 2026 23:30:00 -0700</pubDate>"
    json = (
        '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "title": "T", '
        '"url": "/a", "date_published": "2026-05-01T10:00:00Z"}]}'
    )
    for text in (rdf, rss(item("/a", "T", dated)), atom(entry("/a")), json):
        assert kind_of(text.encode()) == "feed"
        (found,) = read_feed(text.encode(), FEED).entries
        assert (found.address, found.title, found.published) == (
            "http://site.test/a",
            "T",
            "2026-05-01",
        )


def test_entry_of_text_alone_is_known_by_its_id() -> None:
    guid = '<guid isPermaLink="false">tag:1</guid>'
    (found,) = read_feed(rss(item("", "Note", guid, "<p>Words</p>")).encode(), FEED).entries
    assert (found.key, found.address, found.content) == ("tag:1", "", "<p>Words</p>")


@pytest.mark.parametrize("written", BAD_DATES)
def test_date_that_cannot_be_is_left_out(written: str) -> None:
    assert day(written) is None
    text = rss(item("/a", more=f"<pubDate>{written}</pubDate>"))
    (found,) = read_feed(text.encode(), FEED).entries
    assert found.published is None


def test_day_is_kept_as_its_publisher_wrote_it() -> None:
    assert day("Tue, 03 Jun 2025 23:30:00 -0700") == "2025-06-03"
    assert day("2025-06-03T23:30:00") == "2025-06-03"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (feed_of("/a"), "feed"),
        (f"<!-- {'x' * 500} --><?xml-stylesheet a?>{atom()}", "feed"),
        (sitemap("/a"), "sitemap"),
        (sitemap_index("/a"), "sitemap"),
        ("<!DOCTYPE html><html><head><link type='application/rss+xml' href='/f'>", None),
        ("<html><body>&lt;rss&gt;</body></html>", None),
        ('{"version": 1}', None),
        ("rss feed", None),
        ("", None),
    ],
)  # fmt: skip
def test_list_is_told_by_how_it_begins(data: str, kind: str | None) -> None:
    assert kind_of(data.encode()) == kind
    assert kind_of(data.encode("utf-16")) == kind


def entries(*names: str, stamp: str | None = None) -> list[Entry]:
    return [Entry(name, f"http://site.test/{name}", stamp=stamp) for name in names]


def test_what_leaves_a_feed_stays_and_what_leaves_a_whole_sitemap_goes() -> None:
    before = merged("feed", (), entries("a", "b"), 9, whole=True).items
    feed = merged("feed", before, entries("c", "b"), 9, whole=True)
    assert [(i.key, i.listed) for i in feed.items] == [("c", True), ("b", True), ("a", False)]
    part = merged("sitemap", before, entries("c"), 9, whole=False)
    assert [i.key for i in part.items] == ["c", "a", "b"]
    whole = merged("sitemap", before, entries("c"), 9, whole=True)
    assert [i.key for i in whole.items] == ["c"]


def test_limit_takes_the_newest_of_a_feed_and_the_known_of_a_sitemap() -> None:
    dated = [Entry(n, n, published=f"2026-05-0{n}") for n in "123"]
    assert [i.key for i in merged("feed", (), dated, 2, whole=True).items] == ["3", "2"]
    known = merged("sitemap", (), entries("b"), 9, whole=True).items
    found = merged("sitemap", known, entries("a", "b", "c"), 2, whole=True)
    assert ([i.key for i in found.items], found.left_out) == (["b", "a"], 1)


def test_document_id_hangs_on_the_address_alone() -> None:
    assert entry_id("blog", "http://site.test/2026/a b.html?x=1").startswith("blog/2026-a-b.html-")
    assert entry_id("blog", "http://site.test/a?x=1") != entry_id("blog", "http://site.test/a?x=2")
    assert len(entry_id("blog", f"http://site.test/{'é' * 900}")) < 80
    assert re.fullmatch(r"blog/[0-9a-f]{8}", entry_id("blog", "http://site.test/"))
    assert entry_id("blog", "\ud800").startswith("blog/")


def test_pages_without_a_copy_are_asked_for_first_then_those_asked_longest_ago() -> None:
    from datetime import UTC, datetime, timedelta

    now = datetime(2026, 5, 1, tzinfo=UTC)

    def one(key: str, days: int | None, **more: object) -> Item:
        asked = None if days is None else now - timedelta(days=days)
        return Item.model_validate({"key": key, "address": key, "asked": asked, **more})

    settled = {"stamp": "1", "asked_stamp": "1"}
    items = [
        one("recent", 1),
        one("old", 3),
        one("new", None),
        one("settled", 1, **settled),
        one("long settled", 9, **settled),
        one("restamped", 1, stamp="2", asked_stamp="1"),
        one("fallen out", 9, listed=False),
    ]
    here = {item.key: item.key != "new" for item in items}
    turns = [item.key for item in in_turn(items, here, now)]
    assert turns == ["new", "long settled", "old", "recent", "restamped"]
