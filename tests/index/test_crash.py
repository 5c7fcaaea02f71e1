"""Kills a refreshing process at random points; the next refresh must repair everything."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count, islice
from pathlib import Path

import pytest

from index.store import Index
from tests.index.hash_embedder import HashEmbedder
from tests.index.snapshot import fresh_snapshot, snapshot

PROJECT = Path(__file__).resolve().parents[2]
KILLS = 16
# A refresh of the disturbed folder has 5 to 15 events, 10 to 100 ms apart.
MOST_EVENTS = 10
LONGEST_WAIT = 0.08


def words(rng: random.Random, count: int) -> str:
    return " ".join(rng.choice(["alpha", "beta", "gamma", "delta", "模型"]) for _ in range(count))


def disturb(folder: Path, rng: random.Random) -> None:
    """Add, edit, rename and delete some files."""
    for _ in range(8):
        text = "\n\n".join(words(rng, 130) for _ in range(rng.randint(1, 12)))
        (folder / f"{rng.randint(0, 40)}.txt").write_text(f"{text} {rng.random()}")
    files = sorted(folder.iterdir())
    for path in rng.sample(files, min(3, len(files))):
        path.rename(folder / f"{rng.randint(0, 40)}.txt")
    files = sorted(folder.iterdir())
    for path in rng.sample(files, min(2, len(files))):
        path.unlink()
    edited = sorted(folder.iterdir())[0]
    edited.write_text(edited.read_text() + f"\n\n{words(rng, 130)}")


def refresh_and_kill(home: Path, folder: Path, events: int, wait: float) -> bool:
    """Kill a refresh ``wait`` seconds after its nth event; whether it was still at work."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.index.refresh_process", str(home), str(folder)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        lines = list(islice(child.stdout, events))
        time.sleep(wait)
        child.kill()
        return "DONE\n" not in [*lines, *child.stdout]
    finally:
        child.kill()
        child.wait(10)


@pytest.mark.timeout(200)
def test_a_killed_refresh_is_repaired_by_the_next(tmp_path: Path) -> None:
    rng = random.Random(20250)
    folder, home = tmp_path / "notes", tmp_path / "home"
    folder.mkdir()
    interrupted = repaired = 0
    for _ in range(KILLS):
        disturb(folder, rng)
        events, wait = rng.randint(1, MOST_EVENTS), rng.uniform(0.0, LONGEST_WAIT)
        interrupted += refresh_and_kill(home, folder, events, wait)
        if rng.random() < 0.5:  # else let damage upon damage pile up
            repaired += check_repair(home, folder, tmp_path / f"fresh-{rng.random()}")
    repaired += check_repair(home, folder, tmp_path / "fresh-last")
    assert interrupted >= KILLS // 2, "the kills came too late to test anything"
    assert repaired >= 1, "no kill hit the protocol between its writes"


def check_repair(home: Path, folder: Path, fresh: Path) -> bool:
    """Refresh once more and compare with a fresh build; whether a repair was needed."""
    with Index.open(home, HashEmbedder(), curated=False) as index:
        report = index.refresh()
        assert report.failed == ()
        found = snapshot(index)
        assert index.status().pending == ()
    expected = fresh_snapshot(fresh, folder)
    assert found.documents == expected.documents
    assert found == expected
    return bool(report.repaired)


class Killed(BaseException):
    """Stands for the end of the process at a chosen write."""


# Every kind of write of the protocol, cut before it, after it or (a transaction) inside it.
CUTS = [
    ("vectors", "add", "before"),
    ("vectors", "add", "after"),
    ("vectors", "delete", "before"),
    ("vectors", "delete", "after"),
    ("db", "writing", "before"),
    ("db", "writing", "inside"),
    ("db", "writing", "after"),
]


@pytest.mark.parametrize("nth", [1, 3])
@pytest.mark.parametrize(("store", "method", "moment"), CUTS)
def test_a_refresh_cut_at_any_write_is_repaired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str, method: str, moment: str, nth: int
) -> None:
    for size in ("refresh.SHELF_CHUNKS", "refresh.GROUP_CHUNKS", "fill.GROUP_CHUNKS"):
        monkeypatch.setattr(f"index.{size}", 8)  # several groups in a small refresh
    folder, home = tmp_path / "notes", tmp_path / "home"
    folder.mkdir()
    disturb(folder, random.Random(1))
    with Index.open(home, HashEmbedder(), curated=False) as index:
        index.add_source(folder)
        index.refresh()
        for path in folder.iterdir():
            path.write_text(path.read_text().replace("alpha", "omega"))
        disturb(folder, random.Random(2))
        with monkeypatch.context() as patch:
            target = getattr(index.stores, store)
            cut = cut_transaction if method == "writing" else cut_call
            patch.setattr(target, method, cut(getattr(target, method), moment, nth))
            with pytest.raises(Killed):
                index.refresh()
    with Index.open(home, HashEmbedder(), curated=False) as index:
        index.refresh()
        assert snapshot(index) == fresh_snapshot(tmp_path / "fresh", folder)


@pytest.mark.parametrize("nth", [1, 2, 5])
@pytest.mark.parametrize(("store", "method", "moment"), [cut for cut in CUTS if cut[1] != "delete"])
def test_a_first_refresh_cut_at_any_write_is_continued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str, method: str, moment: str, nth: int
) -> None:
    for size in ("refresh.SHELF_CHUNKS", "refresh.GROUP_CHUNKS", "fill.GROUP_CHUNKS"):
        monkeypatch.setattr(f"index.{size}", 8)
    folder, home = tmp_path / "notes", tmp_path / "home"
    folder.mkdir()
    disturb(folder, random.Random(3))
    disturb(folder, random.Random(4))
    with Index.open(home, HashEmbedder(), curated=False) as index:
        index.add_source(folder)
        with monkeypatch.context() as patch:
            target = getattr(index.stores, store)
            cut = cut_transaction if method == "writing" else cut_call
            patch.setattr(target, method, cut(getattr(target, method), moment, nth))
            with pytest.raises(Killed):
                index.refresh()
    disturb(folder, random.Random(5))
    with Index.open(home, HashEmbedder(), curated=False) as index:
        index.refresh()
        assert snapshot(index) == fresh_snapshot(tmp_path / "fresh", folder)


def cut_call(method: Callable[..., None], moment: str, nth: int) -> Callable[..., None]:
    """``method``, whose ``nth`` call raises Killed before or after its work."""
    calls = count(1)

    def wrapper(*args: object) -> None:
        fatal = next(calls) == nth
        if fatal and moment == "before":
            raise Killed
        method(*args)
        if fatal:
            raise Killed

    return wrapper


def cut_transaction(
    method: Callable[[], AbstractContextManager[sqlite3.Connection]], moment: str, nth: int
) -> Callable[[], AbstractContextManager[sqlite3.Connection]]:
    """``Database.writing``, whose ``nth`` transaction raises Killed at the moment."""
    calls = count(1)

    @contextmanager
    def wrapper() -> Iterator[sqlite3.Connection]:
        fatal = next(calls) == nth
        if fatal and moment == "before":
            raise Killed
        with method() as db:
            yield db
            if fatal and moment == "inside":
                raise Killed
        if fatal:
            raise Killed

    return wrapper
