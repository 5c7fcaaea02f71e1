"""A second look by a cross-encoder: order, limits, and models that cannot be used."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import WeightsError
from corpus.types import Chunk, DocumentInfo
from index.rerank import CrossEncoderReranker, rerank
from index.types import Passage

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "which", "licence", "mit", "apache", "model"]


def passage(number: int, text: str, heading: str = "") -> Passage:
    info = DocumentInfo(id=f"d{number}", title=f"Title {number}")
    chunk = Chunk(info.id, 0, 0, len(text), heading_path=(heading,) if heading else ())
    return Passage(info, chunk, text, score=1.0 - number / 10)


class CountsWord:
    """Scores a text by how often it says a word."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.read: list[str] = []

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        self.read += texts
        return [float(text.count(self.word)) for text in texts]


class Missing:
    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        raise WeightsError("No cross-encoder in nowhere.")


FOUND = [passage(0, "a"), passage(1, "x"), passage(2, "x x"), passage(3, "x x x")]


def test_the_reranker_orders_the_first_and_leaves_the_rest() -> None:
    ranked = rerank("q", FOUND, CountsWord("x"), limit=3)
    assert [p.document.id for p in ranked] == ["d2", "d1", "d0", "d3"]


def test_scores_still_fall_after_reranking() -> None:
    ranked = rerank("q", FOUND, CountsWord("x"))
    assert [p.score for p in ranked] == [p.score for p in FOUND]


def test_equal_scores_keep_the_order() -> None:
    assert rerank("q", FOUND, CountsWord("nothing")) == FOUND


def test_the_reranker_reads_title_and_headings() -> None:
    reranker = CountsWord("x")
    rerank("q", [passage(4, "body", "Licence")], reranker)
    assert reranker.read == ["Title 4 > Licence\nbody"]


def test_a_reranker_that_cannot_be_used_changes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert rerank("q", FOUND, Missing()) == FOUND
    assert "No cross-encoder in nowhere." in caplog.text


def test_nothing_found_needs_no_model(tmp_path: Path) -> None:
    assert rerank("q", [], CrossEncoderReranker(tmp_path)) == []


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="it has no config"):
        CrossEncoderReranker(tmp_path).scores("q", ["text"])


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(WeightsError, match="cannot be loaded"):
        CrossEncoderReranker(tmp_path).scores("q", ["text"])


def _tiny(folder: Path, labels: int) -> Path:
    """A cross-encoder of 9 words and random weights."""
    import torch
    import transformers

    make: Any = transformers  # its lazy names are not typed
    torch.manual_seed(1)
    (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    make.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(str(folder))
    config = make.BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
        num_labels=labels,
    )
    make.BertForSequenceClassification(config).save_pretrained(str(folder))
    return folder


def test_a_cross_encoder_in_a_folder_scores_every_text(tmp_path: Path) -> None:
    reranker = CrossEncoderReranker(_tiny(tmp_path, labels=1))
    texts = ["mit licence", "apache model", "model " * 200, ""]
    scores = reranker.scores("which licence", texts)
    assert len(scores) == len(texts)
    assert all(math.isfinite(score) for score in scores)
    assert reranker.scores("which licence", texts[:1]) == pytest.approx(scores[:1], abs=1e-4)
    found = [passage(n, text) for n, text in enumerate(texts)]
    assert {p.document.id for p in rerank("which licence", found, reranker)} == {
        "d0", "d1", "d2", "d3",
    }  # fmt: skip


def test_a_model_of_several_scores_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="3 scores"):
        CrossEncoderReranker(_tiny(tmp_path, labels=3)).scores("q", ["text"])
