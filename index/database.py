"""SQLite connections: one writer at a time, any number of readers, clear errors.

Knows nothing of what the tables mean. Readers each see one snapshot (WAL) and never wait
for a writer; ``sqlite3`` exceptions leave this file as ``HomeError``.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import HomeError
from index.schema import MIGRATIONS, SCHEMA, SCHEMA_VERSION

BUSY_TIMEOUT_MS = 10_000


@dataclass(frozen=True, slots=True)
class Layout:
    """The tables of a file: ``schema`` makes them, ``migrations[n]`` leads from version n on.

    ``holds`` and ``remedy`` are said to a person whose file is closed or damaged.
    """

    schema: str
    version: int
    migrations: Mapping[int, str] = field(default_factory=dict)
    holds: str = "index"
    remedy: str = "end refdesk and run: refdesk doctor --repair --home {folder}"


RECORD = Layout(SCHEMA, SCHEMA_VERSION, MIGRATIONS)


class Database:
    """A pool of connections to one SQLite file."""

    def __init__(self, path: Path, layout: Layout = RECORD) -> None:
        """Open or create the file; raise HomeError if it cannot be used."""
        self.path = path
        self.layout = layout
        self._idle: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._write_lock = threading.RLock()
        self._closed = False
        with _translated(path, layout):
            self._writer = self._connect()
            self._ensure_schema()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one unchanging snapshot for the length of the block."""
        with _translated(self.path, self.layout):
            connection = self._take()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                connection.rollback()
                self._give(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: committed at the end of the block, rolled back on any error."""
        with self._write_lock, _translated(self.path, self.layout):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.rollback()
                raise
            self._writer.commit()

    def close(self) -> None:
        """Close every idle connection; ones in use close when they are given back."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
        with self._write_lock:
            self._writer.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA foreign_keys = ON")
        # FULL, for the vectors' files are synced on their own: after a power cut the record
        # must not be older than they are. Three commits for 512 chunks cost 30 ms.
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _ensure_schema(self) -> None:
        version = self._writer.execute("PRAGMA user_version").fetchone()[0]
        layout = self.layout
        if version > layout.version:
            raise HomeError(
                f"{self.path} was made by a newer refdesk (record version {version}, this one "
                f"reads {layout.version}); upgrade refdesk or choose another --home."
            )
        self._writer.execute("PRAGMA journal_mode = WAL")
        if version == 0:
            self._writer.executescript(
                f"BEGIN IMMEDIATE; {layout.schema} PRAGMA user_version = {layout.version}; COMMIT;"
            )
        for older in range(version, layout.version) if version else ():
            step = layout.migrations[older]
            self._writer.executescript(
                f"BEGIN IMMEDIATE; {step} PRAGMA user_version = {older + 1}; COMMIT;"
            )

    def _take(self) -> sqlite3.Connection:
        with self._guard:
            if self._closed:
                raise HomeError(_closed(self.path, self.layout))
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _give(self, connection: sqlite3.Connection) -> None:
        with self._guard:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()


@contextmanager
def _translated(path: Path, layout: Layout) -> Iterator[None]:
    """Turn SQLite's exceptions into one HomeError line that says what to do."""
    try:
        yield
    except sqlite3.ProgrammingError as error:
        if "closed" not in str(error):
            raise
        raise HomeError(_closed(path, layout)) from error
    except (sqlite3.IntegrityError, sqlite3.InterfaceError):
        raise
    except sqlite3.DatabaseError as error:
        raise HomeError(_explain(error, path, layout)) from error


def _closed(path: Path, layout: Layout) -> str:
    return f"The {layout.holds} in {path.parent} has been closed."


def _explain(error: sqlite3.DatabaseError, path: Path, layout: Layout) -> str:
    reason = str(error)
    if "locked" in reason or "busy" in reason:
        return f"{path} is locked by another program; close it and try again."
    if "full" in reason:
        return f"The disk that holds {path} is full; free some space and try again."
    if "readonly" in reason or "unable to open" in reason:
        return f"{path} cannot be written; check its permissions or choose another --home."
    remedy = layout.remedy.format(folder=path.parent, file=path)
    return f"{path} is damaged ({reason}); {remedy}"
