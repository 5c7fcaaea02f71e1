"""Writing a file whose bytes are not trusted until their hash matches.

Knows nothing of where the bytes come from.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from corpus.errors import WeightsError
from index.weights.known import WeightFile
from index.weights.progress import FetchProgress, OnProgress, Stage
from index.weights.stored import BLOCK, record

FreeSpace = Callable[[Path], int]
REPORT_EVERY = 1 << 20


class UnavailableError(WeightsError):
    """One source cannot give the file; the next one may."""


class CheckedFile:
    """A partial file that hashes what is written to it and refuses more than ``file.size``.

    Opens where an earlier attempt stopped.
    """

    def __init__(
        self, part: Path, file: WeightFile, model: str, stage: Stage, progress: OnProgress
    ) -> None:
        part.parent.mkdir(parents=True, exist_ok=True)
        self._file = part.open("ab+")
        self._wanted = file
        self._model = model
        self._stage = stage
        self._progress = progress
        self._unreported = 0
        self._rehash()

    @property
    def size(self) -> int:
        """Bytes written so far, including those of an earlier attempt."""
        return self._size

    @property
    def sha256(self) -> str:
        """Hash of everything written so far."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        """Append ``data``; UnavailableError when it makes the file too long."""
        limit = self._wanted.size
        if limit is not None and self._size + len(data) > limit:
            raise UnavailableError(f"it sent more than the {limit:,} bytes of {self._wanted.name}")
        self._file.write(data)
        self._digest.update(data)
        self._size += len(data)
        self._unreported += len(data)
        if self._unreported >= REPORT_EVERY:
            self.report()
        return len(data)

    def report(self) -> None:
        """Tell the watcher how far this file is."""
        self._unreported = 0
        wanted = self._wanted
        self._progress(
            FetchProgress(self._model, wanted.name, self._stage, self._size, wanted.size)
        )

    def restart(self) -> None:
        """Forget every byte: the source begins again."""
        self._file.truncate(0)
        self._rehash()

    def _rehash(self) -> None:
        self._file.flush()
        self._file.seek(0)
        self._digest = hashlib.sha256()
        self._size = 0
        while block := self._file.read(BLOCK):
            self._digest.update(block)
            self._size += len(block)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def settle(part: Path, sha256: str, wanted: str, target: Path, folder: Path) -> None:
    """Put a finished ``part`` at ``target`` in one step, or delete it if the hash is wrong."""
    if sha256 != wanted:
        part.unlink()
        raise UnavailableError(
            f"it sent other bytes for {target.name} (sha256 {sha256[:12]}…, not {wanted[:12]}…)"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    part.replace(target)
    record(target, folder, wanted)


def free_bytes(folder: Path) -> int:
    """Bytes free for us on the disk of ``folder``."""
    return shutil.disk_usage(folder).free


def need_space(folder: Path, needed: int, free_space: FreeSpace) -> None:
    """WeightsError unless ``needed`` bytes are free."""
    free = free_space(folder)
    if free < needed:
        raise WeightsError(
            f"The disk of {folder} has {free / 1e9:.1f} GB free and {needed / 1e9:.1f} GB are "
            "needed. Free some space, or put the weights elsewhere with REFDESK_WEIGHTS."
        )


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn a full disk, or a folder that cannot be used, into one clear line."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise WeightsError(
                f"The disk of {folder} is full. Free some space and run the command again; "
                "what was fetched is kept."
            ) from error
        raise WeightsError(
            f"The weights folder {folder} cannot be used ({error.strerror or error}). "
            "Mend it, or choose another with REFDESK_WEIGHTS."
        ) from error
