"""Says when to refresh: files changed, sources were declared, or pages are due again.

Watches folders through the operating system, by polling where that has no watches left. Knows
nothing of what a refresh does; whoever listens refreshes, and may take its time: what happens
meanwhile is told afterwards.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from watchfiles import Change, watch
from watchfiles._rust_notify import WatchfilesRustInternalError

from corpus.errors import SourceError
from corpus.parse import suffix_of
from corpus.patterns import IGNORE_FILE, choice, why_left_out
from corpus.sources import READABLE, passed_over
from index.types import Source, SourceOptions

log = logging.getLogger(__name__)

# A file that is being copied changes several times a second: it is read once it has been left
# alone for QUIET_MS, or after PATIENCE_MS, and again when it has changed after that.
QUIET_MS = 400
PATIENCE_MS = 10_000
GATHER_MS = 1_000  # changes of many files are told together
STEP_MS = 50
TICK_MS = 2_000  # how often folders that were away, single files and new sources are looked for
POLL_MS = 1_000  # how often files are listed where the system cannot watch them

What = Literal["files", "sources", "schedule"]
Changed = set[tuple[Change, str]]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a refresh is due; ``detail`` is for people. Only "schedule" asks for pages again."""

    what: What
    detail: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A source on this machine as it is now; None for ``state``: it is not there."""

    name: str
    kind: str
    path: Path
    state: tuple[int, ...] | None
    options: SourceOptions


class Hurry:
    """Whether pages of a long list wait, and more of them came each time that was asked."""

    def __init__(self) -> None:
        self._waiting: int | None = None
        self._on = False

    def note(self, waiting: int) -> None:
        """A refresh that asked for pages left ``waiting`` of them for the next."""
        self._on = waiting > 0 and (self._waiting is None or waiting < self._waiting)
        self._waiting = waiting or None

    def is_on(self) -> bool:
        """Whether the next refresh should follow at once."""
        return self._on


def reasons(
    sources: Callable[[], Sequence[Source]],
    stop: threading.Event,
    *,
    pages_every: float,
    apart_from: Path,
    hurry: Callable[[], bool] = lambda: False,
) -> Iterator[Reason]:
    """Yield a reason whenever a refresh is due, until ``stop`` is set.

    ``pages_every``: seconds between two looks at web pages; 0 is never. With ``hurry`` they are
    due at once. Changes below ``apart_from``, the home, are not told, except in its inbox.
    """
    due = time.monotonic() + pages_every
    declared, places = _declared(sources())
    begun, told = True, _Told()
    while not stop.is_set():
        for changed in _changes([p.path for p in places if p.kind == "folder" and p.state], stop):
            if begun:  # what changed before the watch began
                begun = False
                yield Reason("sources", "watching begins")
            elif paths := told.news(_that_matter(changed, places, apart_from)):
                told.settle(paths, stop)
                yield Reason("files", _in_words(paths))
            if pages_every and (time.monotonic() >= due or hurry()):
                yield Reason("schedule", "web pages are due")
                due = time.monotonic() + pages_every
            now = _declared(sources())
            if now != (declared, places):
                yield _difference(declared, now[0])
                (declared, places), begun = now, True
                break


Said = frozenset[tuple[str, str, SourceOptions]]


def _declared(sources: Iterable[Source]) -> tuple[Said, tuple[_Place, ...]]:
    """What was declared (a kind may turn out otherwise), and what of it is a place here."""
    listed = list(sources)
    places = [
        _Place(s.name, s.kind, Path(s.location), _state(s), s.options)
        for s in listed
        if s.kind in ("folder", "file", "cards")
    ]
    return frozenset((s.name, s.location, s.options) for s in listed), tuple(places)


def _state(source: Source) -> tuple[int, ...] | None:
    """What changes when a folder is another one, or a file has other content."""
    try:
        stat = Path(source.location).stat()
    except OSError:
        return None
    if source.kind == "folder":
        return stat.st_dev, stat.st_ino
    return stat.st_dev, stat.st_ino, stat.st_mtime_ns, stat.st_size


def _difference(before: Said, after: Said) -> Reason:
    if before == after:
        return Reason("files", "a source has changed, come or gone")
    names = ", ".join(sorted({name for name, _, _ in before ^ after}))
    # A new page has never been asked for.
    return Reason("schedule", f"sources declared or removed: {names}")


def _that_matter(changed: Changed, places: Sequence[_Place], apart_from: Path) -> list[Path]:
    """The changed files that a refresh would look at, in order."""
    paths = {Path(path) for change, path in changed if _matters(change, Path(path), places)}
    inside = [p.path for p in places if p.path.is_relative_to(apart_from)]  # the inbox
    return sorted(
        path
        for path in paths
        if not path.is_relative_to(apart_from) or any(path.is_relative_to(p) for p in inside)
    )


def _in_words(paths: Sequence[Path]) -> str:
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{paths[0].name}{more} changed"


class _Told:
    """How the files were when they were told of last: what follows of that is no news."""

    def __init__(self) -> None:
        self._states: list[tuple[Path, tuple[int, int] | None]] = []

    def news(self, paths: Sequence[Path]) -> list[Path]:
        """The files that are not as they were told."""
        known = dict(self._states)
        return [p for p in paths if p not in known or known[p] != _size_and_time(p)]

    def settle(self, paths: Sequence[Path], stop: threading.Event) -> None:
        """Wait until nothing writes to the files any more, or patience ends."""
        until = time.monotonic() + PATIENCE_MS / 1000
        while (now := [(path, _size_and_time(path)) for path in paths]) != self._states:
            self._states = now
            if time.monotonic() > until or stop.wait(QUIET_MS / 1000):
                return


def _size_and_time(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns


def _matters(change: Change, path: Path, places: Sequence[_Place]) -> bool:
    """Whether a refresh would look at what is, or was, at ``path``."""
    below = [(p, path.relative_to(p.path)) for p in places if path.is_relative_to(p.path)]
    if path.name == IGNORE_FILE:
        return not all(passed_over(relative.parent) for _, relative in below)
    if all(passed_over(relative) for _, relative in below):
        return False
    if change is Change.deleted:  # it may have been a folder, whose name can look like anything
        return True
    if all(_left_out(place, relative) for place, relative in below):
        return False
    return suffix_of(path.name) in READABLE or path.is_dir()


def _left_out(place: _Place, relative: Path) -> bool:
    """Whether no pattern of a folder wants a path; if that cannot be said, it does."""
    if place.kind != "folder":
        return False
    try:
        wanted = choice(place.options.include, place.options.exclude)
        return why_left_out(place.path, PurePosixPath(relative.as_posix()), wanted) is not None
    except SourceError:
        return False


def _changes(folders: Sequence[Path], stop: threading.Event) -> Iterator[Changed]:
    """What changed below the folders, and an empty set at every tick; ends with a folder."""
    if not folders:
        while not stop.wait(TICK_MS / 1000):
            yield set()
        return
    try:
        yield from _watched(folders, stop, polling=None)
    except FileNotFoundError:  # gone since it was looked at
        stop.wait(TICK_MS / 1000)
    except (OSError, WatchfilesRustInternalError) as error:
        log.warning("the system cannot watch these folders (%s); listing them instead", error)
        yield from _watched(folders, stop, polling=True)


def _watched(
    folders: Sequence[Path], stop: threading.Event, *, polling: bool | None
) -> Iterator[Changed]:
    return watch(
        *folders,
        watch_filter=None,
        debounce=GATHER_MS,
        step=STEP_MS,
        stop_event=stop,
        rust_timeout=TICK_MS,
        yield_on_timeout=True,
        force_polling=polling,
        poll_delay_ms=POLL_MS,
        raise_interrupt=False,
        ignore_permission_denied=True,
    )
