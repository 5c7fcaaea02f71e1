"""What happens to documents when files and folders are moved, swapped, copied or away."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from index.store import Index
from tests.index.hash_embedder import HashEmbedder
from tests.index.snapshot import fresh_snapshot, snapshot

Act = Callable[[Path], object]


@dataclass(frozen=True)
class Case:
    """What is done to the folder, and what the next refresh then tells; the rest is ()."""

    name: str
    act: Act
    told: dict[str, object] = field(default_factory=dict)


def rewrite(name: str, data: bytes) -> Act:
    return lambda folder: (folder / name).write_bytes(data)


def swap(folder: Path) -> None:
    (folder / "a.txt").rename(folder / "x")
    (folder / "b.txt").rename(folder / "a.txt")
    (folder / "x").rename(folder / "b.txt")


def file_to_folder(folder: Path) -> None:
    (folder / "a.txt").unlink()
    (folder / "a.txt").mkdir()
    (folder / "a.txt" / "inside.txt").write_text("Now a folder.")


CASES = [
    Case("renamed", lambda f: (f / "a.txt").rename(f / "z.txt"),
         {"renamed": (("notes/a.txt", "notes/z.txt"),)}),
    Case("renamed in case alone", lambda f: (f / "a.txt").rename(f / "A.TXT"),
         {"renamed": (("notes/a.txt", "notes/A.TXT"),)}),
    Case("moved into a folder", lambda f: ((f / "d").mkdir(), (f / "a.txt").rename(f / "d/a.txt")),
         {"renamed": (("notes/a.txt", "notes/d/a.txt"),)}),
    Case("copied", lambda f: shutil.copy(f / "a.txt", f / "z.txt"), {"added": ("notes/z.txt",)}),
    Case("swapped", swap, {"changed": ("notes/a.txt", "notes/b.txt")}),
    Case("a file becomes a folder", file_to_folder,
         {"added": ("notes/a.txt/inside.txt",), "removed": ("notes/a.txt",)}),
    Case("another encoding of the same words", rewrite("a.txt", "Éclair".encode("utf-16")),
         {"changed": ("notes/a.txt",)}),
    Case("emptied", rewrite("a.txt", b""), {"failed": ("notes/a.txt",)}),
    Case("a link to a file inside", lambda f: (f / "l.txt").symlink_to(f / "a.txt"),
         {"added": ("notes/l.txt",)}),
    Case("a link out of the folder", lambda f: (f / "l.txt").symlink_to("/etc/hostname")),
    Case("a link to its own folder", lambda f: (f / "loop").symlink_to(f)),
    Case("a link to nothing", lambda f: (f / "l.txt").symlink_to(f / "nothing.txt")),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.txt").write_bytes("Éclair".encode())
    (folder / "b.txt").write_text("The letter b.")
    return folder


@pytest.fixture
def index(home: Path, folder: Path) -> Iterator[Index]:
    with Index.open(home, HashEmbedder(), curated=False) as opened:
        opened.add_source(folder)
        opened.refresh()
        yield opened


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_refresh_and_the_dry_run_tell_the_same_of_it(
    index: Index, folder: Path, tmp_path: Path, case: Case
) -> None:
    case.act(folder)
    foreseen, report = index.compare(), index.refresh()
    told = {
        name: value
        for name in ("added", "changed", "renamed", "removed")
        if (value := getattr(report, name))
    }
    if report.failed:
        told["failed"] = tuple(failure.document_id for failure in report.failed)
        assert "notes/a.txt" in {info.id for info in index.documents()}, "its last version stays"
    else:
        assert snapshot(index) == fresh_snapshot(tmp_path / "fresh", folder)
        assert {n: getattr(foreseen, n) for n in told} == told
    assert told == case.told
    assert index.refresh().touched is False


def test_a_folder_that_is_away_keeps_its_documents_until_it_is_back(
    index: Index, folder: Path, tmp_path: Path
) -> None:
    before = snapshot(index)
    folder.rename(tmp_path / "elsewhere")
    report = index.refresh()
    assert [f.document_id for f in report.failed] == ["notes"] and not report.touched
    assert snapshot(index) == before
    (tmp_path / "elsewhere").rename(folder)
    report = index.refresh()
    assert (report.unchanged, report.failed, report.touched) == (2, (), False)


def test_the_same_folder_declared_by_two_names_is_one_source(index: Index, folder: Path) -> None:
    link = folder.parent / "link"
    link.symlink_to(folder)
    index.add_source(link)
    assert [source.name for source in index.sources()] == ["notes"]


def test_equal_files_in_two_sources_are_two_documents(index: Index, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(tmp_path / "notes" / "b.txt", other / "b.txt")
    index.add_source(other)
    report = index.refresh()
    assert (report.added, report.embedded) == (("other/b.txt",), 0)
    assert {p.document.id for p in index.search("letter b", 5)} >= {"notes/b.txt", "other/b.txt"}
    (tmp_path / "notes" / "b.txt").unlink()
    assert index.refresh().removed == ("notes/b.txt",)
    assert index.search("letter b", 5)[0].document.id == "other/b.txt"
