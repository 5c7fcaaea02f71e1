"""Another embedder: the vectors of before answer until the new ones are complete."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index import fill, transfer
from index.former import complete
from index.store import Index
from index.transfer import TextEmbedder
from index.types import RefreshReport
from index.vectors import Matrix
from tests.index.hash_embedder import HashEmbedder
from tests.index.snapshot import snapshot

OLD = "hash@1"
QUESTION = "Which harbour opened in 1907?"


class OtherEmbedder(HashEmbedder):
    """Vectors of another space: a question of one has no likeness to a text of the other."""

    def __init__(self) -> None:
        super().__init__("other@1")

    def encode_query(self, text: str) -> Matrix:
        return np.roll(super().encode_query(text), 31)


def of_before(made_by: str) -> TextEmbedder | None:
    return HashEmbedder(OLD)


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fill, "GROUP_CHUNKS", 3)
    monkeypatch.setattr(transfer, "SLICE", 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number:02d}.txt").write_text(f"Harbour {number} opened in {1900 + number}.")
    return folder


@pytest.fixture
def filled(home: Path, folder: Path) -> Path:
    """A home whose vectors are of the old embedder."""
    with Index.open(home, HashEmbedder(OLD), curated=False) as index:
        index.add_source(folder)
        index.refresh()
    return home


def renewed(home: Path, **options: object) -> Index:
    return Index.open(home, OtherEmbedder(), curated=False, **options)  # type: ignore[arg-type]


def found(index: Index) -> list[tuple[str, float | None]]:
    return [(p.document.id, p.cosine) for p in index.search(QUESTION, 5)]


def steps(index: Index) -> Iterator[None]:
    """One step of a refresh after another."""
    for event in index.refresh_events():
        if not isinstance(event, RefreshReport):
            yield


def test_searches_are_as_before_until_the_new_vectors_are_complete(filled: Path) -> None:
    with Index.open(filled, HashEmbedder(OLD), curated=False) as index:
        before = found(index)
    with renewed(filled, former=of_before) as index:
        assert index.status().former == OLD
        between = 0
        for _ in steps(index):
            if 0 < index.status().vectors < 12:
                assert found(index) == before
                between += 1
        assert between > 1, "no search was made beside an unfinished store"
        assert index.status().former is None
        assert all(cosine is not None for _, cosine in found(index))
        assert index.stores.vectors.makers() == [], "the old vectors are gone"


def test_a_kill_in_between_leaves_the_old_vectors_to_answer(filled: Path, tmp_path: Path) -> None:
    with Index.open(filled, HashEmbedder(OLD), curated=False) as index:
        before = found(index)
    with renewed(filled, former=of_before) as index:
        for _ in steps(index):
            if index.status().vectors > 3:
                break
    with renewed(filled, former=of_before) as index:
        assert found(index) == before and not complete(index.stores)
        embedder = index.stores.embedder
        assert isinstance(embedder, OtherEmbedder)
        index.refresh()
        assert len(embedder.texts) < 12, "what was embedded before the kill is kept"
        resumed = snapshot(index)
    with Index.open(tmp_path / "fresh", OtherEmbedder(), curated=False) as fresh:
        fresh.add_source(tmp_path / "notes")
        fresh.refresh()
        assert snapshot(fresh) == resumed


def test_a_document_that_changes_meanwhile_is_found_by_its_words(
    filled: Path, folder: Path
) -> None:
    with renewed(filled, former=of_before) as index:
        (folder / "new.txt").write_text("The lighthouse was lit in 1866.")
        for _ in steps(index):
            if index.status().documents == 13:
                passage = index.search("When was the lighthouse lit?", 1)[0]
                assert passage.document.id == "notes/new.txt"
                break
        else:
            pytest.fail("the new document never came")


def test_without_the_old_embedder_words_answer_meanwhile(filled: Path) -> None:
    with renewed(filled) as index:
        assert index.status().former is None
        assert found(index)[0] == ("notes/07.txt", None)
        index.refresh()
        assert found(index)[0][0] == "notes/07.txt"


def test_going_back_needs_nothing_to_be_embedded(filled: Path) -> None:
    with renewed(filled, former=of_before) as index:
        for _ in steps(index):
            if index.status().vectors > 3:
                break
    old = HashEmbedder(OLD)
    with Index.open(filled, old, curated=False, former=lambda _: OtherEmbedder()) as index:
        assert index.status().former is None
        index.refresh()
        assert old.texts == [] and index.stores.vectors.makers() == []


def test_the_folder_of_an_embedder_is_noted_for_the_one_that_follows(
    home: Path, folder: Path
) -> None:
    class InFolder(HashEmbedder):
        folder = Path("/models/old")

    with Index.open(home, InFolder(OLD), curated=False) as index:
        index.add_source(folder)
        index.refresh()
    asked: list[str] = []
    with renewed(home, former=lambda made_by: asked.append(made_by)):  # type: ignore[func-returns-value]
        assert asked == ["/models/old"]
