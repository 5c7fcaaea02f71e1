"""Keep uploaded files in a folder of the home, under safe names and bounded sizes.

Knows nothing of Gradio, of parsing or of the index; the folder is a declared source that
the next refresh brings in.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import unicodedata
from collections.abc import Collection
from pathlib import Path, PurePosixPath, PureWindowsPath

from corpus.errors import InputError

MAX_BYTES = 64 * 1024 * 1024  # the largest sample report is 9 MB; a scan can be six times that
MAX_NAME_BYTES = 120  # file systems allow 255; room is left for " (12)" and the source's prefix
MAX_COPIES = 1000

_UNSAFE = re.compile(r"[^\w.()\[\] +,=-]+")


def safe_name(name: str) -> str:
    """Return the last part of a visitor's file name without anything a path could misread."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    text = _UNSAFE.sub("_", unicodedata.normalize("NFC", last)).strip(" .")
    stem, dot, suffix = text.rpartition(".")
    if not dot:
        stem, suffix = text, ""
    stem = stem.encode()[:MAX_NAME_BYTES].decode(errors="ignore").strip(" .")
    if not stem.strip("_"):
        raise InputError("The file has no usable name; rename it and upload it again.")
    return f"{stem}.{suffix.lower()}" if suffix else stem


def keep(upload: Path, name: str, folder: Path, suffixes: Collection[str]) -> str:
    """Copy ``upload`` into ``folder`` and return its name there; never overwrite a file.

    A file that is already there byte for byte keeps its name. Raises InputError with the
    reason if the file is of an unknown kind, empty or over ``MAX_BYTES``.
    """
    wanted = safe_name(name)
    suffix = Path(wanted).suffix
    if suffix not in suffixes:
        kinds = ", ".join(sorted(suffixes))
        raise InputError(f"Files of kind “{suffix or 'none'}” cannot be read; use {kinds}.")
    size = upload.stat().st_size
    if size == 0:
        raise InputError("The file is empty.")
    if size > MAX_BYTES:
        raise InputError(f"The file is over {MAX_BYTES // 2**20} MB.")
    folder.mkdir(parents=True, exist_ok=True)
    return _copy_new(upload, folder, wanted)


def _copy_new(upload: Path, folder: Path, wanted: str) -> str:
    digest = _sha256(upload)
    stem, suffix = Path(wanted).stem, Path(wanted).suffix
    for copy in range(1, MAX_COPIES):
        target = folder / (wanted if copy == 1 else f"{stem} ({copy}){suffix}")
        try:
            with target.open("xb") as out, upload.open("rb") as source:
                shutil.copyfileobj(source, out)
        except FileExistsError:
            if target.is_file() and _sha256(target) == digest:
                return target.name
            continue
        return target.name
    raise InputError("Too many files of this name were uploaded; rename it.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
