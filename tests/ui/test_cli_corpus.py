"""``refdesk corpus check``: its exit codes, its lines, and its JSON document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.corpus.small_corpus import FACTS, SmallCorpus, document
from ui.cli import cli


@pytest.fixture
def corpus(tmp_path: Path) -> SmallCorpus:
    return SmallCorpus(tmp_path)


def run(corpus: SmallCorpus, *words: str) -> Result:
    """Run the check on the folders of ``corpus``."""
    documents, models = corpus.write()
    folders = ("--documents", str(documents), "--models", str(models))
    home = ("--home", str(corpus.folder / "home"))
    return CliRunner().invoke(cli, ["corpus", "check", *folders, *home, *words])


def facts(corpus: SmallCorpus, date: str) -> str:
    """A facts file of one event on ``date``."""
    file = corpus.folder / "events.jsonl"
    line = {"id": "ev-1", "date": date, "facts": ["Heron-7 has 671B parameters."]}
    file.write_text(json.dumps(line) + "\n", encoding="utf-8")
    return str(file)


def break_it(corpus: SmallCorpus) -> None:
    """Give the document a wrong figure."""
    corpus.documents = {"heron.md": document(FACTS.replace("671B", "672B"))}


def test_a_right_corpus_exits_with_0_and_tells_its_counts(corpus: SmallCorpus) -> None:
    result = run(corpus)
    assert result.exit_code == 0, result.stdout
    assert result.stdout.startswith("1 cards, 1 documents, ")
    assert result.stdout.endswith("1 sources: 0 errors, 0 warnings\n")


def test_an_error_exits_with_1_and_says_where_and_what(corpus: SmallCorpus) -> None:
    break_it(corpus)
    result = run(corpus)
    assert result.exit_code == 1
    line = result.stdout.splitlines()[0]
    assert line.startswith("error: heron.md, line ")
    assert "672B" in line and "671B" in line


def test_a_warning_does_not_fail(corpus: SmallCorpus) -> None:
    corpus.card(licence_class=None)
    result = run(corpus)
    assert result.exit_code == 0
    assert "warning: maker.yaml, heron-7.licence_class" in result.stdout


def test_json_is_one_document_with_everything(corpus: SmallCorpus) -> None:
    break_it(corpus)
    result = run(corpus, "--json", "--facts", facts(corpus, "2025-01-20"))
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert not told["ok"]
    assert told["counts"]["cards"] == 1
    (error,) = told["errors"]
    assert (error["file"], error["rule"]) == ("heron.md", "figure")
    assert told["warnings"] == []
    assert told["coverage"]["models"] == {"total": 0, "covered": 0, "missing": []}
    (lacking,) = told["coverage"]["events"]["missing"]
    assert lacking["id"] == "ev-1" and "671B" in lacking["missing"][0]


def test_coverage_that_is_not_whole_fails(corpus: SmallCorpus) -> None:
    whole = run(corpus, "--facts", facts(corpus, "2025-01-20"))
    assert whole.exit_code == 0, whole.stdout
    assert "Facts on events: 1 of 1 covered" in whole.stdout
    lacking = run(corpus, "--facts", facts(corpus, "2025-01-21"))
    assert lacking.exit_code == 1
    assert "missing: ev-1: date 2025-01-21 (nearest: heron.md)" in lacking.stdout


def test_only_shows_the_findings_of_some_files_and_fails_all_the_same(corpus: SmallCorpus) -> None:
    break_it(corpus)
    result = run(corpus, "--only", "maker")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1


def test_control_characters_of_documents_are_not_printed(corpus: SmallCorpus) -> None:
    corpus.documents = {"heron.md": document(f"{FACTS}\n\nIt cost 12 \x1b[31mdollars.")}
    assert "\x1b" not in run(corpus).stdout


@pytest.mark.parametrize(
    "words",
    [("--documents", "/no/such/folder"), ("--facts", "/no/such/file"), ("--colour",)],
)
def test_bad_usage_exits_with_2_and_one_line(corpus: SmallCorpus, words: tuple[str, ...]) -> None:
    result = run(corpus, *words)
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_facts_file_that_is_no_json_fails_with_one_line(corpus: SmallCorpus) -> None:
    file = corpus.folder / "facts.jsonl"
    file.write_text("{", encoding="utf-8")
    result = run(corpus, "--facts", str(file))
    assert result.exit_code == 1
    assert result.stderr == "refdesk: facts.jsonl line 1: not readable JSON\n"
