"""What a refresh does with lists of models: their rows are cards of the catalogue."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import InputError
from index.catalogue import Condition, Query
from index.store import Index
from index.types import Declaration, RefreshReport
from tests.index.hash_embedder import HashEmbedder
from tests.index.snapshot import snapshot

CARDS = Declaration(kind="cards")
ALPHA = {"name": "Alpha-7B", "developer": "Lab One", "open_weights": True, "total_params_b": 7}
BETA = {"name": "Beta-70B", "developer": "Lab Two", "open_weights": True, "total_params_b": 70}


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index.open(tmp_path / "home", HashEmbedder(), curated=False) as index:
        yield index


def write(path: Path, *rows: object) -> Path:
    before = path.stat().st_mtime if path.exists() else 1_700_000_000
    path.write_text("\n".join(json.dumps(row) for row in rows))
    os.utime(path, (before + 1, before + 1))  # a test is quicker than some clocks of files
    return path


def named(index: Index, *conditions: Condition) -> list[str]:
    return [row.card.name for row in index.catalogue(Query(conditions=conditions)).rows]


def reasons(report: RefreshReport) -> list[str]:
    return [failure.reason for failure in report.failed]


def test_rows_of_a_list_are_found_by_the_catalogue_and_by_a_search(
    index: Index, tmp_path: Path
) -> None:
    path = write(tmp_path / "mine.jsonl", ALPHA, BETA)
    source = index.add_source(path, CARDS)
    assert (source.name, source.kind) == ("mine", "cards")
    assert index.refresh().added == ("models/alpha-7b", "models/beta-70b")
    assert named(index, Condition("total_params_b", ">", 50)) == ["Beta-70B"]
    (passage,) = index.search("Which lab made Beta-70B? Lab Two", 1)
    assert passage.document.id == "models/beta-70b"
    assert "mine.jsonl, row 2" in passage.text
    assert index.refresh().unchanged == 2


def test_changed_row_changes_its_card_and_a_row_that_goes_takes_it_along(
    index: Index, tmp_path: Path
) -> None:
    path = write(tmp_path / "mine.jsonl", ALPHA, BETA)
    index.add_source(path, CARDS)
    index.refresh()
    write(path, ALPHA | {"total_params_b": 8})
    report = index.refresh()
    assert (report.changed, report.removed) == (("models/alpha-7b",), ("models/beta-70b",))
    assert named(index, Condition("total_params_b", "=", 8)) == ["Alpha-7B"]


def test_row_that_breaks_keeps_its_last_good_card(index: Index, tmp_path: Path) -> None:
    path = write(tmp_path / "mine.jsonl", ALPHA, BETA)
    index.add_source(path, CARDS)
    index.refresh()
    before = snapshot(index)
    write(path, ALPHA, BETA | {"total_params_b": -1})
    for _ in range(2):
        report = index.refresh()
        assert (report.removed, report.changed) == ((), ())
        (failure,) = report.failed
        assert failure.document_id == "models/beta-70b"
        assert failure.reason.startswith("row 2: total_params_b:")
        assert index.explain("models/beta-70b").state == "kept"
    assert snapshot(index) == before
    write(path, ALPHA, BETA)
    assert index.refresh().failed == ()


@pytest.mark.parametrize("content", ["{", "", '{"colour": "red"}'])
def test_list_that_breaks_or_goes_keeps_all_its_cards(
    index: Index, tmp_path: Path, content: str
) -> None:
    path = write(tmp_path / "mine.jsonl", ALPHA, BETA)
    index.add_source(path, CARDS)
    index.refresh()
    path.write_text(content)
    report = index.refresh()
    assert (len(report.failed), report.removed) == (1, ())
    assert index.explain("models/alpha-7b").state == "kept"
    path.unlink()
    assert "cannot read" in reasons(index.refresh())[0]
    assert len(index.cards()) == 2


def test_card_that_is_there_already_is_told_and_not_overwritten(tmp_path: Path) -> None:
    taken = ALPHA | {"developer": "Somebody Else"}
    path = write(
        tmp_path / "mine.jsonl",
        taken | {"id": "deepseek-r1"},
        taken | {"name": "deepseek r1"},
        taken | {"name": "Deep AI 1"},  # another name of DeepSeek-R1
        ALPHA,
        taken,
        taken | {"id": "another", "name": "ALPHA 7b"},
    )
    with Index.open(tmp_path / "home", HashEmbedder(), curated=True) as index:
        index.add_source(path, CARDS)
        changes = index.compare()
        assert "models/alpha-7b" in changes.added
        report = index.refresh()
        assert sorted(failure.path.rpartition(", ")[2] for failure in report.failed) == [
            "row 1", "row 2", "row 3", "row 5", "row 6",
        ]  # fmt: skip
        assert all("already, which stays" in reason for reason in reasons(report))
        assert {f.reason for f in changes.failed} == set(reasons(report))
        makers = {card.id: card.developer for card in index.cards()}
        assert (makers["deepseek-r1"], makers["alpha-7b"]) == ("DeepSeek", "Lab One")
        assert "another" not in makers


def test_list_is_withdrawn_with_its_cards(index: Index, tmp_path: Path) -> None:
    source = index.add_source(write(tmp_path / "mine.jsonl", ALPHA), CARDS)
    index.refresh()
    index.remove_source(source.name)
    assert index.refresh().removed == ("models/alpha-7b",)
    assert index.cards() == []


def test_what_the_catalogue_of_a_home_holds_makes_another_home(
    index: Index, tmp_path: Path
) -> None:
    index.add_source(write(tmp_path / "mine.jsonl", ALPHA, BETA), CARDS)
    index.refresh()
    rows = [card.model_dump(mode="json") | {"document_id": card.document_id}
            for card in index.cards()]  # fmt: skip
    printed = tmp_path / "printed.json"
    printed.write_text(json.dumps({"as_of": None, "models": rows}))
    with Index.open(tmp_path / "other", HashEmbedder(), curated=False) as other:
        other.add_source(printed, CARDS)
        assert other.refresh().failed == ()
        for one, again in zip(index.cards(), other.cards(), strict=True):
            kept = again.model_copy(update={"sources": again.sources[:-1]})
            assert kept == one


def test_model_that_does_not_say_what_it_works_with_is_neither_with_nor_without_images(
    index: Index, tmp_path: Path
) -> None:
    seeing = ALPHA | {"name": "Gamma", "modalities": ["text", "image"]}
    index.add_source(write(tmp_path / "mine.jsonl", ALPHA, seeing), CARDS)
    index.refresh()
    without = index.catalogue(Query(conditions=(Condition("modalities", "lacks", "image"),)))
    assert (without.rows, dict(without.unknown)) == ((), {"modalities": 1})
    assert named(index, Condition("modalities", "contains", "image")) == ["Gamma"]


def test_state_of_a_list_is_told_by_its_path(index: Index, tmp_path: Path) -> None:
    path = write(tmp_path / "mine.jsonl", ALPHA)
    index.add_source(path, CARDS)
    index.refresh()
    told = index.explain(str(path))
    assert (told.state, told.source) == ("source", "mine")
    assert index.explain("models/alpha-7b").state == "indexed"


def test_only_a_file_of_records_can_be_a_list(index: Index, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("name")
    for location in (tmp_path, tmp_path / "notes.txt", "https://example.org/models.csv"):
        with pytest.raises(InputError, match="A list of model cards is a file in"):
            index.add_source(location, CARDS)
