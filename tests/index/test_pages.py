"""What a refresh does with web pages that come, change, go, fail or no longer parse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corpus.errors import InputError
from corpus.web.fetch import Fetcher, Limits
from corpus.web.pages import Pages
from index import records
from index.store import Index
from index.types import Failure, Progress, RefreshReport
from tests.corpus.pdf_files import make_pdf, paragraph
from tests.corpus.web_server import Site, loopback, page, redirect, reply, serving
from tests.index.hash_embedder import HashEmbedder
from tests.index.snapshot import snapshot

LIMITS = Limits(seconds=4, attempts=1, pause=0)
ALPHA, BETA = page("Alpha is the first letter.", "Letters"), page("Beta is next.", "Letters")
NO_TEXT = "<html><body><script>draw()</script></body></html>"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        site.answers["/page"] = reply(ALPHA)
        yield site


def open_index(home: Path, *allowed: str) -> Index:
    fetcher = Fetcher(allowed or ("site.test",), LIMITS, resolver=loopback)
    return Index.open(home, HashEmbedder(), curated=False, fetcher=fetcher)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with open_index(tmp_path / "home") as index:
        yield index


def text_of(index: Index, document_id: str = "site.test-page/page") -> str:
    document = index.document(document_id)
    assert document is not None
    return document.text


def only_failure(report: RefreshReport) -> Failure:
    (failure,) = report.failed
    return failure


def test_page_is_declared_by_its_address_and_brought_in_by_a_refresh(
    index: Index, site: Site
) -> None:
    source = index.add_source(f" {site.url()}#part ")
    assert (source.name, source.kind, source.location) == ("site.test-page", "url", site.url())
    assert index.add_source(site.url()) == source
    assert site.asked == []
    assert index.refresh().added == ("site.test-page/page",)
    assert source in index.status().sources
    (passage,) = index.search("first letter Alpha", 1)
    assert passage.document.title == "Letters"
    assert passage.document.url == site.url()
    assert passage.document.publisher == "site.test"


def test_unchanged_page_is_not_read_again(index: Index, site: Site) -> None:
    index.add_source(site.url())
    site.answers["/page"] = reply(ALPHA, ETag='"7"')
    index.refresh()
    site.answers["/page"] = reply(b"", "304 Not Modified")
    report = index.refresh()
    assert (report.unchanged, report.chunks, report.failed) == (1, 0, ())
    assert site.asked[-1].headers["if-none-match"] == '"7"'


def test_same_bytes_without_validators_count_as_unchanged(index: Index, site: Site) -> None:
    index.add_source(site.url())
    index.refresh()
    report = index.refresh()
    assert (report.unchanged, report.changed, report.chunks) == (1, (), 0)


def test_changed_page_replaces_the_old_text(index: Index, site: Site) -> None:
    index.add_source(site.url())
    index.refresh()
    site.answers["/page"] = reply(BETA)
    assert index.refresh().changed == ("site.test-page/page",)
    assert "Beta" in text_of(index)
    assert "Alpha" not in text_of(index)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply("", "404 Not Found"), "the page is not there (404)"),
        (reply("", "410 Gone"), "the page is not there (410)"),
        (reply("", "500 Oops"), "an error (500)"),
        (reply("", "503 Busy"), "cannot answer now (503)"),
        (reply(NO_TEXT), "no readable text"),
        (reply(b""), "the page is empty"),
        (reply(b"%PDF-1.7 broken", content_type="application/pdf"), "PDF"),
        (redirect("http://inside.test/"), "not a public address"),
        (b"", ""),
    ],
)
def test_page_that_fails_keeps_its_last_good_version(
    tmp_path: Path, index: Index, site: Site, answer: bytes, reason: str
) -> None:
    index.add_source(site.url())
    index.refresh()
    before = snapshot(index)
    site.answers["/page"] = answer
    report = index.refresh()
    failure = only_failure(report)
    assert (failure.document_id, failure.path) == ("site.test-page/page", site.url())
    assert reason in failure.reason
    assert "its version of 20" in failure.reason
    assert (report.removed, report.changed) == ((), ())
    assert snapshot(index) == before
    assert index.status().failed == (failure,)
    site.answers["/page"] = reply(BETA)
    assert index.refresh().failed == ()
    assert "Beta" in text_of(index)


def test_page_that_never_came_is_told_each_time_and_harms_nothing_else(
    index: Index, site: Site, tmp_path: Path
) -> None:
    (tmp_path / "note.txt").write_text("A note about gamma.")
    index.add_source(tmp_path / "note.txt")
    index.add_source(site.url("/nowhere"))
    for _ in range(2):
        report = index.refresh()
        assert only_failure(report) == Failure(
            "site.test-nowhere",
            site.url("/nowhere"),
            "there is no such page (404); correct the address",
        )
    assert text_of(index, "note/note.txt") == "A note about gamma."


def test_page_of_a_private_address_is_refused_unless_its_host_is_allowed(
    tmp_path: Path, site: Site
) -> None:
    with open_index(tmp_path / "closed", "other.test") as index:
        index.add_source(site.url())
        assert "REFDESK_ALLOW_HOSTS" in only_failure(index.refresh()).reason
        with pytest.raises(InputError, match="not a public address"):
            index.add_source("http://169.254.169.254/latest/meta-data/")
        assert site.asked == []


@pytest.mark.parametrize("location", ["ftp://site.test/a", "file:///etc/passwd", "https://"])
def test_address_of_another_kind_is_refused_when_it_is_added(index: Index, location: str) -> None:
    with pytest.raises(InputError, match="web address"):
        index.add_source(location)
    assert index.sources() == []


def test_two_addresses_of_the_same_content_are_two_documents(index: Index, site: Site) -> None:
    site.answers["/copy"] = reply(ALPHA)
    index.add_source(site.url())
    index.add_source(site.url("/copy"))
    assert index.refresh().added == ("site.test-copy/page", "site.test-page/page")
    assert {d.url for d in index.documents()} == {site.url(), site.url("/copy")}


def test_addresses_that_differ_only_in_their_query_get_names_of_their_own(
    index: Index, site: Site
) -> None:
    names = [index.add_source(site.url(f"/page?n={n}")).name for n in (1, 2)]
    assert names == ["site.test-page", "site.test-page-2"]


def test_index_is_rebuilt_from_the_stored_copies_without_a_network(
    index: Index, site: Site
) -> None:
    index.add_source(site.url())
    index.refresh()
    before = snapshot(index)
    site.stop.set()
    site.answers.clear()
    with index.stores.db.writing() as db:
        records.remove(db, "site.test-page/page")
    report = index.refresh(full=True)
    assert report.added == ("site.test-page/page",)
    assert len(report.failed) == 1
    assert snapshot(index) == before


def test_withdrawn_page_goes_with_its_copy(index: Index, site: Site) -> None:
    source = index.add_source(site.url())
    index.refresh()
    assert list(index.home.pages.rglob("*.html"))
    index.remove_source(source.name)
    assert index.refresh().removed == ("site.test-page/page",)
    assert list(index.home.pages.iterdir()) == []


def test_pdf_by_address_is_read_with_its_pages(index: Index, site: Site) -> None:
    site.answers["/report"] = reply(
        make_pdf([paragraph(72, 700, ["The report says nine."])]), content_type="application/pdf"
    )
    index.add_source(site.url("/report"))
    assert index.refresh().added == ("site.test-report/page",)
    document = index.document("site.test-report/page")
    assert document is not None
    assert document.pages
    assert document.info.media_type == "application/pdf"
    assert document.info.path.endswith("report.pdf")


def test_page_is_cited_where_it_was_found_or_calls_itself_on_the_same_host(
    index: Index, site: Site
) -> None:
    def linked(href: str) -> bytes:
        return reply(page("Some text.", head=f'<link rel="canonical" href="{href}">'))

    site.answers |= {
        "/moved": redirect("/new"),
        "/new": reply(page("Moved.")),
        "/own": linked("/article"),
        "/foreign": linked("https://bank.example/"),
        "/script": linked("javascript:alert(1)"),
    }
    for path in ("/moved", "/own", "/foreign", "/script"):
        index.add_source(site.url(path))
    index.refresh()
    cited = {d.id.split("/")[0]: d.url for d in index.documents()}
    assert cited == {
        "site.test-moved": site.url("/new"),
        "site.test-own": site.url("/article"),
        "site.test-foreign": site.url("/foreign"),
        "site.test-script": site.url("/script"),
    }


def test_page_cannot_claim_another_publisher(index: Index, site: Site) -> None:
    front = "---\ntitle: News\npublisher: Reuters\nurl: https://reuters.com/\n---\nSome text."
    site.answers["/news.md"] = reply(front, content_type="text/markdown")
    index.add_source(site.url("/news.md"))
    index.refresh()
    (info,) = index.documents()
    assert (info.title, info.publisher, info.url) == ("News", "site.test", site.url("/news.md"))


def test_comparison_names_new_pages_and_asks_no_server(index: Index, site: Site) -> None:
    index.add_source(site.url())
    assert index.compare().added == ("site.test-page/page",)
    assert site.asked == []
    index.refresh()
    site.answers["/page"] = reply(BETA)
    changes = index.compare()
    assert (changes.added, changes.changed, changes.unchanged, changes.removed) == ((), (), 1, ())
    assert len(site.asked) == 1


def test_refresh_tells_how_many_pages_were_fetched(index: Index, site: Site) -> None:
    index.add_source(site.url())
    index.add_source(site.url("/nowhere"))
    steps = [e for e in index.refresh_events() if isinstance(e, Progress) and e.stage == "fetch"]
    assert (steps[0].total, steps[-1].done, steps[-1].total) == (2, 2, 2)


def test_page_that_is_gone_for_a_week_is_called_gone(tmp_path: Path, site: Site) -> None:
    now = [datetime(2026, 11, 1, tzinfo=UTC)]
    fetcher = Fetcher(["site.test"], LIMITS, resolver=loopback)
    pages = Pages(tmp_path, fetcher, lambda: now[0])
    assert pages.bring("p", site.url()).problem is None
    site.answers["/page"] = reply("", "404 Not Found")
    now[0] += timedelta(days=1)
    early = pages.bring("p", site.url())
    assert early.problem == "the page is not there (404); its version of 2026-11-01 stays"
    now[0] += timedelta(days=8)
    late = pages.bring("p", site.url())
    assert late.problem is not None
    assert late.problem.startswith("the page has been gone since 2026-11-02 (404)")
    assert late.file is not None
    site.answers["/page"] = reply(ALPHA)
    assert pages.bring("p", site.url()).problem is None
    site.answers["/page"] = reply("", "404 Not Found")
    assert "is not there" in (pages.bring("p", site.url()).problem or "")


@pytest.mark.parametrize("damage", ["{", '{"address": 1}', "../../escape"])
def test_damaged_note_of_a_copy_means_fetching_anew(
    tmp_path: Path, site: Site, damage: str
) -> None:
    pages = Pages(tmp_path, Fetcher(["site.test"], LIMITS, resolver=loopback))
    first = pages.bring("p", site.url()).file
    assert first is not None
    (note,) = tmp_path.rglob("page.json")
    text = note.read_text()
    copy = f"{first.path.parent.name}/{first.path.name}"
    assert copy in text
    (tmp_path / "escape").write_text("secret")
    note.write_text(text.replace(copy, damage) if "escape" in damage else damage)
    assert pages.bring("p", site.url()).file == first
