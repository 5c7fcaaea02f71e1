"""The files that documents were read from: whether the very same bytes are still there.

A path comes from the record, never from who asks; nothing here looks into a file.
"""

from __future__ import annotations

import hashlib
import sqlite3
from functools import lru_cache
from pathlib import Path

from index.types import Original


def original(db: sqlite3.Connection, document_id: str) -> Original | None:
    """What has become of a document's file; None for a model card and for no file."""
    row = db.execute(
        "SELECT path, content_hash FROM documents WHERE id = ? AND kind = 'document'",
        (document_id,),
    ).fetchone()
    return _state(row[0], row[1]) if row and row[0] else None


def _state(path: str, content_hash: str) -> Original:
    file = Path(path)
    try:
        known = file.stat()
        if not file.is_file():
            return Original(path, content_hash, "gone")
        digest = _sha256(path, known.st_size, known.st_mtime_ns)
    except (OSError, ValueError):
        return Original(path, content_hash, "gone")
    return Original(path, content_hash, "here" if digest == content_hash else "changed")


@lru_cache(maxsize=256)  # a page of a reader asks for each of its images
def _sha256(path: str, size: int, mtime_ns: int) -> str:
    """The hash of a file; read again when its size or date has changed."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
