"""Why a document, a file or a source is in the state that it is in, in words.

Reads the record and looks at the file; changes nothing. Knows nothing of parsing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from corpus.errors import RefdeskError
from corpus.parse import PICTURES
from corpus.parse.ocr import OFF, SWITCHED_OFF
from corpus.patterns import choice, why_left_out
from corpus.sources import READABLE, passed_over
from corpus.web.listed import LIMITS, entry_id, why_not_chosen
from corpus.web.lists import Lists
from index import chunk_record, records
from index.compare import compare
from index.declared import is_web_address
from index.records import Known
from index.types import Explanation, Source

if TYPE_CHECKING:
    from index.store import Index

UNKNOWN = "no document, source or file has this name"


@dataclass(frozen=True, slots=True)
class _Named:
    """What somebody asks about: the id it has or would have, its file, and its source."""

    document_id: str
    path: Path | None
    source: Source | None


def explain(index: Index, what: str) -> Explanation:
    """The state of what is called ``what``: a document's id, a path, or a source's name."""
    named = _named(index, what)
    with index.stores.db.reading() as db:
        known = records.known(db).get(named.document_id)
        failure = records.failures(db).get(named.document_id)
        times = {i.id: (i.first_seen, i.changed) for i in records.infos(db)} if known else {}
        pending = known is not None and known.id in records.pending(db)
        passages = len(chunk_record.vector_ids(db, known.id)) if known else 0
    first_seen, changed = times.get(named.document_id, (None, None))
    if known is None:
        state, reason = ("failed", failure.failure.reason) if failure else _absent(index, named)
    elif failure is not None and failure.failure.partly:
        state, reason = "partly", failure.failure.reason
    elif failure is not None:
        state, reason = "kept", _stays(failure.failure.reason)
    elif pending:
        state, reason = "pending", "found by its words; its passages wait for their vectors"
    else:
        state, reason = _present(index, known)
        if state == "indexed" and _has_dropped_out(index, known.id, named.source):
            reason = "as its page was when its feed listed it last; it is not asked for any more"
    return Explanation(
        asked=what,
        state=state,
        reason=reason,
        document_id=named.document_id if known or failure else None,
        path=known.path if known else (str(named.path) if named.path else None),
        source=known.source if known else (named.source.name if named.source else None),
        passages=passages,
        first_seen=first_seen,
        changed=changed,
    )


def _named(index: Index, what: str) -> _Named:
    with index.stores.db.reading() as db:
        known, failed = records.known(db), records.failures(db)
    by_name = {source.name: source for source in index.sources()}
    if what in known or what in failed:
        source = by_name.get((known[what].source or "") if what in known else what.split("/")[0])
        return _Named(what, None, source)
    if what in by_name:
        return _Named(what, None, by_name[what])
    if is_web_address(what):
        return _by_address(index, what, by_name)
    path = Path(what).expanduser()
    path = path if path.is_absolute() else path.absolute()
    listed = next((s for s in by_name.values() if _is_list(s, path)), None)
    if listed is not None:
        return _Named(listed.name, path, listed)
    by_path = next((k for k in known.values() if Path(k.path) in (path, path.resolve())), None)
    if by_path is not None:
        return _Named(by_path.id, path, by_name.get(by_path.source or ""))
    for source in by_name.values():
        if source.kind == "file" and path == Path(source.location):
            return _Named(f"{source.name}/{path.name}", path, source)
        if source.kind == "folder" and path.resolve().is_relative_to(source.location):
            relative = path.resolve().relative_to(source.location).as_posix()
            return _Named(f"{source.name}/{relative}", path, source)
    return _Named(what, path if path.exists() else None, None)


def _is_list(source: Source, path: Path) -> bool:
    """Whether ``path`` holds many documents, so that the source is meant: a list of models, …"""
    return source.kind in ("cards", "git") and path.resolve() == Path(source.location)


def _by_address(index: Index, address: str, by_name: Mapping[str, Source]) -> _Named:
    """The document of a page, by the page's own address or the one that failed, or its source."""
    with index.stores.db.reading() as db:
        ids = {info.url: info.id for info in records.infos(db) if info.url}
        failed = {one.failure.path: i for i, one in records.failures(db).items()}
        sources = {k.id: k.source for k in records.known(db).values()}
    declared = next((s for s in by_name.values() if s.location == address), None)
    document_id = ids.get(address) or failed.get(address)
    if document_id is None and declared is None:
        lists = (s for s in by_name.values() if s.kind in LIMITS and _host(s) == _host(address))
        return _Named(address, None, next(lists, None))
    if document_id is None:
        return _Named(declared.name if declared else address, None, declared)
    source = sources.get(document_id) or document_id.split("/")[0]
    return _Named(document_id, None, by_name.get(source) or declared)


def _has_dropped_out(index: Index, document_id: str, source: Source | None) -> bool:
    """Whether a page is no longer among those that its feed shows."""
    if source is None or source.kind != "feed":
        return False
    try:
        known = Lists(index.pages).known(source.location)
    except RefdeskError:  # the next refresh tells of it
        return False
    items = known.items if known else ()
    return any(not i.listed and entry_id(source.name, i.key) == document_id for i in items)


def _stays(reason: str) -> str:
    return reason if reason.endswith(" stays") else f"{reason}; its last good version stays"


def _absent(index: Index, named: _Named) -> tuple[str, str]:
    """Why something is not in the index."""
    if named.source is not None and named.document_id == named.source.name:
        return "source", f"{named.source.kind} {named.source.location}; see refdesk status"
    path = named.path
    if path is None and named.source is not None and is_web_address(named.document_id):
        return _unlisted(named.source, named.document_id)
    if path is None:
        return "unknown", UNKNOWN
    if named.source is None:
        return "ignored", "it is in no source; declare it with: refdesk add PATH"
    relative = path.resolve().relative_to(Path(named.source.location).parent)
    if passed_over(relative):
        return "ignored", "hidden and temporary files, and folders of caches, are passed over"
    if not path.exists():
        return "unknown", "there is no such file, and no document was made of it"
    if path.is_file() and path.suffix.lower() in PICTURES and index.ocr == OFF:
        return "ignored", f"pictures are not read: {SWITCHED_OFF}"
    if path.is_file() and path.suffix.lower() not in READABLE:
        return "ignored", f"{path.suffix or 'files without a suffix'} is not read"
    return _unread(index, path, named.source, named.document_id)


def _unlisted(source: Source, address: str) -> tuple[str, str]:
    """Why no document was made of a page, though a list of the same site is a source."""
    try:
        wanted = choice(source.options.include, source.options.exclude)
    except RefdeskError as error:
        return "unknown", str(error)
    if reason := why_not_chosen(address, wanted):
        return "ignored", reason
    return "unknown", f"{UNKNOWN}, and the {source.kind} {source.location} gave none"


def _host(place: Source | str) -> str | None:
    return urlsplit(place if isinstance(place, str) else place.location).hostname


def _unread(index: Index, path: Path, source: Source, document_id: str) -> tuple[str, str]:
    """Why a file that could be read was not."""
    if reason := _by_pattern(source, document_id):
        return "ignored", reason
    if path.is_dir():
        return "source", f"a folder in {source.name}"
    if reason := _by_limit(index, source):
        return "ignored", reason
    return "new", "it is not indexed yet; run: refdesk refresh"


def _by_pattern(source: Source, document_id: str) -> str | None:
    """Why no pattern wants a file of a folder, or why that cannot be said."""
    if source.kind != "folder":
        return None
    relative = PurePosixPath(document_id.removeprefix(f"{source.name}/"))
    try:
        wanted = choice(source.options.include, source.options.exclude)
        return why_left_out(Path(source.location), relative, wanted)
    except RefdeskError as error:
        return str(error)


def _by_limit(index: Index, source: Source) -> str | None:
    """Why no more of a source is wanted."""
    limit = source.options.limit
    if limit is None:
        return None
    with index.stores.db.reading() as db:
        count = sum(known.source == source.name for known in records.known(db).values())
    if count < limit:
        return None
    return f"its source is limited to {limit:,} documents, and has given {count:,}"


def _present(index: Index, known: Known) -> tuple[str, str]:
    """Whether a good document still is as its file is."""
    try:
        changes = compare(index)
    except RefdeskError as error:
        return "indexed", str(error)
    if known.id in changes.changed:
        return "changed", "its file has changed since it was read; run: refdesk refresh"
    if known.id in changes.removed or any(known.id == old for old, _ in changes.renamed):
        return "gone", f"{_why_gone(index, known)}; it stays until the next refresh"
    for failure in changes.failed:
        if failure.document_id in (known.id, known.source):
            return "kept", _stays(failure.reason)
    return "indexed", "as its file is"


def _why_gone(index: Index, known: Known) -> str:
    source = next((s for s in index.sources() if s.name == known.source), None)
    if source is None:
        return "its source was withdrawn"
    if reason := _by_pattern(source, known.id):
        return reason
    limited = _by_limit(index, source) if Path(known.path).exists() else None
    return limited or "its file is gone"
