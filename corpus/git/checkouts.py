"""The copies kept of a repository's files, so that a rebuild needs no network.

A source has a folder: ``tree.json`` tells which commit is kept and which files it has; their
contents lie beside it under the hash of each, so a file that stays the same keeps its place.
A repository that cannot be read keeps its last good tree. Knows nothing of the index.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict

from corpus.errors import RefdeskError, SourceError
from corpus.gathered import Gathered
from corpus.git.pack import GitLimits
from corpus.git.places import check_revision, local_path, web_view
from corpus.git.trees import BLOB, Entry, GetObject, Wanted, files_of, tree_of
from corpus.kept_copies import (
    KeptCopies,
    keep_only_folders,
    read_note,
    unwritable,
    write_note,
    write_whole,
)
from corpus.parse import MAX_FILE_BYTES
from corpus.sources import PageFile, SourceFile
from corpus.web.fetch import Fetcher

NOTE = "tree.json"
MOST_FILES = 10_000
MOST_TOLD = 100  # files of which it is told, one by one, why they are not read
_COMMIT = re.compile(r"[0-9a-f]{40}")
_LFS = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True)
class RepositoryFile(SourceFile):
    """The copy of a file of a repository on this machine."""

    place: str

    @property
    def origin(self) -> str:
        """The repository and the path in it."""
        return self.place


@dataclass(frozen=True, slots=True)
class Ask:
    """A repository and what is wanted of it."""

    location: str
    revision: str = ""
    wanted: Wanted = field(default_factory=Wanted)
    limit: int | None = None


class _Kept(BaseModel):
    """A file as it is kept: its path in the repository and the id of its content."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    path: str
    blob: str
    problem: str | None = None


class _Note(BaseModel):
    """``tree.json``: the tree that is kept, and what was wanted when it was made."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    location: str
    commit: str
    wanted: str
    left_out: int = 0
    fetched: datetime
    files: tuple[_Kept, ...] = ()


class Checkouts(KeptCopies):
    """The trees in one folder; each source is brought by one thread at a time."""

    def __init__(self, folder: Path, fetcher: Fetcher, limits: GitLimits | None = None) -> None:
        super().__init__(folder)
        self._fetcher, self._limits = fetcher, limits or GitLimits()

    def accepted(self, location: str) -> str:
        """``location`` as the address or path of a repository; raises InputError."""
        path = local_path(location)
        if path is None:
            return self._fetcher.accepted(location).rstrip("/")
        return str(path.expanduser().absolute())

    def bring(self, name: str, ask: Ask) -> Gathered:
        """Read the repository if its revision has moved; ids of files begin with ``name``."""
        folder = self.folder_of(ask.location)
        note = _read(folder)
        problem = None
        try:
            note = self._renewed(folder, ask, note)
        except RefdeskError as error:
            problem = str(error)
        except OSError as error:
            problem = unwritable(error)
        return _checkout(folder, name, ask, note, problem)

    def stored(self, name: str, ask: Ask) -> Gathered:
        """The files as they are kept, without asking anybody."""
        folder = self.folder_of(ask.location)
        return _checkout(folder, name, ask, _read(folder), None)

    def _renewed(self, folder: Path, ask: Ask, note: _Note | None) -> _Note:
        check_revision(ask.revision)
        whole = note if note is not None and _is_whole(folder, note) else None
        if whole and _is_pinned(ask) and _is_same(whole, ask.revision, ask):
            return whole
        folder.mkdir(parents=True, exist_ok=True)
        with self._opened(folder, ask) as (commit, source):
            if whole is not None and _is_same(whole, commit, ask):
                return whole
            new = _Note(
                location=ask.location,
                commit=commit,
                wanted=_key(ask),
                fetched=datetime.now(UTC),
                **_materialised(folder, ask, source),
            )
        write_note(folder / NOTE, new)
        _drop_older(folder, new, note)
        return new

    @contextmanager
    def _opened(self, folder: Path, ask: Ask) -> Iterator[tuple[str, _Source]]:
        """The commit that the revision is now, and where its objects come from."""
        if local_path(ask.location) is not None:
            from corpus.git.remote import local_objects

            with local_objects(Path(ask.location)) as (commit_of, get):
                commit = ask.revision if _is_pinned(ask) else commit_of(ask.revision)
                yield commit, _Source(lambda: (get, tree_of(get, commit)), lambda _: None)
            return
        from corpus.git.remote import Objects, Remote

        remote = Remote(ask.location, self._fetcher.rules, self._fetcher.tls, self._limits)
        commit = ask.revision if _is_pinned(ask) else remote.commit(ask.revision)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as scratch, Objects() as got:

            def folders() -> tuple[GetObject, str]:
                pack = Path(scratch) / "folders.pack"
                remote.fetch([commit], pack, folders_only=True)
                got.add(pack)
                return get, tree_of(get, commit)

            def get(object_id: str) -> tuple[int, bytes]:
                remote.go_on()
                return got.get(object_id)

            def contents(entries: list[Entry]) -> None:
                missing = sorted({e.blob for e in entries if e.blob not in got})
                if missing:
                    pack = Path(scratch) / "files.pack"
                    try:
                        remote.fetch(missing, pack)
                    except SourceError:  # some servers give whole commits only
                        remote.fetch([commit], pack)
                    got.add(pack)

            yield commit, _Source(folders, contents)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where objects come from: first the folders, then the contents of chosen files."""

    folders: Callable[[], tuple[GetObject, str]]
    contents: Callable[[list[Entry]], None]


def _is_same(note: _Note, commit: str, ask: Ask) -> bool:
    return (note.commit, note.wanted) == (commit, _key(ask))


def _is_whole(folder: Path, note: _Note) -> bool:
    """Whether every copy of the tree is there."""
    good = (file for file in note.files if file.problem is None)
    return all((folder / _place(file.path, file.blob)).is_file() for file in good)


def _is_pinned(ask: Ask) -> bool:
    return _COMMIT.fullmatch(ask.revision) is not None


def _key(ask: Ask) -> str:
    """What is wanted, in one word: another word means reading the tree again."""
    told = repr((ask.revision, ask.wanted.include, ask.wanted.exclude, ask.limit))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _materialised(folder: Path, ask: Ask, source: _Source) -> dict[str, object]:
    """Write the contents of the wanted files; returns what the note says of them."""
    get, tree = source.folders()
    found = sorted(files_of(get, tree, ask.wanted.test()), key=lambda entry: entry.path)
    good = [entry for entry in found if entry.problem is None]
    bad = [entry for entry in found if entry.problem is not None][:MOST_TOLD]
    chosen = good[: min(ask.limit or MOST_FILES, MOST_FILES)]
    source.contents(chosen)
    kept = [_kept(folder, entry, get) for entry in chosen]
    kept += [_Kept(path=e.path, blob=e.blob, problem=e.problem) for e in bad]
    return {"files": tuple(kept), "left_out": len(good) - len(chosen)}


def _kept(folder: Path, entry: Entry, get: GetObject) -> _Kept:
    """Write the content of one file, unless it is here already."""
    path = folder / _place(entry.path, entry.blob)
    problem = None
    if not path.is_file():
        try:
            kind, content = get(entry.blob)
        except KeyError:
            raise SourceError("the server left out a part of the revision") from None
        problem = "it is no file" if kind != BLOB else _unreadable(content)
        if problem is None:
            path.parent.mkdir(exist_ok=True)
            write_whole(path, content)
    return _Kept(path=entry.path, blob=entry.blob, problem=problem)


def _unreadable(content: bytes) -> str | None:
    if len(content) > MAX_FILE_BYTES:
        return f"larger than {MAX_FILE_BYTES >> 20} MB"
    if content.startswith(_LFS):
        return "its content is kept in Git LFS, which is not fetched"
    return None


def _place(path: str, blob: str) -> Path:
    """Where a content lies: under its hash, by the file's own name made safe."""
    name = PurePosixPath(path)
    stem = re.sub(r"[^\w.-]+", "-", name.stem).strip("-.")[:80] or "file"
    return Path(blob[:20]) / f"{stem}{name.suffix.lower()}"


def _drop_older(folder: Path, new: _Note, before: _Note | None) -> None:
    """Delete contents older than the tree before: a reader may have one of those open."""
    kept = {file.blob[:20] for note in (new, before) if note is not None for file in note.files}
    keep_only_folders(folder, kept)


def _checkout(
    folder: Path, name: str, ask: Ask, note: _Note | None, problem: str | None
) -> Gathered:
    if note is None:
        return Gathered(None, problem)
    if problem is not None:
        problem = f"{problem}; its state of {note.fetched:%Y-%m-%d} stays"
    files: list[SourceFile] = []
    failed: list[tuple[str, str, str]] = []
    for kept in note.files:
        document_id, place = f"{name}/{kept.path}", f"{ask.location}#{kept.path}"
        path = folder / _place(kept.path, kept.blob)
        if kept.problem is not None or not path.is_file():
            reason = kept.problem or "its copy is gone and could not be fetched again"
            failed.append((document_id, place, reason))
            continue
        stat = path.stat()
        known = (document_id, path, stat.st_size, stat.st_mtime, place)
        files.append(_file(ask, note, kept, known))
    left_out = _more(note.left_out)
    return Gathered(tuple(files), problem, tuple(failed), left_out)


def _more(files: int) -> str | None:
    if not files:
        return None
    return f"{files:,} more {'file is' if files == 1 else 'files are'} left out"


def _file(
    ask: Ask, note: _Note, kept: _Kept, known: tuple[str, Path, int, float, str]
) -> SourceFile:
    if local_path(ask.location) is not None:
        return RepositoryFile(*known)
    return PageFile(*known, web_view(ask.location, note.commit, kept.path))


def _read(folder: Path) -> _Note | None:
    """What is kept of a repository; None if nothing, or if it cannot be read."""
    note = read_note(folder / NOTE, _Note)
    if note is None:
        return None
    sound = all(re.fullmatch(r"[0-9a-f]{40}", file.blob) for file in note.files)
    return note if sound else None
