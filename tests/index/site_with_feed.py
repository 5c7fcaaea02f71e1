"""A site with a feed and an index that reads it, as the tests of feeds and sitemaps share them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.web.fetch import Fetcher, Limits
from index.store import Index
from index.types import Declaration, RefreshReport, SourceKind, SourceOptions
from tests.corpus.list_files import RSS, feed_of
from tests.corpus.web_server import Site, loopback, page, reply, serving
from tests.index.hash_embedder import HashEmbedder

LIMITS = Limits(bytes=2_000_000, seconds=3, attempts=1, pause=0)


@contextmanager
def serving_a_feed() -> Iterator[Site]:
    """A site of three pages whose feed lists the first two."""
    with serving() as site:
        for name in "abc":
            site.answers[f"/{name}"] = reply(page(f"Text of {name}.", f"Page {name}"), ETag='"1"')
        site.answers["/feed"] = reply(feed_of("/a", "/b"), content_type=RSS)
        yield site


def open_index(home: Path) -> Index:
    fetcher = Fetcher(("site.test",), LIMITS, resolver=loopback)
    return Index.open(home, HashEmbedder(), curated=False, fetcher=fetcher)


def declare(
    index: Index, site: Site, path: str = "/feed", kind: SourceKind = "feed", **options: object
) -> None:
    how = Declaration(kind, "news", SourceOptions(**options) if options else None)  # type: ignore[arg-type]
    index.add_source(site.url(path), how)


def urls(index: Index) -> set[str]:
    return {(info.url or "").partition("/")[2].partition("/")[2] for info in index.documents()}


def reasons(report: RefreshReport) -> dict[str, str]:
    return {failure.document_id: failure.reason for failure in report.failed}


def texts(index: Index) -> str:
    found = [index.document(info.id) for info in index.documents()]
    return " ".join(document.text for document in found if document is not None)
