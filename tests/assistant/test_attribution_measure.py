"""Verdicts are counted against people's, with word overlap beside them."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.attribution.measure import evaluate_attribution
from corpus.errors import InputError

TEXT = "Heron-12B was trained for 80 hours. Its licence allows commercial use."
CLAIMS: list[dict[str, Any]] = [
    {"text": "Heron-12B was trained for 80 hours [1][2].", "supported": True},
    {"text": "The licence of Heron-12B allows commercial use.", "supported": True},
    {"text": "Heron-12B was trained for 80 days.", "supported": False},
    {"text": "The licence of Heron-12B does not allow commercial use.", "supported": False},
    {"text": "Nobody judged this one.", "supported": None},
    {"text": "Judged on a page that is not here.", "supported": True, "has_passage": False},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    _write(tmp_path / "corpus.jsonl", [{"_id": "d", "title": "Heron-12B", "text": TEXT}])
    rows = [{"_id": str(n), "evidence": [{"doc": "d"}], **row} for n, row in enumerate(CLAIMS)]
    _write(tmp_path / "queries.jsonl", rows)
    return tmp_path


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


def test_the_gates_tell_what_word_overlap_cannot(folder: Path) -> None:
    figures = evaluate_attribution(folder)
    assert figures["claims"] == 4
    assert figures["balanced_accuracy"]["mean"] == 1.0
    assert figures["word_overlap"]["mean"] < 1.0


def test_each_label_has_its_accuracy(folder: Path) -> None:
    labels = evaluate_attribution(folder)["labels"]
    assert labels == {
        "False": {"claims": 2, "accuracy": 1.0},
        "True": {"claims": 2, "accuracy": 1.0},
    }


def test_an_entailment_model_that_denies_all_leaves_half_right(folder: Path) -> None:
    figures = evaluate_attribution(folder, entailment=lambda premise, hypothesis: 0.0)
    assert figures["balanced_accuracy"]["mean"] == 0.5


def test_a_limit_takes_so_many_claims(folder: Path) -> None:
    assert evaluate_attribution(folder, limit=2)["claims"] == 2


def test_a_folder_without_claims_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        evaluate_attribution(tmp_path)
    _write(tmp_path / "corpus.jsonl", [])
    _write(tmp_path / "queries.jsonl", [])
    with pytest.raises(InputError, match="no judged claims"):
        evaluate_attribution(tmp_path)
