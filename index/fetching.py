"""Brings the declared web pages, feeds and sitemaps up to date, several sites at a time.

The pages of one site are asked for one after the other; lists before the pages that they name.
Knows nothing of parsing or of the record.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from corpus.errors import SourceError
from corpus.sources import PageFile
from corpus.web.listed import Item, entry_id, in_turn
from corpus.web.listing import ListingKind
from corpus.web.lists import Lists, Wanted, copy_address
from corpus.web.pages import Brought, Pages, page_id
from index.collected import Collected, collect, part_of, stored
from index.records import PastFailure
from index.types import Progress, Source

log = logging.getLogger(__name__)

SITES_AT_ONCE = 4
STAGE_SECONDS = 120.0  # the documents on this machine wait for the pages no longer than that
POLL_SECONDS = 0.5
# A site whose pages do not answer one after the other is left alone until the next refresh.
PATIENCE = 3
SILENT = "its site did not answer, so no more of its pages were asked for"
LATE = "there was no time left to fetch it"

Fetched = Mapping[str, Brought | Collected]
"""What was fetched, by the name of its source."""


def fetch_pages(
    pages: Pages, sources: Iterable[Source], past: Mapping[str, PastFailure] | None = None
) -> Generator[Progress, None, dict[str, Brought | Collected]]:
    """Fetch what changed of each source that is fetched; what is not reached stays as it is.

    Returns by source name. A site that fails does not keep the others back.
    """
    wanted = [source for source in sources if source.kind in ("url", "feed", "sitemap")]
    stage = _Stage(pages, past or {})
    stage.forget_others(wanted)
    if not wanted:
        return {}
    try:
        yield from stage.run([stage.first(source) for source in wanted])
        turned = stage.turn(wanted)
        if turned:
            yield from stage.run([stage.first(source) for source in turned])
        if tasks := [task for s in wanted for task in stage.listed_pages(s)]:
            yield from stage.run(tasks)
    finally:
        stage.stop.set()  # a page that is being fetched ends within its own limit, and is then kept
        stage.pool.shutdown(wait=False, cancel_futures=True)
    return {source.name: stage.outcome(source) for source in wanted}


def stored_pages(
    pages: Pages, sources: Iterable[Source], past: Mapping[str, PastFailure] | None = None
) -> dict[str, Brought | Collected]:
    """The pages as they are here, by source name; no server is asked.

    What was wrong with a page when it was last asked for, by ``past``, still is.
    """
    past = past or {}
    brought: dict[str, Brought | Collected] = {}
    for source in sources:
        if source.kind == "url":
            file = pages.stored(source.name, source.location)
            failed = past.get(page_id(source.name) if file else source.name)
            brought[source.name] = Brought(file, failed.failure.reason if failed else None)
        elif source.kind in ("feed", "sitemap"):
            brought[source.name] = stored(pages, source, past)
    return brought


@dataclass(frozen=True, slots=True)
class _Task:
    """One thing to ask a site for; ``run`` says whether the site was unreachable.

    ``fail`` notes why nothing came. ``one_of_many``: it can wait if its site does not answer.
    """

    address: str
    run: Callable[[], bool]
    fail: Callable[[str], None]
    one_of_many: bool = False


@dataclass(slots=True)
class _Stage:
    """The fetching of one refresh: who does it, until when, and what has come so far."""

    pages: Pages
    past: Mapping[str, PastFailure]
    stop: threading.Event = field(default_factory=threading.Event)
    deadline: float = field(default_factory=lambda: time.monotonic() + STAGE_SECONDS)
    pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(SITES_AT_ONCE, "refdesk-fetch")
    )
    lists: Lists = field(init=False)
    single: dict[str, Brought] = field(default_factory=dict)
    wanted: dict[str, Wanted] = field(default_factory=dict)
    listed: dict[str, dict[str, Brought]] = field(default_factory=dict)
    kinds: dict[str, ListingKind] = field(default_factory=dict)
    done: int = 0

    def __post_init__(self) -> None:
        self.lists = Lists(self.pages)

    def forget_others(self, wanted: Iterable[Source]) -> None:
        """Delete the copies of pages that no source has, unless a list cannot tell its own."""
        addresses: set[str] = set()
        try:
            for source in wanted:
                addresses |= self.lists.addresses(source.location)
        except SourceError:
            return
        self.pages.keep_only(addresses)

    def first(self, source: Source) -> _Task:
        """Fetch a page, or read a list."""

        def page() -> bool:
            brought = self.pages.bring(source.name, source.location)
            self.single[source.name] = brought
            return brought.unreachable

        def read() -> bool:
            kind = self.kind(source) or "feed"
            wanted = self.lists.read(source.location, kind, part_of(source), self._over)
            self.wanted[source.name] = wanted
            return False

        def no_page(reason: str) -> None:
            stored = self.pages.stored(source.name, source.location)
            self.single[source.name] = Brought(stored, reason)

        def no_list(reason: str) -> None:
            known = self.lists.known(source.location)
            self.wanted[source.name] = Wanted(known, reason)

        if self.kind(source) is None:
            return _Task(source.location, page, no_page)
        return _Task(source.location, read, no_list)

    def kind(self, source: Source) -> ListingKind | None:
        """Which kind of list a source is, if it is one."""
        if source.kind in ("feed", "sitemap"):
            return "feed" if source.kind == "feed" else "sitemap"
        return self.kinds.get(source.name)

    def turn(self, wanted: Iterable[Source]) -> list[Source]:
        """The sources that were declared as pages, never were one, and turned out as lists."""
        for source in wanted:
            brought = self.single.get(source.name)
            if brought is not None and brought.listing is not None and brought.file is None:
                self.kinds[source.name] = brought.listing
        return [source for source in wanted if source.name in self.kinds]

    def listed_pages(self, source: Source) -> list[_Task]:
        """What is to be asked for of the pages that a list names."""
        wanted = self.wanted.get(source.name)
        if wanted is None or wanted.known is None:
            return []
        items = wanted.known.items
        copies = {item.key: self._copy(source, item) for item in items}
        here = {key: file is not None for key, file in copies.items()}
        self.listed[source.name] = {}
        turns = in_turn(items, here, self.pages.now())
        return [self._page(source, item, wanted.contents.get(item.key, "")) for item in turns]

    def outcome(self, source: Source) -> Brought | Collected:
        """What has come of a source."""
        kind = self.kind(source)
        if kind is None:
            late = Brought(self.pages.stored(source.name, source.location), LATE)
            return self.single.get(source.name, late)
        wanted = self.wanted.get(source.name)
        if wanted is None:
            return replace(stored(self.pages, source, self.past), problem=LATE)
        brought = dict(self.listed.get(source.name, {}))
        asked = {key: one.problem is None for key, one in brought.items()}
        try:
            self.lists.asked(source.location, asked)
        except (SourceError, OSError) as error:
            log.warning("%s: %s", source.location, error)
        found = collect(self.pages, source, wanted, brought, self.past)
        return replace(found, turned=self.kinds.get(source.name))

    def run(self, tasks: list[_Task]) -> Generator[Progress]:
        """Do the tasks, several sites at a time, until all are done or the time is over."""
        self.done = 0
        running = {self.pool.submit(self._site, site) for site in _by_site(tasks)}
        while running and not self._over():
            yield Progress("fetch", self.done, len(tasks), "pages")
            running = _still_running(running)
        yield Progress("fetch", self.done, len(tasks), "pages")

    def _site(self, tasks: list[_Task]) -> None:
        silent = 0
        for task in tasks:
            if self._over():
                return
            if silent >= PATIENCE and task.one_of_many:
                task.fail(SILENT)
            else:
                silent = silent + 1 if self._asked(task) else 0
            self.done += 1

    def _asked(self, task: _Task) -> bool:
        """Whether the site did not answer."""
        try:
            return task.run()
        except Exception as error:
            # A parser's bug on one strange page must not keep the other pages out.
            log.exception("unexpected error while fetching %s", task.address)
            task.fail(f"{type(error).__name__} while reading it")
            return False

    def _page(self, source: Source, item: Item, content: str) -> _Task:
        document_id = entry_id(source.name, item.key)
        brought = self.listed[source.name]

        def bring() -> bool:
            brought[item.key] = self.lists.bring(document_id, source.location, item, content)
            return brought[item.key].unreachable

        def fail(reason: str) -> None:
            brought[item.key] = Brought(self._copy(source, item), reason)

        return _Task(item.address or source.location, bring, fail, one_of_many=True)

    def _copy(self, source: Source, item: Item) -> PageFile | None:
        document_id = entry_id(source.name, item.key)
        return self.pages.stored_as(document_id, copy_address(source.location, item))

    def _over(self) -> bool:
        return self.stop.is_set() or time.monotonic() >= self.deadline


def _still_running(running: set[Future[None]]) -> set[Future[None]]:
    done, rest = wait(running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
    for future in done:
        future.result()
    return rest


def _by_site(tasks: Iterable[_Task]) -> list[list[_Task]]:
    sites: dict[str, list[_Task]] = {}
    for task in tasks:
        sites.setdefault(urlsplit(task.address).netloc, []).append(task)
    return list(sites.values())
