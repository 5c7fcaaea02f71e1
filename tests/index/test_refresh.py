"""What a refresh does with files that come, change, move, go or fail."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import HomeError, InputError, ParseError
from corpus.types import Block, Document, DocumentInfo
from index.store import Index
from index.types import Progress, RefreshReport
from tests.index.hash_embedder import HashEmbedder
from tests.index.snapshot import fresh_snapshot, snapshot

NO_TEXT = "<html><body><script>draw()</script></body></html>"


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    write(folder / "a.txt", "Alpha is the first letter.")
    write(folder / "b.txt", "Beta is the second letter.")
    write(folder / "sub" / "c.md", "# Gamma\n\nGamma is the third letter.\n")
    return folder


@pytest.fixture
def index(tmp_path: Path, folder: Path, embedder: HashEmbedder) -> Iterator[Index]:
    with Index.open(tmp_path / "home", embedder, curated=False) as index:
        index.add_source(folder)
        yield index


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def paragraphs(*words: str) -> str:
    """Paragraphs long enough that each is a chunk of its own."""
    return "\n\n".join(f"{' '.join([word] * 120)} end of {word}." for word in words)


def test_refresh_reports_added_changed_renamed_removed(index: Index, folder: Path) -> None:
    assert index.refresh().added == ("notes/a.txt", "notes/b.txt", "notes/sub/c.md")
    write(folder / "a.txt", "Alpha has been rewritten.")
    (folder / "b.txt").rename(folder / "renamed.txt")
    (folder / "sub" / "c.md").unlink()
    write(folder / "new.txt", "Delta is new here.")
    report = index.refresh()
    assert report.added == ("notes/new.txt",)
    assert report.changed == ("notes/a.txt",)
    assert report.renamed == (("notes/b.txt", "notes/renamed.txt"),)
    assert report.removed == ("notes/sub/c.md",)
    assert [p.document.id for p in index.search("rewritten Alpha", 1)] == ["notes/a.txt"]
    assert index.document("notes/sub/c.md") is None


def test_refresh_equals_a_fresh_build(index: Index, folder: Path, tmp_path: Path) -> None:
    index.refresh()
    write(folder / "a.txt", paragraphs("one", "two", "three"))
    index.refresh()
    write(folder / "a.txt", paragraphs("three", "one", "four"))
    (folder / "b.txt").rename(folder / "z.txt")
    index.refresh()
    assert snapshot(index) == fresh_snapshot(tmp_path / "fresh", folder)


def test_refresh_of_nothing_new_changes_and_embeds_nothing(
    index: Index, embedder: HashEmbedder
) -> None:
    index.refresh()
    before = snapshot(index)
    embedder.texts.clear()
    report = index.refresh()
    assert (report.unchanged, report.embedded, report.added, report.changed) == (3, 0, (), ())
    assert embedder.texts == []
    assert snapshot(index) == before


def test_a_new_date_on_the_same_bytes_is_unchanged(
    index: Index, folder: Path, embedder: HashEmbedder
) -> None:
    index.refresh()
    embedder.texts.clear()
    os.utime(folder / "a.txt", (1, 1))
    report = index.refresh()
    assert (report.unchanged, report.changed, embedder.texts) == (3, (), [])


def test_full_refresh_sees_a_change_that_kept_size_and_date(index: Index, folder: Path) -> None:
    os.utime(folder / "a.txt", (1, 1))
    index.refresh()
    write(folder / "a.txt", "Alpha is the frist letter.")
    os.utime(folder / "a.txt", (1, 1))
    assert index.refresh().changed == ()
    assert index.refresh(full=True).changed == ("notes/a.txt",)


@pytest.mark.parametrize("off", [0, 86_400 * 365], ids=["a right clock", "a clock a year ahead"])
def test_a_second_change_within_one_tick_of_the_clock_is_seen(
    index: Index, folder: Path, off: int
) -> None:
    date = time.time() + off
    os.utime(folder / "a.txt", (date, date))
    index.refresh()
    write(folder / "a.txt", "Alpha is the frist letter.")
    os.utime(folder / "a.txt", (date, date))
    assert index.refresh().changed == ("notes/a.txt",)


def test_editing_one_paragraph_embeds_only_its_chunk(
    index: Index, folder: Path, embedder: HashEmbedder
) -> None:
    write(folder / "a.txt", paragraphs("one", "two", "three", "four"))
    index.refresh()
    embedder.texts.clear()
    write(folder / "a.txt", paragraphs("zero", "one", "two", "changed", "four"))
    report = index.refresh()
    assert report.changed == ("notes/a.txt",)
    assert {text.split()[-1] for text in embedder.texts} == {"zero.", "changed."}
    assert report.embedded == 2


def test_a_renamed_or_copied_file_embeds_nothing(
    index: Index, folder: Path, embedder: HashEmbedder
) -> None:
    write(folder / "long.md", f"# Same title\n\n{paragraphs('one', 'two', 'three')}")
    index.refresh()
    embedder.texts.clear()
    shutil.copy(folder / "long.md", folder / "copy.md")
    (folder / "long.md").rename(folder / "moved.md")
    report = index.refresh()
    assert len(report.renamed) == 1
    assert len(report.added) == 1
    assert embedder.texts == []


def test_refresh_keeps_old_version_when_parse_fails(index: Index, folder: Path) -> None:
    write(folder / "page.html", "<h1>Page</h1><p>Alpha stands on this page.</p>")
    index.refresh()
    write(folder / "page.html", NO_TEXT)
    report = index.refresh()
    assert [failure.document_id for failure in report.failed] == ["notes/page.html"]
    assert "page.html" in report.failed[0].reason
    kept = index.document("notes/page.html")
    assert kept is not None
    assert "Alpha" in kept.text
    assert index.status().failed == report.failed
    write(folder / "page.html", "<p>Omega has come back to this page.</p>")
    assert index.refresh().failed == ()
    assert index.status().failed == ()


def test_a_failure_is_still_reported_when_nothing_changed(index: Index, folder: Path) -> None:
    write(folder / "bad.html", NO_TEXT)
    first = index.refresh()
    assert [f.document_id for f in first.failed] == ["notes/bad.html"]
    assert index.refresh().failed == first.failed


def test_a_missing_folder_removes_nothing(index: Index, folder: Path, tmp_path: Path) -> None:
    index.refresh()
    folder.rename(tmp_path / "unplugged")
    report = index.refresh()
    assert report.removed == ()
    assert [failure.document_id for failure in report.failed] == ["notes"]
    assert index.status().documents == 3
    (tmp_path / "unplugged").rename(folder)
    assert index.refresh().failed == ()


def test_an_unreadable_subfolder_removes_nothing(index: Index, folder: Path) -> None:
    index.refresh()
    (folder / "sub").chmod(0)
    try:
        if os.access(folder / "sub", os.R_OK):
            pytest.skip("this user may read every folder")
        report = index.refresh()
    finally:
        (folder / "sub").chmod(0o700)
    assert report.removed == ()
    assert [failure.document_id for failure in report.failed] == ["notes/sub/c.md"]


def test_a_removed_source_takes_its_documents_with_it(
    index: Index, folder: Path, tmp_path: Path
) -> None:
    write(tmp_path / "other" / "o.txt", "Omega is the last letter.")
    other = index.add_source(tmp_path / "other")
    index.refresh()
    index.remove_source("notes")
    report = index.refresh()
    assert report.removed == ("notes/a.txt", "notes/b.txt", "notes/sub/c.md")
    assert [info.id for info in index.documents()] == [f"{other.name}/o.txt"]
    with pytest.raises(InputError, match="no source called 'notes'"):
        index.remove_source("notes")


def test_curated_corpus_comes_and_goes_with_its_setting(
    tmp_path: Path, embedder: HashEmbedder
) -> None:
    with Index.open(tmp_path / "home", embedder) as index:
        added = index.refresh().added
        assert added
        assert index.sources()[0].kind == "curated"
    with Index.open(tmp_path / "home", embedder, curated=False) as index:
        assert index.refresh().removed == added


def test_add_source_is_idempotent_and_names_are_unique(index: Index, tmp_path: Path) -> None:
    (tmp_path / "deep" / "notes").mkdir(parents=True)
    first = index.add_source(tmp_path / "deep" / "notes")
    assert index.add_source(str(tmp_path / "deep" / "notes")) == first
    assert first.name == "notes-2"
    assert len(index.sources()) == 2


def test_a_single_file_is_a_source(index: Index, tmp_path: Path) -> None:
    write(tmp_path / "lone file.txt", "Sigma stands alone.")
    source = index.add_source(tmp_path / "lone file.txt")
    assert source.kind == "file"
    index.refresh()
    assert index.search("Sigma", 1)[0].document.id == f"{source.name}/lone file.txt"


@pytest.mark.parametrize("location", ["no/such/folder", "ftp://example.org/page", "a\0b"])
def test_add_source_says_what_is_wrong(index: Index, location: str) -> None:
    with pytest.raises(InputError) as error:
        index.add_source(location)
    assert "\n" not in str(error.value)


def test_odd_file_names_are_indexed_or_reported(index: Index, folder: Path) -> None:
    write(folder / "spaces & 'quotes' \u241f 模型.txt", "Odd names are fine.")
    broken = Path(os.fsdecode(os.fsencode(folder) + b"/bad\xff.txt"))
    broken.write_text("Text in a file with a broken name.")
    report = index.refresh()
    assert "notes/spaces & 'quotes' \u241f 模型.txt" in report.added
    assert [failure.reason for failure in report.failed] == [
        "its name is not valid Unicode; rename the file"
    ]


def test_progress_is_honest_and_ends_with_the_report(index: Index) -> None:
    events = list(index.refresh_events())
    assert isinstance(events[-1], RefreshReport)
    progress = [event for event in events if isinstance(event, Progress)]
    assert progress[0] == Progress("scan", 3, 3, "files")
    embedding = [event for event in progress if event.stage == "embed"]
    assert [event.done for event in embedding] == sorted(event.done for event in embedding)
    assert embedding[-1].done == embedding[-1].total


def test_an_abandoned_refresh_is_finished_by_the_next(
    index: Index, folder: Path, tmp_path: Path
) -> None:
    events = index.refresh_events()
    for event in events:
        if isinstance(event, Progress) and event.stage == "embed":
            break
    events.close()  # type: ignore[attr-defined]
    index.refresh()
    assert snapshot(index) == fresh_snapshot(tmp_path / "fresh", folder)


def test_a_new_embedder_embeds_everything_again(index: Index, tmp_path: Path) -> None:
    index.refresh()
    index.close()
    other = HashEmbedder("hash@2")
    with Index.open(tmp_path / "home", other, curated=False) as reopened:
        assert reopened.search("first letter", 1)
        report = reopened.refresh()
        assert len(other.texts) == report.embedded == reopened.status().chunks
        assert reopened.status().vectors == reopened.status().chunks


def test_put_documents_survive_refreshes(index: Index) -> None:
    text = "Kappa is put in directly."
    info = DocumentInfo(id="put-1", title="Kappa")
    document = Document(info, text, (Block("paragraph", 0, len(text)),), (), "0" * 64)
    assert index.put([document]).added == ("put-1",)
    index.refresh()
    assert index.document("put-1") == document
    changed = replace(document, text=text.replace("Kappa", "Lambda"))
    changed = replace(changed, blocks=(Block("paragraph", 0, len(changed.text)),))
    assert index.put([document, changed]).changed == ("put-1",)
    assert index.document("put-1") == changed
    assert index.status().chunks == index.status().vectors


def test_search_answers_while_a_refresh_runs(index: Index, folder: Path) -> None:
    index.refresh()
    for number in range(60):
        write(folder / f"n{number}.txt", paragraphs(f"word{number}", "common"))
    done = threading.Event()
    problems: list[BaseException] = []
    answers: list[int] = []

    def look() -> None:
        try:
            while not done.is_set():
                found = index.search("first letter Alpha", 5)
                answers.append(len(found))
                assert "notes/a.txt" in {p.document.id for p in found}
                for passage in found:
                    assert passage.text.strip()
        except BaseException as problem:
            problems.append(problem)

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(6):
        write(folder / "b.txt", f"Beta was edited {number} times.")
        index.refresh()
    done.set()
    for reader in readers:
        reader.join(30)
    assert problems == []
    assert answers


def test_damaged_vectors_are_rebuilt_from_the_record(
    index: Index, folder: Path, tmp_path: Path, embedder: HashEmbedder
) -> None:
    index.refresh()
    before = snapshot(index)
    index.close()
    (tmp_path / "home" / "vectors" / "chroma.sqlite3").write_bytes(b"not a database" * 1000)
    with Index.open(tmp_path / "home", embedder, curated=False) as reopened:
        assert reopened.search("first letter", 1)[0].document.id == "notes/a.txt"
        assert reopened.refresh().repaired == ("notes/a.txt", "notes/b.txt", "notes/sub/c.md")
        assert snapshot(reopened) == before


def test_lost_vectors_are_restored_and_orphans_removed(index: Index, folder: Path) -> None:
    index.refresh()
    before = snapshot(index)
    vectors = index.stores.vectors
    lost = sorted(vectors.ids())[:2]
    kept = vectors.get(lost)
    vectors.delete(lost)
    vectors.add(["orphan\u241f0\u241f1"], kept[lost[0]].reshape(1, -1))
    assert index.refresh().repaired == ("notes/a.txt", "notes/b.txt", "orphan")
    assert snapshot(index) == before


def test_a_damaged_record_is_a_clear_error(index: Index, tmp_path: Path) -> None:
    index.refresh()
    index.close()
    (tmp_path / "home" / "record.sqlite3").write_bytes(b"not a database" * 1000)
    with pytest.raises(HomeError, match="damaged") as error:
        Index.open(tmp_path / "home", HashEmbedder(), curated=False)
    assert "\n" not in str(error.value)


def test_a_newer_record_is_refused(index: Index, tmp_path: Path) -> None:
    with index.stores.db.writing() as db:
        db.execute("PRAGMA user_version = 999")
    index.close()
    with pytest.raises(HomeError, match="newer refdesk"):
        Index.open(tmp_path / "home", HashEmbedder(), curated=False)


def test_a_closed_index_says_so(index: Index) -> None:
    index.close()
    index.close()
    with pytest.raises(HomeError, match="closed"):
        index.search("anything", 1)
    with pytest.raises(HomeError, match="closed"):
        index.refresh()


def test_two_sources_cannot_give_one_document(index: Index, tmp_path: Path) -> None:
    index.refresh()
    write(tmp_path / "notes" / "a.txt", "Alpha is the first letter.")
    single = index.add_source(tmp_path / "notes" / "a.txt")
    with index.stores.db.writing() as db:
        db.execute("DELETE FROM sources WHERE name = ?", (single.name,))
        db.execute(
            "INSERT INTO sources (name, kind, location) VALUES ('notes/sub', 'folder', ?)",
            (str(tmp_path / "x"),),
        )
    write(tmp_path / "x" / "c.md", "Another file that would have the same id.")
    report = index.refresh()
    assert ["already gives" in failure.reason for failure in report.failed] == [True]
    assert index.status().documents == 3


def test_broken_front_matter_text_is_a_failure_not_a_crash(index: Index) -> None:
    info = DocumentInfo(id="odd", title="A lone \ud800 surrogate")
    document = Document(info, "Text.", (Block("paragraph", 0, 5),), (), "0" * 64)
    with pytest.raises(ParseError, match="not valid Unicode"):
        index.put([document])
    assert index.status().documents == 0
