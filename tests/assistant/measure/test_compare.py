"""Two results beside each other: paired by question, whatever their order."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.measure.compare import compare_files
from corpus.errors import InputError


def result(path: Path, rows: list[dict[str, Any]], name: str = "questions") -> Path:
    """A stored result."""
    path.write_text(json.dumps({"total": len(rows), name: rows}), encoding="utf-8")
    return path


def row(name: str, right: float, **scores: float) -> dict[str, Any]:
    """One question of a result."""
    return {"id": name, "right": bool(right), "scores": {"right": right, **scores}}


def test_differences_are_paired_and_flips_are_named(tmp_path: Path) -> None:
    first = result(
        tmp_path / "a.json", [row("1", 1, f1=0.5), row("2", 0), row("3", 1), row("4", 1)]
    )
    second = result(tmp_path / "b.json", [row("3", 0), row("2", 1), row("1", 1, f1=0.7)])
    found = compare_files(first, second)
    assert (found["questions"], found["only_in_a"], found["only_in_b"]) == (3, 1, 0)
    assert found["flipped"] == {"right_in_b_only": ["2"], "right_in_a_only": ["3"]}
    assert found["measures"]["right"]["difference"]["mean"] == 0.0
    assert found["measures"]["f1"]["difference"] == pytest.approx(
        {"mean": 0.2, "low": 0.2, "high": 0.2, "n": 1}
    )


def test_rankings_are_compared_by_their_scores(tmp_path: Path) -> None:
    files = [
        result(tmp_path / name, [{"id": "q", "ndcg@10": score}], "scores")
        for name, score in (("a.json", 0.25), ("b.json", 0.75))
    ]
    found = compare_files(*files)
    assert found["measures"]["ndcg@10"]["difference"]["mean"] == 0.5


@pytest.mark.parametrize("text", ["not json", "[]", '{"total": 3}', '{"questions": [{"no": 1}]}'])
def test_a_file_that_is_no_result_is_refused(tmp_path: Path, text: str) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        compare_files(bad, result(tmp_path / "good.json", [row("1", 1)]))


def test_results_of_other_questions_cannot_be_compared(tmp_path: Path) -> None:
    first = result(tmp_path / "a.json", [row("1", 1)])
    with pytest.raises(InputError, match="no question in common"):
        compare_files(first, result(tmp_path / "b.json", [row("2", 1)]))
