"""The refresh: makes the index hold what the sources hold now, and reports what it did.

The path reads top to bottom: repair, scan, bring in, take out, note. Knows nothing of how a
file is parsed or an answer is made.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from corpus.errors import ParseError, RefdeskError
from corpus.sources import CardFile, SourceFile, load
from corpus.types import Document
from index import records
from index.prepare import Origin, Prepared, prepare
from index.recipe import current_recipe
from index.records import Known, PastFailure
from index.repair import repair
from index.scan import CURATED, Plan, Recorded, scan
from index.transfer import (
    GROUP_CHUNKS,
    GROUP_DOCUMENTS,
    Effort,
    Stores,
    bring_in,
    take_out,
)
from index.turns import in_turn
from index.types import Failure, Progress, RefreshReport, Source

if TYPE_CHECKING:
    from index.store import Index

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Tally:
    """What a refresh has done so far."""

    effort: Effort = field(default_factory=Effort)
    stored: dict[str, str] = field(default_factory=dict)  # document id -> content hash
    failures: list[PastFailure] = field(default_factory=list)
    redated: list[SourceFile] = field(default_factory=list)  # a new date on the same bytes
    chunks: int = 0
    bytes_done: int = 0
    bytes_total: int = 0


def refresh(
    index: Index, progress: Callable[[Progress], None] | None = None, *, full: bool = False
) -> RefreshReport:
    """Refresh to the end; ``progress`` is told how far it is."""
    for event in refresh_events(index, full=full):
        if isinstance(event, RefreshReport):
            return event
        if progress is not None:
            progress(event)
    raise AssertionError("a refresh always ends with its report")


def refresh_events(index: Index, *, full: bool = False) -> Iterator[Progress | RefreshReport]:
    """Refresh step by step; the last event is the report. ``full`` reads every file again.

    One refresh at a time: another one says that it waits until this one has ended.
    """
    return in_turn(index.refresh_lock, _steps(index, full))


def _steps(index: Index, full: bool) -> Iterator[Progress | RefreshReport]:
    started = time.perf_counter()
    tally = _Tally()
    repaired = yield from repair(index.stores, tally.effort)
    with index.stores.db.reading() as db:
        known, past = records.known(db), records.failures(db)
        sources = records.sources(db)
    sources = [CURATED, *sources] if index.curated else sources
    plan = scan(sources, Recorded(known, past, current_recipe()), full=full)
    listed = plan.unchanged + len(plan.candidates)
    yield Progress("scan", listed, listed, "files")
    yield from _bring_in_files(index.stores, plan, known, tally)
    take_out(index.stores, plan.vanished)
    index.stores.vectors.drop_others()
    report = _report(plan, known, tally, repaired, time.perf_counter() - started)
    _note(index.stores, report, plan.failures + tally.failures, tally.redated)
    yield report


def put(index: Index, documents: Iterable[Document]) -> RefreshReport:
    """Index documents that belong to no source; a refresh leaves them alone."""
    with index.refresh_lock:
        started = time.perf_counter()
        tally = _Tally()
        for _ in repair(index.stores, tally.effort):
            pass
        with index.stores.db.reading() as db:
            known = records.known(db)
        origin = Origin(source=None, size=0, mtime=0.0, recipe=current_recipe())
        prepared = (prepare(document, origin) for document in documents)
        for group in _groups(prepared):
            for _ in bring_in(index.stores, group, tally.effort):
                pass
            _count(tally, group)
        report = _report(Plan(), known, tally, (), time.perf_counter() - started)
        with index.stores.db.writing() as db:
            records.write_journal(db, report.as_of, _summary(report))
        return report


def _bring_in_files(
    stores: Stores, plan: Plan, known: dict[str, Known], tally: _Tally
) -> Iterator[Progress]:
    """Read, parse and store the candidates, a group at a time."""
    tally.bytes_total = sum(file.size for _, file in plan.candidates)
    for group in _groups(_read_all(plan, known, tally)):
        size = sum(p.origin.size for p in group)
        for share in bring_in(stores, group, tally.effort):
            yield _progress(tally, share * size)
        _count(tally, group)
        tally.bytes_done += size
        yield _progress(tally)


def _read_all(plan: Plan, known: dict[str, Known], tally: _Tally) -> Iterator[Prepared]:
    """The candidates that really changed, ready to store; failures go to the tally."""
    recipe = current_recipe()
    for source, file in plan.candidates:
        try:
            prepared = _read(source, file, known.get(file.document_id), recipe)
        except RefdeskError as error:
            tally.failures.append(_failure(file, str(error), recipe, isinstance(error, ParseError)))
        except Exception as error:
            # A parser's bug on one strange file must not keep the other files out.
            log.exception("unexpected error while reading %s", file.path)
            reason = f"{file.path.name}: {type(error).__name__} while reading it"
            tally.failures.append(_failure(file, reason, recipe, True))
        else:
            if prepared is not None:
                yield prepared
                continue
            tally.redated.append(file)
        tally.bytes_done += file.size


def _read(source: Source, file: SourceFile, entry: Known | None, recipe: str) -> Prepared | None:
    """A candidate parsed and cut, or None if it holds the bytes that it held before."""
    comparable = entry and (entry.path, entry.recipe) == (str(file.path), recipe)
    if entry and comparable and hashlib.sha256(file.read()).hexdigest() == entry.content_hash:
        return None
    card = file.card if isinstance(file, CardFile) else None
    return prepare(load(file), Origin(source.name, file.size, file.mtime, recipe), card)


def _failure(file: SourceFile, reason: str, recipe: str, lasting: bool) -> PastFailure:
    """A failure of this version of a file (``lasting``), or one that may pass by itself."""
    failure = Failure(file.document_id, str(file.path), reason)
    if lasting:
        return PastFailure(failure, file.size, file.mtime, recipe)
    return PastFailure(failure, None, None, recipe)


def _groups(prepared: Iterable[Prepared]) -> Iterator[list[Prepared]]:
    """Documents gathered until they hold enough chunks; no document twice in a group."""
    group: dict[str, Prepared] = {}
    chunks = 0
    for one in prepared:
        full = chunks >= GROUP_CHUNKS or len(group) >= GROUP_DOCUMENTS
        if group and (full or one.document.info.id in group):
            yield list(group.values())
            group, chunks = {}, 0
        group[one.document.info.id] = one
        chunks += len(one.chunks)
    if group:
        yield list(group.values())


def _count(tally: _Tally, group: Iterable[Prepared]) -> None:
    for prepared in group:
        tally.stored[prepared.document.info.id] = prepared.document.content_hash
        tally.chunks += len(prepared.chunks)


def _progress(tally: _Tally, extra: float = 0.0) -> Progress:
    done = min(tally.bytes_total, int(tally.bytes_done + extra))
    detail = f"{tally.effort.embedded} passages embedded"
    return Progress("embed", done, tally.bytes_total, "bytes", detail)


def _report(
    plan: Plan,
    known: dict[str, Known],
    tally: _Tally,
    repaired: tuple[str, ...],
    seconds: float,
) -> RefreshReport:
    renamed = _renamed(plan, known, tally)
    old, new = {a for a, _ in renamed}, {b for _, b in renamed}
    return RefreshReport(
        added=tuple(i for i in sorted(tally.stored) if i not in known and i not in new),
        changed=tuple(i for i in sorted(tally.stored) if i in known),
        renamed=renamed,
        removed=tuple(i for i in sorted(plan.vanished) if i not in old),
        failed=tuple(sorted((f.failure for f in plan.failures + tally.failures), key=_failure_id)),
        unchanged=plan.unchanged + len(tally.redated),
        repaired=repaired,
        chunks=tally.chunks,
        embedded=tally.effort.embedded,
        seconds=seconds,
        embedding_seconds=tally.effort.seconds,
        as_of=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _failure_id(failure: Failure) -> str:
    return failure.document_id


def _renamed(plan: Plan, known: dict[str, Known], tally: _Tally) -> tuple[tuple[str, str], ...]:
    """Pairs (old id, new id) of a document that went and one that came with the same bytes."""
    arrived: dict[str, list[str]] = {}
    for document_id in sorted(tally.stored, reverse=True):
        if document_id not in known:
            arrived.setdefault(tally.stored[document_id], []).append(document_id)
    pairs = []
    for old in sorted(plan.vanished):
        if candidates := arrived.get(known[old].content_hash):
            pairs.append((old, candidates.pop()))
    return tuple(pairs)


def _note(
    stores: Stores,
    report: RefreshReport,
    failures: list[PastFailure],
    redated: list[SourceFile],
) -> None:
    with stores.db.writing() as db:
        for file in redated:
            records.touch(db, file.document_id, file.size, file.mtime)
        records.set_failures(db, failures)
        records.write_journal(db, report.as_of, _summary(report))


def _summary(report: RefreshReport) -> dict[str, int | float]:
    """What the journal keeps of a report: counts, not lists."""
    return {
        "added": len(report.added),
        "changed": len(report.changed),
        "renamed": len(report.renamed),
        "removed": len(report.removed),
        "failed": len(report.failed),
        "unchanged": report.unchanged,
        "repaired": len(report.repaired),
        "chunks": report.chunks,
        "embedded": report.embedded,
        "seconds": round(report.seconds, 3),
    }
