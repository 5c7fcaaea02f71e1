"""The sources of a home as they are to be: by commands, by ``refdesk.toml``, and the inbox.

What the file says is brought into the record by a refresh; others only look. While anything in
the file cannot be used, nothing that it declared before is withdrawn. Knows nothing of files.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.errors import InputError
from corpus.hub.places import is_hub_location
from index import records
from index.declared import check_options, chosen_name, free_name, is_web_address, redeclared
from index.home import Home
from index.scan import CURATED
from index.sources_file import Entry, read
from index.types import Declaration, Failure, Source

Describe = Callable[[str | Path, Declaration], Source]
"""What a location is by itself; raises InputError."""


@dataclass(frozen=True, slots=True)
class Declared:
    """The sources, by name, and what of the file could not be used."""

    sources: list[Source]
    problems: tuple[Failure, ...] = ()


def declared(stored: Sequence[Source], home: Home, describe: Describe) -> Declared:
    """The sources that a home has now, when ``stored`` are those in the record."""
    file = home.sources_file
    try:
        entries = read(file)
    except InputError as error:
        reason = f"{error}; the sources stay as they were"
        now = Declared(list(stored), (Failure(file.name, str(file), reason),))
    else:
        now = (
            _missing(stored, file)
            if entries is None
            else _followed(entries, stored, file, describe)
        )
    return replace(now, sources=sorted(_with_inbox(now.sources, home), key=lambda s: s.name))


def bring_in(db: sqlite3.Connection, sources: Iterable[Source]) -> None:
    """Make the record hold these sources and no others."""
    db.execute("DELETE FROM sources")
    for source in sources:
        records.add_source(db, source)


def why_it_stays(source: Source, home: Home) -> str | None:
    """Why a command cannot withdraw a source, or change it; None if it can."""
    if source.declared_in and home.sources_file.exists():
        return f"{source.name!r} is declared in {home.sources_file}; change it there, and refresh."
    if home.inbox.is_dir() and source.location == str(home.inbox.resolve()):
        return f"{source.name!r} is a source as long as there is a folder {home.inbox}."
    return None


def _missing(stored: Sequence[Source], file: Path) -> Declared:
    """Without a file, what it declared stays until somebody withdraws it."""
    count = sum(bool(source.declared_in) for source in stored)
    if not count:
        return Declared(list(stored))
    reason = (
        f"it is gone; the sources that it declared stay ({count}): put it back, or withdraw "
        "them by an empty file or with refdesk remove"
    )
    return Declared(list(stored), (Failure(file.name, str(file), reason),))


def _followed(
    entries: Sequence[Entry], stored: Sequence[Source], file: Path, describe: Describe
) -> Declared:
    merge = _Merge(stored, file, {entry.name for entry in entries if entry.name}, describe)
    for number, entry in enumerate(entries, 1):
        try:
            merge.take(entry)
        except InputError as error:
            reason = f"{entry.location[:200]}: {error}"
            merge.problems.append(Failure(f"{file.name}: source {number}", str(file), reason))
    return merge.outcome()


class _Merge:
    """Sources of commands, with those of the file coming in one by one."""

    def __init__(
        self, stored: Sequence[Source], file: Path, named: set[str], describe: Describe
    ) -> None:
        self.problems: list[Failure] = []
        self._file = file
        self._named = named
        self._describe = describe
        self._before = {source.location: source for source in stored}
        self._now = {s.location: s for s in stored if not s.declared_in}

    def take(self, entry: Entry) -> None:
        """Declare what an entry says; raises InputError."""
        new = self._found(entry)
        earlier = self._now.get(new.location)
        if earlier is not None and earlier.declared_in:
            raise InputError("it is declared twice in this file")
        if earlier is not None:
            redeclared(earlier, new, Declaration(name=entry.name))
        others = {s.name for at, s in self._now.items() if at != new.location} | {CURATED.name}
        before = self._before.get(new.location)
        if entry.name is not None:
            name = chosen_name(entry.name, new.name, others)
        elif before is not None and before.name not in others | self._named:
            name = before.name
        else:
            known = {source.name for source in self._before.values()}
            name = free_name(new.name, others | self._named | known)
        self._now[new.location] = replace(new, name=name, declared_in=self._file.name)

    def _found(self, entry: Entry) -> Source:
        """What is at an entry's location, or was when it was last declared."""
        place = entry.location
        if not (entry.kind == "hub" or is_web_address(place) or is_hub_location(place)):
            place = str(self._file.parent / Path(place).expanduser())
            before = self._before.get(str(Path(place).resolve()))
            if before is not None and not Path(place).exists():
                check_options(entry.options)
                kind = entry.kind or before.kind
                return replace(before, kind=kind, options=entry.options)
        found = self._describe(place, Declaration(entry.kind, None, entry.options))
        before = self._before.get(found.location)
        # A page that has turned out to be a feed is one still.
        return replace(found, kind=before.kind) if before and entry.kind is None else found

    def outcome(self) -> Declared:
        """The sources; those that the file names no more only if all of it could be used."""
        if self.problems:
            names = {source.name for source in self._now.values()}
            for at, source in self._before.items():
                if at not in self._now and source.name not in names:
                    self._now[at] = source
        return Declared(list(self._now.values()), tuple(self.problems))


def _with_inbox(sources: list[Source], home: Home) -> list[Source]:
    """The folder ``inbox`` of the home is a source when it is there."""
    if not home.inbox.is_dir():
        return sources
    location = str(home.inbox.resolve())
    if any(source.location == location for source in sources):
        return sources
    taken = {source.name for source in sources} | {CURATED.name}
    return [*sources, Source(free_name("inbox", taken), "folder", location)]
