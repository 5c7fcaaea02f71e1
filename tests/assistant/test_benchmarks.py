"""The measures agree with a reference implementation and with hand-worked cases."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from assistant.benchmarks import bootstrap, documents_of, judgements_of, ndcg, queries_of
from corpus.errors import InputError


@given(st.lists(st.integers(0, 3), min_size=2, max_size=12), st.randoms())
def test_ndcg_equals_scikit_learn(grades: list[int], random: object) -> None:
    judged = {str(i): grade for i, grade in enumerate(grades)}
    ranking = list(judged)
    random.shuffle(ranking)  # type: ignore[attr-defined]
    scores = [len(ranking) - ranking.index(document) for document in judged]
    expected = ndcg_score([grades], [scores], k=10) if any(grades) else 0.0
    assert ndcg(ranking, judged, 10) == pytest.approx(expected)


def test_a_relevant_document_that_is_not_found_lowers_ndcg() -> None:
    assert ndcg(["a", "x"], {"a": 1, "b": 1}, 10) == pytest.approx(1 / (1 + 1 / np.log2(3)))


def test_bootstrap_interval_holds_the_mean_and_narrows_with_more_data() -> None:
    few, many = bootstrap([0.0, 1.0] * 10), bootstrap([0.0, 1.0] * 1000)
    assert few.low <= few.mean == 0.5 <= few.high
    assert many.high - many.low < few.high - few.low


def test_qrels_header_is_skipped_and_missing_file_is_named(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=r"qrels\.tsv"):
        judgements_of(tmp_path)
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t2\n", encoding="utf-8")
    assert judgements_of(tmp_path) == {"1": {"a": 2}}


@pytest.mark.parametrize("line", ["1\ta\t2.0", "1\t0\ta\t2", "1 0 a 2"])
def test_grades_are_read_in_each_usual_layout(tmp_path: Path, line: str) -> None:
    (tmp_path / "qrels.tsv").write_text(f"{line}\n\n", encoding="utf-8")
    assert judgements_of(tmp_path) == {"1": {"a": 2}}


def test_a_row_without_an_id_is_named_by_file_and_line(tmp_path: Path) -> None:
    for name in ("corpus.jsonl", "queries.jsonl"):
        rows = '{"_id": "1", "text": "t"}\n{"text": "t"}\n'
        (tmp_path / name).write_text(rows, encoding="utf-8")
    with pytest.raises(InputError, match=r"corpus\.jsonl, line 2 has no _id"):
        list(documents_of(tmp_path))
    with pytest.raises(InputError, match=r"queries\.jsonl, line 2 has no _id"):
        queries_of(tmp_path)


def test_queries_take_evidence_in_both_forms(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "queries.jsonl").write_text(
        '{"_id": 1, "text": "q", "evidence": ["a", {"doc": "b"}], '
        '"history": [{"role": "user", "content": "hi"}]}\n',
        encoding="utf-8",
    )
    (query,) = queries_of(tmp_path)
    assert query.evidence == ("a", "b")
    assert query.history[0].text == "hi"
