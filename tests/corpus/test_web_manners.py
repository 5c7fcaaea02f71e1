"""What servers and sites ask of a fetcher: fresh copies, patience, robots.txt, formats."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from corpus.web.fetch import Fetched, Limits, Missing, Unchanged
from tests.corpus.quick_fetch import TEXT, fetcher, refusal
from tests.corpus.web_server import Asked, Site, page, redirect, reply, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def test_unchanged_page_is_not_sent_again(site: Site) -> None:
    site.answers["/page"] = reply(TEXT, ETag='"1"', Last_Modified="Mon, 01 Jun 2026 10:00:00 GMT")
    first = fetcher().fetch(site.url())
    assert isinstance(first, Fetched)
    site.answers["/page"] = reply(b"", "304 Not Modified")
    assert isinstance(fetcher().fetch(site.url(), first.validators), Unchanged)
    assert site.asked[-1].headers["if-none-match"] == '"1"'
    assert site.asked[-1].headers["if-modified-since"] == "Mon, 01 Jun 2026 10:00:00 GMT"


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_missing_page_is_an_outcome_of_its_own(site: Site, status: str) -> None:
    site.answers["/page"] = reply("", status)
    assert fetcher().fetch(site.url()) == Missing(int(status[:3]))


@pytest.mark.parametrize("status", ["429 Too Many", "502 Bad", "503 Busy", "504 Late"])
def test_passing_failure_is_tried_again(site: Site, status: str) -> None:
    def once(stream: socket.socket, asked: Asked) -> None:
        first = len(site.asked) == 1
        stream.sendall(reply("", status, Retry_After="0") if first else reply(TEXT))

    site.answers["/page"] = once
    assert isinstance(fetcher().fetch(site.url()), Fetched)
    assert len(site.asked) == 2


@pytest.mark.parametrize(
    "after", ["600", format_datetime(datetime.now(UTC) + timedelta(days=2)), "soon", "-1"]
)
def test_retry_after_is_heeded_within_bounds(site: Site, after: str) -> None:
    site.answers["/page"] = reply("", "503 Busy", Retry_After=after)
    limits = Limits(seconds=3, attempts=2, pause=0)
    assert "cannot answer now (503)" in refusal(site, limits=limits)
    assert len(site.asked) == (1 if after[0] not in "s-" else 2)


@pytest.mark.parametrize(
    "rules",
    [
        "User-agent: *\nDisallow: /",
        "User-agent: refdesk\nDisallow: /page",
        "User-agent: *\nDisallow: /*age$",
    ],
)
def test_page_that_robots_txt_forbids_is_never_asked_for(site: Site, rules: str) -> None:
    site.answers |= {"/robots.txt": reply(rules, content_type="text/plain"), "/page": reply(TEXT)}
    assert "robots.txt" in refusal(site)
    assert site.asked == []


@pytest.mark.parametrize(
    ("robots", "read"),
    [
        (reply("User-agent: other\nDisallow: /", content_type="text/plain"), True),
        (reply("User-agent: *\nDisallow: /\nAllow: /page"), True),
        (reply("<html>not a robots file</html>"), True),
        (reply("", "403 Forbidden"), True),
        (redirect("/elsewhere.txt"), True),
        (redirect("/robots.txt"), True),
        (redirect("http://inside.test/robots.txt"), False),
        (reply("", "503 Busy"), False),
    ],
)
def test_robots_txt_counts_only_where_it_speaks(site: Site, robots: bytes, read: bool) -> None:
    site.answers |= {"/robots.txt": robots, "/page": reply(TEXT)}
    if read:
        assert isinstance(fetcher().fetch(site.url()), Fetched)
    else:
        refusal(site)
    assert (site.paths()[-1:] == ["/page"]) is read


def test_pages_of_one_site_are_asked_for_with_a_pause(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("corpus.web.fetch.time.sleep", waits.append)
    site.answers["/robots.txt"] = reply("User-agent: *\nCrawl-delay: 3", content_type="text/plain")
    site.answers |= {"/page": reply(TEXT), "/more": reply(TEXT)}
    slow = fetcher(Limits(pause=1.0))
    slow.fetch(site.url())
    slow.fetch(site.url("/more"))
    assert waits[0] == 0
    assert 2 < waits[1] <= 3


@pytest.mark.parametrize(
    ("content_type", "path", "suffix"),
    [
        ("text/html", "/report.pdf", ".html"),
        ("application/xhtml+xml", "/page", ".html"),
        ("application/pdf", "/download", ".pdf"),
        ("application/octet-stream", "/a/report.pdf", ".pdf"),
        ("", "/notes.md", ".md"),
        ("text/plain; charset=utf-8", "/README.md", ".md"),
        ("text/plain", "/page.html", ".txt"),
        ("text/csv", "/export", ".csv"),
    ],
)
def test_format_is_what_the_server_says_it_is(
    site: Site, content_type: str, path: str, suffix: str
) -> None:
    site.answers[path] = reply(b"some text", content_type=content_type)
    found = fetcher().fetch(site.url(path))
    assert isinstance(found, Fetched)
    assert found.suffix == suffix


def test_charset_that_only_the_header_tells_is_kept(site: Site) -> None:
    text = page("价格为每百万词元一元。")
    site.answers["/page"] = reply(text.encode("gb18030"), content_type="text/html; charset=gb18030")
    found = fetcher().fetch(site.url())
    assert isinstance(found, Fetched)
    assert found.content.decode("utf-8-sig") == text


def test_gzip_page_is_unpacked(site: Site) -> None:
    site.answers["/page"] = reply(gzip.compress(TEXT.encode(), mtime=0), Content_Encoding="gzip")
    found = fetcher().fetch(site.url())
    assert isinstance(found, Fetched)
    assert found.content == TEXT.encode()
