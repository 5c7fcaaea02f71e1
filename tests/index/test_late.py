"""Files that land while a refresh gives passages their vectors, which may take hours."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from index import refresh
from index.store import Index
from index.types import Progress, RefreshReport
from tests.index.hash_embedder import HashEmbedder
from tests.index.other_embedder import OtherEmbedder
from tests.index.snapshot import fresh_snapshot, snapshot

WORDS = "a quokka that came late"

Events = Generator[Progress | RefreshReport]


@pytest.fixture(autouse=True)
def _looking_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh, "LATE_SECONDS", 0.0)
    monkeypatch.setattr(refresh, "LATE_SHARE", 1e9)
    for size in ("refresh.SHELF_CHUNKS", "refresh.GROUP_CHUNKS", "fill.GROUP_CHUNKS"):
        monkeypatch.setattr(f"index.{size}", 4)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in range(24):
        (folder / f"{number:02}.txt").write_text(f"Animal {number} eats termites, says {number}.")
    return folder


@pytest.fixture
def index(tmp_path: Path, folder: Path) -> Iterator[Index]:
    with Index.open(tmp_path / "home", HashEmbedder(), curated=False) as index:
        index.add_source(folder)
        yield index


def embedding(index: Index) -> Events:
    """A refresh from its first stored vectors on."""
    events: Events = index.refresh_events()
    while index.status().vectors == 0:
        next(events)
    return events


def finished(events: Iterator[Progress | RefreshReport]) -> RefreshReport:
    (report,) = (event for event in events if isinstance(event, RefreshReport))
    return report


def found(index: Index) -> list[str]:
    return [passage.document.id for passage in index.search(WORDS) if WORDS in passage.text]


def test_a_file_that_lands_is_found_by_its_words_before_the_refresh_ends(
    index: Index, folder: Path, tmp_path: Path
) -> None:
    events = embedding(index)
    (folder / "late.txt").write_text(f"This is {WORDS}.")
    assert found(index) == []
    next(events)
    assert found(index) == ["notes/late.txt"]
    assert len(index.status().pending) > 1, "the others still wait for their vectors"
    report = finished(events)
    assert "notes/late.txt" in report.added and len(report.added) == 25
    assert (report.failed, index.status().pending) == ((), ())
    assert snapshot(index) == fresh_snapshot(tmp_path / "fresh", folder)
    again = index.refresh()
    assert (again.unchanged, again.embedded, again.touched) == (25, 0, 0)


def test_a_late_file_that_cannot_be_read_is_told_of_once(index: Index, folder: Path) -> None:
    events = embedding(index)
    (folder / "late.pdf").write_bytes(b"%PDF-1.7 and no more")
    report = finished(events)
    assert [failure.document_id for failure in report.failed] == ["notes/late.pdf"]
    assert [failure.document_id for failure in index.status().failed] == ["notes/late.pdf"]


def test_what_changes_or_goes_meanwhile_is_for_the_next_refresh(
    index: Index, folder: Path, tmp_path: Path
) -> None:
    events = embedding(index)
    (folder / "00.txt").write_text(f"This is {WORDS}.")
    (folder / "01.txt").unlink()
    (folder / "02.txt").rename(folder / "moved.txt")
    report = finished(events)
    assert (report.changed, report.removed, len(report.added)) == ((), (), 25)
    report = index.refresh()
    assert report.changed == ("notes/00.txt",)
    assert report.removed == ("notes/01.txt", "notes/02.txt")
    assert snapshot(index) == fresh_snapshot(tmp_path / "fresh", folder)


def test_a_file_that_lands_during_a_change_of_embedder_is_found_at_once(
    tmp_path: Path, folder: Path, index: Index
) -> None:
    index.refresh()
    index.close()
    with Index.open(tmp_path / "home", OtherEmbedder(), curated=False) as changed:
        assert changed.status().vectors == 0, "of the new embedder"
        events = embedding(changed)
        (folder / "late.txt").write_text(f"This is {WORDS}.")
        next(events)
        assert found(changed) == ["notes/late.txt"]
        assert finished(events).added == ("notes/late.txt",)
        expected = fresh_snapshot(tmp_path / "fresh", folder, embedder=OtherEmbedder())
        assert snapshot(changed) == expected


def test_looking_takes_its_share_of_the_time_and_no_more(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "LATE_SHARE", 1e-9)
    events = embedding(index)
    next(events)
    (folder / "late.txt").write_text(f"This is {WORDS}.")
    assert "notes/late.txt" not in finished(events).added, "the next look is due in years"
    assert index.refresh().added == ("notes/late.txt",)


def test_a_refresh_that_is_left_goes_on_with_what_landed(
    index: Index, folder: Path, tmp_path: Path
) -> None:
    events = embedding(index)
    (folder / "late.txt").write_text(f"This is {WORDS}.")
    next(events)
    events.close()
    assert found(index) == ["notes/late.txt"]
    index.refresh()
    assert snapshot(index) == fresh_snapshot(tmp_path / "fresh", folder)


def test_a_file_that_lands_while_changed_ones_are_embedded_is_found_at_once(
    index: Index, folder: Path, tmp_path: Path
) -> None:
    index.refresh()
    for path in folder.iterdir():
        path.write_text(f"{path.name} is about numbats now.")
    events = index.refresh_events()
    while not index.search("numbats"):
        next(events)
    (folder / "late.txt").write_text(f"This is {WORDS}.")
    while not found(index):
        assert isinstance(next(events), Progress)
    report = finished(events)
    assert (report.added, len(report.changed)) == (("notes/late.txt",), 24)
    assert snapshot(index) == fresh_snapshot(tmp_path / "fresh", folder)
