"""A change of embedder: the old vectors answer until the new ones are whole, whatever happens."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from index.prepare import text_to_embed
from index.store import Index
from index.transfer import TextEmbedder
from index.types import Passage, RefreshReport
from index.vectors import VectorsDamagedError
from tests.index.hash_embedder import HashEmbedder
from tests.index.other_embedder import OtherEmbedder
from tests.index.snapshot import fresh_snapshot, snapshot
from tests.index.test_crash import CUTS, Killed, cut_call, cut_transaction


class InFolder(HashEmbedder):
    """HashEmbedder, as if it were read from a folder."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}@1")
        self.folder = Path(f"/models/{name}")


OLD, NEW = InFolder("old"), OtherEmbedder()
QUESTION = "which animal eats termites"


def finder(made_by: str) -> TextEmbedder | None:
    known: dict[str, TextEmbedder] = {str(e.folder): e for e in (OLD, NEW)}
    return known.get(made_by)


def opened(home: Path, embedder: TextEmbedder) -> Index:
    return Index.open(home, embedder, curated=False, former=finder)


@pytest.fixture(autouse=True)
def _many_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    for size in ("refresh.SHELF_CHUNKS", "refresh.GROUP_CHUNKS", "fill.GROUP_CHUNKS"):
        monkeypatch.setattr(f"index.{size}", 8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.txt").write_text(f"Animal {number} eats termites, says {number}.")
    return folder


@pytest.fixture
def home(tmp_path: Path, folder: Path) -> Path:
    """A home filled with the vectors of the old embedder."""
    with opened(tmp_path / "home", OLD) as index:
        index.add_source(folder)
        index.refresh()
    return tmp_path / "home"


def answered_by(index: Index) -> str:
    """Whose cosines the passages found have: "old", "new", "words" for none, else a mixture."""
    return _told(index, index.search(QUESTION))


def _told(index: Index, passages: list[Passage]) -> str:
    assert passages, "a search found nothing"
    found = {_maker(index, passage) for passage in passages}
    return found.pop() if len(found) == 1 else f"mixed: {sorted(found)}"


def _maker(index: Index, passage: Passage) -> str:
    if passage.cosine is None:
        return "words"
    document = index.document(passage.document.id)
    assert document is not None
    text = text_to_embed(document, passage.chunk)
    for name, embedder in (("old", OLD), ("new", NEW)):
        cosine = float(embedder.encode_query(QUESTION) @ embedder.encode_query(text))
        if abs(cosine - passage.cosine) < 0.002:
            return name
    return "nobody"


def collections(index: Index) -> int:
    return 1 + len(index.stores.vectors.others())


def test_the_old_vectors_answer_until_the_new_ones_are_whole(home: Path, tmp_path: Path) -> None:
    with opened(home, NEW) as index:
        assert answered_by(index) == "old"
        events = index.refresh_events()
        seen, told = [], []
        for event in events:
            seen.append(answered_by(index))
            if not isinstance(event, RefreshReport):
                status = index.status().reindex
                assert status is not None and status.running and status.total == 40
                assert (status.former, status.answers) == (OLD.fingerprint, "former")
                told.append(status.done)
                assert index.status().pending == ()  # none is without vectors that answer
        assert set(seen[:-1]) == {"old"} and seen[-1] == "new"
        assert told == sorted(told) and told[0] == 0 and len(set(told)) > 3
        assert index.status().reindex is None and collections(index) == 1
        expected = fresh_snapshot(tmp_path / "fresh", tmp_path / "notes", embedder=NEW)
        assert snapshot(index) == expected


def test_a_search_never_mixes_two_embedders(home: Path) -> None:
    with opened(home, NEW) as index:
        seen: list[str] = []
        done = threading.Event()

        def ask() -> None:
            while not done.is_set():
                seen.append(answered_by(index))

        asking = threading.Thread(target=ask)
        asking.start()
        try:
            index.refresh()
        finally:
            done.set()
            asking.join(60)
        assert seen and set(seen) <= {"old", "new"}
        switched = seen.index("new") if "new" in seen else len(seen)
        assert set(seen[switched:]) <= {"new"}


def re_index_until(index: Index, vectors: int) -> None:
    """Begin a refresh, and leave it when the new embedder has made more vectors than that."""
    events = index.refresh_events()
    for _ in events:
        if index.status().vectors > vectors:
            break
    events.close()
    assert vectors < index.status().vectors < index.status().chunks


@pytest.mark.parametrize("vectors", [0, 10, 25])
def test_a_home_left_half_re_indexed_answers_and_goes_on(home: Path, vectors: int) -> None:
    with opened(home, NEW) as index:
        re_index_until(index, vectors)
        half = index.status()
    with opened(home, NEW) as index:
        assert answered_by(index) == "old"
        reindex = index.status().reindex
        assert reindex is not None and not reindex.running and reindex.done == half.vectors
        report = index.refresh()
        assert report.embedded == half.chunks - half.vectors
        assert answered_by(index) == "new"


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize(("store", "method", "moment"), CUTS)
def test_a_re_index_cut_at_any_write_answers_and_goes_on(
    home: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    store: str, method: str, moment: str, nth: int,
) -> None:  # fmt: skip
    (folder / "01.txt").write_text("Animal one eats termites and ants.")
    (folder / "02.txt").unlink()
    (folder / "new.txt").write_text("A new animal eats termites.")
    with opened(home, NEW) as index, monkeypatch.context() as patch:
        target = getattr(index.stores, store)
        cut = cut_transaction if method == "writing" else cut_call
        patch.setattr(target, method, cut(getattr(target, method), moment, nth))
        with pytest.raises(Killed):
            index.refresh()
    with opened(home, NEW) as index:
        if index.status().reindex is not None:
            passages = [p for p in index.search(QUESTION) if p.cosine is not None]
            assert _told(index, passages) == "old"
        index.refresh()
        assert answered_by(index) == "new" and collections(index) == 1
        expected = fresh_snapshot(tmp_path / "fresh", folder, embedder=NEW)
        assert snapshot(index) == expected


def test_a_former_embedder_that_is_gone_leaves_words_and_a_reason(home: Path) -> None:
    gone = InFolder("gone")
    with Index.open(home, NEW, curated=False) as index:  # knows how to load none
        assert answered_by(index) == "words"
        status = index.status().reindex
        assert status is not None and status.answers == "words"
        assert status.former == OLD.fingerprint and "gone or changed" in status.reason
        index.refresh()
        assert answered_by(index) == "new" and index.status().reindex is None
    with opened(home, gone) as index:
        assert answered_by(index) == "new"


def test_going_back_to_the_old_embedder_embeds_nothing(home: Path) -> None:
    with opened(home, NEW) as index:
        re_index_until(index, 5)
    with opened(home, OLD) as index:
        assert answered_by(index) == "old" and index.status().reindex is None
        assert index.refresh().embedded == 0
        assert collections(index) == 1 and index.status().pending == ()


def test_of_several_old_embedders_the_one_that_holds_most_answers(home: Path) -> None:
    third = InFolder("third")
    with opened(home, NEW) as index:
        re_index_until(index, 5)
    with opened(home, third) as index:
        assert collections(index) == 3 and answered_by(index) == "old"
        index.refresh()
        assert collections(index) == 1


def test_what_changed_or_went_does_not_wait_for_the_re_index(home: Path, folder: Path) -> None:
    (folder / "01.txt").write_text("Animal one eats wasps now.")
    (folder / "02.txt").unlink()
    (folder / "new.txt").write_text("A new animal eats beetles.")
    with opened(home, NEW) as index:
        re_index_until(index, 5)
        now = index.document("notes/01.txt")
        assert now is not None and "wasps" in now.text
        assert index.document("notes/02.txt") is None
        assert index.search("beetles", 1)[0].document.id == "notes/new.txt"
        assert answered_by(index) != "new" and index.status().reindex is not None


def test_old_vectors_that_cannot_be_read_leave_words(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(home, NEW) as index:
        assert index.stores.former is not None
        former = index.stores.former.vectors

        def broken(*_: object) -> None:
            raise VectorsDamagedError("the store cannot be read")

        with monkeypatch.context() as patch:
            patch.setattr(former, "nearest", broken)
            patch.setattr(former, "similarities", broken)
            patch.setattr(former, "check", broken)
            assert answered_by(index) == "words"
            events = index.refresh_events()
            next(events)
            status = index.status().reindex
            assert status is not None and status.answers == "words"
            events.close()
        index.refresh()
        assert answered_by(index) == "new"
