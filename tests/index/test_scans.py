"""Scans in the index: what comes of them as Tesseract comes and goes.

Skips without Tesseract, and fails without it where CI is set.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.parse import ocr
from index.explain import explain
from index.store import Index
from tests.corpus.test_ocr import MOSS, mixed, page, saved, scan, tesseract
from tests.index.hash_embedder import HashEmbedder

__all__ = ["tesseract"]
pytestmark = pytest.mark.usefixtures("tesseract")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    return folder


@pytest.fixture
def index(home: Path, folder: Path) -> Iterator[Index]:
    with Index.open(home, HashEmbedder(), curated=False) as index:
        index.add_source(folder)
        yield index


def gone(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take Tesseract away."""
    monkeypatch.setattr(ocr, "PROGRAM", "no-such-program")


@pytest.mark.parametrize("name", ["moss.pdf", "moss.png"])
def test_a_scan_is_told_without_tesseract_and_read_once_it_is_there(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (folder / name).write_bytes(
        scan(page(MOSS)) if name == "moss.pdf" else saved(page(MOSS), "PNG")
    )
    with monkeypatch.context() as patched:
        gone(index, patched)
        for _ in range(2):
            report = index.refresh()
            assert report.added == () and "install Tesseract" in report.failed[0].reason
    report = index.refresh()
    assert (report.added, report.failed) == ((f"scans/{name}",), ())
    assert index.search("Dawsonia")[0].chunk.page == 1
    again = index.refresh()
    assert (again.added, again.changed, again.unchanged) == ((), (), 1)


def test_pages_without_tesseract_are_told_until_they_are_read(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "mixed.pdf").write_bytes(mixed(page(MOSS)))
    with monkeypatch.context() as patched:
        gone(index, patched)
        assert index.refresh().added == ("scans/mixed.pdf",)
        assert index.refresh().changed == ()
        failure = index.status().failed[0]
        assert "page 2 could not be read (install Tesseract" in failure.reason and failure.partly
        assert explain(index, "scans/mixed.pdf").state == "partly"
        assert index.search("island ferries")[0].chunk.page == 1
    report = index.refresh()
    assert (report.changed, report.failed) == (("scans/mixed.pdf",), ())
    assert index.search("Dawsonia")[0].chunk.page == 2


def test_what_was_read_stays_when_tesseract_goes(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "mixed.pdf").write_bytes(mixed(page(MOSS)))
    (folder / "moss.png").write_bytes(saved(page(MOSS), "PNG"))
    assert len(index.refresh().added) == 2
    before = [index.document(f"scans/{name}") for name in ("mixed.pdf", "moss.png")]
    gone(index, monkeypatch)
    assert index.refresh().unchanged == 2
    report = index.refresh(full=True)
    assert (report.changed, report.removed) == ((), ())
    (folder / "mixed.pdf").write_bytes(mixed(page(MOSS)) + b"\n")
    report = index.refresh()
    assert (report.changed, [f.document_id for f in report.failed]) == ((), ["scans/mixed.pdf"])
    assert [index.document(f"scans/{name}") for name in ("mixed.pdf", "moss.png")] == before


def test_another_language_has_scans_read_again_and_nothing_else(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "moss.png").write_bytes(saved(page(MOSS), "PNG"))
    (folder / "note.md").write_text("# Note\n\nThe ferry leaves at noon.")
    assert len(index.refresh().added) == 2
    monkeypatch.setattr(ocr, "MAX_LANGUAGES", 1)
    monkeypatch.setattr(ocr, "_NOT_LANGUAGES", frozenset(["osd", "eng"]))
    monkeypatch.setattr(ocr, "_installed", lambda: frozenset(["xyz"]))
    report = index.refresh()
    assert report.unchanged == 1 and [f.document_id for f in report.failed] == ["scans/moss.png"]


def test_switched_off_a_new_picture_is_passed_over_and_an_old_one_kept(
    index: Index, folder: Path
) -> None:
    (folder / "moss.png").write_bytes(saved(page(MOSS), "PNG"))
    assert len(index.refresh().added) == 1
    index.ocr = ocr.OFF
    (folder / "fern.png").write_bytes(saved(page(MOSS), "PNG"))
    report = index.refresh()
    assert (report.added, report.removed, report.failed, report.unchanged) == ((), (), (), 1)
    assert explain(index, str(folder / "fern.png")).state == "ignored"
