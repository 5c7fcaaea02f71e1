"""What has been brought of a feed or a sitemap: its pages, those that failed, what is left out.

Reads the copies that are kept; asks no server. Knows nothing of the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from corpus.errors import SourceError
from corpus.patterns import choice
from corpus.sources import PageFile, SourceFile
from corpus.web.listed import Item, entry_id
from corpus.web.listing import ListingKind
from corpus.web.lists import Lists, Part, Wanted, copy_address
from corpus.web.pages import Brought, Pages
from index.records import PastFailure
from index.types import Failure, Source

STAYS = "what it gave before stays"


@dataclass(frozen=True, slots=True)
class Collected:
    """The files of a list or a repository. ``known``: whether it has ever been read.

    ``problem``: why it could not be read now; ``remark``: what of it could not; ``note``: what
    was left out on purpose. ``failed`` are pages that could not be fetched;
    ``held`` the ids of those that are listed without a copy, whose documents stay. ``waiting``
    counts those never asked for; ``turned``: it was declared as a page and turned out so.
    """

    known: bool
    files: tuple[SourceFile, ...] = ()
    problem: str | None = None
    remark: str | None = None
    note: str | None = None
    failed: tuple[Failure, ...] = ()
    held: frozenset[str] = frozenset()
    waiting: int = 0
    turned: ListingKind | None = None


def collect(
    pages: Pages,
    source: Source,
    wanted: Wanted,
    brought: Mapping[str, Brought],
    past: Mapping[str, PastFailure],
) -> Collected:
    """The pages of a list as they are now; ``brought`` says what was just asked for, by key."""
    if wanted.known is None:
        return Collected(False, problem=wanted.problem)
    files: list[PageFile] = []
    failed: list[Failure] = []
    held: set[str] = set()
    waiting = 0
    for item in wanted.known.items:
        document_id = entry_id(source.name, item.key)
        file, problem = _now(pages, source, item, brought.get(item.key), past.get(document_id))
        if file is not None:
            files.append(replace(file, published=item.published))
        else:
            held.add(document_id)
        if problem is not None:
            failed.append(Failure(document_id, item.address or source.location, problem))
        elif file is None and item.listed:
            waiting += 1
    return Collected(
        known=True,
        files=tuple(files),
        problem=wanted.problem and f"{wanted.problem}; {STAYS}",
        remark=_remark(wanted.remark, waiting),
        note=wanted.known.note(source.options.limit),
        failed=tuple(failed),
        held=frozenset(held),
        waiting=waiting,
    )


def stored(pages: Pages, source: Source, past: Mapping[str, PastFailure]) -> Collected:
    """The pages of a list as they are here; what was wrong before still is."""
    before = past.get(source.name)
    problem = before.failure.reason if before else None
    try:
        known = Lists(pages).known(source.location)
        known = known and known.of(part_of(source).chosen)
    except SourceError as error:
        return Collected(False, problem=str(error))
    left_out = past.get(remark_id(source.name))
    remark = left_out.failure.reason if left_out else None
    return replace(collect(pages, source, Wanted(known), {}, past), problem=problem, remark=remark)


def part_of(source: Source) -> Part:
    """Which pages of a list are wanted; raises SourceError for a pattern that is none."""
    options = source.options
    return Part(choice(options.include, options.exclude), options.limit)


def waiting_pages(pages: Mapping[str, Brought | Collected]) -> int:
    """How many listed pages have not been asked for yet."""
    return sum(one.waiting for one in pages.values() if isinstance(one, Collected))


def remark_id(name: str) -> str:
    """What a report calls that which was left out of the source ``name``."""
    return f"{name} (left out)"


def _now(
    pages: Pages, source: Source, item: Item, brought: Brought | None, past: PastFailure | None
) -> tuple[PageFile | None, str | None]:
    """A page's good copy, and what is wrong with it."""
    if brought is not None:
        return brought.file, brought.problem
    copy = copy_address(source.location, item)
    file = pages.stored_as(entry_id(source.name, item.key), copy)
    return file, past.failure.reason if past is not None and item.listed else None


def _remark(remark: str | None, waiting: int) -> str | None:
    said = [remark] if remark else []
    if waiting:
        said.append(f"{waiting:,} of its pages are still to be fetched; the next refresh goes on")
    return "; ".join(said) or None
