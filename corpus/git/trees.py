"""Which files of a commit are read: regular ones, of sound names, that the patterns want.

Links and submodules are passed over; a name that leads out of its folder is refused. Knows
nothing of networks; objects come from whoever has them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from corpus.errors import InputError, SourceError
from corpus.parse import SUFFIXES, suffix_of
from corpus.patterns import choice
from corpus.sources import passed_over

COMMIT, TREE, BLOB, TAG = 1, 2, 3, 4
GetObject = Callable[[str], tuple[int, bytes]]
"""From an id (hex) to an object's kind and content; raises KeyError when it is not there."""

MOST_ENTRIES = 500_000  # the Linux kernel has 90,000
MOST_DEPTH = 60
MOST_PATH = 1000  # characters; the id of a document
_FILE, _FOLDER = 0o10, 0o04  # links are 0o12, submodules 0o16
_DAMAGED = "its folders are damaged or nest too deep"
_ENTRY = re.compile(rb"([0-7]{5,6}) ([^\0]+)\0(.{20})", re.S)
_TREE = re.compile(rb"tree ([0-9a-f]{40})\n")
_TAGGED = re.compile(rb"object ([0-9a-f]{40})\n")
# What some file system takes for another place, as Git itself refuses it.
_NOT_A_NAME = re.compile(r"[\\/:\x00-\x1f\x7f]|^\.{0,2}$|^\.git[ .]*$|^git~\d+$", re.I)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a tree: its path, the id of its content, or why it is not read."""

    path: str
    blob: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files are wanted, by patterns as in .gitignore; none: all that can be read."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def test(self) -> Callable[[str], bool]:
        """Whether a path is wanted; raises InputError for a pattern that is none."""
        try:
            chosen = choice(self.include, self.exclude)
        except SourceError as error:
            raise InputError(f"{error}.") from error
        names_hidden = any(re.search(r"(?:^|/)\.\w", pattern) for pattern in self.include)

        def wanted(path: str) -> bool:
            if passed_over(Path(path)) and not names_hidden:
                return False
            return not (chosen.left_out(path) or chosen.not_included(path))

        return wanted


def tree_of(get: GetObject, commit: str) -> str:
    """The id of a commit's tree, through tags; raises SourceError."""
    for _ in range(10):
        kind, content = _object(get, commit)
        if kind == TREE:
            return commit
        match = _TREE.match(content) if kind == COMMIT else _TAGGED.match(content)
        if match is None or kind == BLOB:
            raise SourceError("the revision is no commit")
        if kind == COMMIT:
            return match[1].decode()
        commit = match[1].decode()
    raise SourceError("the revision is a tag of a tag of a tag")


def files_of(get: GetObject, tree: str, wanted: Callable[[str], bool]) -> Iterator[Entry]:
    """The files below ``tree`` that can be read and are wanted, in order of path."""
    seen = 0

    @lru_cache(maxsize=1000)  # a bomb is the same folder many times over
    def read(folder: str) -> list[tuple[int, str, str]]:
        kind, content = _object(get, folder)
        if kind != TREE:
            raise SourceError(_DAMAGED)
        return list(_entries(content))

    stack: list[tuple[str, str, int]] = [(tree, "", 0)]
    while stack:
        folder, above, depth = stack.pop()
        if depth > MOST_DEPTH:
            raise SourceError(_DAMAGED)
        below: list[tuple[str, str, int]] = []
        for mode, name, child in read(folder):
            seen += 1
            if seen > MOST_ENTRIES:
                raise SourceError(f"the repository has more than {MOST_ENTRIES:,} files")
            path = f"{above}{name}"
            if _is_bad(name) or len(path) > MOST_PATH:
                shown = ascii(path[:MOST_PATH])[1:-1]
                yield Entry(shown, child, "its path is not one that a file can have")
            elif mode >> 12 == _FOLDER:
                below.append((child, f"{path}/", depth + 1))
            elif mode >> 12 == _FILE and suffix_of(name) in SUFFIXES and wanted(path):
                yield Entry(path, child)
        stack += reversed(below)


def _object(get: GetObject, object_id: str) -> tuple[int, bytes]:
    try:
        return get(object_id)
    except KeyError as error:
        raise SourceError("the server left out a part of the revision") from error


def _entries(content: bytes) -> Iterator[tuple[int, str, str]]:
    """(mode, name, id) of each entry of a tree."""
    at = 0
    while at < len(content):
        match = _ENTRY.match(content, at)
        if match is None:
            raise SourceError(_DAMAGED)
        yield int(match[1], 8), match[2].decode("utf-8", "surrogateescape"), match[3].hex()
        at = match.end()


def _is_bad(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return True
    return _NOT_A_NAME.search(name) is not None or PurePosixPath(name).is_absolute()
