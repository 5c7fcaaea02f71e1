"""The home folder: where its files are, who owns it, and how to reach the owner.

One process owns a home (its lock) and serves it to the others over loopback; the owner
leaves its address and key in ``owner.json``. Knows nothing of what the files contain.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from corpus.errors import HomeError


@dataclass(frozen=True, slots=True)
class Home:
    """The paths inside a home folder."""

    path: Path

    @property
    def record(self) -> Path:
        """The SQLite file that is the record."""
        return self.path / "record.sqlite3"

    @property
    def vectors(self) -> Path:
        """The folder of the vector store; can be rebuilt from the record."""
        return self.path / "vectors"

    @property
    def sources_copy(self) -> Path:
        """The copy of the declared sources, for when the record is lost."""
        return self.path / ".sources.json"

    @property
    def pages(self) -> Path:
        """The folder of the copies of fetched web pages."""
        return self.path / "pages"

    @property
    def repositories(self) -> Path:
        """The folder of the copies of files of Git repositories."""
        return self.path / "repositories"

    @property
    def hub(self) -> Path:
        """The folder of the copies of what the Hugging Face Hub says of models."""
        return self.path / "hub"

    @property
    def sources_file(self) -> Path:
        """The file that may declare sources."""
        return self.path / "refdesk.toml"

    @property
    def inbox(self) -> Path:
        """The folder that is a source when it is there."""
        return self.path / "inbox"

    @property
    def lock(self) -> Path:
        """The file whose lock means ownership."""
        return self.path / "home.lock"

    @property
    def owner(self) -> Path:
        """Where the owner says how to reach it; readable by this user only."""
        return self.path / "owner.json"

    def create(self) -> Home:
        """Make the folder if needed; raise HomeError if it cannot be written."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise HomeError(_cannot_write(self.path, error)) from error
        if not os.access(self.path, os.W_OK | os.X_OK):
            raise HomeError(_cannot_write(self.path, None))
        return self


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that owns a home: its pid, loopback address (``host:port``) and key."""

    pid: int
    address: str
    key: str


class HomeLock:
    """Ownership of a home, until released or the process ends."""

    def __init__(self, path: Path, lock: FileLock) -> None:
        """Wrap an acquired lock of the home at ``path``."""
        self.path = path
        self._lock = lock

    def release(self) -> None:
        """Give the home up; harmless when already released."""
        self._lock.release(force=True)

    def __enter__(self) -> HomeLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def acquire(path: Path) -> HomeLock | None:
    """Become the owner of the home at ``path``, at once; None if another process is."""
    home = Home(path).create()
    # thread_local=False: a server may release the lock from another thread.
    lock = FileLock(home.lock, timeout=0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    except OSError as error:
        raise HomeError(_cannot_write(path, error)) from error
    return HomeLock(path, lock)


def write_owner(path: Path, owner: Owner) -> None:
    """Publish how to reach the owner (mode 0600, replaced in one step)."""
    target = Home(path).owner
    draft = target.with_suffix(f".{os.getpid()}.tmp")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(owner), file)
        draft.replace(target)
    except OSError as error:
        raise HomeError(_cannot_write(path, error)) from error


def read_owner(path: Path) -> Owner | None:
    """The live owner of the home; None if there is none or its note is stale or unreadable."""
    try:
        fields = json.loads(Home(path).owner.read_text(encoding="utf-8"))
        owner = Owner(int(fields["pid"]), str(fields["address"]), str(fields["key"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not _alive(owner.pid) or _lock_is_free(path):
        return None
    return owner


def clear_owner(path: Path) -> None:
    """Withdraw the owner's note, if there is one."""
    try:
        Home(path).owner.unlink(missing_ok=True)
    except OSError as error:
        raise HomeError(_cannot_write(path, error)) from error


def _lock_is_free(path: Path) -> bool:
    """Whether nobody holds the lock (taken and released at once to find out)."""
    try:
        lock = acquire(path)
    except HomeError:
        return False
    if lock is None:
        return False
    lock.release()
    return True


def _alive(pid: int) -> bool:
    """Whether a process has this pid (signal 0 asks without touching it)."""
    if pid <= 0:
        return False
    if os.name == "nt":  # os.kill(pid, 0) would end the process there; the lock decides
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _cannot_write(path: Path, error: OSError | None) -> str:
    reason = f" ({error.strerror})" if error is not None and error.strerror else ""
    return f"The home folder {path} cannot be written{reason}; choose another with --home."
