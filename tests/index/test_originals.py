"""Whether the file behind a document still holds the same bytes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.originals import original
from index.store import Index
from tests.index.hash_embedder import HashEmbedder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "docs" / "note.md"
    path.parent.mkdir()
    path.write_text("# A note\n\nThe desk is open until nine.\n")
    return path


def test_a_file_is_here_then_changed_then_gone(tmp_path: Path, file: Path) -> None:
    with Index.open(tmp_path / "home", HashEmbedder(), curated=False) as index:
        index.add_source(file.parent)
        index.refresh()
        (info,) = index.documents()
        found = index.original(info.id)
        assert found is not None
        assert (found.path, found.state) == (str(file), "here")
        before = file.stat()
        file.write_text("# A note\n\nThe desk is open until ten!\n")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
        changed = index.original(info.id)
        assert changed is not None and changed.state == "changed"
        file.unlink()
        gone = index.original(info.id)
        assert gone is not None and gone.state == "gone"
        assert index.original("docs/other.md") is None
        with index.stores.db.reading() as db:
            assert original(db, str(file)) is None, "a path is no id"
