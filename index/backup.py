"""A home in one file, and back: everything but the vectors, which a refresh makes again.

Vectors are left out because they cannot be copied while they are written, and are made anew
from the record (4,215 passages in 32 s on two cores), while full text and catalogue answer at
once. Works beside a process that owns the home. Knows nothing of what the files mean.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from corpus.errors import HomeError, InputError
from index.home import Home, acquire
from index.kept_sources import kept
from index.salvage import damage, rebuild
from index.schema import SCHEMA_VERSION

FORMAT = "refdesk-backup-1"
MANIFEST = "manifest.json"
MOST_BYTES = 200 * 1024**3
_DATABASES = frozenset([".sqlite3", ".sqlite"])


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup file holds; ``size`` in bytes, ``home`` where it was made."""

    format: str
    created: str
    home: str
    record_version: int
    documents: int
    files: int
    size: int = 0


def backup(home: Path, target: Path) -> Backup:
    """Write the home to the file ``target``, in one step; raises HomeError, InputError."""
    place = Home(home)
    if not place.record.is_file():
        raise HomeError(f"{home} holds no index to back up; choose another --home.")
    if target.exists():
        raise InputError(f"{target} exists; name a file that does not.")
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".refdesk-") as scratch:
            made = _write(place, draft, Path(scratch))
        draft.replace(target)
    except (OSError, sqlite3.Error) as error:
        draft.unlink(missing_ok=True)
        raise HomeError(f"{target} cannot be written ({error}); nothing was changed.") from error
    return Backup(**{**asdict(made), "size": target.stat().st_size})


def _write(place: Home, draft: Path, scratch: Path) -> Backup:
    files = list(_files(place))
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as package:
        documents, version = 0, 0
        for path in files:
            name = path.relative_to(place.path).as_posix()
            if path.suffix in _DATABASES and not path.is_relative_to(place.inbox):
                copy = scratch / path.name
                _copy_database(path, copy)
                if path == place.record:
                    documents, version = _counts(copy)
                package.write(copy, name)
            else:
                package.write(path, name)
        created = datetime.now(UTC).isoformat(timespec="seconds")
        made = Backup(FORMAT, created, str(place.path), version, documents, len(files))
        package.writestr(MANIFEST, json.dumps(asdict(made), indent=1))
    return made


def _files(place: Home) -> Iterator[Path]:
    """What is kept: all but vectors, locks, drafts and SQLite's own side files."""
    left_out = {place.lock, place.owner, place.sources_copy}
    for path in sorted(place.path.rglob("*")):
        if path.is_symlink() or not path.is_file() or path in left_out:
            continue
        if path.is_relative_to(place.inbox):  # somebody's files, whatever they are called
            yield path
            continue
        if path.is_relative_to(place.vectors) or path.name.endswith(("-wal", "-shm", ".tmp")):
            continue
        if ".damaged-" in path.name or ".before-restore-" in path.as_posix():
            continue
        yield path


def _copy_database(path: Path, copy: Path) -> None:
    """A snapshot, while others read and write (SQLite's online backup)."""
    source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)
    with contextlib.closing(source), contextlib.closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _counts(record: Path) -> tuple[int, int]:
    """Documents, and the version of the record."""
    with contextlib.closing(sqlite3.connect(record)) as db:
        documents = db.execute("SELECT count(*) FROM documents").fetchone()[0]
        return int(documents), int(db.execute("PRAGMA user_version").fetchone()[0])


def restore(source: Path, home: Path, *, replace: bool = False) -> tuple[Backup, Path | None]:
    """Make the home what the backup holds; gives where the home's old content went, if any.

    Everything is checked before the home is touched. Raises InputError for what is no backup,
    HomeError while the home is in use, or holds an index and ``replace`` was not said.
    """
    made = read_manifest(source)
    lock = acquire(home)
    if lock is None:
        raise HomeError(f"{home} is in use by another refdesk process; end it first.")
    with lock, tempfile.TemporaryDirectory(dir=home, prefix=".restore-") as folder:
        scratch = Path(folder)
        _unpack(source, scratch)
        _check_record(Home(scratch).record)
        _move_sources(Home(scratch).record, Path(made.home), home)
        there = [p for p in home.iterdir() if p not in (Home(home).lock, scratch)]
        if Home(home).record.exists() and not replace:
            raise HomeError(f"{home} holds an index; say --replace to put it aside.")
        aside = _aside(home) if there else None
        for path in there if aside else ():
            path.rename(aside / path.name)  # type: ignore[operator]
        for path in scratch.iterdir():
            path.rename(home / path.name)
    return made, aside


def read_manifest(source: Path) -> Backup:
    """What a backup file says of itself; raises InputError when it is none."""
    try:
        with zipfile.ZipFile(source) as package:
            made = Backup(**json.loads(package.read(MANIFEST)))
    except FileNotFoundError as error:
        raise InputError(f"{source} does not exist; name a file of refdesk backup.") from error
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{source} is no backup of refdesk, or is damaged.") from error
    if made.format != FORMAT or made.record_version > SCHEMA_VERSION:
        raise InputError(f"{source} was made by a newer refdesk; upgrade refdesk first.")
    return made


def _unpack(source: Path, scratch: Path) -> None:
    try:
        with zipfile.ZipFile(source) as package:
            infos = [info for info in package.infolist() if info.filename != MANIFEST]
            if sum(info.file_size for info in infos) > MOST_BYTES:
                raise InputError(f"{source} unpacks to more than {MOST_BYTES >> 30} GB.")
            for info in infos:
                steps = PurePosixPath(info.filename).parts
                if info.is_dir() or not steps or ".." in steps or steps[0] == "/":
                    raise InputError(f"{source} holds a file that leads out of it.")
                package.extract(info, scratch)
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError) as error:
        raise InputError(f"{source} is damaged ({error}); nothing was changed.") from error


def _check_record(record: Path) -> None:
    try:
        with contextlib.closing(sqlite3.connect(record)) as db:
            verdict = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        raise InputError(f"The record in the backup cannot be read ({error}).") from error
    if verdict != "ok":
        raise InputError(f"The record in the backup is damaged ({verdict}).")


def _move_sources(record: Path, old: Path, new: Path) -> None:
    """Sources and files inside the home have moved with it, when it is another home now."""
    if old == new:
        return
    with contextlib.closing(sqlite3.connect(record)) as db, db:
        for table, column, key in (("sources", "location", "name"), ("documents", "path", "key")):
            rows = db.execute(f"SELECT {key}, {column} FROM {table}").fetchall()  # noqa: S608
            moved = [
                (str(new / Path(path).relative_to(old)), row)
                for row, path in rows
                if path and Path(path).is_relative_to(old)
            ]
            db.executemany(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", moved)  # noqa: S608


def _aside(home: Path) -> Path:
    folder = home / f".before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    folder.mkdir()
    return folder


def rescue(home: Path) -> list[str]:
    """Put what is damaged aside, so that a refresh can build it anew; what was done, in words.

    Damaged vectors are dropped, and the sources of a lost record declared again, when the home is
    opened (``Index.open``). A damaged record gives way to a new one with all that could be read of
    the old; the full text is rebuilt from itself. Raises HomeError while the home is in use.
    """
    lock = acquire(home)
    if lock is None:
        raise HomeError(f"{home} is in use by another refdesk process; end it first.")
    with lock:
        place = Home(home)
        sources = kept(place)
        if not place.record.is_file() or not place.record.stat().st_size:
            lost = f"the record was gone; {len(sources)} sources are declared again"
            return [lost] if sources else []
        reason = damage(place.record)
        return _rebuild_fulltext(place.record) if reason is None else _replaced(place, reason)


def _replaced(home: Home, reason: str) -> list[str]:
    """Make a new record of a damaged one, and put that aside; what was done, in words."""
    record = home.record
    aside = record.with_name(f"{record.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    draft = record.with_name(f"{record.name}.{os.getpid()}.tmp")
    try:
        saved = rebuild(record, draft, kept(home))
        for suffix in ("", "-wal", "-shm"):
            part = record.with_name(record.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        draft.rename(record)
    except (OSError, sqlite3.Error, HomeError) as error:
        draft.unlink(missing_ok=True)
        raise HomeError(f"{record} cannot be replaced ({error}); it is still there.") from error
    gone = f", {saved.lost} could not be read" if saved.lost else ""
    return [
        f"the damaged record ({reason}) was put aside as {aside.name}",
        f"{saved.documents} documents were taken over from it{gone}",
        f"{saved.sources} sources were declared again",
    ]


def _rebuild_fulltext(record: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(record, timeout=10)) as db, db:
        try:
            db.execute("INSERT INTO fulltext (fulltext) VALUES ('integrity-check')")
        except sqlite3.DatabaseError:
            db.execute("INSERT INTO fulltext (fulltext) VALUES ('rebuild')")
            return ["the full text was rebuilt"]
    return []
