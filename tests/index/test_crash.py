"""A refresh cut at any write is made good by the next; tests/bench/crashes.py kills processes."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path

import pytest

from index.store import Index
from tests.index.hash_embedder import HashEmbedder
from tests.index.snapshot import fresh_snapshot, snapshot


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
