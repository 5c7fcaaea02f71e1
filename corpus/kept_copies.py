"""Folders of copies of what was brought from elsewhere, one for each place.

A place has a folder by the hash of its address; a note in it tells which copies are good, and the
copies lie beside the note under their hashes. Knows nothing of what is copied.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import threading
from collections.abc import Collection
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

log = logging.getLogger(__name__)

NoteType = TypeVar("NoteType", bound=BaseModel)


class KeptCopies:
    """The folders of all places, in one folder."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made or read before it is asked for."""
        self._folder = folder

    def folder_of(self, place: str) -> Path:
        """The folder of what is kept of a place."""
        return self._folder / hashlib.sha256(place.encode()).hexdigest()[:20]

    def keep_only(self, places: Collection[str]) -> None:
        """Delete what is kept of all other places."""
        if self._folder.is_dir():
            keep_only_folders(self._folder, {self.folder_of(place).name for place in places})


def keep_only_folders(parent: Path, names: Collection[str]) -> None:
    """Delete the folders in ``parent`` that have other names; what cannot be deleted stays."""
    for entry in parent.iterdir():
        if entry.is_dir() and entry.name not in names:
            shutil.rmtree(entry, ignore_errors=True)


def read_note(path: Path, form: type[NoteType]) -> NoteType | None:
    """A note as it was written; None if there is none, or if it cannot be read."""
    try:
        return form.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        log.warning("%s cannot be read, what it tells of is fetched anew: %s", path, error)
        return None


def write_note(path: Path, note: BaseModel) -> None:
    """Write a note in one step."""
    write_whole(path, note.model_dump_json(indent=1).encode())


def write_whole(path: Path, content: bytes) -> None:
    """Write in one step: a crash leaves the old file or the new one."""
    draft = path.with_name(f".{threading.get_ident()}.tmp")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def unwritable(error: OSError) -> str:
    """Why a copy was not kept, for the report of a refresh."""
    return f"its copy cannot be written ({error.strerror or error})"
