"""Which files of a folder are taken: patterns, ``.refdeskignore``, limits, and what is told."""

from __future__ import annotations

import os
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import InputError, SourceError
from corpus.patterns import MOST_BYTES, MOST_PATTERNS, choice
from corpus.sources import list_folder
from index.store import Index
from index.types import Declaration, SourceOptions
from index.watching import reasons
from tests.index.hash_embedder import HashEmbedder


@pytest.fixture
def index(home: Path) -> Iterator[Index]:
    with Index.open(home, HashEmbedder(), curated=False) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "notes"
    for name in ("a.md", "b.txt", "old/c.md", "old/keep.md", "deep/old/d.md", "deep/e.md"):
        file = made / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"This is {name}.")
    return made


def listed(folder: Path, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> list[str]:
    files = list_folder(folder, "n", choice(include, exclude))
    return [file.document_id.removeprefix("n/") for file in files]


def add(index: Index, folder: Path, **options: object) -> None:
    index.add_source(folder, Declaration(options=SourceOptions(**options)))  # type: ignore[arg-type]


# --- patterns


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        (["*.md"], [], ["a.md", "deep/e.md", "deep/old/d.md", "old/c.md", "old/keep.md"]),
        (["deep/"], [], ["deep/e.md", "deep/old/d.md"]),
        (["/*.md"], [], ["a.md"]),
        ([], ["old/"], ["a.md", "b.txt", "deep/e.md"]),
        ([], ["/old"], ["a.md", "b.txt", "deep/e.md", "deep/old/d.md"]),
        ([], ["old/*", "!keep.md"], ["a.md", "b.txt", "deep/e.md", "deep/old/d.md", "old/keep.md"]),
        (["*.md"], ["**/old/**"], ["a.md", "deep/e.md"]),
        ([], ["*"], []),
    ],
)
def test_patterns_choose_as_gitignore_does(
    folder: Path, include: list[str], exclude: list[str], expected: list[str]
) -> None:
    assert listed(folder, tuple(include), tuple(exclude)) == expected


def test_an_ignore_file_holds_for_its_folder_and_the_inner_one_has_the_last_word(
    folder: Path,
) -> None:
    (folder / ".refdeskignore").write_text("# drafts\n\n*.txt\nc.md\nd.md\n")
    (folder / "old" / ".refdeskignore").write_text("!c.md\n/keep.md\n")
    assert listed(folder) == ["a.md", "deep/e.md", "old/c.md"]
    assert listed(folder, exclude=("c.md",)) == ["a.md", "deep/e.md"]


def test_files_of_an_archive_are_chosen_as_those_of_a_folder(folder: Path) -> None:
    with zipfile.ZipFile(folder / "z.zip", "w") as package:
        for name in ("x.md", "x.txt", "old/y.md"):
            package.writestr(name, name)
    chosen = [i for i in listed(folder, ("*.md",), ("old/",)) if "zip" in i]
    assert chosen == ["z.zip/x.md"]
    assert not [i for i in listed(folder, (), ("*.zip",)) if "zip" in i]


def test_a_damaged_archive_loses_nothing_that_an_include_had_taken(
    index: Index, folder: Path
) -> None:
    with zipfile.ZipFile(folder / "z.zip", "w") as package:
        package.writestr("x.md", "From the archive.")
    add(index, folder, include=("*.md",))
    assert "notes/z.zip/x.md" in index.refresh().added
    (folder / "z.zip").write_bytes(b"PK damaged")
    report = index.refresh()
    assert report.removed == ()
    assert "notes/z.zip/x.md" in [failure.document_id for failure in report.failed]


@pytest.mark.parametrize(
    "pattern", ["!", "\\", "[z-a]", "a[", "/", "*a*b*c*d", "**/a/**/b/**", "x" * 301]
)
def test_a_pattern_that_cannot_be_used_is_told_with_its_line(folder: Path, pattern: str) -> None:
    (folder / ".refdeskignore").write_text(f"*.bak\n{pattern}\n")
    with pytest.raises(SourceError, match="line 2: "):
        listed(folder)


def test_ignore_files_are_bounded_and_lead_nowhere_else(folder: Path, tmp_path: Path) -> None:
    file = folder / "old" / ".refdeskignore"
    file.write_text("x\n" * (MOST_PATTERNS + 1))
    with pytest.raises(SourceError, match="patterns"):
        listed(folder)
    file.write_text("#" * (MOST_BYTES + 1))
    with pytest.raises(SourceError, match="larger"):
        listed(folder)
    file.unlink()
    secret = tmp_path / "secret"
    secret.write_text("[z-a]")
    file.symlink_to(secret)
    with pytest.raises(SourceError, match="no file of this folder"):
        listed(folder)
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(SourceError, match="no file of this folder"):
        listed(folder)


def test_a_broken_ignore_file_keeps_what_is_indexed_and_reads_nothing_new(
    index: Index, folder: Path
) -> None:
    add(index, folder)
    index.refresh()
    (folder / ".refdeskignore").write_text("!\n")
    (folder / "new.md").write_text("New.")
    report = index.refresh()
    assert (report.added, report.removed) == ((), ())
    assert "line 1" in report.failed[0].reason
    (folder / ".refdeskignore").write_text("old/\n")
    then = index.refresh()
    assert then.added == ("notes/new.md",)
    assert then.removed == ("notes/deep/old/d.md", "notes/old/c.md", "notes/old/keep.md")


def test_a_pattern_that_is_none_is_refused_when_it_is_declared(index: Index, folder: Path) -> None:
    with pytest.raises(InputError, match="exclude, line 1"):
        add(index, folder, exclude=("!",))
    assert index.sources() == []


# --- what is left out later


def test_what_is_excluded_later_goes_and_the_dry_run_says_so_before(
    index: Index, folder: Path
) -> None:
    add(index, folder)
    index.refresh()
    add(index, folder, exclude=("old/",))
    gone = ("notes/deep/old/d.md", "notes/old/c.md", "notes/old/keep.md")
    assert index.compare().removed == gone
    said = index.explain("notes/old/c.md")
    assert said.state == "gone"
    assert said.reason.startswith("left out by the pattern 'old/' of the source's exclude")
    assert index.refresh().removed == gone


def test_status_names_the_pattern_and_its_place(index: Index, folder: Path) -> None:
    (folder / "deep" / ".refdeskignore").write_text("e.*\n")
    add(index, folder, include=("*.md",), exclude=("/old/",))
    index.refresh()
    by = {name: index.explain(str(folder / name)) for name in ("old/c.md", "deep/e.md", "b.txt")}
    assert {said.state for said in by.values()} == {"ignored"}
    assert by["old/c.md"].reason == "left out by the pattern '/old/' of the source's exclude"
    where = folder / "deep" / ".refdeskignore"
    assert by["deep/e.md"].reason == f"left out by the pattern 'e.*' of {where}"
    assert by["b.txt"].reason == "left out: it matches no pattern of the source's include"


# --- limits


def test_a_limit_takes_the_first_in_order_and_the_report_says_what_is_left(
    index: Index, folder: Path
) -> None:
    add(index, folder, limit=2)
    dry = index.compare()
    report = index.refresh()
    assert report.added == dry.added == ("notes/a.md", "notes/b.txt")
    assert report.failed == ()
    told = "notes is limited to 2 documents; 4 more were left out, from notes/deep/e.md on"
    assert report.notes == dry.notes == (told,)
    assert "limited to 2 documents" in index.explain(str(folder / "deep" / "e.md")).reason


def test_a_new_file_drives_out_no_other_but_a_lower_limit_does(index: Index, folder: Path) -> None:
    add(index, folder, limit=6)
    index.refresh()
    (folder / "0.md").write_text("First in order, but late.")
    report = index.refresh()
    assert (report.added, report.removed, len(report.notes)) == ((), (), 1)
    (folder / "b.txt").unlink()
    assert index.refresh().added == ("notes/0.md",), "there is room again"
    add(index, folder, limit=5)
    assert index.compare().removed == ("notes/old/keep.md",)
    assert index.refresh().removed == ("notes/old/keep.md",)


# --- watching


def test_watching_passes_over_what_is_left_out_but_not_a_new_ignore_file(
    index: Index, folder: Path, home: Path
) -> None:
    add(index, folder, exclude=("old/",))
    stop = threading.Event()
    end = threading.Timer(60, stop.set)
    end.start()
    told = reasons(index.sources, stop, pages_every=0, apart_from=home)
    try:
        assert next(told).what == "sources"
        (folder / "old" / "more.md").write_text("Nobody wants it.")
        (folder / "a.md").write_text("A again.")
        assert next(told).detail == "a.md changed"
        (folder / ".refdeskignore").write_text("b.txt")
        assert next(told).detail == ".refdeskignore changed"
    finally:
        stop.set()
        end.cancel()
