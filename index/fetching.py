"""Brings the declared web pages up to date, several sites at a time, before a scan.

The pages of one site are asked for one after the other. Knows nothing of parsing or of the
record.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from urllib.parse import urlsplit

from corpus.web.pages import Brought, Pages, page_id
from index.records import PastFailure
from index.types import Progress, Source

log = logging.getLogger(__name__)

SITES_AT_ONCE = 4
STAGE_SECONDS = 120.0  # the documents on this machine wait for the pages no longer than that
POLL_SECONDS = 0.5
LATE = "there was no time left to fetch it"


def fetch_pages(
    pages: Pages, sources: Iterable[Source]
) -> Generator[Progress, None, dict[str, Brought]]:
    """Fetch what changed of each source of kind url; what is not reached in time stays as it is.

    Returns by source name. A site that fails does not keep the others back.
    """
    wanted = [source for source in sources if source.kind == "url"]
    pages.keep_only([source.location for source in wanted])
    brought: dict[str, Brought] = {}
    if not wanted:
        return brought
    stop = threading.Event()
    deadline = time.monotonic() + STAGE_SECONDS
    pool = ThreadPoolExecutor(SITES_AT_ONCE, thread_name_prefix="refdesk-fetch")
    try:
        running = {
            pool.submit(_bring_site, pages, site, brought, stop) for site in _by_site(wanted)
        }
        while running and time.monotonic() < deadline:
            yield Progress("fetch", len(brought), len(wanted), "pages")
            running = _still_running(running)
    finally:
        stop.set()  # a page that is being fetched ends within its own limit, and is then kept
        pool.shutdown(wait=False, cancel_futures=True)
    found = dict(brought)
    late = {s.name: _late(pages, s) for s in wanted if s.name not in found}
    yield Progress("fetch", len(found), len(wanted), "pages")
    return found | late


def stored_pages(
    pages: Pages, sources: Iterable[Source], past: Mapping[str, PastFailure] | None = None
) -> dict[str, Brought]:
    """The pages as they are here, by source name; no server is asked.

    What was wrong with a page when it was last asked for, by ``past``, still is.
    """
    past = past or {}
    brought = {}
    for source in sources:
        if source.kind == "url":
            file = pages.stored(source.name, source.location)
            failed = past.get(page_id(source.name) if file else source.name)
            brought[source.name] = Brought(file, failed.failure.reason if failed else None)
    return brought


def _still_running(running: set[Future[None]]) -> set[Future[None]]:
    done, rest = wait(running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
    for future in done:
        future.result()
    return rest


def _bring_site(
    pages: Pages, site: list[Source], brought: dict[str, Brought], stop: threading.Event
) -> None:
    for source in site:
        if stop.is_set():
            return
        try:
            result = pages.bring(source.name, source.location)
        except Exception as error:
            # A parser's bug on one strange page must not keep the other pages out.
            log.exception("unexpected error while fetching %s", source.location)
            stored = pages.stored(source.name, source.location)
            result = Brought(stored, f"{type(error).__name__} while reading it")
        brought[source.name] = result


def _late(pages: Pages, source: Source) -> Brought:
    return Brought(pages.stored(source.name, source.location), LATE)


def _by_site(sources: Iterable[Source]) -> list[list[Source]]:
    sites: dict[str, list[Source]] = {}
    for source in sources:
        sites.setdefault(urlsplit(source.location).netloc, []).append(source)
    return list(sites.values())
