"""What a refresh would do, without doing it: files are listed and hashed, nothing is written.

No server is asked: whether a page that was fetched before has changed, only a refresh tells.
Knows nothing of parsing: that a new file cannot be read is found out by the refresh itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.errors import RefdeskError
from corpus.parse.ocr import find_ocr
from corpus.sources import SourceFile
from corpus.web.pages import Brought, page_id
from index import records
from index.collected import Collected
from index.gathering import stored_all
from index.recipe import Recipe, current_code
from index.records import Known
from index.scan import Plan, Recorded, scan
from index.types import Changes, Failure

if TYPE_CHECKING:
    from index.store import Index


@dataclass(slots=True)
class _Arriving:
    """The candidates of a plan, after a look at their bytes."""

    hashes: dict[str, str] = field(default_factory=dict)
    failed: list[Failure] = field(default_factory=list)
    same: int = 0
    to_read: int = 0


def compare(index: Index) -> Changes:
    """What a refresh started now would bring in, replace and take out."""
    with index.stores.db.reading() as db:
        known, past = records.known(db), records.failures(db)
    recipe = Recipe(current_code(), find_ocr(index.ocr))
    declared = index.declared()
    sources = declared.sources
    pages = stored_all(index, sources)
    new_pages = [i for name, brought in pages.items() if (i := _not_here(name, brought))]
    here = [s for s in sources if s.name not in pages or not _not_here(s.name, pages[s.name])]
    plan = scan(here, Recorded(known, past, recipe), pages)
    arriving = _look_at(plan, known, recipe)
    moved = renamed(plan.vanished, known, arriving.hashes)
    old, new = {a for a, _ in moved}, {b for _, b in moved}
    failed = [past.failure for past in plan.failures] + arriving.failed + [*declared.problems]
    return Changes(
        added=tuple(sorted({*arriving.hashes, *new_pages} - known.keys() - new)),
        changed=tuple(i for i in sorted(arriving.hashes) if i in known),
        renamed=moved,
        removed=tuple(i for i in sorted(plan.vanished) if i not in old),
        failed=tuple(sorted(failed, key=lambda failure: failure.document_id)),
        unchanged=plan.unchanged + arriving.same,
        to_read=arriving.to_read,
        notes=tuple(plan.notes),
    )


def _not_here(name: str, brought: Brought | Collected) -> str | None:
    """What a refresh would fetch for the first time: a page, or all that a list names."""
    if isinstance(brought, Collected):
        return None if brought.known else f"{name}/…"
    return page_id(name) if brought.file is None else None


def _look_at(plan: Plan, known: Mapping[str, Known], recipe: Recipe) -> _Arriving:
    seen = _Arriving()
    for _, file in plan.candidates:
        try:
            digest = sha256(file)
        except RefdeskError as error:
            seen.failed.append(Failure(file.document_id, file.origin, str(error)))
            continue
        if as_before(file, digest, known.get(file.document_id), recipe):
            seen.same += 1
        else:
            seen.hashes[file.document_id] = digest
            seen.to_read += file.size
    return seen


def sha256(file: SourceFile) -> str:
    """The hash that a document keeps of its file; raises SourceError or ParseError."""
    return hashlib.sha256(file.read()).hexdigest()


def as_before(file: SourceFile, digest: str, entry: Known | None, recipe: Recipe) -> bool:
    """Whether a file holds the bytes that its document was made from, by today's recipe."""
    return (
        entry is not None
        and (entry.path, entry.content_hash) == (str(file.path), digest)
        and recipe.holds(entry.recipe)
    )


def renamed(
    vanished: Iterable[str], known: Mapping[str, Known], arriving: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Pairs (old id, new id) of a document that goes and one that comes with the same bytes.

    ``arriving`` are content hashes by document id.
    """
    by_hash: dict[str, list[str]] = {}
    for document_id in sorted(arriving, reverse=True):
        if document_id not in known:
            by_hash.setdefault(arriving[document_id], []).append(document_id)
    pairs = []
    for old in sorted(vanished):
        if candidates := by_hash.get(known[old].content_hash):
            pairs.append((old, candidates.pop()))
    return tuple(pairs)
