"""What a refresh does with feeds and sitemaps: pages come, change, fail, leave, stay."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import InputError
from index import fetching
from index.store import Index
from index.types import Declaration, SourceKind
from tests.corpus.list_files import (
    RSS,
    XML,
    atom,
    entry,
    feed_of,
    item,
    rss,
    sitemap,
    sitemap_index,
)
from tests.corpus.web_server import Asked, Site, page, reply
from tests.index.site_with_feed import declare, open_index, reasons, serving_a_feed, texts

LONG = "<p>" + "The whole text of the entry stands in the feed itself. " * 20 + "</p>"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving_a_feed() as site:
        yield site


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with open_index(tmp_path / "home") as index:
        yield index


# --- pages come, change and leave


def test_feed_brings_its_pages_each_as_a_document(index: Index, site: Site) -> None:
    declare(index, site)
    report = index.refresh()
    assert (len(report.added), report.failed) == (2, ())
    assert all(i.startswith(("news/a-", "news/b-")) for i in report.added)
    (passage,) = index.search("Text of a", 1)
    assert (passage.document.title, passage.document.url) == ("Page a", site.url("/a"))


def test_new_entry_brings_just_that_and_order_changes_nothing(index: Index, site: Site) -> None:
    declare(index, site)
    index.refresh()
    site.answers["/feed"] = reply(feed_of("/c", "/b", "/a"), content_type=RSS)
    report = index.refresh()
    assert ([i[:7] for i in report.added], report.unchanged) == (["news/c-"], 2)
    assert (report.changed, report.removed, report.failed) == ((), (), ())


def test_changed_page_is_changed(index: Index, site: Site) -> None:
    declare(index, site)
    index.refresh()
    site.answers["/a"] = reply(page("Other words."))
    report = index.refresh()
    assert [i[:7] for i in report.changed] == ["news/a-"]
    assert "Other words" in texts(index)


def test_entry_that_falls_out_of_a_feed_keeps_its_document(index: Index, site: Site) -> None:
    declare(index, site)
    index.refresh()
    site.answers["/feed"] = reply(feed_of("/c"), content_type=RSS)
    asked = len(site.asked)
    report = index.refresh()
    assert (len(report.added), report.removed, report.unchanged) == (1, (), 2)
    assert [one.path for one in site.asked[asked:]] == ["/feed", "/c"]
    assert index.refresh().removed == ()
    assert len(list(index.home.pages.rglob("*.html"))) == 3


def test_page_that_leaves_a_sitemap_is_removed_and_told(index: Index, site: Site) -> None:
    site.answers["/map"] = reply(sitemap("/a", "/b"), content_type=XML)
    declare(index, site, "/map", "sitemap")
    assert len(index.refresh().added) == 2
    site.answers["/map"] = reply(sitemap("/b"), content_type=XML)
    assert [i[:7] for i in index.refresh().removed] == ["news/a-"]
    assert len(index.documents()) == 1


def test_page_that_fails_keeps_its_version_and_the_rest_goes_on(index: Index, site: Site) -> None:
    declare(index, site)
    index.refresh()
    site.answers["/a"] = reply("", "500 Oops")
    site.answers["/b"] = reply(page("New words on b."))
    report = index.refresh()
    assert len(report.changed) == 1
    (failure,) = report.failed
    assert failure.document_id.startswith("news/a-")
    assert "its version of 20" in failure.reason
    assert failure.path == site.url("/a")
    assert "Text of a" in texts(index)
    assert index.refresh(fetch=False).failed == (failure,)


def test_page_that_never_came_is_told_and_comes_later(index: Index, site: Site) -> None:
    del site.answers["/b"]
    declare(index, site)
    report = index.refresh()
    assert (len(report.added), ["404" in r for r in reasons(report).values()]) == (1, [True])
    site.answers["/b"] = reply(page("Here at last."))
    assert len(index.refresh().added) == 1


def test_unchanged_feed_and_pages_are_asked_with_their_validators(index: Index, site: Site) -> None:
    site.answers["/feed"] = reply(feed_of("/a"), content_type=RSS, ETag='"f"')
    declare(index, site)
    index.refresh()
    site.answers |= {p: reply("", "304 Not Modified") for p in ("/feed", "/a")}
    report = index.refresh()
    assert (report.unchanged, report.failed) == (1, ())
    assert [one.headers.get("if-none-match") for one in site.asked[-2:]] == ['"f"', '"1"']


def test_page_whose_list_says_it_is_unchanged_is_not_asked_for_again(
    index: Index, site: Site
) -> None:
    site.answers["/feed"] = reply(atom(entry("/a"), entry("/b")), content_type=RSS)
    declare(index, site)
    index.refresh()
    changed = atom(entry("/a"), entry("/b", "2026-06-01T10:00:00Z"))
    site.answers["/feed"] = reply(changed, content_type=RSS)
    asked = len(site.asked)
    assert index.refresh().unchanged == 2
    assert [one.path for one in site.asked[asked:]] == ["/feed", "/b"]


def test_day_of_an_entry_fills_in_where_the_page_tells_none(index: Index, site: Site) -> None:
    head = '<meta property="article:published_time" content="2020-02-02">'
    site.answers["/b"] = reply(page("Dated.", head=head))
    dated = "<pubDate>Fri, 01 May 2026 10:00:00 GMT</pubDate>"
    bad = "<pubDate>Tue, 99 Foo</pubDate>"
    feed = rss(item("/a", "A", dated), item("/b", "B", dated), item("/c", "C", bad))
    site.answers["/feed"] = reply(feed, content_type=RSS)
    declare(index, site)
    index.refresh()
    assert [info.published for info in index.documents()] == ["2026-05-01", "2020-02-02", None]


def test_entry_without_a_page_is_read_from_the_feed(index: Index, site: Site) -> None:
    guid = '<guid isPermaLink="false">note-1</guid>'
    script = "<script>alert(1)</script>"
    feed = rss(item("", "A note", guid, LONG + script))
    site.answers["/feed"] = reply(feed, content_type=RSS)
    declare(index, site)
    assert len(index.refresh().added) == 1
    (info,) = index.documents()
    assert (info.title, info.url) == ("A note", site.url("/feed"))
    assert "whole text" in texts(index)
    assert "alert" not in texts(index)
    assert index.refresh().unchanged == 1
    site.answers["/feed"] = reply(feed.replace("whole", "full"), content_type=RSS)
    assert len(index.refresh().changed) == 1


def test_full_text_stands_in_for_a_page_that_cannot_be_had(index: Index, site: Site) -> None:
    site.answers["/feed"] = reply(rss(item("/x", "X", "", LONG)), content_type=RSS)
    declare(index, site)
    report = index.refresh()
    assert len(report.added) == 1
    assert ["the text in the feed is used" in r for r in reasons(report).values()] == [True]
    site.answers["/x"] = reply(page("The page itself."))
    report = index.refresh()
    assert (len(report.changed), report.failed) == (1, ())
    assert "The page itself" in texts(index)


def test_limit_is_kept_and_what_is_left_out_is_told(index: Index, site: Site) -> None:
    site.answers["/feed"] = reply(feed_of("/a", "/b", "/c"), content_type=RSS)
    declare(index, site, limit=2)
    report = index.refresh()
    assert len(report.added) == 2
    said = "1 of the pages that it lists were left out; at most 2 are taken (refdesk add --limit)"
    told = (f"news: {said}",)
    assert (report.failed, report.notes) == ((), told)
    assert index.compare().notes == index.refresh(fetch=False).notes == told
    assert [past.report["notes"] for past in index.history()] == [list(told)] * 2
    assert index.status().failed == ()


def test_patterns_choose_pages_by_the_paths_of_their_addresses(index: Index, site: Site) -> None:
    paths = ("/a", "/blog/a.html", "/blog/old/b.html", "/blog/c%20d.html")
    site.answers |= {path: reply(page(f"Text of {path}.")) for path in paths}
    site.answers["/feed"] = reply(feed_of(*paths), content_type=RSS)
    declare(index, site, include=("/blog/",), exclude=("old/",), limit=3)
    assert index.refresh().notes == (), "the limit counts what is wanted"
    assert {info.url for info in index.documents()} == {site.url(path) for path in paths[1::2]}


def test_explanation_names_the_pattern_that_leaves_a_page_out(index: Index, site: Site) -> None:
    declare(index, site, include=("/a", "blog/"), exclude=("old/",))
    index.refresh()
    asked = [index.explain(site.url(path)) for path in ("/b", "/blog/old/x", "/blog/y")]
    assert [one.state for one in asked] == ["ignored", "ignored", "unknown"]
    assert "no pattern of the source's include" in asked[0].reason
    assert "the pattern 'old/' of the source's exclude" in asked[1].reason
    assert asked[2].reason.endswith("gave none") and asked[2].source == "news"


@pytest.mark.parametrize(("path", "kind"), [("/feed", "feed"), ("/map", "sitemap")])
def test_pages_that_patterns_leave_out_later_go_and_the_dry_run_says_so(
    index: Index, site: Site, path: str, kind: SourceKind
) -> None:
    site.answers["/map"] = reply(sitemap("/a", "/b"), content_type=XML)
    declare(index, site, path, kind)
    index.refresh()
    declare(index, site, path, kind, exclude=("a",))
    assert index.compare().removed == index.refresh().removed != ()
    assert (index.refresh().unchanged, len(list(index.home.pages.rglob("*.html")))) == (1, 1)


def test_pages_of_other_sites_are_noted_and_no_failure(index: Index, site: Site) -> None:
    site.answers["/map"] = reply(
        sitemap("/a", "http://o.test/b", "http://o.test/c"), content_type=XML
    )
    declare(index, site, "/map", "sitemap")
    report = index.refresh()
    assert (report.failed, report.notes) == ((), ("news: 2 pages of other sites were left out",))


def test_long_list_goes_on_with_each_refresh_until_all_of_it_is_here(
    index: Index, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "STAGE_SECONDS", 2.0)

    def slowly(stream: socket.socket, asked: Asked) -> None:
        site.stop.wait(0.8)
        stream.sendall(reply(page(f"Text of {asked.path}.")))

    paths = [f"/p{n}" for n in range(5)]
    site.answers |= dict.fromkeys(paths, slowly)
    site.answers["/feed"] = reply(feed_of(*paths), content_type=RSS)
    declare(index, site)
    report = index.refresh()
    assert report.waiting > 0
    assert "still to be fetched" in str(reasons(report))
    rounds = 1
    while report.waiting and rounds < 20:
        report, rounds = index.refresh(), rounds + 1
    assert (len(index.documents()), reasons(report)) == (5, {})
    assert rounds > 1


# --- lists of lists, and lists that were declared as pages


def test_sitemap_index_is_followed_and_packed_sitemaps_are_read(index: Index, site: Site) -> None:
    packed = gzip.compress(sitemap("/b").encode())
    site.answers |= {
        "/map": reply(sitemap_index("/one", "/two.gz", "/map"), content_type=XML),
        "/one": reply(sitemap("/a"), content_type=XML),
        "/two.gz": reply(packed, content_type="application/gzip"),
    }
    declare(index, site, "/map", "sitemap")
    assert len(index.refresh().added) == 2
    site.answers["/one"] = reply("", "500 Oops")
    site.answers["/two.gz"] = reply(gzip.compress(sitemap("/c").encode()), content_type=XML)
    report = index.refresh()
    assert (len(report.added), report.removed) == (1, ())
    assert "(500)" in reasons(report)["news (left out)"]
    site.answers["/one"] = reply(sitemap("/a"), content_type=XML)
    assert [i[:7] for i in index.refresh().removed] == ["news/b-"]


def test_sitemaps_nested_too_deep_are_left_out(index: Index, site: Site) -> None:
    for depth in range(5):
        inner = sitemap_index(f"/m{depth + 1}")
        site.answers[f"/m{depth}"] = reply(inner, content_type=XML)
    declare(index, site, "/m0", "sitemap")
    report = index.refresh()
    assert "names sitemaps again" in reasons(report)["news (left out)"]
    assert site.paths() == ["/m0", "/m1", "/m2"]


@pytest.mark.parametrize(
    ("body", "said", "kind"),
    [
        (feed_of("/a"), RSS, "feed"),
        (feed_of("/a"), "text/html", "feed"),
        (feed_of("/a"), "text/plain", "feed"),
        (sitemap("/a"), XML, "sitemap"),
        (gzip.compress(sitemap("/a").encode(), mtime=0), "application/gzip", "sitemap"),
    ],
)
def test_address_that_turns_out_to_be_a_list_is_one(
    index: Index, site: Site, body: str | bytes, said: str, kind: str
) -> None:
    site.answers["/feed"] = reply(body, content_type=said)
    source = index.add_source(site.url("/feed"))
    report = index.refresh()
    assert (len(report.added), report.failed) == (1, ())
    assert report.added[0].startswith(f"{source.name}/a-")
    assert [s.kind for s in index.sources()] == [kind]
    assert index.refresh().unchanged == 1


def test_page_that_names_a_feed_stays_a_page(index: Index, site: Site) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    site.answers["/a"] = reply(page("A blog.", head=link))
    index.add_source(site.url("/a"))
    assert index.refresh().added == ("site.test-a/page",)
    assert site.paths() == ["/a"]


def test_page_that_becomes_a_feed_keeps_its_version_and_says_how_to_add_it(
    index: Index, site: Site
) -> None:
    index.add_source(site.url("/a"))
    index.refresh()
    site.answers["/a"] = reply(feed_of("/b"), content_type=RSS)
    (failure,) = index.refresh().failed
    assert "refdesk add --kind feed" in failure.reason
    assert "Text of a" in texts(index)


def test_feed_in_a_feed_is_not_followed(index: Index, site: Site) -> None:
    site.answers["/feed"] = reply(feed_of("/a", "/other"), content_type=RSS)
    site.answers["/other"] = reply(feed_of("/b"), content_type=RSS)
    declare(index, site)
    report = index.refresh()
    assert len(report.added) == 1
    assert "this is a feed" in next(iter(reasons(report).values()))
    assert "/b" not in site.paths()


def test_kind_that_cannot_be_is_refused(index: Index, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is an address"):
        index.add_source(tmp_path, Declaration("feed"))


# --- what is kept


def test_index_is_rebuilt_from_the_copies_without_a_network(
    tmp_path: Path, index: Index, site: Site
) -> None:
    declare(index, site)
    index.refresh()
    before = {info.id: info.url for info in index.documents()}
    site.stop.set()
    index.refresh(full=True, fetch=False)
    assert {info.id: info.url for info in index.documents()} == before
    report = index.refresh(full=True)
    assert (report.removed, len(index.documents())) == ((), 2)


def test_list_of_which_nothing_is_known_any_more_loses_no_document(
    index: Index, site: Site
) -> None:
    declare(index, site)
    index.refresh()
    (path,) = index.home.pages.rglob("listing.json")
    path.write_text("{")
    (failure,) = index.refresh().failed
    assert str(path) in failure.reason
    assert len(index.documents()) == 2
    path.unlink()
    assert index.refresh().failed == ()


def test_withdrawn_feed_goes_with_its_copies(index: Index, site: Site) -> None:
    declare(index, site)
    index.refresh()
    index.remove_source("news")
    assert len(index.refresh().removed) == 2
    assert list(index.home.pages.iterdir()) == []


def test_comparison_asks_no_server(index: Index, site: Site) -> None:
    declare(index, site)
    assert index.compare().added == ("news/…",)
    index.refresh()
    asked = len(site.asked)
    changes = index.compare()
    assert (changes.added, changes.removed, changes.unchanged) == ((), (), 2)
    assert len(site.asked) == asked


def test_explanation_tells_what_became_of_a_listed_page(index: Index, site: Site) -> None:
    del site.answers["/b"]
    declare(index, site)
    index.refresh()
    (info,) = index.documents()
    assert index.explain(info.id).state == "indexed"
    (failure,) = index.status().failed
    assert index.explain(failure.document_id).state == "failed"
    assert index.explain(failure.document_id).source == "news"
    assert index.explain("news").reason.startswith("feed http://site.test")
    assert index.explain(site.url("/a")).document_id == info.id
    assert "404" in index.explain(site.url("/b")).reason
    assert index.explain(site.url("/feed")).source == "news"
    assert index.explain("https://elsewhere.test/").state == "unknown"
    site.answers["/feed"] = reply(feed_of("/c"), content_type=RSS)
    index.refresh()
    assert "when its feed listed it last" in index.explain(info.id).reason
