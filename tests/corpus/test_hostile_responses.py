"""Every broken or hostile response has its documented outcome, and harms no other page.

The table is in hostile_responses.py. Each fetch ends within ``LIMITS``; that it does, the time-out
of each test holds.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from corpus.errors import ParseError
from corpus.parse import parse
from corpus.web.fetch import Fetcher, Limits
from corpus.web.pages import Pages
from index.store import Index
from tests.corpus.hostile_responses import CASES, HEAD, Case, packed, sending
from tests.corpus.web_server import Site, page, reply, serving
from tests.index.hash_embedder import HashEmbedder

LIMITS = Limits(bytes=200_000, seconds=2, attempts=1, pause=0)
GOOD = "Quokkas are open until ten."
MOST_MEMORY = 150 << 20  # bytes, for a page of at most 25 MB
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def resolver(host: str, port: int) -> Sequence[str]:
    """``site.test`` is this machine, ``inside.test`` the local network; the rest is looked up."""
    if host.endswith(".test"):
        return ["10.0.0.7" if host == "inside.test" else "127.0.0.1"]
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def fetcher() -> Fetcher:
    return Fetcher(["site.test"], LIMITS, resolver=resolver)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_response_is_a_page_or_one_clear_line(case: Case, site: Site, tmp_path: Path) -> None:
    site.answers["/page"] = reply(page(GOOD))
    pages = Pages(tmp_path, fetcher())
    first = pages.bring("a", site.url())
    assert first.problem is None and first.file is not None
    before = first.file.path.read_bytes()

    site.answers |= {f"/page{'x' * step}": case.answer for step in range(9)}
    found = pages.bring("a", site.url())
    assert found.file is not None, "the last good version is gone"
    if found.problem is None:
        text = parsed(found.file.path)
        assert case.reads in text and not case.says, text[:200]
        assert "evil()" not in text
        return
    assert not case.reads, found.problem
    assert re.search(case.says, found.problem), found.problem
    assert "\n" not in found.problem and "secret" not in found.problem
    assert (found.file.path, found.file.path.read_bytes()) == (first.file.path, before)


def parsed(path: Path) -> str:
    try:
        return parse(path.read_bytes(), path.name).text
    except ParseError as error:
        raise AssertionError("a copy that cannot be read was kept") from error


def test_the_table_is_as_long_as_it_was_meant_to_be() -> None:
    assert len(CASES) >= 120
    assert len({case.id for case in CASES}) == len(CASES)


@pytest.mark.timeout(60)
def test_not_modified_without_a_copy_is_told(site: Site, tmp_path: Path) -> None:
    site.answers["/page"] = reply(b"", "304 Not Modified")
    found = Pages(tmp_path, fetcher()).bring("a", site.url())
    assert found.file is None and "nothing is here" in (found.problem or "")


@pytest.mark.timeout(120)
def test_a_site_whose_robots_txt_never_ends_is_left_alone(site: Site, tmp_path: Path) -> None:
    site.answers["/page"] = reply(page(GOOD))
    site.answers["/robots.txt"] = sending(lambda: iter(lambda: b"Allow: /x\n" * 1000, b""))
    found = Pages(tmp_path, fetcher()).bring("a", site.url())
    assert found.file is None and found.problem and site.asked == []


@pytest.mark.timeout(280)
def test_many_of_them_in_one_refresh_harm_no_good_page(site: Site, tmp_path: Path) -> None:
    some = [case for case in CASES if case.says][::6]
    with Index.open(tmp_path / "home", HashEmbedder(), curated=False, fetcher=fetcher()) as index:
        for number in range(len(some)):
            site.answers[f"/{number}"] = reply(page(f"Page {number} tells of wombats."))
            index.add_source(site.url(f"/{number}"))
        site.answers["/zz"] = reply(page(GOOD))
        index.add_source(site.url("/zz"))
        report = index.refresh()
        assert (len(report.added), report.failed) == (len(some) + 1, ())
        texts = {info.id: index.document(info.id) for info in index.documents()}

        for number, case in enumerate(some):
            site.answers[f"/{number}"] = case.answer
        site.answers["/zz"] = reply(page("Numbats are open until eleven."))
        report = index.refresh()
        assert (len(report.changed), report.removed) == (1, ())
        assert len(report.failed) == len(some)
        assert index.search("numbats", 1)[0].text.endswith("until eleven.")
        kept = {i: text for i, text in texts.items() if i not in report.changed}
        assert {i: index.document(i) for i in kept} == kept


CHILD = """
import json, resource, sys
from corpus.errors import SourceError
from corpus.web.fetch import Fetcher, Limits
limits = Limits(seconds=60, attempts=1, pause=0)
fetcher = Fetcher(["site.test"], limits, resolver=lambda host, port: ["127.0.0.1"])
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
outcomes, before = [], 0
for url in sys.argv[1:]:
    try:
        outcomes.append(type(fetcher.fetch(url)).__name__)
    except SourceError as error:
        outcomes.append(str(error))
    before = before or peak()
print(json.dumps({"outcomes": outcomes, "grown": peak() - before}))
"""


@pytest.mark.timeout(280)
def test_memory_stays_bounded_whatever_is_sent(site: Site) -> None:
    """With the limits that a desk has, in a process of its own, whose peak is its own."""
    import gzip

    site.answers["/0"] = reply(page(GOOD))
    site.answers["/1"] = sending(lambda: iter(lambda: HEAD + b"\r\n" + b"x" * 10**6, b""))
    site.answers["/2"] = packed(gzip.compress(b"\0" * 400_000_000))
    site.answers["/3"] = HEAD + b"X-Huge: " + b"x" * 50_000_000 + b"\r\n\r\n"
    site.answers["/4"] = HEAD + b"Content-Length: 9999999999\r\n\r\n"
    command = [sys.executable, "-c", CHILD, *(site.url(f"/{n}") for n in range(5))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert told["outcomes"][0] == "Fetched"
    assert all("over 25 MB" in told["outcomes"][n] for n in (1, 2, 4))
    assert "does not answer" in told["outcomes"][3]
    assert told["grown"] < MOST_MEMORY
