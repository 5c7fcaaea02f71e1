"""What a refresh does with models of the Hub: documents, and cards that give way to better ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.catalogue import Condition, Query
from index.store import Index
from index.types import Declaration, SourceOptions
from tests.corpus.hub_server import FakeHub, hub_serving
from tests.index.hash_embedder import HashEmbedder
from tests.index.snapshot import snapshot


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with hub_serving() as hub:
        hub.add("lab/Alpha-7B", "# Alpha-7B\n\nAlpha-7B speaks of quokkas.")
        hub.add("lab/Beta-9B", "Beta-9B is silent.", safetensors={"total": 9_000_000_000})
        yield hub


@pytest.fixture
def index(tmp_path: Path, hub: FakeHub) -> Iterator[Index]:
    with open_index(tmp_path, hub) as index:
        yield index


def open_index(tmp_path: Path, hub: FakeHub, *, curated: bool = False) -> Index:
    home = tmp_path / f"home-{curated}"
    return Index.open(home, HashEmbedder(), curated=curated, hub_endpoint=hub.endpoint)


def test_models_of_an_author_are_searched_and_asked_for_in_the_catalogue(
    index: Index, hub: FakeHub
) -> None:
    source = index.add_source("hub:lab")
    assert (source.name, source.kind, source.location) == ("lab", "hub", "hub:lab")
    assert index.compare().added == ("lab/…",)
    assert index.refresh().added == (
        "lab/Alpha-7B.md", "lab/Beta-9B.md", "models/lab--alpha-7b", "models/lab--beta-9b",
    )  # fmt: skip
    over = Query(conditions=(Condition("total_params_b", ">", 8),))
    (row,) = index.catalogue(over).rows
    assert (row.card.name, row.card.address) == ("Beta-9B", f"{hub.endpoint}/lab/Beta-9B")
    (passage,) = index.search("Who speaks of quokkas?", 1)
    assert passage.document.url == f"{hub.endpoint}/lab/Alpha-7B"
    again = index.refresh()
    assert (again.unchanged, again.chunks, again.failed) == (4, 0, ())


def test_new_version_changes_its_documents_and_a_withdrawn_model_goes(
    index: Index, hub: FakeHub
) -> None:
    index.add_source("hub:lab")
    index.refresh()
    hub.add("lab/Alpha-7B", "Alpha-7B speaks of wombats.")
    del hub.models["lab/Beta-9B"]
    assert index.refresh(fetch=False).touched is False
    report = index.refresh()
    assert report.changed == ("lab/Alpha-7B.md",)
    assert report.removed == ("lab/Beta-9B.md", "models/lab--beta-9b")


def test_curated_card_stays_and_only_the_document_comes(tmp_path: Path, hub: FakeHub) -> None:
    hub.add("deepseek-ai/DeepSeek-R1", "DeepSeek-R1 by its makers.", pipeline_tag="x")
    hub.add("copyist/qwq-32B", "A copy.")
    hub.add("deepseek-ai/DeepSeek-R99", "Not curated.")
    with open_index(tmp_path, hub, curated=True) as index:
        for location in ("hub:deepseek-ai", "hub:copyist/qwq-32B"):
            index.add_source(location)
        report = index.refresh()
        assert report.failed == ()
        assert {"deepseek-ai/DeepSeek-R1.md", "copyist-qwq-32B/qwq-32B.md"} <= set(report.added)
        cards = {card.id: card for card in index.cards()}
        assert [i for i in cards if "--" in i] == ["deepseek-ai--deepseek-r99"]
        assert (cards["deepseek-r1"].total_params_b, cards["deepseek-r1"].active_params_b) == (
            671,
            37,
        )


def test_own_list_of_models_is_better_than_the_hub(
    index: Index, hub: FakeHub, tmp_path: Path
) -> None:
    index.add_source("hub:lab")
    index.refresh()
    path = tmp_path / "mine.jsonl"
    row = {"name": "alpha 7b", "developer": "The Lab", "open_weights": True}
    path.write_text(json.dumps(row))
    index.add_source(path, Declaration(kind="cards"))
    report = index.refresh()
    assert report.failed == ()
    assert (report.added, report.removed) == (("models/alpha-7b",), ("models/lab--alpha-7b",))


def test_hub_that_fails_keeps_everything(index: Index, hub: FakeHub) -> None:
    index.add_source("hub:lab")
    index.refresh()
    before = snapshot(index)
    hub.replies["/api/models"] = (503, b"")
    for fetch in (True, False):
        (failure,) = index.refresh(fetch=fetch).failed
        assert failure.document_id == "lab" and "an error (503)" in failure.reason
        assert snapshot(index) == before
    hub.replies.clear()
    assert index.refresh().failed == ()


def test_one_model_by_its_page_with_a_limit_and_a_name(index: Index, hub: FakeHub) -> None:
    how = Declaration("hub", "alpha", SourceOptions(limit=1))
    source = index.add_source("https://huggingface.co/lab/Alpha-7B", how)
    assert source.location == "hub:lab/Alpha-7B"
    assert index.refresh().added == ("alpha/Alpha-7B.md", "models/lab--alpha-7b")
    index.remove_source("alpha")
    assert len(index.refresh().removed) == 2
    assert list(index.home.hub.iterdir()) == []
