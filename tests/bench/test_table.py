"""The table holds what the results say, and the commands that make them are good ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click import Context

from assistant.attribution.measure import evaluate_attribution
from assistant.benchmarks import evaluate_retrieval
from assistant.evaluate import Outcome, Question, Report
from assistant.measure.followups import evaluate_followups, rewriter
from assistant.measure.grounded import Run, evaluate_grounded
from assistant.measure.packing import evaluate_packing
from assistant.measure.plain import PlainDesk
from tests.assistant.measure.public_set import indexed, write_set
from tests.bench import sets, table
from tests.scripted import ScriptedLanguageModel
from ui.cli.measuring import evaluate


def claims_of(folder: Path) -> Path:
    """A set of two claims with people's verdicts."""
    texts = {"It eats fish.": True, "It eats stones.": False}
    rows = [{"_id": str(n), "text": text, "supported": verdict, "evidence": ["heron"]}
            for n, (text, verdict) in enumerate(texts.items())]  # fmt: skip
    return write_set(folder, queries=rows)


@pytest.fixture
def results(tmp_path: Path) -> list[Path]:
    """A result of each kind that needs no language model but a scripted one."""
    folder = write_set(tmp_path / "small")
    claims = {"dataset": "claims", **evaluate_attribution(claims_of(tmp_path / "claims"))}
    with indexed(folder, tmp_path / "home") as index:
        llm = ScriptedLanguageModel(answers=["Fish. [1]"] * 8)
        desk = PlainDesk(index, llm)  # type: ignore[arg-type]
        made = {
            "retrieval": evaluate_retrieval(index, folder, "last"),
            "packing": evaluate_packing(index, folder),
            "followups": evaluate_followups(index, folder, rewriter(None)),
            "answers": evaluate_grounded(desk, folder, Run(limit=4), desk),
            "claims": claims,
            "asked": Report([Outcome(Question(id="1", question="q"), True, None)]).to_dict(),
        }
    paths = [tmp_path / f"{name}.json" for name in made]
    for path, result in zip(paths, made.values(), strict=True):
        path.write_text(json.dumps(result), encoding="utf-8")
    return paths


def test_each_kind_of_result_has_its_lines(results: list[Path]) -> None:
    lines = table.table(results).splitlines()
    assert all(line.count("|") == 5 for line in lines)
    by_name = {line.split(" | ")[0].removeprefix("| "): line for line in lines}
    assert "small, last turn, 3 queries" in by_name["nDCG@10"]
    assert "RRF " in by_name["nDCG@10"] and "BM25 " in by_name["nDCG@10"]
    assert "evidence of 450 tokens holds the answer" in by_name
    assert "the person's" in by_name["recall@5"]
    assert "plain 1.00 (1.00 to 1.00, n 4)" in by_name["shown sentences that carry a citation"]
    assert "| .333 (.000 to 1.00, n 3) |" in by_name["answers that hold the gold string"]
    assert "word overlap" in by_name["claims judged as people did (balanced accuracy)"]
    assert "asked, 1 questions" in by_name["questions right"]


def test_the_table_replaces_what_stands_between_the_markers(
    results: list[Path], tmp_path: Path
) -> None:
    page = tmp_path / "README.md"
    page.write_text(f"Before\n\n{table.BEGIN}\nOUTDATED\n{table.END}\n\nAfter\n", encoding="utf-8")
    for _ in range(2):
        table.main(["--from", *map(str, results), "--into", str(page)])
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Before\n") and text.endswith("\n\nAfter\n")
    assert "OUTDATED" not in text and text.count("nDCG@10") == 1


def test_a_page_without_markers_or_a_file_that_is_no_result_is_refused(
    results: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "README.md"
    page.write_text("nothing here", encoding="utf-8")
    other = tmp_path / "other.json"
    other.write_text("{}", encoding="utf-8")
    for words in (["--from", str(results[0]), "--into", str(page)], ["--from", str(other)]):
        with pytest.raises(SystemExit):
            table.main(words)
    assert "no <!-- measured -->" in (errors := capsys.readouterr().err)
    assert "other is not a result" in errors


def test_figures_are_short() -> None:
    measure = {"mean": 0.0, "low": -0.025, "high": 1.0, "n": 1200}
    assert table.figure(measure) == ".000 (-.025 to 1.00, n 1,200)"
    assert table.figure(None) == "-"


@pytest.mark.parametrize("name", sets.MEASURES)
def test_every_measure_is_a_command_that_eval_understands(name: str, tmp_path: Path) -> None:
    for word in sets.MEASURES[name].split():
        if word.startswith("@"):
            (tmp_path / word[1:]).mkdir()
    words = sets.words_of(name, tmp_path, tmp_path / "results")
    with evaluate.make_context("eval", words[1:]) as context:
        assert isinstance(context, Context)


def test_stored_results_become_a_table_without_measuring(
    results: list[Path], tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{table.BEGIN}\n{table.END}\n", encoding="utf-8")
    sets.main(["--from", str(results[0]), "--into", str(page)])
    assert "nDCG@10" in page.read_text(encoding="utf-8")


def test_a_page_without_a_place_for_the_table_is_refused_before_hours_of_measuring(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        sets.main(["--sets", str(tmp_path), "--into", str(tmp_path / "page.md")])
    assert "page.md has no line" in capsys.readouterr().err
    assert table.BEGIN in sets.PAGE.read_text(encoding="utf-8")


def test_measures_over_the_same_documents_share_a_home(tmp_path: Path) -> None:
    homes = {name: sets.home_of(name, tmp_path) for name in sets.MEASURES}
    assert homes["retrieval-mtrag"] == homes["retrieval-mtrag-last"] == homes["answers-mtrag"]
    assert homes["retrieval-clapnq"] != homes["answers-clapnq"]


def test_a_result_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    (tmp_path / "curated.json").write_text("{}", encoding="utf-8")
    assert sets.measure("curated", tmp_path, tmp_path).read_text(encoding="utf-8") == "{}"
