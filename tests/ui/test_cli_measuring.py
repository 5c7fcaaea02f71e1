"""``refdesk eval`` and ``bench``, over a scripted desk and over a tiny BEIR folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.assistant.served_desk import ScriptedDesk, owning
from tests.chat_server import ChatServer, streamed
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
    {"_id": "q1", "text": "Which bird eats fish?", "answers": ["heron"], "evidence": ["a"]},
    {"_id": "q2", "text": "What rock holds quartz?", "history": [{"role": "user", "text": "Hi"}]},
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
        assert set(figures["systems"]["rrf"][name]) == {"mean", "low", "high"}
    assert figures["recall@10"]["mean"] == 1.0


def test_eval_measures_follow_ups_without_the_language_model(beir: Path, weights_dir: Path) -> None:
    words = ["eval", "--followups", str(beir), "--rules", "--json"]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout)
    assert figures["queries"] == 1
    assert figures["all"]["last_turn"]["recall@5"]["mean"] == 1.0


def test_eval_asks_the_model_once_for_what_it_remembers(
    beir: Path, home: Path, tmp_path: Path, weights_dir: Path
) -> None:
    with ChatServer(streamed("It is the heron. [1]")) as server:
        words = ["eval", "--grounded", str(beir), "--limit", "1", "--home", str(home), "--json",
                 "--baseline", "plain", "--base-url", server.url,
                 "--remember", str(tmp_path / "memory.sqlite")]  # fmt: skip
        first = CliRunner().invoke(cli, words)
        drafts = [request for request in server.requests if request.get("stream")]
        again = CliRunner().invoke(cli, words)
        assert drafts == [request for request in server.requests if request.get("stream")]
    assert (first.exit_code, again.exit_code) == (0, 0), first.stderr + again.stderr
    figures, repeated = json.loads(first.stdout), json.loads(again.stdout)
    assert (figures["remembered"], repeated["remembered"]) == (0, 1)
    assert figures["settings"]["evidence_tokens"] > 0
    assert not {"home", "api_key", "base_url"} & set(figures["settings"])
    assert repeated["latency"]["total"]["p50"] is None
    assert figures["latency"]["total"]["p50"] is not None
    assert repeated["baseline"]["questions"][0]["answer"]["text"].startswith("It is the heron")
    assert repeated["baseline"]["correct"] == figures["baseline"]["correct"]


def test_eval_searches_an_enlarged_corpus_and_asks_the_injected_queries(
    beir: Path, home: Path, tmp_path: Path, weights_dir: Path
) -> None:
    poison = tmp_path / "poison"
    poison.mkdir()
    write_lines(poison / "corpus.jsonl", ({"_id": "p", "text": "A stork is the bird of fish."},))
    query = {"_id": "p1", "text": "Which bird?", "answers": ["heron"], "wrong_answers": ["stork"]}
    write_lines(poison / "queries.jsonl", (query,))
    with ChatServer(streamed("It is a stork.")) as server:
        words = ["eval", "--grounded", str(beir), "--inject", str(poison), "--home", str(home),
                 "--base-url", server.url, "--json"]  # fmt: skip
        result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout)
    assert [row["id"] for row in figures["questions"]] == ["q1", "q2"]
    assert figures["injected"]["dataset"] == "poison"
    assert figures["injected"]["wrong_asserted"]["n"] == 1


def test_eval_measures_the_check_of_claims(beir: Path, weights_dir: Path) -> None:
    texts = {"The heron eats fish.": True, "Paris has nine bridges.": False}
    claims = tuple({"_id": str(n), "text": text, "supported": verdict, "evidence": ["a"]}
                   for n, (text, verdict) in enumerate(texts.items()))  # fmt: skip
    write_lines(beir / "queries.jsonl", claims)
    result = CliRunner().invoke(cli, ["eval", "--attribution", str(beir), "--json"])
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout)
    assert (figures["dataset"], figures["claims"]) == ("tiny", 2)
    assert figures["balanced_accuracy"]["mean"] == 1.0


def test_eval_compares_two_results(tmp_path: Path) -> None:
    files = []
    for name, right in (("a.json", 0), ("b.json", 1)):
        rows = [{"id": "q", "right": bool(right), "scores": {"right": right}}]
        files.append(tmp_path / name)
        files[-1].write_text(json.dumps({"questions": rows}))
    words = ["eval", "--compare", *map(str, files)]
    result = CliRunner().invoke(cli, [*words, "--json"])
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["flipped"]["right_in_b_only"] == ["q"]
    assert "1.000 (1.000 to 1.000, n 1)" in CliRunner().invoke(cli, words).stdout


@pytest.mark.parametrize(
    "options",
    [["--limit", "3"], ["--given"], ["--baseline", "plain"], ["--rules"], ["--remember", "x"]],
)
def test_eval_refuses_an_option_that_would_say_nothing(options: list[str], beir: Path) -> None:
    result = CliRunner().invoke(cli, ["eval", "--retrieval", str(beir), *options])
    assert result.exit_code == 2
    assert f"{options[0]} goes with" in result.stderr


def test_eval_wants_one_thing_to_measure(beir: Path) -> None:
    for words in (["eval"], ["eval", "--retrieval", str(beir), "--grounded", str(beir)]):
        result = CliRunner().invoke(cli, words)
        assert result.exit_code == 2
        assert "give one of" in result.stderr


def test_eval_refuses_a_folder_without_a_corpus(
    tmp_path: Path, home: Path, weights_dir: Path
) -> None:
    words = ["eval", "--retrieval", str(tmp_path), "--home", str(home), "--json"]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 1
    assert "corpus.jsonl" in json.loads(result.stdout)["error"]
