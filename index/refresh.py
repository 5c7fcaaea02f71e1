"""The refresh: makes the index hold what the sources hold now, and reports what it did.

The path reads top to bottom: repair, fetch, scan, shelve what is new, give it vectors, replace what
changed, take out what is gone, note; new files that land meanwhile are shelved at once. Knows
nothing of how a file is parsed or an answer is made.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from dataclasses import replace as replace_fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from corpus.parse.ocr import Ocr, find_ocr
from corpus.sources import SourceFile
from corpus.types import Document
from index import journal, records, versions
from index.collected import Collected, waiting_pages
from index.compare import renamed
from index.fetching import Fetched
from index.fill import Missing, fill, shelve, waiting
from index.former import retire
from index.gathering import fetch_all, stored_all
from index.grouping import Limits, groups
from index.pace import Pace
from index.prepare import Origin, Prepared, prepare
from index.reading import Candidate, Meter, Reader
from index.recipe import Recipe, current_code
from index.records import Known, PastFailure
from index.repair import over_damage, repair
from index.scan import Plan, Recorded, scan, settled
from index.transfer import (
    GROUP_CHUNKS,
    GROUP_DOCUMENTS,
    Effort,
    Stores,
    replace,
    take_out,
)
from index.turns import in_turn
from index.types import Failure, Progress, RefreshReport, Source

if TYPE_CHECKING:
    from index.store import Index

log = logging.getLogger(__name__)

# New documents that come into the record together. The first questions wait for them: the
# curated corpus (700 documents, 3,500 chunks) takes 3 s to read, and slow files come in twos.
SHELF_CHUNKS = 8192
SHELF_SECONDS = 5.0
# While passages get their vectors: how often it is looked for new files, and how much of the time
# that may take at most (a scan of 10,000 files takes 1.5 s).
LATE_SECONDS = 4.0
LATE_SHARE = 0.05


@dataclass(slots=True)
class _Tally:
    """What a refresh has done so far."""

    reader: Reader
    effort: Effort = field(default_factory=Effort)
    stored: dict[str, str] = field(default_factory=dict)  # document id -> content hash
    chunks: int = 0
    reading: Meter = field(default_factory=Meter)  # bytes of new files
    # characters of the chunks that wait for vectors, then bytes of changed files
    embedding: Meter = field(default_factory=Meter)
    anew: bool = False  # the vectors of another embedder are being replaced
    awaited: int = 0  # characters that will wait for vectors when what changed is done


def refresh(
    index: Index,
    progress: Callable[[Progress], None] | None = None,
    *,
    full: bool = False,
    fetch: bool = True,
) -> RefreshReport:
    """Refresh to the end; ``progress`` is told how far it is."""
    for event in refresh_events(index, full=full, fetch=fetch):
        if isinstance(event, RefreshReport):
            return event
        if progress is not None:
            progress(event)
    raise AssertionError("a refresh always ends with its report")


def refresh_events(
    index: Index, *, full: bool = False, fetch: bool = True
) -> Generator[Progress | RefreshReport]:
    """Refresh step by step; the last event is the report. ``full`` reads every file again.

    Without ``fetch`` no server is asked: pages stay as they were brought last.
    One refresh at a time: another one says that it waits until this one has ended.
    """
    steps = over_damage(index.stores, lambda: _steps(index, full, fetch))
    return in_turn(index.refresh_lock, _paced(index, steps))


def _paced(
    index: Index, steps: Iterator[Progress | RefreshReport]
) -> Iterator[Progress | RefreshReport]:
    """``steps``, whose pace anybody who asks for the status can be told."""
    index.pace = Pace()
    try:
        for step in steps:
            if isinstance(step, Progress):
                index.pace.note(step)
            yield step
    finally:
        index.pace = None


def _steps(index: Index, full: bool, fetch: bool) -> Iterator[Progress | RefreshReport]:
    started = time.perf_counter()
    stores = index.stores
    repaired = repair(stores)
    declared = index.declared(bring_in=True)
    with stores.db.reading() as db:
        known, past = records.known(db), records.failures(db)
    pages, sources = yield from _brought(index, declared.sources, past, fetch)
    recipe = Recipe(current_code(), find_ocr(index.ocr))
    plan = scan(sources, Recorded(known, past, recipe), pages, full=full)
    plan.failures += [PastFailure(problem, None, None, "") for problem in declared.problems]
    tally = _Tally(Reader(recipe), anew=stores.former is not None or stores.lost is not None)
    listed = plan.unchanged + len(plan.candidates)
    yield Progress("scan", listed, listed, "files")
    new = [c for c in plan.candidates if c[1].document_id not in known]
    changed = [c for c in plan.candidates if c[1].document_id in known]
    tally.reading.total = _bytes(new)
    tally.embedding.total = _bytes(changed)
    missing = yield from _shelve_files(index, new, tally)
    missing |= repaired.missing
    late = _Late(stores, tally, lambda now: scan(sources, now, pages))
    # Renamed files find their vectors while the old names are still there. But after a change of
    # embedder filling takes long, and what changed or went must not wait for it.
    if tally.anew:
        tally.awaited = _size(waiting(stores, missing))
    else:
        yield from _fill(stores, missing, tally, late)
        missing = set()
    missing |= yield from _replace_files(stores, changed, known, tally, late)
    take_out(stores, plan.vanished)
    yield from _fill(stores, missing, tally, late)
    retire(stores)
    report = _report(plan, known, tally, repaired.documents, time.perf_counter() - started)
    report = replace_fields(report, waiting=waiting_pages(pages))
    _note(stores, report, plan.failures + tally.reader.failures, tally.reader.redated)
    with stores.db.writing() as db:
        versions.purge(db, index.keep_days)
    stores.vectors.seal()
    yield report


def _brought(
    index: Index, sources: list[Source], past: dict[str, PastFailure], fetch: bool
) -> Generator[Progress, None, tuple[Fetched, list[Source]]]:
    """The pages of the sources, asked for anew if ``fetch``, and the sources as they turned out."""
    if not fetch:
        return stored_all(index, sources, past), sources
    pages = yield from fetch_all(index, sources, past)
    return pages, _retyped(index.stores, sources, pages)


def _retyped(stores: Stores, sources: list[Source], pages: Fetched) -> list[Source]:
    """The sources, with those noted as lists that were declared as pages and turned out so."""
    kinds = {n: one.turned for n, one in pages.items() if isinstance(one, Collected) and one.turned}
    turned = {n: replace_fields(s, kind=kinds[n]) for s in sources if (n := s.name) in kinds}
    if turned:
        with stores.db.writing() as db:
            declared = {source.name for source in records.sources(db)}
            for source in turned.values():
                if source.name in declared:  # it may have been withdrawn meanwhile
                    records.add_source(db, source)
    return [turned.get(source.name, source) for source in sources]


def put(index: Index, documents: Iterable[Document]) -> RefreshReport:
    """Index documents that belong to no source; a refresh leaves them alone."""
    with index.refresh_lock:
        started = time.perf_counter()
        tally = _Tally(Reader(Recipe(current_code(), Ocr())))
        missing = set(repair(index.stores).missing)
        with index.stores.db.reading() as db:
            known = records.known(db)
        origin = Origin(source=None, size=0, mtime=0.0, recipe=current_code())
        there = set(known)
        limits = Limits(GROUP_CHUNKS, GROUP_DOCUMENTS)
        for group in groups((prepare(d, origin) for d in documents), limits):
            missing |= shelve(index.stores, [p for p in group if _id(p) not in there])
            _drain(_fill(index.stores, missing, tally))
            retire(index.stores)
            _drain(replace(index.stores, [p for p in group if _id(p) in there], tally.effort))
            _count(tally, group)
            there.update(map(_id, group))
            missing = set()
        report = _report(Plan(), known, tally, (), time.perf_counter() - started)
        with index.stores.db.writing() as db:
            journal.write(db, report)
        index.stores.vectors.seal()
        return report


def _shelve_files(
    index: Index, candidates: list[Candidate], tally: _Tally
) -> Generator[Progress, None, set[str]]:
    """Read new files into the record; returns the vector ids that they wait for."""
    meter, missing = tally.reading, set[str]()
    index.reading = True
    try:
        for shelved in _shelved(index.stores, candidates, tally):
            missing |= shelved
            detail = f"{len(tally.stored)} new documents"
            yield Progress("parse", meter.done, meter.total, "bytes", detail)
    finally:
        index.reading = False
    return missing


def _shelved(stores: Stores, candidates: list[Candidate], tally: _Tally) -> Iterator[set[str]]:
    """Read new files into the record, a group at a time; the vector ids that each waits for."""
    meter, limits = tally.reading, Limits(SHELF_CHUNKS, seconds=SHELF_SECONDS)
    for group in groups(tally.reader.read(candidates, {}, meter), limits):
        missing = shelve(stores, group)
        _count(tally, group)
        meter.done += sum(p.origin.size for p in group)
        yield missing


class _Late:
    """New files that land while passages get their vectors, which may take hours.

    They come into the record at once, and so are found by their words. What else changes
    meanwhile is for the next refresh.
    """

    def __init__(self, stores: Stores, tally: _Tally, scanned: Callable[[Recorded], Plan]) -> None:
        self._stores, self._tally, self._scanned = stores, tally, scanned
        self._due = time.monotonic() + LATE_SECONDS

    def look(self, done: int = 0) -> Generator[Progress, None, set[str]]:
        """Shelve what has landed, if it is time to look; gives the vector ids that wait for it.

        ``done``: characters of the line being filled that have their vectors.
        """
        began = time.monotonic()
        if began < self._due:
            return set()
        stores, tally = self._stores, self._tally
        with stores.db.reading() as db:
            known, past = records.known(db), records.failures(db)
        plan = self._scanned(Recorded(known, past, tally.reader.recipe))
        seen = {*known, *(one.failure.document_id for one in tally.reader.failures)}
        new = [c for c in plan.candidates if c[1].document_id not in seen]
        seconds = time.monotonic() - began
        self._due = time.monotonic() + max(LATE_SECONDS, seconds / LATE_SHARE)
        missing = set[str]()
        for shelved in _shelved(stores, new, tally):
            missing |= shelved
            yield _progress(tally, done)
        return missing


def _fill(
    stores: Stores, missing: Collection[str], tally: _Tally, late: _Late | None = None
) -> Iterator[Progress]:
    """Embed the chunks in the record that have no vector, and those of what lands meanwhile."""
    while missing:
        line = waiting(stores, missing)
        size = _size(line)
        tally.embedding.total += size
        tally.awaited = 0
        yield _progress(tally)
        landed = set[str]()
        for done in fill(stores, line, tally.effort):
            yield _progress(tally, done)
            if late is not None:
                landed |= yield from late.look(done)
        tally.embedding.done += size
        missing = landed


def _replace_files(
    stores: Stores,
    candidates: list[Candidate],
    known: dict[str, Known],
    tally: _Tally,
    late: _Late,
) -> Generator[Progress, None, set[str]]:
    """Read and store what may have changed, a group at a time.

    Returns the vector ids that wait for what lands meanwhile.
    """
    meter, limits, landed = tally.embedding, Limits(GROUP_CHUNKS, GROUP_DOCUMENTS), set[str]()
    for group in groups(tally.reader.read(candidates, known, meter), limits):
        size = sum(p.origin.size for p in group)
        for share in replace(stores, group, tally.effort):
            yield _progress(tally, share * size)
        _count(tally, group)
        meter.done += size
        yield _progress(tally)
        landed |= yield from late.look()
    return landed


def _id(prepared: Prepared) -> str:
    return prepared.document.info.id


def _size(line: Iterable[Missing]) -> int:
    return sum(one.size for one in line)


def _bytes(candidates: Iterable[Candidate]) -> int:
    return sum(file.size for _, file in candidates)


def _drain(steps: Iterator[object]) -> None:
    deque(steps, maxlen=0)


def _count(tally: _Tally, group: Iterable[Prepared]) -> None:
    for prepared in group:
        tally.stored[prepared.document.info.id] = prepared.document.content_hash
        tally.chunks += len(prepared.chunks)


def _progress(tally: _Tally, extra: float = 0.0) -> Progress:
    total = tally.embedding.total + tally.awaited
    done = min(total, int(tally.embedding.done + extra))
    anew = " for the new embedder" if tally.anew else ""
    detail = f"{tally.effort.embedded} passages embedded{anew}"
    return Progress("embed", done, total, "bytes", detail)


def _report(
    plan: Plan,
    known: dict[str, Known],
    tally: _Tally,
    repaired: tuple[str, ...],
    seconds: float,
) -> RefreshReport:
    failures = plan.failures + tally.reader.failures
    moved = renamed(plan.vanished, known, tally.stored)
    old, new = {a for a, _ in moved}, {b for _, b in moved}
    return RefreshReport(
        added=tuple(i for i in sorted(tally.stored) if i not in known and i not in new),
        changed=tuple(i for i in sorted(tally.stored) if i in known),
        renamed=moved,
        removed=tuple(i for i in sorted(plan.vanished) if i not in old),
        failed=tuple(sorted((f.failure for f in failures), key=_failure_id)),
        unchanged=plan.unchanged + len(tally.reader.redated),
        repaired=repaired,
        chunks=tally.chunks,
        embedded=tally.effort.embedded,
        seconds=seconds,
        embedding_seconds=tally.effort.seconds,
        as_of=datetime.now(UTC).isoformat(timespec="seconds"),
        notes=tuple(plan.notes),
    )


def _failure_id(failure: Failure) -> str:
    return failure.document_id


def _note(
    stores: Stores,
    report: RefreshReport,
    failures: list[PastFailure],
    redated: list[SourceFile],
) -> None:
    with stores.db.writing() as db:
        for file in redated:
            records.touch(db, file.document_id, file.size, settled(file.mtime))
        records.set_failures(db, failures)
        journal.write(db, report)
