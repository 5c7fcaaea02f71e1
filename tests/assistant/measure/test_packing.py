"""Whether the evidence holds the answer, counted over the questions whose document is found."""

from pathlib import Path

import pytest

from assistant.measure.packing import evaluate_packing
from corpus.errors import InputError
from tests.assistant.measure.public_set import QUERIES, indexed, write_set


def test_a_larger_budget_holds_answers_that_a_small_one_cuts(tmp_path: Path) -> None:
    filler = " ".join(f"The heron eats in year {n} near the water of the lake." for n in range(40))
    heron = {"_id": "heron", "title": "Heron", "text": f"{filler} At last it swallows carp."}
    gold = [{"doc": "heron", "sentences": ["At last it swallows carp ."]}]
    query = {**QUERIES[0], "answers": ["carp"], "evidence": gold}
    folder = write_set(tmp_path / "small", corpus=[heron], queries=[query, QUERIES[2]])
    with indexed(folder, tmp_path / "home") as index:
        found = evaluate_packing(index, folder, limit=1, budgets=(60, 2000))
    small, large = found["budgets"]
    assert (small["answer_held"]["mean"], large["answer_held"]["mean"]) == (0.0, 1.0)
    assert large["gold_sentences_held"]["mean"] == 1.0
    assert small["tokens_used"] <= 60
    assert found["queries"] == 1  # the unanswerable one holds nothing to look for
    assert found["scores"] == [{"id": "q1", "held@60": 0.0, "held@2000": 1.0}]


def test_a_query_whose_document_is_not_found_counts_against_search_only(tmp_path: Path) -> None:
    lost = {**QUERIES[0], "_id": "lost", "evidence": ["elsewhere"]}
    folder = write_set(tmp_path / "small", queries=[QUERIES[0], lost])
    with indexed(folder, tmp_path / "home") as index:
        found = evaluate_packing(index, folder)
    assert found["found_in_top_10"]["mean"] == 0.5
    assert found["budgets"][-1]["answer_held"] == {"mean": 1.0, "low": 1.0, "high": 1.0, "n": 1}


def test_a_set_without_evidence_is_named(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "small", queries=[QUERIES[2]])
    with indexed(folder, tmp_path / "home") as index, pytest.raises(InputError, match="small"):
        evaluate_packing(index, folder)
