"""Make sure that a model is here: verify what lies in the folder, fetch what does not.

The order of sources and what happens when one fails are decided here; how each source
works is not known here.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import WeightsError
from index.weights.hub import fetch_from_hub
from index.weights.known import ModelEntry, WeightFile, find
from index.weights.mirror import fetch_from_mirror
from index.weights.progress import FetchProgress, OnProgress, ignore
from index.weights.stored import is_verified, local_model, place
from index.weights.writing import FreeSpace, UnavailableError, disk_errors, free_bytes

# Long enough for a slow line, short enough that a machine without the Hub moves on.
CONNECT_SECONDS = 5.0

Files = tuple[WeightFile, ...]


def ensure(
    name_or_path: str | Path,
    folder: Path,
    *,
    progress: OnProgress = ignore,
    endpoint: str | None = None,
    connect_timeout: float = CONNECT_SECONDS,
    free_space: FreeSpace = free_bytes,
) -> Path:
    """The path of a model given by name or by path, fetched first if it is not in ``folder``.

    ``endpoint`` is another address of the Hugging Face Hub. See ``ensure_entry``.
    """
    local = local_model(name_or_path)
    if local is not None:
        return local
    return ensure_entry(
        find(str(name_or_path)),
        folder,
        progress=progress,
        endpoint=endpoint,
        connect_timeout=connect_timeout,
        free_space=free_space,
    )


def ensure_entry(
    entry: ModelEntry,
    folder: Path,
    *,
    progress: OnProgress = ignore,
    endpoint: str | None = None,
    connect_timeout: float = CONNECT_SECONDS,
    free_space: FreeSpace = free_bytes,
) -> Path:
    """The path of ``entry``'s model, fetched first if it is not in ``folder``.

    Touches no network when every file is there and verified. Otherwise the Hugging Face
    Hub is asked, then the mirror; bytes count only when their sha256 matches. WeightsError
    says why neither could help.
    """
    with disk_errors(folder):
        if _missing(entry, folder, progress):
            with _turn(entry, folder, progress):
                # Another process may have fetched it while this one waited for its turn.
                if _missing(entry, folder, ignore):
                    _fetch(entry, folder, progress, endpoint, connect_timeout, free_space)
    return place(entry, folder)


def _missing(entry: ModelEntry, folder: Path, progress: OnProgress) -> Files:
    return tuple(file for file in entry.files if not is_verified(entry, file, folder, progress))


def _fetch(
    entry: ModelEntry,
    folder: Path,
    progress: OnProgress,
    endpoint: str | None,
    connect_timeout: float,
    free_space: FreeSpace,
) -> None:
    parts = folder / ".parts" / entry.name

    def hub(files: Files) -> None:
        fetch_from_hub(
            entry,
            files,
            folder,
            parts,
            endpoint=endpoint,
            connect_timeout=connect_timeout,
            progress=progress,
            free_space=free_space,
        )

    def mirror(files: Files) -> None:
        fetch_from_mirror(entry, files, folder, parts, progress=progress, free_space=free_space)

    _first_that_answers(entry, folder, progress, {"Hugging Face Hub": hub, "mirror": mirror})
    shutil.rmtree(parts, ignore_errors=True)


def _first_that_answers(
    entry: ModelEntry,
    folder: Path,
    progress: OnProgress,
    sources: dict[str, Callable[[Files], None]],
) -> None:
    reasons = []
    for source, fetch in sources.items():
        try:
            fetch(_missing(entry, folder, progress))
            return
        except UnavailableError as failure:
            reasons.append(f"the {source}: {failure}")
            if len(reasons) < len(sources):
                message = f"{entry.name}: the {source} did not help ({failure}); trying the next."
                progress(FetchProgress(entry.name, "", "mirror", message=message))
    raise WeightsError(
        f"{entry.name} could not be fetched from any source - {'; '.join(reasons)}. "
        f"Check the connection and run: refdesk weights pull {entry.name}"
    )


@contextmanager
def _turn(entry: ModelEntry, folder: Path, progress: OnProgress) -> Iterator[None]:
    """One fetch of a model at a time, across processes; says so when it has to wait."""
    from filelock import FileLock, Timeout

    lock_path = folder / ".locks" / f"{entry.name}.lock"
    lock_path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(lock_path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        message = f"{entry.name} is being fetched by another process; waiting for it."
        progress(FetchProgress(entry.name, "", "wait", message=message))
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
