"""Sources that ``refdesk.toml`` declares, and the inbox."""

from __future__ import annotations

import sqlite3
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import InputError
from index.backup import backup, rescue, restore
from index.store import Index
from index.types import Declaration, SourceOptions
from index.watching import reasons
from tests.index.hash_embedder import HashEmbedder


@pytest.fixture
def index(home: Path) -> Iterator[Index]:
    with Index.open(home, HashEmbedder(), curated=False) as opened:
        yield opened


@pytest.fixture
def folder(home: Path) -> Path:
    made = home.parent / "notes"
    made.mkdir()
    for name in ("a.md", "b.md", "c.txt"):
        (made / name).write_text(f"This is {name}.")
    return made


def write(home: Path, text: str) -> None:
    home.mkdir(exist_ok=True)
    (home / "refdesk.toml").write_text(text)


NOTES = '[[source]]\nlocation = "../notes"\n'
A, B, C = (f"notes/{name}" for name in ("a.md", "b.md", "c.txt"))


# --- the file


def test_a_refresh_takes_in_what_the_file_declares_relative_to_the_file(
    index: Index, home: Path, folder: Path
) -> None:
    write(home, f'{NOTES}name = "letters"\ninclude = ["*.md"]\nlimit = 5\n')
    assert index.compare().added == ("letters/a.md", "letters/b.md")
    assert stored(index) == [], "a dry run writes nothing"
    assert index.refresh().added == ("letters/a.md", "letters/b.md")
    (source,) = index.sources()
    assert (source.location, source.declared_in) == (str(folder), "refdesk.toml")
    assert source.options == SourceOptions(("*.md",), limit=5)
    assert stored(index) == ["letters"]


def stored(index: Index) -> list[str]:
    with index.stores.db.reading() as db:
        return [row[0] for row in db.execute("SELECT name FROM sources ORDER BY name")]


def test_a_source_taken_out_of_the_file_is_withdrawn_and_the_dry_run_says_so(
    index: Index, home: Path, folder: Path
) -> None:
    write(home, NOTES)
    index.refresh()
    write(home, "")
    assert index.compare().removed == (A, B, C)
    assert index.refresh().removed == (A, B, C)
    assert index.sources() == []


def test_a_file_that_is_gone_withdraws_nothing_until_somebody_does(
    index: Index, home: Path, folder: Path
) -> None:
    write(home, NOTES)
    index.refresh()
    (home / "refdesk.toml").unlink()
    report = index.refresh()
    assert report.removed == () and "it is gone" in report.failed[0].reason
    index.remove_source("notes")
    then = index.refresh()
    assert (then.removed, then.failed) == ((A, B, C), ())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[[source]\n", "line 1"),
        ('[[source]]\nlocation = "../notes"\nlimit = 0\n', "source 1 limit"),
        ('[[source]]\nlocation = "../notes"\nlocaton = "x"\n', "source 1 localton"),
        ('[[source]]\nname = "x"\n', "source 1 location"),
        ('[[source]]\nlocation = "../notes"\nkind = "curated"\n', "source 1 kind"),
        ('[[source]]\nlocation = "../notes"\nlimit = "7"\n', "source 1 limit"),
        ("sources = []\n", "sources"),
        ("x = " + "[" * 5000, "no TOML"),
        ("# " + "x" * 2**20, "larger than 1 MB"),
    ],
)
def test_a_broken_file_is_told_with_its_place_and_loses_nothing(
    index: Index, home: Path, folder: Path, text: str, place: str
) -> None:
    write(home, NOTES)
    index.refresh()
    (folder / "d.md").write_text("New.")
    write(home, text)
    dry = index.compare()
    report = index.refresh()
    assert (report.added, report.removed) == (dry.added, dry.removed) == (("notes/d.md",), ())
    assert report.failed == dry.failed
    (failure,) = report.failed
    assert failure.document_id == "refdesk.toml"
    assert place.replace("localton", "locaton") in failure.reason
    assert "\n" not in failure.reason


def test_a_source_that_cannot_be_used_is_told_and_the_others_go_on(
    index: Index, home: Path, folder: Path
) -> None:
    index.add_source(folder, Declaration(name="mine"))
    (home.parent / "more").mkdir()
    (home.parent / "more" / "m.md").write_text("More.")
    entries = (
        ("../more", ""),
        ("../nowhere", ""),
        ("../more", ""),  # twice
        ("../notes", 'name = "other"'),  # a command has named it
        ("../notes/a.md", 'name = "mine"'),  # in use
        ("../notes/b.md", 'exclude = ["!"]'),
        ("http://127.0.0.1/", ""),
    )
    write(home, "".join(f'[[source]]\nlocation = "{at}"\n{how}\n' for at, how in entries))
    report = index.refresh()
    assert "more/m.md" in report.added
    assert [failure.document_id for failure in report.failed] == [
        f"refdesk.toml: source {number}" for number in range(2, 8)
    ]
    write(home, '[[source]]\nlocation = "../nowhere"\n')
    assert index.refresh().removed == (), "nothing is withdrawn while the file is not right"
    write(home, "")
    assert index.refresh().removed == ("more/m.md",)
    assert [source.name for source in index.sources()] == ["mine"]


def test_a_declared_folder_that_is_away_keeps_its_documents(
    index: Index, home: Path, folder: Path
) -> None:
    write(home, NOTES)
    index.refresh()
    folder.rename(home.parent / "elsewhere")
    report = index.refresh()
    assert report.removed == ()
    assert [failure.document_id for failure in report.failed] == ["notes"]
    (home.parent / "elsewhere").rename(folder)
    assert index.refresh().unchanged == 3


def test_sources_that_are_no_paths_are_declared_as_by_a_command(index: Index, home: Path) -> None:
    write(home, """
        [[source]]
        location = "https://example.org/news"
        kind = "feed"
        [[source]]
        location = "hub:Author/Model"
        [[source]]
        location = "Author"
        kind = "hub"
        [[source]]
        location = "https://example.org/docs.git"
        kind = "git"
        revision = "v1"
    """)  # fmt: skip
    assert index.declared().problems == ()
    assert {(s.name, s.kind, s.location, s.options.revision) for s in index.sources()} == {
        ("example.org-news", "feed", "https://example.org/news", ""),
        ("Author-Model", "hub", "hub:Author/Model", ""),
        ("Author", "hub", "hub:Author", ""),
        ("example.org-docs", "git", "https://example.org/docs.git", "v1"),
    }


def test_a_new_name_in_the_file_renames_the_documents(
    index: Index, home: Path, folder: Path
) -> None:
    write(home, NOTES)
    index.refresh()
    write(home, f'{NOTES}name = "letters"\n')
    report = index.refresh()
    assert report.renamed == tuple((old, old.replace("notes", "letters")) for old in (A, B, C))
    assert report.embedded == 0


def test_two_sources_may_swap_their_names(index: Index, home: Path, folder: Path) -> None:
    text = '[[source]]\nlocation = "../notes/a.md"\nname = "{}"\n[[source]]\nlocation = "../notes/b.md"\nname = "{}"\n'  # noqa: E501
    write(home, text.format("x", "y"))
    assert index.refresh().added == ("x/a.md", "y/b.md")
    write(home, text.format("y", "x"))
    index.refresh()
    assert [info.id for info in index.documents()] == ["x/b.md", "y/a.md"]


def test_a_command_neither_removes_nor_changes_what_the_file_declares(
    index: Index, home: Path, folder: Path
) -> None:
    write(home, NOTES)
    for _ in range(2):  # before a refresh and after it
        with pytest.raises(InputError, match=r"declared in .*refdesk\.toml"):
            index.remove_source("notes")
        with pytest.raises(InputError, match=r"declared in .*refdesk\.toml"):
            index.add_source(folder, Declaration(options=SourceOptions(limit=1)))
        assert index.add_source(folder).declared_in == "refdesk.toml"
        index.refresh()


def test_the_file_takes_over_what_a_command_declared(
    index: Index, home: Path, folder: Path
) -> None:
    index.add_source(folder)
    index.refresh()
    write(home, f'{NOTES}exclude = ["*.txt"]\n')
    assert index.refresh().removed == (C,)
    write(home, "")
    assert index.refresh().removed == (A, B)


def test_a_record_without_the_column_is_brought_up_and_salvaged(
    index: Index, home: Path, folder: Path
) -> None:
    index.add_source(folder)
    index.refresh()
    index.close()
    with sqlite3.connect(home / "record.sqlite3") as db:
        db.execute("ALTER TABLE sources DROP COLUMN declared_in")
        db.execute("PRAGMA user_version = 5")
    with Index.open(home, HashEmbedder(), curated=False) as again:
        assert again.refresh().unchanged == 3
        assert again.sources()[0].declared_in == ""
    assert rescue(home) == []


def test_watching_sees_a_change_of_the_file_and_what_lands_in_the_inbox(
    index: Index, home: Path, folder: Path
) -> None:
    stop = threading.Event()
    end = threading.Timer(60, stop.set)
    end.start()
    told = reasons(index.sources, stop, pages_every=0, apart_from=home)
    try:
        write(home, NOTES)
        (home / "inbox").mkdir()
        next(told)
        index.refresh()
        (home / "other.md").write_text("In the home, but in no source.")
        (home / "inbox" / "letter.md").write_text("Dear reader.")
        while "letter.md" not in (detail := next(told).detail):
            assert "other.md" not in detail
        assert index.refresh().added == ("inbox/letter.md",)
    finally:
        stop.set()
        end.cancel()


# --- the inbox


def test_what_lands_in_the_inbox_is_taken_in(index: Index, home: Path) -> None:
    (home / "inbox").mkdir()
    (home / "inbox" / "letter.md").write_text("Dear reader.")
    assert index.compare().added == ("inbox/letter.md",)
    assert index.refresh().added == ("inbox/letter.md",)
    assert [source.name for source in index.sources()] == ["inbox"]
    with pytest.raises(InputError, match="as long as there is a folder"):
        index.remove_source("inbox")


def test_an_inbox_that_goes_away_keeps_its_documents_until_it_is_removed(
    index: Index, home: Path
) -> None:
    (home / "inbox").mkdir()
    (home / "inbox" / "letter.md").write_text("Dear reader.")
    index.refresh()
    (home / "inbox").rename(home / "away")
    assert index.refresh().removed == ()
    index.remove_source("inbox")
    assert index.refresh().removed == ("inbox/letter.md",)


def test_a_source_that_is_called_inbox_keeps_its_name(index: Index, home: Path) -> None:
    other = home.parent / "inbox"
    other.mkdir()
    index.add_source(other)
    (home / "inbox").mkdir()
    index.refresh()
    assert [(s.name, s.location) for s in index.sources()] == [
        ("inbox", str(other)),
        ("inbox-2", str(home / "inbox")),
    ]


def test_a_backup_holds_the_file_and_the_inbox_as_they_are(
    index: Index, home: Path, folder: Path, tmp_path: Path
) -> None:
    write(home, NOTES)
    (home / "inbox").mkdir()
    names = ["letter.md", "no.sqlite", "x.tmp", "my.damaged-car.md"]
    for name in names:
        (home / "inbox" / name).write_text(f"Just text: {name}.")
    index.refresh()
    backup(home, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as package:
        held = set(package.namelist())
    assert {"refdesk.toml", *(f"inbox/{name}" for name in names)} <= held
    index.close()
    restored = tmp_path / "deeper" / "restored"
    restored.parent.mkdir()
    restore(tmp_path / "b.zip", restored)
    with Index.open(restored, HashEmbedder(), curated=False) as again:
        report = again.refresh()
        assert report.removed == (), "../notes is nowhere there, and nothing is lost"
        assert [failure.document_id for failure in report.failed] == ["refdesk.toml: source 1"]
        assert {source.name for source in again.sources()} == {"inbox", "notes"}
