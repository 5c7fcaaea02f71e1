"""Compares the declared sources with the record: what is new, changed or gone.

Reads folders, never a file's content, and asks no server: pages were fetched before. A file
whose size, date and path are as recorded is taken as unchanged: a full read of 10 GB takes
minutes and a listing a second. The price is that a change which keeps size and date both is
missed, unless it came right after the one before; ``full`` reads everything.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from corpus.card_lists import list_cards
from corpus.curated import curated_card_files, curated_files
from corpus.errors import SourceError
from corpus.parse import PICTURES, suffix_of
from corpus.parse.ocr import SWITCHED_OFF
from corpus.patterns import choice
from corpus.sources import CardFile, SourceFile, UnreadableFile, list_file, list_folder
from corpus.web.pages import Brought
from index.card_names import CardNames
from index.collected import Collected, remark_id
from index.fetching import Fetched
from index.recipe import Recipe
from index.records import Known, PastFailure
from index.types import Failure, Source, SourceKind

CURATED = Source(name="curated", kind="curated", location="")
RESOLUTION_SECONDS = 2.0
UNDATED = -1.0
NO_PAGES: Fetched = {}
LIMITED = frozenset(["folder"])  # kinds of which the limit is looked after here


@dataclass(slots=True)
class Plan:
    """What a refresh has to look at; ``notes`` say what was left out on purpose."""

    candidates: list[tuple[Source, SourceFile]] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    failures: list[PastFailure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the record says: documents, failures, and the recipe that reads files today."""

    known: dict[str, Known]
    past: dict[str, PastFailure]
    recipe: Recipe


def scan(
    sources: Iterable[Source],
    recorded: Recorded,
    pages: Fetched = NO_PAGES,
    *,
    full: bool = False,
) -> Plan:
    """List every source and compare; a source that cannot be listed loses nothing.

    ``pages`` are the fetched pages by the name of their source.
    """
    plan = Plan()
    listed: dict[str | None, Source] = {}
    unlisted: set[str | None] = {None}
    seen: set[str] = set()
    names = CardNames()
    closed: dict[Path, str] = {}  # archives, of which no file can be listed
    for source in sorted(sources, key=_gives_way):
        try:
            files = list(list_source(source, pages))
        except SourceError as error:
            unlisted.add(source.name)
            plan.failures.append(_passing(source.name, source.location, str(error)))
            continue
        listed[source.name] = source
        plan.failures += _not_renewed(source, files, pages)
        plan.notes += _left_out(source, pages)
        seen |= _held(source, pages)
        closed |= {file.path: file.reason for file in files if isinstance(file, UnreadableFile)}
        for file in _within_limit(plan, source, files, recorded.known):
            reason = _refusal(file, seen) or _second_card(file, source, names)
            if reason:
                if not (isinstance(file, CardFile) and file.gives_way):
                    plan.failures.append(_refused(file, reason))
                continue
            seen.add(file.document_id)
            if isinstance(file, CardFile):
                names.add(file.card)
            _place(plan, source, file, recorded, full)
    for entry in recorded.known.values():
        if entry.id not in seen and entry.source not in unlisted:
            _miss(plan, entry, listed.get(entry.source), closed)
    return plan


def _gives_way(source: Source) -> bool:
    """Whether a source's model cards stand back behind those of every other source."""
    return source.kind == "hub"


def list_source(source: Source, pages: Fetched = NO_PAGES) -> Iterator[SourceFile]:
    """The files of a source; raise SourceError if it cannot be listed."""
    return LISTERS[source.kind](source, pages)


def _curated(source: Source, pages: Fetched) -> Iterator[SourceFile]:
    # Cards first: questions over the catalogue can be answered while pages are embedded.
    return chain(curated_card_files(), curated_files())


def _folder(source: Source, pages: Fetched) -> Iterator[SourceFile]:
    wanted = choice(source.options.include, source.options.exclude)
    return list_folder(Path(source.location), source.name, wanted)


def _file(source: Source, pages: Fetched) -> Iterator[SourceFile]:
    return list_file(Path(source.location), source.name)


def _cards(source: Source, pages: Fetched) -> Iterator[SourceFile]:
    return list_cards(Path(source.location), source.name)


def _page(source: Source, pages: Fetched) -> Iterator[SourceFile]:
    brought = pages.get(source.name, Brought(None, "the page was not fetched"))
    if isinstance(brought, Collected):  # declared as a page, it turned out to be a list
        return _listed(source, pages)
    if brought.file is None:
        raise SourceError(brought.problem or "the page could not be fetched")
    return iter([brought.file])


def _listed(source: Source, pages: Fetched) -> Iterator[SourceFile]:
    collected = pages.get(source.name)
    if not isinstance(collected, Collected) or not collected.known:
        problem = collected.problem if collected is not None else None
        raise SourceError(problem or f"the {source.kind} source was not read yet")
    return iter(collected.files)


LISTERS: dict[SourceKind, Callable[[Source, Fetched], Iterator[SourceFile]]] = {
    "curated": _curated,
    "folder": _folder,
    "file": _file,
    "url": _page,
    "cards": _cards,
    "feed": _listed,
    "sitemap": _listed,
    "git": _listed,
    "hub": _listed,
}
"""How a source of each kind is listed; a kind that is not here cannot be declared."""


def _within_limit(
    plan: Plan, source: Source, files: list[SourceFile], known: Mapping[str, Known]
) -> list[SourceFile]:
    """As many files as the source may give, and a note about the others.

    Those that are indexed come first, so that a new file never drives out another one; only a
    lower limit does, and then the last ones in order go.
    """
    limit = source.options.limit
    if source.kind not in LIMITED or limit is None or len(files) <= limit:
        return files
    in_turn = sorted(files, key=lambda file: file.document_id not in known)
    left = sorted(ascii(file.document_id).strip("'") for file in in_turn[limit:])
    plan.notes.append(
        f"{source.name} is limited to {limit:,} documents; {len(left):,} more "
        f"{'was' if len(left) == 1 else 'were'} left out, from {left[0]} on"
    )
    return in_turn[:limit]


def _not_renewed(source: Source, files: Sequence[SourceFile], pages: Fetched) -> list[PastFailure]:
    """Pages that could not be fetched: a stored copy may stand in for one."""
    brought = pages.get(source.name)
    if isinstance(brought, Collected):
        return _not_collected(source, brought)
    problem = brought.problem if brought is not None else None
    return [_passing(file.document_id, source.location, problem) for file in files if problem]


def _not_collected(source: Source, collected: Collected) -> list[PastFailure]:
    """What a feed or a sitemap, or its pages, could not give."""
    told = [
        (source.name, collected.problem),
        (remark_id(source.name), collected.remark),
    ]
    whole = [_passing(name, source.location, reason) for name, reason in told if reason]
    return whole + [PastFailure(failure, None, None, "") for failure in collected.failed]


def _left_out(source: Source, pages: Fetched) -> list[str]:
    """A note about what a list or a repository has and was not asked to give."""
    brought = pages.get(source.name)
    note = brought.note if isinstance(brought, Collected) else None
    return [f"{source.name}: {note}"] if note else []


def _held(source: Source, pages: Fetched) -> frozenset[str]:
    """Documents of pages that are listed, though no copy of them is here."""
    brought = pages.get(source.name)
    return brought.held if isinstance(brought, Collected) else frozenset()


def _place(plan: Plan, source: Source, file: SourceFile, recorded: Recorded, full: bool) -> None:
    """Put one listed file where it belongs in the plan."""
    failure = recorded.past.get(file.document_id)
    if _is_switched_off(file, recorded):
        return
    if not full and failure is not None and _failed_alike(file, failure, recorded.recipe):
        plan.failures.append(failure)
    elif not full and _is_unchanged(file, recorded.known.get(file.document_id), recorded.recipe):
        plan.unchanged += 1
    else:
        plan.candidates.append((source, file))


def _is_switched_off(file: SourceFile, recorded: Recorded) -> bool:
    """Whether a file is a new picture, and its user wants no pictures read."""
    is_picture = suffix_of(file.path.name) in PICTURES
    off = recorded.recipe.ocr.why == SWITCHED_OFF and not recorded.recipe.ocr.languages
    return is_picture and off and file.document_id not in recorded.known


def _is_unchanged(file: SourceFile, entry: Known | None, recipe: Recipe) -> bool:
    """Whether a file looks as it did when it was read (size, date, path, recipe)."""
    return (
        entry is not None
        and (entry.size, entry.mtime, entry.path) == (file.size, file.mtime, str(file.path))
        and recipe.holds(entry.recipe)
    )


def settled(mtime: float) -> float:
    """The date of a file that was just read, as it is to be noted; in seconds.

    A file may change twice within the resolution of its date (2 s on FAT, 1 s on some network
    drives, and any clock may be off). So one that is as young as that when it is read, or dated
    in the future, is noted without a date and looked at again at the next refresh; the cure of
    Git's index for the same ("racy git" in its documentation).
    """
    return mtime if time.time() - mtime > RESOLUTION_SECONDS else UNDATED


def _failed_alike(file: SourceFile, past: PastFailure, recipe: Recipe) -> bool:
    """Whether this very version of the file has failed to parse before."""
    return (past.size, past.mtime) == (file.size, file.mtime) and recipe.holds(past.recipe)


def _refusal(file: SourceFile, seen: set[str]) -> str | None:
    """Why a listed file cannot become a document, or None."""
    try:
        f"{file.document_id}{file.path}".encode()
    except UnicodeEncodeError:
        return "its name is not valid Unicode; rename the file"
    if file.document_id in seen and isinstance(file, CardFile):
        return f"there is a model card with the id {file.card.id} already, which stays"
    if file.document_id in seen:
        return f"another source already gives a document called {file.document_id}"
    return None


def _second_card(file: SourceFile, source: Source, names: CardNames) -> str | None:
    """Why a model card must not stand beside those listed before it, or None.

    The curated cards come first and are checked by themselves.
    """
    if not isinstance(file, CardFile) or source.kind == "curated":
        return None
    if file.gives_way and names.of_repository(file.card.weights_repo or ""):
        return "a better card of the model is here"
    if holder := names.holder(file.card):
        return f"there is a model card of {holder} already, which stays; remove one of them"
    return None


def _refused(file: SourceFile, reason: str) -> PastFailure:
    """A failure under a name of its own, for the id may be another file's or not storable."""
    path = ascii(file.origin).strip("'")
    return _passing(f"{file.document_id!a} ({path})", path, reason)


def _miss(plan: Plan, entry: Known, source: Source | None, archives: Mapping[Path, str]) -> None:
    """A recorded document that was not listed: gone, unless what holds it cannot be read."""
    above = next((p for p in Path(entry.path).parents if p in archives), None)
    folder = _unreadable_folder(entry.path, source) if source is not None else None
    if above is not None:
        reason = f"the archive that it is in cannot be read ({archives[above]})"
    elif folder is not None:
        reason = f"its folder {folder} cannot be read; check its permissions"
    else:
        plan.vanished.append(entry.id)
        return
    plan.failures.append(_passing(entry.id, entry.path, reason))


def _unreadable_folder(path: str, source: Source) -> Path | None:
    """The outermost folder between a source and one of its files that cannot be read."""
    if source.kind != "folder":
        return None
    above = [p for p in Path(path).parents if p.is_relative_to(source.location)]
    for folder in reversed(above):
        if not folder.is_dir():
            return None
        if not os.access(folder, os.R_OK | os.X_OK):
            return folder
    return None


def _passing(document_id: str, path: str, reason: str) -> PastFailure:
    """A failure that does not hang on a version of a file, so it is tried again each time."""
    return PastFailure(Failure(document_id, path, reason), None, None, "")
