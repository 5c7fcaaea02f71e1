"""Search's parts alone, and beside search."""

from pathlib import Path

from assistant.benchmarks import evaluate_retrieval
from assistant.measure.systems import fused, passages, rankings
from tests.assistant.measure.public_set import indexed, write_set


def test_fusion_prefers_what_both_rankings_have() -> None:
    assert fused(([1, 2], [2, 3])) == [2, 1, 3]
    assert fused(([5], [4])) == [4, 5]


def test_each_part_ranks_alone(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "small")
    with indexed(folder, tmp_path / "home") as index:
        found = rankings(index, "quartz", 10)
        assert [chunk.document_id for chunk in found["bm25"]] == ["granite"]
        assert len(found["dense"]) == 3
        (passage,) = passages(index, found["rrf"][:1])
        assert passage.document.id == "granite"
        assert "It holds quartz." in passage.text


def test_retrieval_tells_the_parts_and_the_gain_over_each(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "small")
    with indexed(folder, tmp_path / "home") as index:
        figures = evaluate_retrieval(index, folder)
        reworded = evaluate_retrieval(index, folder, "human")
    assert set(figures["systems"]) == {"dense", "bm25", "rrf"}
    gain = figures["systems"]["bm25"]["search_gains_ndcg@10"]["mean"]
    alone = figures["systems"]["bm25"]["ndcg@10"]["mean"]
    assert round(alone + gain, 3) == round(figures["ndcg@10"]["mean"], 3)
    assert [row["id"] for row in figures["scores"]] == ["q1", "q2", "q4"]
    assert reworded["scores"][2]["ndcg@10"] == 1.0
