"""Which documents name a model, and where first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from corpus.card_text import card_document
from corpus.cards import ModelCard, curated_cards
from corpus.types import Block, Document, DocumentInfo
from index.prepare import Origin, prepare
from index.records import store
from index.store import Index
from tests.index.hash_embedder import HashEmbedder

R1 = next(card for _, card in curated_cards() if card.id == "deepseek-r1")


def written(document_id: str, text: str) -> Document:
    block = (Block("paragraph", 0, len(text)),)
    return Document(DocumentInfo(document_id, document_id), text, block, (), document_id)


def named_in(tmp_path: Path, card: ModelCard, **texts: str) -> dict[str, str]:
    """The first mention of ``card`` in each document that names it, as it is written there."""
    with Index.open(tmp_path / "home", HashEmbedder(), curated=False) as index:
        index.put(written(name, text) for name, text in texts.items())
        prepared = prepare(card_document(card, "x.yaml"), Origin("curated", 0, 0.0, ""), card)
        with index.stores.db.writing() as db:
            store(db, prepared)
        found = index.mentions(card.id)
        return {m.document.id: texts[m.document.id][m.start : m.end] for m in found}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Today DeepSeek-R1 was released.", "DeepSeek-R1"),
        ("They call it deepseek r1, and then DeepSeek-R1.", "deepseek r1"),
        ("(DeepSeek-R1)", "DeepSeek-R1"),
        ("It is DeepSeek-R1.", "DeepSeek-R1"),
        ("DeepSeek-R1-Zero came before it.", None),
        ("DeepSeek-R10 and DeepSeek-R1.5 do not exist.", None),
        ("R1 is short for it.", None),
        ("DeepSeek wrote about its R1 and R2.", None),
    ],
)
def test_a_model_is_named_by_its_whole_name_only(
    tmp_path: Path, text: str, named: str | None
) -> None:
    expected = {} if named is None else {"doc": named}
    assert named_in(tmp_path, R1, doc=text) == expected


def test_aliases_count_and_the_card_itself_does_not(tmp_path: Path) -> None:
    card = replace_aliases(R1, "Deep AI 1")
    found = named_in(tmp_path, card, one="The article calls it Deep AI 1.", two="Nothing here.")
    assert found == {"one": "Deep AI 1"}


def replace_aliases(card: ModelCard, *aliases: str) -> ModelCard:
    return card.model_copy(update={"aliases": aliases})


def test_a_mention_beyond_the_first_passage_has_its_place_in_the_whole_text(
    tmp_path: Path,
) -> None:
    text = "\n\n".join([" ".join(["word"] * 300)] * 3 + ["At last DeepSeek-R1 is named."])
    assert named_in(tmp_path, R1, long=text) == {"long": "DeepSeek-R1"}


def test_an_unknown_card_is_named_nowhere(tmp_path: Path) -> None:
    with Index.open(tmp_path / "home", HashEmbedder(), curated=False) as index:
        assert index.mentions("no-such-card") == []


def test_documents_come_in_order_and_bounded(tmp_path: Path) -> None:
    with Index.open(tmp_path / "home", HashEmbedder(), curated=False) as index:
        index.put(written(f"d{n}", "DeepSeek-R1 again") for n in range(5))
        prepared = prepare(card_document(R1, "x.yaml"), Origin("curated", 0, 0.0, ""), R1)
        with index.stores.db.writing() as db:
            store(db, replace(prepared))
        assert [m.document.id for m in index.mentions(R1.id, 3)] == ["d0", "d1", "d2"]
