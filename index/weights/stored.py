"""The weights folder: where files lie, and whether they are the right bytes.

    FOLDER/<file>.gguf            a language model
    FOLDER/<name>/...             an embedder, a folder of files
    FOLDER/.verified/<file>.json  hash, size and time of a file that was checked once, so
                                  that a start does not read a gigabyte again
    FOLDER/.parts/<name>/         what an unfinished fetch has so far
    FOLDER/.locks/<name>.lock     one fetch at a time

Knows nothing of networks.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path

from corpus.errors import WeightsError
from index.weights.known import ModelEntry, WeightFile, find, known
from index.weights.progress import FetchProgress, OnProgress, ignore

GGUF_MAGIC = b"GGUF"
BLOCK = 1 << 20


def path_of(name_or_path: str | Path, folder: Path) -> Path:
    """Where the model is, or would be: a .gguf file, or an embedder's folder. No network."""
    local = local_model(name_or_path)
    return local if local is not None else place(find(str(name_or_path)), folder)


def place(entry: ModelEntry, folder: Path) -> Path:
    """The path that a user of ``entry`` opens."""
    return folder / entry.name if entry.kind == "embedder" else folder / entry.files[0].name


def file_path(entry: ModelEntry, file: WeightFile, folder: Path) -> Path:
    """Where one file of ``entry`` lies."""
    return (folder / entry.name if entry.kind == "embedder" else folder) / file.name


def is_here(entry: ModelEntry, folder: Path) -> bool:
    """Whether every file is there with its size; a glance, no hashing (``ensure`` checks)."""
    return all(_size_fits(file_path(entry, file, folder), file.size) for file in entry.files)


def local_model(name_or_path: str | Path) -> Path | None:
    """The path given instead of a known name, checked; None if it is a name.

    Raises WeightsError where a path was meant and is no model.
    """
    text = str(name_or_path)
    if text.strip().lower() in {entry.name.lower() for entry in known()}:
        return None
    path = Path(name_or_path).expanduser()
    meant_as_path = isinstance(name_or_path, Path) or path.suffix.lower() == ".gguf"
    if not meant_as_path and not path.exists():
        if "/" in text or "\\" in text:
            raise WeightsError(f"There is no model file at {text}.")
        return None
    if path.is_dir():
        if not (path / "modules.json").is_file():
            raise WeightsError(f"{path} is a folder without a sentence-transformers model.")
        return path
    check_gguf(path)
    return path


def check_gguf(path: Path) -> None:
    """Raise WeightsError unless ``path`` begins as a GGUF file does."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(GGUF_MAGIC))
    except FileNotFoundError as error:
        raise WeightsError(f"There is no model file at {path}.") from error
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}.") from error
    if magic != GGUF_MAGIC:
        raise WeightsError(f"{path} is not a GGUF file; convert it, or give another model.")


def is_verified(
    entry: ModelEntry, file: WeightFile, folder: Path, progress: OnProgress = ignore
) -> bool:
    """Whether the file is there and its bytes are right; read in full only the first time."""
    path = file_path(entry, file, folder)
    if not _size_fits(path, file.size):
        return False
    recorded = _recorded_hash(path, folder)
    if recorded is not None:
        return file.sha256 in (None, recorded)
    if file.sha256 is None:  # put here by the user, who must know what it is
        return path.suffix != ".gguf" or _begins_as_gguf(path)
    report = FetchProgress(entry.name, file.name, "check", total=file.size)
    if hash_of(path, report, progress) != file.sha256:
        return False
    record(path, folder, file.sha256)
    return True


def record(path: Path, folder: Path, sha256: str) -> None:
    """Remember that ``path`` as it is now has this hash."""
    stat = path.stat()
    fields = {"sha256": sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    sidecar = _sidecar(path, folder)
    with contextlib.suppress(OSError):  # a read-only folder is checked again next time
        sidecar.parent.mkdir(parents=True, exist_ok=True)
        sidecar.write_text(json.dumps(fields), "utf-8")


def hash_of(path: Path, report: FetchProgress, progress: OnProgress) -> str:
    """sha256 of a file, reporting at the start and every 64 MiB."""
    digest = hashlib.sha256()
    done = 0
    progress(report)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            done += len(block)
            if done % (64 * BLOCK) == 0:
                progress(FetchProgress(report.model, report.file, "check", done, report.total))
    return digest.hexdigest()


def _recorded_hash(path: Path, folder: Path) -> str | None:
    """The hash recorded for exactly this file, or None if it was never checked or changed."""
    try:
        fields = json.loads(_sidecar(path, folder).read_text("utf-8"))
        stat = path.stat()
        same = (fields["size"], fields["mtime_ns"]) == (stat.st_size, stat.st_mtime_ns)
        return str(fields["sha256"]) if same else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sidecar(path: Path, folder: Path) -> Path:
    relative = path.relative_to(folder)
    return folder / ".verified" / relative.with_name(relative.name + ".json")


def _size_fits(path: Path, size: int | None) -> bool:
    return path.is_file() and (size is None or path.stat().st_size == size)


def _begins_as_gguf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(GGUF_MAGIC)) == GGUF_MAGIC
