"""A user's cross-encoder can judge quotes; here a tiny one with random weights."""

import json
from pathlib import Path

import pytest

from assistant.attribution import check
from assistant.attribution.entailment import CrossEntailment
from corpus.errors import WeightsError
from tests.assistant.passages import passage

PAGE = passage("Heron-12B was trained for 80 hours.", title="Heron-12B")
SENTENCE = "Heron-12B was trained for 80 hours."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    place = tmp_path_factory.mktemp("tiny")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "heron", "was", "trained", "hours"]
    (place / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    torch.manual_seed(0)
    labels = {0: "contradiction", 1: "entailment", 2: "neutral"}
    config = BertConfig(
        vocab_size=len(words), hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, id2label=labels, label2id={v: k for k, v in labels.items()},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(place)
    BertTokenizer(str(place / "vocab.txt")).save_pretrained(place)
    return place


def test_a_cross_encoder_gives_the_probability_of_its_entailment_label(folder: Path) -> None:
    entails = CrossEntailment(folder)
    one, other = entails(PAGE.text, SENTENCE), entails("heron hours", "trained")
    assert 0 < one < 1
    assert one == entails(PAGE.text, SENTENCE)
    assert one != other


def test_a_sentence_needs_the_models_consent_too() -> None:
    assert check(SENTENCE, [PAGE], entailment=lambda premise, hypothesis: 0.9).supported
    denied = check(SENTENCE, [PAGE], entailment=lambda premise, hypothesis: 0.1)
    assert not denied.supported
    assert [gate.name for gate in denied.gates if not gate.passed] == ["entailment"]


def test_a_folder_without_a_model_or_without_the_label_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="No cross-encoder"):
        CrossEntailment(tmp_path)
    config = {"id2label": {"0": "toxic", "1": "fine"}}
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(WeightsError, match="no label 'entailment'"):
        CrossEntailment(tmp_path)
