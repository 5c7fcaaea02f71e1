"""Old versions, news, history, explanations, backup and repair, on real stores."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import HomeError, InputError
from index import backup as backups
from index import versions
from index.backup import backup, rescue, restore
from index.home import acquire
from index.schema import SCHEMA_VERSION
from index.store import Index
from index.types import Quoted
from tests.index.hash_embedder import HashEmbedder
from tests.index.snapshot import snapshot

FIRST = "# Quokka\n\nThe quokka lives on Rottnest Island.\n\nIt eats grass and leaves."
NEWS = "News came today. The quokka was seen in Perth."
SECOND = FIRST.replace("The quokka lives on Rottnest Island.", NEWS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "notes"
    made.mkdir()
    (made / "quokka.md").write_text(FIRST)
    (made / "numbat.md").write_text("# Numbat\n\nThe numbat eats termites.")
    return made


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def index(home: Path, folder: Path) -> Iterator[Index]:
    with Index.open(home, HashEmbedder(), curated=False) as opened:
        opened.add_source(folder)
        opened.refresh()
        yield opened


def quote_of(index: Index, quote: str) -> Quoted:
    document = index.document("notes/quokka.md")
    assert document is not None
    start = document.text.index(quote)
    return Quoted.of(start, start + len(quote), quote)


# --- old versions


@pytest.mark.parametrize("after", ["changed", "removed", "renamed"])
def test_yesterday_s_citation_opens_the_version_it_was_taken_from(
    index: Index, folder: Path, after: str
) -> None:
    wanted = quote_of(index, "The quokka lives on Rottnest Island.")
    if after == "changed":
        (folder / "quokka.md").write_text(SECOND)
    elif after == "removed":
        (folder / "quokka.md").unlink()
    else:
        (folder / "quokka.md").rename(folder / "other.md")
    index.refresh()
    old = index.document("notes/quokka.md", wanted)
    assert old is not None and old.info.replaced is not None
    assert old.text[wanted.start : wanted.end] == "The quokka lives on Rottnest Island."
    now = index.document("notes/quokka.md")
    assert now is None or "Perth" in now.text


def test_a_quote_that_still_stands_there_leads_to_the_current_version(
    index: Index, folder: Path
) -> None:
    wanted = quote_of(index, "The quokka lives on Rottnest Island.")
    (folder / "quokka.md").write_text(FIRST + "\n\nOne sentence more.")
    index.refresh()
    now = index.document("notes/quokka.md", wanted)
    assert now is not None and now.info.replaced is None
    assert "One sentence more." in now.text


def test_the_same_bytes_read_again_make_no_version(index: Index, folder: Path) -> None:
    index.refresh(full=True)
    (folder / "quokka.md").touch()
    index.refresh()
    assert old_versions(index) == 0


def test_versions_go_when_their_time_is_over_and_are_bounded(index: Index, folder: Path) -> None:
    for number in range(versions.MOST_VERSIONS + 5):
        (folder / "quokka.md").write_text(f"{FIRST} Edition {number}.")
        index.refresh()
    assert old_versions(index) == versions.MOST_VERSIONS
    with index.stores.db.writing() as db:
        db.execute("UPDATE old_versions SET until = '2020-01-01T00:00:00Z' WHERE key % 2")
    index.refresh()
    assert 0 < old_versions(index) < versions.MOST_VERSIONS
    index.keep_days = 0
    index.refresh()
    assert old_versions(index) == 0


def old_versions(index: Index) -> int:
    with index.stores.db.reading() as db:
        return int(db.execute("SELECT count(*) FROM old_versions").fetchone()[0])


# --- news and history


def test_news_quote_what_is_new_and_nothing_else(index: Index, folder: Path) -> None:
    with index.stores.db.writing() as db:  # as if all this had been yesterday
        db.execute("UPDATE document_times SET first_seen = '2020-01-01T00:00:00Z', "
                   "changed = '2020-01-01T00:00:00Z'")  # fmt: skip
    assert index.news("2021-01-01") == []
    (folder / "quokka.md").write_text(SECOND)
    (folder / "bilby.md").write_text("# Bilby\n\nThe bilby digs. It has long ears.")
    (folder / "numbat.md").unlink()
    index.refresh()
    found = {item.document_id: item for item in index.news("2021-01-01")}
    told = {i: (item.what, item.quote) for i, item in found.items()}
    assert told == {
        "notes/quokka.md": ("changed", "News came today."),
        "notes/bilby.md": ("added", "The bilby digs."),
        "notes/numbat.md": ("removed", "The numbat eats termites."),
    }
    for name in ("notes/quokka.md", "notes/bilby.md"):
        document, item = index.document(name), found[name]
        assert document is not None and document.text[item.start : item.end] == item.quote


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "", "2026-01-31T99:00"])
def test_a_date_that_is_none_is_told_in_one_line(index: Index, text: str) -> None:
    with pytest.raises(InputError, match="write it like 2026-01-31"):
        index.news(text)


def test_the_history_tells_what_each_refresh_did(index: Index, folder: Path) -> None:
    (folder / "numbat.md").unlink()
    (folder / "quokka.md").rename(folder / "q.md")
    (folder / "broken.pdf").write_bytes(b"no pdf")
    index.refresh()
    last, first = index.history()
    assert first.report["documents"] == {"added": ["notes/numbat.md", "notes/quokka.md"]}
    assert last.report["documents"]["removed"] == ["notes/numbat.md"]
    assert last.report["documents"]["renamed"] == [["notes/quokka.md", "notes/q.md"]]
    ((failed, reason),) = last.report["documents"]["failed"]
    assert failed == "notes/broken.pdf" and "PDF" in reason
    assert last.finished >= first.finished


# --- explanations


def test_every_state_is_explained(index: Index, folder: Path, tmp_path: Path) -> None:
    def state(what: str | Path) -> str:
        found = index.explain(str(what))
        assert found.reason and "\n" not in found.reason
        return found.state

    assert state("notes/quokka.md") == state(folder / "quokka.md") == "indexed"
    (folder / "quokka.md").write_text(SECOND)
    assert state(folder / "quokka.md") == "changed"
    (folder / "numbat.md").unlink()
    assert state("notes/numbat.md") == "gone"
    (folder / "new.txt").write_text("A new note.")
    (folder / "film.mp4").write_bytes(b"x")
    (folder / ".hidden.txt").write_text("x")
    (folder / "broken.pdf").write_bytes(b"no pdf")
    (tmp_path / "elsewhere.txt").write_text("x")
    assert state(folder / "new.txt") == "new"
    assert state(folder / "film.mp4") == "ignored"
    assert state(folder / ".hidden.txt") == "ignored"
    assert state(tmp_path / "elsewhere.txt") == "ignored"
    assert state("notes") == "source"
    assert state("no such thing") == "unknown"
    assert state(folder / "never.txt") == "unknown"
    index.refresh()
    assert state(folder / "broken.pdf") == "failed"
    (folder / "quokka.md").write_bytes(b"\x00\xff" * 40)
    index.refresh()
    kept = index.explain("notes/quokka.md")
    assert kept.state == "kept" and "last good version" in kept.reason and kept.passages


# --- backup and repair


def test_a_home_comes_back_from_its_backup(index: Index, home: Path, tmp_path: Path) -> None:
    before, file, other = snapshot(index), tmp_path / "b.zip", tmp_path / "other"
    (home / "uploads").mkdir()
    (home / "uploads" / "mine.txt").write_text("An uploaded note about wombats.")
    index.add_source(home / "uploads")
    made = backup(home, file)  # the home is open
    assert (made.documents, made.record_version) == (2, SCHEMA_VERSION)
    assert not [n for n in zipfile.ZipFile(file).namelist() if "vectors" in n or "lock" in n]
    restored, aside = restore(file, other)
    assert (restored.documents, aside) == (2, None)
    with Index.open(other, HashEmbedder(), curated=False) as again:
        assert again.search("termites", 1)[0].document.id == "notes/numbat.md"  # by its words
        report = again.refresh()
        assert report.added == ("uploads/mine.txt",), "a source inside the home moves with it"
        assert {k: v for k, v in snapshot(again).vectors.items() if "uploads" not in k} == (
            before.vectors
        )


def test_a_restore_takes_nothing_away_unasked(index: Index, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    backup(home, file)
    with pytest.raises(InputError, match="exists"):
        backup(home, file)
    index.close()
    with pytest.raises(HomeError, match="--replace"):
        restore(file, home)
    _, aside = restore(file, home, replace=True)
    assert aside is not None and (aside / "record.sqlite3").is_file()
    with Index.open(home, HashEmbedder(), curated=False) as again:
        assert again.refresh().unchanged == 2
    lock = acquire(home)
    assert lock is not None
    with lock, pytest.raises(HomeError, match="in use"):
        restore(file, home, replace=True)


def evil(tmp_path: Path, name: str) -> Path:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(
            backups.MANIFEST,
            '{"format": "refdesk-backup-1", "created": "", "home": "/x", "record_version": 4,'
            ' "documents": 0, "files": 1}',
        )
        package.writestr(name, "text")
    return path


@pytest.mark.parametrize("name", ["../out.txt", "/etc/out.txt", "record.sqlite3"])
def test_a_backup_that_is_none_changes_nothing(tmp_path: Path, name: str) -> None:
    home = tmp_path / "h"
    with pytest.raises(InputError):
        restore(evil(tmp_path, name), home)
    assert [p.name for p in home.iterdir()] in ([], ["home.lock"])
    assert not (tmp_path / "out.txt").exists()
    for other in (tmp_path / "none.zip", Path(__file__)):
        with pytest.raises(InputError):
            restore(other, home)


def test_a_damaged_record_is_built_anew_from_its_sources(index: Index, home: Path) -> None:
    before = snapshot(index)
    index.close()
    record = home / "record.sqlite3"
    data = bytearray(record.read_bytes())
    with sqlite3.connect(record) as db:
        page = db.execute("PRAGMA page_size").fetchone()[0]
        root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'chunks'").fetchone()[0]
    data[(root - 1) * page : root * page] = b"\xaa" * page
    record.write_bytes(data)
    done = rescue(home)
    assert done[-1] == "1 sources were declared again" and "2 documents" in done[1]
    assert list(home.glob("record.sqlite3.damaged-*"))
    with Index.open(home, HashEmbedder(), curated=False) as again:
        assert again.refresh().added == ()
        assert snapshot(again).vectors == before.vectors


def test_a_sound_home_is_left_alone(index: Index, home: Path) -> None:
    index.close()
    assert rescue(home) == []
    with Index.open(home, HashEmbedder(), curated=False) as again:
        assert again.refresh().unchanged == 2


def test_a_record_of_the_version_before_is_brought_up(index: Index, home: Path) -> None:
    index.close()
    with sqlite3.connect(home / "record.sqlite3") as db:
        for name in ("document_is_replaced", "document_is_removed"):
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DROP TABLE old_versions")
        db.execute("ALTER TABLE sources DROP COLUMN options")
        db.execute("ALTER TABLE sources DROP COLUMN declared_in")
        db.execute("PRAGMA user_version = 3")
    with Index.open(home, HashEmbedder(), curated=False) as again:
        assert again.refresh().unchanged == 2
        assert old_versions(again) == 0
