"""The refresh: makes the index hold what the sources hold now, and reports what it did.

The path reads top to bottom: repair, fetch, scan, shelve what is new, give it vectors, replace what
changed, take out what is gone, note. Knows nothing of how a file is parsed or an answer is made.
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

from corpus.errors import ParseError, RefdeskError, ScanError
from corpus.parse.ocr import Ocr, find_ocr
from corpus.sources import CardFile, SourceFile, load
from corpus.types import Document, Scans
from index import journal, records, versions
from index.collected import Collected, waiting_pages
from index.compare import as_before, renamed, sha256
from index.fetching import Fetched
from index.fill import Missing, fill, shelve, waiting
from index.former import retire
from index.gathering import fetch_all, stored_all
from index.grouping import Limits, groups
from index.pace import Pace
from index.prepare import Origin, Prepared, prepare
from index.recipe import Recipe, current_code, used_ocr
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
from index.types import PARTLY, Failure, Progress, RefreshReport, Source

if TYPE_CHECKING:
    from index.store import Index

log = logging.getLogger(__name__)

Candidate = tuple[Source, SourceFile]

# New documents that come into the record together. The first questions wait for them: the
# curated corpus (700 documents, 3,500 chunks) takes 3 s to read, and slow files come in twos.
SHELF_CHUNKS = 8192
SHELF_SECONDS = 5.0
_SHOWN_PAGES = 5


@dataclass(slots=True)
class _Meter:
    """How much of something is done."""

    done: int = 0
    total: int = 0


@dataclass(slots=True)
class _Tally:
    """What a refresh has done so far."""

    recipe: Recipe
    effort: Effort = field(default_factory=Effort)
    stored: dict[str, str] = field(default_factory=dict)  # document id -> content hash
    failures: list[PastFailure] = field(default_factory=list)
    redated: list[SourceFile] = field(default_factory=list)  # a new date on the same bytes
    chunks: int = 0
    reading: _Meter = field(default_factory=_Meter)  # bytes of new files
    # characters of the chunks that wait for vectors, then bytes of changed files
    embedding: _Meter = field(default_factory=_Meter)
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
    sources = declared.sources
    with stores.db.reading() as db:
        known, past = records.known(db), records.failures(db)
    if fetch:
        pages: Fetched = yield from fetch_all(index, sources, past)
        sources = _retyped(stores, sources, pages)
    else:
        pages = stored_all(index, sources, past)
    recipe = Recipe(current_code(), find_ocr(index.ocr))
    plan = scan(sources, Recorded(known, past, recipe), pages, full=full)
    plan.failures += [PastFailure(problem, None, None, "") for problem in declared.problems]
    tally = _Tally(recipe, anew=stores.former is not None or stores.lost is not None)
    listed = plan.unchanged + len(plan.candidates)
    yield Progress("scan", listed, listed, "files")
    new = [c for c in plan.candidates if c[1].document_id not in known]
    changed = [c for c in plan.candidates if c[1].document_id in known]
    tally.reading.total = _bytes(new)
    tally.embedding.total = _bytes(changed)
    index.reading = True
    try:
        missing = yield from _shelve_files(stores, new, tally)
    finally:
        index.reading = False
    missing |= repaired.missing
    # Renamed files find their vectors while the old names are still there. But after a change of
    # embedder filling takes long, and what changed or went must not wait for it.
    if tally.anew:
        tally.awaited = _size(waiting(stores, missing))
    else:
        yield from _fill(stores, missing, tally)
    yield from _replace_files(stores, changed, known, tally)
    take_out(stores, plan.vanished)
    yield from _fill(stores, missing if tally.anew else (), tally)
    retire(stores)
    report = _report(plan, known, tally, repaired.documents, time.perf_counter() - started)
    report = replace_fields(report, waiting=waiting_pages(pages))
    _note(stores, report, plan.failures + tally.failures, tally.redated)
    with stores.db.writing() as db:
        versions.purge(db, index.keep_days)
    stores.vectors.seal()
    yield report


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
        tally = _Tally(Recipe(current_code(), Ocr()))
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
    stores: Stores, candidates: list[Candidate], tally: _Tally
) -> Generator[Progress, None, set[str]]:
    """Read new files into the record; returns the vector ids that they wait for."""
    meter, missing = tally.reading, set[str]()
    limits = Limits(SHELF_CHUNKS, seconds=SHELF_SECONDS)
    for group in groups(_read_all(candidates, {}, tally, meter), limits):
        missing |= shelve(stores, group)
        _count(tally, group)
        meter.done += sum(p.origin.size for p in group)
        detail = f"{len(tally.stored)} new documents"
        yield Progress("parse", meter.done, meter.total, "bytes", detail)
    return missing


def _fill(stores: Stores, missing: Collection[str], tally: _Tally) -> Iterator[Progress]:
    """Embed the chunks in the record that have no vector."""
    if not missing:
        return
    line = waiting(stores, missing)
    size = _size(line)
    tally.embedding.total += size
    tally.awaited = 0
    yield _progress(tally)
    for done in fill(stores, line, tally.effort):
        yield _progress(tally, done)
    tally.embedding.done += size


def _replace_files(
    stores: Stores, candidates: list[Candidate], known: dict[str, Known], tally: _Tally
) -> Iterator[Progress]:
    """Read and store what may have changed, a group at a time."""
    meter, limits = tally.embedding, Limits(GROUP_CHUNKS, GROUP_DOCUMENTS)
    for group in groups(_read_all(candidates, known, tally, meter), limits):
        size = sum(p.origin.size for p in group)
        for share in replace(stores, group, tally.effort):
            yield _progress(tally, share * size)
        _count(tally, group)
        meter.done += size
        yield _progress(tally)


def _read_all(
    candidates: list[Candidate], known: dict[str, Known], tally: _Tally, meter: _Meter
) -> Iterator[Prepared]:
    """The candidates that are new or really changed; the others are noted, and done."""
    recipe = tally.recipe
    for source, file in candidates:
        try:
            prepared = _read(source, file, known.get(file.document_id), recipe)
        except RefdeskError as error:
            tally.failures.append(_failed(file, error, recipe))
        except Exception as error:
            # A parser's bug on one strange file must not keep the other files out.
            log.exception("unexpected error while reading %s", file.path)
            reason = f"{file.shown}: {type(error).__name__} while reading it"
            tally.failures.append(_failure(file, reason, recipe.code))
        else:
            if prepared is not None:
                tally.failures += _unread(file, prepared.document.scans, recipe)
                yield prepared
                continue
            tally.redated.append(file)
        meter.done += file.size


def _read(source: Source, file: SourceFile, entry: Known | None, recipe: Recipe) -> Prepared | None:
    """A candidate parsed and cut, or None if it holds the bytes that it held before."""
    comparable = entry and entry.path == str(file.path) and recipe.holds(entry.recipe)
    if comparable and as_before(file, sha256(file), entry, recipe):
        return None
    card = file.card if isinstance(file, CardFile) else None
    document = load(file, recipe.ocr)
    if document.scans.unread and entry is not None and used_ocr(entry.recipe):
        raise ScanError(f"{file.shown}: {_pages_unread(document.scans)}")  # what it holds is more
    noted = recipe.noted(bool(document.scans))
    origin = Origin(source.name, file.size, settled(file.mtime), noted)
    return prepare(document, origin, card)


def _failed(file: SourceFile, error: RefdeskError, recipe: Recipe) -> PastFailure:
    """A failure of this version of a file, or one that may pass by itself."""
    noted = recipe.noted(isinstance(error, ScanError))
    return _failure(file, str(error), noted, lasting=isinstance(error, ParseError))


def _failure(file: SourceFile, reason: str, noted: str, *, lasting: bool = True) -> PastFailure:
    failure = Failure(file.document_id, file.origin, reason)
    size, mtime = (file.size, file.mtime) if lasting else (None, None)
    return PastFailure(failure, size, mtime, noted)


def _unread(file: SourceFile, scans: Scans, recipe: Recipe) -> list[PastFailure]:
    """A failure for the pages of a document that were not read; the rest of it was."""
    if not scans.unread:
        return []
    reason = f"{file.shown}: {_pages_unread(scans)}{PARTLY}"
    return [_failure(file, reason, recipe.noted(True))]


def _pages_unread(scans: Scans) -> str:
    first = ", ".join(map(str, scans.unread[:_SHOWN_PAGES]))
    more = len(scans.unread) - _SHOWN_PAGES
    beyond = f" and {more} more" if more > 0 else ""
    word = "page" if len(scans.unread) == 1 else "pages"
    return f"{word} {first}{beyond} could not be read ({scans.why})"


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
    moved = renamed(plan.vanished, known, tally.stored)
    old, new = {a for a, _ in moved}, {b for _, b in moved}
    return RefreshReport(
        added=tuple(i for i in sorted(tally.stored) if i not in known and i not in new),
        changed=tuple(i for i in sorted(tally.stored) if i in known),
        renamed=moved,
        removed=tuple(i for i in sorted(plan.vanished) if i not in old),
        failed=tuple(sorted((f.failure for f in plan.failures + tally.failures), key=_failure_id)),
        unchanged=plan.unchanged + len(tally.redated),
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
