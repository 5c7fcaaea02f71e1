"""Watching real folders: what is a reason to refresh, and what is not."""

from __future__ import annotations

import queue
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index import watching
from index.types import Source
from index.watching import Hurry, Reason, reasons

PATIENCE = 20.0


@pytest.fixture(autouse=True)
def short_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "TICK_MS", 200)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "notes"
    made.mkdir()
    return made


def test_hurry_lasts_while_fewer_pages_wait_each_time() -> None:
    hurry = Hurry()
    told = []
    for waiting in (0, 9, 4, 4, 3, 0, 5):
        hurry.note(waiting)
        told.append(hurry.is_on())
    assert told == [False, True, True, False, True, False, True]


def test_pages_that_wait_are_due_at_once(tmp_path: Path) -> None:
    stop = threading.Event()
    told = reasons(list, stop, pages_every=9999, apart_from=tmp_path, hurry=lambda: True)
    assert next(told).detail == "watching begins"
    assert next(told).what == "schedule"
    stop.set()


@contextmanager
def watched(
    sources: list[Source], *, pages_every: float = 0, apart_from: Path = Path("/nowhere")
) -> Iterator[queue.Queue[Reason]]:
    """The reasons as they come; the one for the beginning has been taken."""
    told: queue.Queue[Reason] = queue.Queue()
    stop = threading.Event()

    def listen() -> None:
        for reason in reasons(
            lambda: sources, stop, pages_every=pages_every, apart_from=apart_from
        ):
            told.put(reason)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        if any(s.kind == "folder" for s in sources):
            assert told.get(timeout=PATIENCE).detail == "watching begins"
        yield told
    finally:
        stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def of(folder: Path) -> Source:
    return Source("notes", "folder", str(folder))


@pytest.mark.parametrize("name", ["a.txt", "sub/deep/b.md", "模型.pdf"])
def test_a_file_that_lands_is_a_reason(folder: Path, name: str) -> None:
    with watched([of(folder)]) as told:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("text")
        reason = told.get(timeout=PATIENCE)
        assert reason.what == "files"


def test_changed_renamed_and_deleted_files_are_reasons(folder: Path) -> None:
    (folder / "a.txt").write_text("one")
    with watched([of(folder)]) as told:
        (folder / "a.txt").write_text("two")
        assert told.get(timeout=PATIENCE) == Reason("files", "a.txt changed")
        (folder / "a.txt").rename(folder / "b.txt")
        assert told.get(timeout=PATIENCE) == Reason("files", "a.txt and 1 more changed")
        (folder / "b.txt").unlink()
        assert told.get(timeout=PATIENCE) == Reason("files", "b.txt changed")


def test_hidden_temporary_foreign_and_own_files_are_none(folder: Path) -> None:
    home = folder / "home"
    (home / "vectors").mkdir(parents=True)
    with watched([of(folder)], apart_from=home) as told:
        for name in (".hidden.txt", "~$report.docx", "film.mp4", "home/vectors/x.txt"):
            (folder / name).write_text("text")
        (folder / ".git").mkdir()
        (folder / ".git" / "notes.txt").write_text("text")
        time.sleep(1)
        (folder / "real.txt").write_text("text")
        assert told.get(timeout=PATIENCE) == Reason("files", "real.txt changed")


def test_a_file_that_is_still_written_is_waited_for(folder: Path) -> None:
    with watched([of(folder)]) as told:
        with (folder / "slow.txt").open("w") as file:
            for part in range(12):
                file.write(f"part {part}\n")
                file.flush()
                time.sleep(0.1)
            ended = time.monotonic()
        assert told.get(timeout=PATIENCE) == Reason("files", "slow.txt changed")
        assert time.monotonic() >= ended
        with pytest.raises(queue.Empty):
            told.get(timeout=1)


def test_a_folder_that_went_away_is_watched_again_when_it_is_back(folder: Path) -> None:
    (folder / "a.txt").write_text("one")
    away = folder.with_name("away")
    with watched([of(folder)]) as told:
        folder.rename(away)
        until(told, "watching begins")
        shutil.copytree(away, folder)
        until(told, "watching begins")
        (folder / "b.txt").write_text("two")
        assert told.get(timeout=PATIENCE) == Reason("files", "b.txt changed")


def test_a_single_file_is_looked_at_even_when_an_editor_replaces_it(tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text("one")
    with watched([Source("note", "file", str(note))]) as told:
        time.sleep(0.5)
        drain(told)
        draft = tmp_path / "draft"
        draft.write_text("two, longer")
        draft.replace(note)
        assert told.get(timeout=PATIENCE).what == "files"


def test_a_source_that_is_declared_meanwhile_is_a_reason_and_watched(
    folder: Path, tmp_path: Path
) -> None:
    more = tmp_path / "more"
    more.mkdir()
    sources = [of(folder)]
    with watched(sources) as told:
        sources.append(Source("more", "folder", str(more)))
        reason = told.get(timeout=PATIENCE)
        assert (reason.what, "more" in reason.detail) == ("schedule", True)
        until(told, "watching begins")
        (more / "c.txt").write_text("three")
        assert told.get(timeout=PATIENCE) == Reason("files", "c.txt changed")


def test_pages_are_due_again_and_again_but_never_with_zero(folder: Path) -> None:
    with watched([of(folder)], pages_every=0.3) as told:
        assert [told.get(timeout=PATIENCE).what for _ in range(2)] == ["schedule"] * 2
    with watched([of(folder)], pages_every=0) as told, pytest.raises(queue.Empty):
        told.get(timeout=1)


def test_files_are_listed_where_the_system_cannot_watch(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real, asked = watching.watch, []

    def no_more_watches(*paths: Path, force_polling: bool | None, **options: object) -> object:
        asked.append(force_polling)
        if not force_polling:
            raise OSError("OS file watch limit reached")
        return real(*paths, force_polling=True, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(watching, "watch", no_more_watches)
    with watched([of(folder)]) as told:
        (folder / "a.txt").write_text("text")
        reason = told.get(timeout=PATIENCE)  # a listing may tell of the folder, too
    assert reason.what == "files" and "changed" in reason.detail
    assert asked == [None, True]
    assert "listing them instead" in caplog.text


def until(told: queue.Queue[Reason], detail: str) -> None:
    while told.get(timeout=PATIENCE).detail != detail:
        pass


def drain(told: queue.Queue[Reason]) -> None:
    while not told.empty():
        told.get()
