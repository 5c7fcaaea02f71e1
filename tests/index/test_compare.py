"""The dry run says what the refresh then does, and writes nothing; times of coming and change."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.database import Database
from index.schema import CARDS, MIGRATIONS, SCHEMA, SCHEMA_VERSION, TIMES
from index.store import Index
from index.types import Changes, RefreshReport
from tests.index.hash_embedder import HashEmbedder
from tests.index.snapshot import snapshot


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.txt").write_text(f"The letter {name}.")
    return folder


@pytest.fixture
def index(tmp_path: Path, folder: Path) -> Iterator[Index]:
    with Index.open(tmp_path / "home", HashEmbedder(), curated=False) as index:
        index.add_source(folder)
        yield index


def told(outcome: Changes | RefreshReport) -> tuple[object, ...]:
    """What a dry run and the report of a refresh say alike."""
    return (outcome.added, outcome.changed, outcome.renamed, outcome.removed, outcome.failed,
            outcome.unchanged)  # fmt: skip


def test_a_dry_run_names_what_is_new_changed_moved_and_gone(index: Index, folder: Path) -> None:
    assert index.compare().added == ("notes/a.txt", "notes/b.txt", "notes/c.txt")
    index.refresh()
    assert index.compare() == Changes(unchanged=3)
    (folder / "a.txt").write_text("Rewritten.")
    (folder / "b.txt").rename(folder / "moved.txt")
    (folder / "c.txt").unlink()
    (folder / "new.txt").write_text("Something new.")
    changes = index.compare()
    assert changes == Changes(
        added=("notes/new.txt",),
        changed=("notes/a.txt",),
        renamed=(("notes/b.txt", "notes/moved.txt"),),
        removed=("notes/c.txt",),
        to_read=len("Rewritten.Something new.The letter b."),
    )
    assert told(changes) == told(index.refresh())


def test_a_dry_run_writes_nothing(index: Index, folder: Path) -> None:
    index.refresh()
    (folder / "a.txt").write_text("Rewritten.")
    (folder / "b.txt").unlink()
    before, as_of = snapshot(index), index.status().as_of
    index.compare()
    assert snapshot(index) == before
    assert index.status().as_of == as_of


def test_a_file_with_a_new_date_and_the_old_bytes_is_unchanged(index: Index, folder: Path) -> None:
    index.refresh()
    os.utime(folder / "a.txt", (1, 1))
    assert index.compare() == Changes(unchanged=3)


def test_what_cannot_be_listed_or_read_is_told_with_its_reason(index: Index, folder: Path) -> None:
    index.refresh()
    (folder / "bad.pdf").write_bytes(b"not a PDF")
    assert "notes/bad.pdf" in index.compare().added, "only reading it can tell"
    index.refresh()
    changes = index.compare()
    assert [failure.document_id for failure in changes.failed] == ["notes/bad.pdf"]
    folder.rename(folder.parent / "elsewhere")
    gone = index.compare()
    assert gone.removed == () and "notes" in gone.failed[0].reason


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from(["one", "two", None]))))
def test_whatever_happened_the_dry_run_foretells_the_refresh(
    index: Index, folder: Path, steps: list[tuple[str, str | None]]
) -> None:
    for name, text in steps:
        path = folder / f"{name}.txt"
        if text is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(text)
    assert told(index.compare()) == told(index.refresh())


# --- first seen, changed ------------------------------------------------------------------


def times(index: Index) -> dict[str, tuple[str | None, str | None]]:
    return {info.id: (info.first_seen, info.changed) for info in index.documents()}


def set_back(index: Index) -> None:
    """Let everything have come long ago."""
    with index.stores.db.writing() as db:
        db.execute("UPDATE document_times SET first_seen = '2020', changed = '2020'")


def test_documents_know_when_they_came_and_when_they_changed(index: Index, folder: Path) -> None:
    index.refresh()
    came = times(index)["notes/a.txt"]
    assert came[0] == came[1] and (came[0] or "").startswith("20") and (came[0] or "")[-1] == "Z"
    set_back(index)
    (folder / "a.txt").write_text("Rewritten.")
    (folder / "b.txt").rename(folder / "moved.txt")
    os.utime(folder / "c.txt", (1, 1))
    index.refresh()
    after = times(index)
    assert after["notes/a.txt"][0] == "2020" and (after["notes/a.txt"][1] or "") > "2020"
    assert (after["notes/moved.txt"][0] or "") > "2020"
    assert after["notes/c.txt"] == ("2020", "2020")


def test_reading_everything_again_changes_no_time(index: Index) -> None:
    index.refresh()
    set_back(index)
    index.refresh(full=True)
    assert set(times(index).values()) == {("2020", "2020")}


def test_an_older_record_gets_times_from_now_on(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite3"
    older = SCHEMA
    for version in range(2, SCHEMA_VERSION):
        older = older.replace(MIGRATIONS[version], "")
    assert CARDS in older and TIMES not in older
    insert = (
        "INSERT INTO documents (id, path, size, mtime, content_hash, recipe, kind, info, "
        "structure, text) VALUES ('{0}', '', 0, 0, 'x', '', 'document', "
        "'{{\"title\": \"t\", \"tags\": []}}', '', '') "
    )
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"{older} {insert.format('old')}; PRAGMA user_version = 2;")
    database = Database(path)
    with database.writing() as db:
        db.execute(insert.format("new"))
        rows = dict(
            db.execute(
                "SELECT id, first_seen FROM documents JOIN document_times ON document = key"
            ).fetchall()
        )
        assert rows["old"] is None and rows["new"] is not None
        db.execute("UPDATE documents SET content_hash = 'y' WHERE id = 'old'")
        changed = db.execute(
            "SELECT changed FROM document_times WHERE first_seen IS NULL"
        ).fetchone()
        assert changed[0] is not None
    database.close()
