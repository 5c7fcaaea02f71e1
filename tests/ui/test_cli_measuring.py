"""``refdesk eval`` and ``bench``, over a scripted desk and over a tiny BEIR folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.assistant.served_desk import ScriptedDesk, owning
from ui.cli import cli

QUESTIONS = (
    {"id": "1", "question": "How many?", "type": "fact", "must_contain": ["two"]},
    {"id": "2", "question": "bad", "type": "fact", "must_contain": ["two"]},
    {"id": "3", "question": "How few?", "type": "other", "must_contain": ["three"]},
)
CORPUS = (
    {"_id": "a", "title": "Heron", "text": "The heron stands in shallow water and eats fish."},
    {"_id": "b", "title": "Granite", "text": "Granite is an igneous rock with quartz in it."},
    {"_id": "c", "title": "Tax", "text": "The value added tax rate is nineteen percent."},
)
QUERIES = (
    {"_id": "q1", "text": "Which bird eats fish?"},
    {"_id": "q2", "text": "What rock holds quartz?"},
)


@pytest.fixture
def desk(home: Path) -> Iterator[ScriptedDesk]:
    """A scripted desk that owns ``home`` and fails on one question."""
    with owning(home) as desk:
        desk.fail_question = "bad"
        yield desk


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """A file with one right, one failing and one wrong question."""
    return write_lines(tmp_path / "questions.jsonl", QUESTIONS)


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    """A folder in BEIR's layout."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    write_lines(folder / "corpus.jsonl", CORPUS)
    write_lines(folder / "queries.jsonl", QUERIES)
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta\t1\nq2\tb\t1\n")
    return folder


def write_lines(path: Path, rows: tuple[dict[str, object], ...]) -> Path:
    """A JSON-lines file."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_eval_counts_a_failed_question_as_wrong(
    home: Path, desk: ScriptedDesk, questions: Path
) -> None:
    words = ["eval", str(questions), "--home", str(home)]
    result = CliRunner().invoke(cli, [*words, "--json"])
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert (report["total"], report["right"]) == (3, 1)
    assert [row["right"] for row in report["questions"]] == [True, False, False]
    assert report["questions"][0]["answer"]["text"] == "It is two. [1]"
    assert "the script says no" in report["questions"][1]["error"]
    plain = CliRunner().invoke(cli, words).stdout
    assert "2, 3" in plain


def test_eval_names_the_line_that_is_no_question(
    home: Path, desk: ScriptedDesk, tmp_path: Path
) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"id": "1", "question": "q"}\n{"id": "2"}\n')
    result = CliRunner().invoke(cli, ["eval", str(file), "--home", str(home)])
    assert result.exit_code == 1
    assert "line 2" in result.stderr


def test_bench_times_the_desk(home: Path, desk: ScriptedDesk, questions: Path) -> None:
    words = ["bench", str(questions), "--home", str(home), "--json"]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout)
    assert (figures["total"], figures["right"]) == (3, 1)
    assert {"open_seconds", "warm_seconds", "search_seconds", "latency"} <= set(figures)
    assert ("warm_up",) in desk.asked


def test_eval_measures_search_on_a_beir_folder(beir: Path, weights_dir: Path) -> None:
    result = CliRunner().invoke(cli, ["eval", "--retrieval", str(beir), "--json"])
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout)
    assert figures["queries"] == 2
    for name in ("ndcg@10", "recall@10", "recall@100"):
        assert set(figures[name]) == {"mean", "low", "high"}
    assert figures["recall@10"]["mean"] == 1.0


def test_eval_refuses_a_folder_without_a_corpus(
    tmp_path: Path, home: Path, weights_dir: Path
) -> None:
    words = ["eval", "--retrieval", str(tmp_path), "--home", str(home), "--json"]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 1
    assert "corpus.jsonl" in json.loads(result.stdout)["error"]
