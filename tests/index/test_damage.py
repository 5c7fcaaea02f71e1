"""Damaged stores: noticed before they answer wrongly or end the process, and built anew.

Each home is opened in a process of its own: Chroma can end one with SIGSEGV.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from corpus.errors import HomeError
from index import backup as backups
from index import seal
from index.backup import backup, rescue
from index.salvage import damage
from index.store import Index
from index.vectors import Matrix, Vectors, VectorsDamagedError
from tests.index.hash_embedder import HashEmbedder
from tests.index.snapshot import Snapshot, snapshot

Harm = Callable[[Path], object]
# Chroma writes its graph after 1,000 vectors; these files make 1,100.
DOCUMENTS, PARAGRAPHS = 11, 100
EXAMINE = """
import json, sys
from index.store import Index
from tests.index.hash_embedder import HashEmbedder
with Index.open(sys.argv[1], HashEmbedder(), curated=False) as index:
    found = index.search("word7 word8", 5)
    print(json.dumps([[p.document.id, p.chunk.position, p.cosine is None] for p in found]))
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Snapshot]:
    """A home with a graph on disk, and what it holds."""
    root = tmp_path_factory.mktemp("damage")
    (root / "notes").mkdir()
    rng = random.Random(3)
    for number in range(DOCUMENTS):
        parts = [
            " ".join(f"word{rng.randrange(900)}" for _ in range(120)) for _ in range(PARAGRAPHS)
        ]
        (root / "notes" / f"{number}.txt").write_text("\n\n".join(parts))
        os.utime(root / "notes" / f"{number}.txt", (1, 1))
    with Index.open(root / "home", HashEmbedder(), curated=False) as index:
        index.add_source(root / "notes")
        index.refresh()
        return root / "home", snapshot(index)


@pytest.fixture
def home(whole: tuple[Path, Snapshot], tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole[0], tmp_path / "home"))


def graph(home: Path) -> Path:
    return next(p for p in (home / "vectors").iterdir() if p.is_dir())


def flip(path: Path, count: int, first: int = 100) -> None:
    data, rng = bytearray(path.read_bytes()), random.Random(1)
    for _ in range(count):
        data[rng.randrange(first, len(data))] ^= rng.randrange(1, 256)
    path.write_bytes(data)


def halve(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


VECTORS: dict[str, Harm] = {
    "database cut": lambda h: halve(h / "vectors/chroma.sqlite3"),
    "database empty": lambda h: (h / "vectors/chroma.sqlite3").write_bytes(b""),
    "database flipped": lambda h: flip(h / "vectors/chroma.sqlite3", 500),
    "graph gone": lambda h: shutil.rmtree(graph(h)),
    "level gone": lambda h: (graph(h) / "data_level0.bin").unlink(),
    "level cut": lambda h: halve(graph(h) / "data_level0.bin"),
    "one byte flipped": lambda h: flip(graph(h) / "data_level0.bin", 1),
    "many bytes flipped": lambda h: flip(graph(h) / "data_level0.bin", 5000),
    "lengths flipped": lambda h: flip(graph(h) / "length.bin", 20),
    "list of ids gone": lambda h: (graph(h) / "index_metadata.pickle").unlink(),
    "a file for a folder": lambda h: (shutil.rmtree(h / "vectors"), (h / "vectors").write_text("")),
    "folder gone": lambda h: shutil.rmtree(h / "vectors"),
}


def examine(home: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", EXAMINE, str(home)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("name", VECTORS)
def test_damaged_vectors_leave_words_and_are_built_anew(
    home: Path, whole: tuple[Path, Snapshot], name: str
) -> None:
    VECTORS[name](home)
    seen = examine(home)
    assert seen.returncode == 0, seen.stderr
    found = json.loads(seen.stdout)
    assert found and all(by_words for _, _, by_words in found), "no doubtful vector answers"
    with Index.open(home, HashEmbedder(), curated=False) as index:
        index.refresh()
        assert snapshot(index) == whole[1]


def test_vectors_that_a_kill_left_unsealed_but_sound_are_kept(
    home: Path, whole: tuple[Path, Snapshot]
) -> None:
    seal.tear(home / "vectors")
    with Index.open(home, HashEmbedder(), curated=False) as index:
        assert index.refresh().embedded == 0
        assert snapshot(index) == whole[1]
    assert seal.is_sealed(home / "vectors")


@pytest.mark.parametrize("count", [5, 300, 1300])
def test_sound_vectors_stay_through_closing_and_kills(tmp_path: Path, count: int) -> None:
    """Chroma makes a graph that it has not written yet anew at each start: that is no damage."""
    folder, rng = tmp_path / "vectors", np.random.default_rng(1)
    rows = rng.normal(size=(count, 32)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    vectors = Vectors(folder, "f")
    vectors.add([str(number) for number in range(count)], rows)
    vectors.delete(["0"])
    assert not seal.is_sealed(folder), "what is being written is not sealed"
    for killed in (True, False, False, True):
        vectors.close()
        if killed:
            seal.tear(folder)
        vectors = Vectors(folder, "f")
        vectors.seal()
        assert seal.is_sealed(folder) and vectors.count() == count - 1
        assert vectors.nearest(rows[1], 1)[0][0] == "1"
        assert seal.broken(folder) is None
    vectors.close()


def test_an_emptied_graph_is_written_when_it_is_searched_and_is_not_sealed_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "index.vectors.HNSW", {"space": "cosine", "sync_threshold": 8, "batch_size": 8}
    )
    folder, rows = tmp_path / "vectors", np.eye(8, 32, dtype=np.float32)
    numbers = [str(number) for number in range(len(rows))]
    vectors = Vectors(folder, "f")
    vectors.add(numbers, rows)
    vectors.seal()
    assert seal.is_sealed(folder)
    vectors.delete(numbers)
    for _ in range(2):
        vectors.seal()
        vectors.close()
        vectors = Vectors(folder, "f")
        assert vectors.nearest(rows[0], 1) == []
    vectors.close()


def test_vectors_that_take_no_more_are_built_anew_by_the_same_refresh(
    home: Path, whole: tuple[Path, Snapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a kill amid Chroma's own writing can leave: all is read, and nothing added."""
    add, torn = Vectors.add, [True]

    def torn_add(vectors: Vectors, ids: list[str], rows: Matrix) -> None:
        if torn.pop() if torn else False:
            raise VectorsDamagedError("Failed to apply logs to the hnsw segment writer")
        add(vectors, ids, rows)

    monkeypatch.setattr(Vectors, "add", torn_add)
    with Index.open(home, HashEmbedder(), curated=False) as index:
        notes = Path(index.sources()[0].location)
        (notes / "new.txt").write_text("A quokka has come.")
        try:
            assert index.refresh().failed == ()
            assert not torn and index.search("quokka", 1)[0].cosine is not None
            assert index.stores.vectors.count() == len(whole[1].vectors) + 1
        finally:
            (notes / "new.txt").unlink()


def test_a_full_disk_is_no_damage_and_costs_no_vectors(
    home: Path, whole: tuple[Path, Snapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise VectorsDamagedError("database or disk is full")

    with Index.open(home, HashEmbedder(), curated=False) as index:
        new = Path(index.sources()[0].location) / "new.txt"
        new.write_text("A quokka has come.")
        monkeypatch.setattr(Vectors, "add", full)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
        try:
            with pytest.raises(VectorsDamagedError, match="disk is full"):
                index.refresh()
        finally:
            new.unlink()
        assert index.stores.vectors.count() == len(whole[1].vectors)


RECORD: dict[str, Harm] = {
    "cut": lambda h: halve(h / "record.sqlite3"),
    "flipped": lambda h: flip(h / "record.sqlite3", 500),
    "a few letters": lambda h: flip(h / "record.sqlite3", 20),
    "no header": lambda h: (h / "record.sqlite3").write_bytes(
        b"\xaa" * 100 + (h / "record.sqlite3").read_bytes()[100:]
    ),
    "gone": lambda h: (h / "record.sqlite3").unlink(),
    "empty": lambda h: (h / "record.sqlite3").write_bytes(b""),
}


@pytest.mark.parametrize("name", RECORD)
def test_a_damaged_record_loses_neither_sources_nor_documents(
    home: Path, whole: tuple[Path, Snapshot], name: str
) -> None:
    RECORD[name](home)
    rescue(home)
    with Index.open(home, HashEmbedder(), curated=False) as index:
        assert [source.name for source in index.sources()] == ["notes"]
        assert index.refresh().failed == ()
        assert snapshot(index) == whole[1]


def test_documents_whose_files_are_away_are_taken_over(home: Path, tmp_path: Path) -> None:
    away = tmp_path / "away"
    with Index.open(home, HashEmbedder(), curated=False) as index:
        folder = Path(index.sources()[0].location)
        before = {info.id for info in index.documents()}
    flip(home / "record.sqlite3", 5)
    folder.rename(away)
    try:
        rescue(home)
        with Index.open(home, HashEmbedder(), curated=False) as index:
            index.refresh()
            kept = {info.id for info in index.documents()}
    finally:
        away.rename(folder)
    assert len(before - kept) <= 2, "five bytes spoil two documents at most here"


def change_a_letter(home: Path) -> None:
    """In the stored text alone, as a flipped bit would."""
    with sqlite3.connect(home / "record.sqlite3") as db:
        db.execute("UPDATE documents SET text = 'W' || substr(text, 2) WHERE id = 'notes/3.txt'")


def test_one_changed_letter_is_noticed_and_mended(home: Path, whole: tuple[Path, Snapshot]) -> None:
    assert damage(home / "record.sqlite3") is None
    change_a_letter(home)
    assert damage(home / "record.sqlite3") == "the text of notes/3.txt is not as it was stored"
    done = rescue(home)
    assert done[1] == f"{DOCUMENTS} documents were taken over from it"
    with Index.open(home, HashEmbedder(), curated=False) as index:
        assert index.refresh().embedded == 1, "the other vectors were sound"
        assert snapshot(index) == whole[1]
    assert rescue(home) == []


def test_a_record_that_cannot_be_replaced_stays(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_a_letter(home)
    before = {path.name for path in home.iterdir()}
    full = OSError("No space left on device")

    def fail(*_: object) -> None:
        raise full

    monkeypatch.setattr(backups, "rebuild", fail)
    with pytest.raises(HomeError, match=r"cannot be replaced .No space.* it is still there"):
        rescue(home)
    assert {p.name for p in home.iterdir()} - {"home.lock"} >= before - {"home.lock"}
    assert not list(home.glob("*.damaged-*"))


def test_the_copy_of_the_sources_follows_them_and_is_in_no_backup(
    home: Path, tmp_path: Path
) -> None:
    (tmp_path / "more").mkdir()
    with Index.open(home, HashEmbedder(), curated=False) as index:
        index.add_source(tmp_path / "more")
        index.remove_source("notes")
    backup(home, tmp_path / "b.zip")
    assert ".sources.json" not in zipfile.ZipFile(tmp_path / "b.zip").namelist()
    (home / "record.sqlite3").unlink()
    assert rescue(home) == ["the record was gone; 1 sources are declared again"]
    with Index.open(home, HashEmbedder(), curated=False) as index:
        assert [source.name for source in index.sources()] == ["more"]
