"""Brings declared Git repositories and models of the Hub up to date, before a scan.

Knows nothing of parsing or of the record.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.gathered import Gathered
from corpus.git.checkouts import Ask
from corpus.git.trees import Wanted
from index.collected import Collected
from index.fetching import Fetched, fetch_pages, stored_pages
from index.records import PastFailure
from index.types import Failure, Progress, Source

if TYPE_CHECKING:
    from index.store import Index

log = logging.getLogger(__name__)

AT_ONCE = 3
STAGE_SECONDS = 150.0  # a first fetch may take longer than pages; one repository has 110
POLL_SECONDS = 0.5
LATE = "there was no time left to fetch it"


def fetch_all(
    index: Index, sources: Sequence[Source], past: Mapping[str, PastFailure]
) -> Generator[Progress, None, Fetched]:
    """Fetch what changed of every source that is fetched; returns by its name."""
    pages = yield from fetch_pages(index.pages, sources, past)
    gathered = yield from _gather(index, sources)
    return {**pages, **gathered}


def stored_all(
    index: Index, sources: Sequence[Source], past: Mapping[str, PastFailure] | None = None
) -> Fetched:
    """What is here of the sources that are fetched, by their names; nobody is asked."""
    pages = stored_pages(index.pages, sources, past)
    told = past or {}
    here: dict[str, Collected] = {}
    for job in _jobs(index, sources):
        before = told.get(job.source.name)
        found = job.stored()
        problem = before.failure.reason if before else None
        here[job.source.name] = _collected(found, problem)
    return {**pages, **here}


def ask_of(source: Source) -> Ask:
    """What a source of kind git asks of its repository."""
    options = source.options
    wanted = Wanted(options.include, options.exclude)
    return Ask(source.location, options.revision, wanted, options.limit)


@dataclass(frozen=True, slots=True)
class _Job:
    """One source to bring; ``stored`` is what is here of it."""

    source: Source
    bring: Callable[[], Gathered]
    stored: Callable[[], Gathered]


def _jobs(index: Index, sources: Iterable[Source]) -> list[_Job]:
    makers = {"git": _repository, "hub": _models}
    return [makers[source.kind](index, source) for source in sources if source.kind in makers]


def _models(index: Index, source: Source) -> _Job:
    limit = source.options.limit
    return _Job(
        source,
        lambda: index.hub.bring(source.name, source.location, limit),
        lambda: index.hub.stored(source.name, source.location),
    )


def _repository(index: Index, source: Source) -> _Job:
    ask = ask_of(source)
    return _Job(
        source,
        lambda: index.checkouts.bring(source.name, ask),
        lambda: index.checkouts.stored(source.name, ask),
    )


def _gather(
    index: Index, sources: Sequence[Source]
) -> Generator[Progress, None, dict[str, Collected]]:
    """Bring each source; one that fails or is late does not keep the others back."""
    index.checkouts.keep_only([s.location for s in sources if s.kind == "git"])
    index.hub.keep_only([s.location for s in sources if s.kind == "hub"])
    jobs = _jobs(index, sources)
    if not jobs:
        return {}
    brought: dict[str, Collected] = {}
    stop = threading.Event()
    pool = ThreadPoolExecutor(AT_ONCE, "refdesk-gather")
    try:
        running = {pool.submit(_bring, job, brought, stop) for job in jobs}
        deadline = time.monotonic() + STAGE_SECONDS
        while running and time.monotonic() < deadline:
            yield Progress("fetch", len(brought), len(jobs), "sources")
            running = wait(running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED).not_done
    finally:
        stop.set()  # what is being fetched ends within its own limit, and is then kept
        pool.shutdown(wait=False, cancel_futures=True)
    yield Progress("fetch", len(brought), len(jobs), "sources")
    late = {job.source.name: _collected(job.stored(), LATE) for job in jobs}
    return late | brought


def _bring(job: _Job, brought: dict[str, Collected], stop: threading.Event) -> None:
    if stop.is_set():
        return
    try:
        result = _collected(job.bring())
    except Exception as error:
        # A bug on one strange source must not keep the other sources out.
        log.exception("unexpected error while fetching %s", job.source.location)
        result = _collected(job.stored(), f"{type(error).__name__} while reading it")
    brought[job.source.name] = result


def _collected(found: Gathered, problem: str | None = None) -> Collected:
    failed = tuple(Failure(*one) for one in found.failed)
    return Collected(
        known=found.files is not None,
        files=found.files or (),
        problem=found.problem or problem,
        note=found.note,
        failed=failed,
        held=frozenset(failure.document_id for failure in failed),
    )
