"""The command line, worked through a scripted desk that owns the home."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from assistant.options import AskOptions
from assistant.types import Turn
from corpus.errors import ModelError
from tests.assistant.served_desk import ANSWER, INFO, ScriptedDesk, owning
from ui.cli import cli
from ui.cli.frame import Group

Run = Callable[..., Result]


@pytest.fixture
def desk(home: Path) -> Iterator[ScriptedDesk]:
    """A scripted desk that owns ``home`` and serves it."""
    with owning(home) as desk:
        desk.hold.set()
        yield desk


@pytest.fixture
def run(home: Path) -> Run:
    """Run a command on ``home``; its result has exit code, stdout and stderr."""

    def run_command(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(cli, [*words, "--home", str(home)], input=typed)

    return run_command


def test_ask_prints_the_answer_and_its_references(run: Run, desk: ScriptedDesk) -> None:
    result = run("ask", "How many?")
    assert result.exit_code == 0, result.stderr
    assert "It is two. [1]" in result.stdout
    assert "[1] A — title (P), page 3" in result.stdout
    assert "https://p.test/a" in result.stdout
    assert "It is two.\n" not in result.stdout, "the unchecked draft is for terminals"


def test_ask_prints_no_control_characters_of_documents(run: Run, desk: ScriptedDesk) -> None:
    result = run("ask", "How many?")
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout


def test_ask_passes_on_what_a_question_wants_for_itself(run: Run, desk: ScriptedDesk) -> None:
    assert run("ask", "q", "--evidence-tokens", "200", "--strictness", "0").exit_code == 0
    assert run("ask", "q", "--strictness", "0.7", "--json").exit_code == 0
    assert desk.options == [AskOptions(200, 0.0), AskOptions(None, 0.7)]


def test_ask_json_is_the_contract_and_nothing_else(run: Run, desk: ScriptedDesk) -> None:
    result = run("ask", "How many?", "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout) == json.loads(json.dumps(ANSWER.to_dict()))


@pytest.mark.parametrize("key", ["text", "content"])
def test_ask_takes_its_history_from_a_file(
    run: Run, desk: ScriptedDesk, tmp_path: Path, key: str
) -> None:
    file = tmp_path / "turns.json"
    file.write_text(json.dumps([{"role": "user", key: "a"}, {"role": "assistant", key: "b"}]))
    assert run("ask", "And then?", "--history", str(file)).exit_code == 0
    assert ("stream", "And then?", (Turn("user", "a"), Turn("assistant", "b"))) in desk.asked


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "not readable JSON"),
        ("{}", "JSON list"),
        ('[{"role": "user", "text": "a"}, {"role": "system", "text": "b"}]', "turn 2"),
        ('[{"role": "user", "text": 3}]', "turn 1"),
        ('["hello"]', "turn 1"),
    ],
)
def test_a_bad_history_is_bad_usage_and_says_which_turn(
    run: Run, desk: ScriptedDesk, tmp_path: Path, content: str, complaint: str
) -> None:
    file = tmp_path / "turns.json"
    file.write_text(content)
    result = run("ask", "q", "--history", str(file), "--json")
    assert result.exit_code == 2
    assert complaint in json.loads(result.stdout)["error"]
    assert len(result.stderr.strip().splitlines()) == 1


def test_an_error_is_one_line_and_with_json_a_document(run: Run, desk: ScriptedDesk) -> None:
    desk.fail = ModelError("the model server is down; start it")
    plain = run("ask", "q")
    assert plain.exit_code == 1
    assert plain.stderr == "refdesk: the model server is down; start it\n"
    assert plain.stdout == ""
    as_json = run("ask", "q", "--json")
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout) == {"error": "the model server is down; start it"}


def test_an_unexpected_error_is_one_line_without_traceback(run: Run, desk: ScriptedDesk) -> None:
    desk.fail = KeyError("boom\nsecond line")
    result = run("status")
    assert result.exit_code == 1
    assert "KeyError" in result.stderr
    assert [line for line in result.stderr.splitlines() if line.startswith("refdesk:")]
    assert result.stdout == ""


def test_a_bug_is_one_line_and_shows_where_only_when_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @click.group(cls=Group)
    def broken() -> None:
        pass

    @broken.command()
    def divide() -> None:
        print(1 // 0)

    quiet = CliRunner().invoke(broken, ["divide"])
    assert quiet.exit_code == 1
    assert quiet.stderr.startswith("refdesk: unexpected ZeroDivisionError")
    assert len(quiet.stderr.splitlines()) == 1
    monkeypatch.setenv("REFDESK_DEBUG", "1")
    assert "Traceback" in CliRunner().invoke(broken, ["divide"]).stderr


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys, contextlib\nfrom ui.cli import cli\n"
        "with contextlib.suppress(SystemExit): cli.main(['--help'])\n"
        "heavy = {'torch', 'gradio', 'chromadb', 'pydantic', 'httpx', 'llama_index', 'numpy'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "serve" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("ask",),
        ("ask", "  "),
        ("ask", "q", "--no-such-option"),
        ("ask", "q", "--history", "/no/such/file"),
        ("ask", "q", "--strictness", "1.5"),
        ("ask", "q", "--evidence-tokens", "10"),
        ("ask", "q", "--threads", "0"),
        ("search", "q", "--limit", "0"),
        ("chat", "--json"),
        ("eval",),
        ("eval", "--limit", "3"),
        ("nonsense",),
    ],
)
def test_bad_usage_exits_with_2_and_names_itself(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 2
    assert result.stderr.startswith("refdesk: ")


def test_a_bad_setting_is_bad_usage_and_names_its_variable(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFDESK_THREADS", "many")
    result = run("status")
    assert result.exit_code == 2
    assert "REFDESK_THREADS" in result.stderr


def test_a_bad_setting_says_what_to_give_instead(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFDESK_OCR", "e-n")
    result = run("status")
    assert result.exit_code == 2
    assert result.stderr.startswith("refdesk: REFDESK_OCR: give auto, off, or")


@pytest.mark.parametrize("words", [[], ["corpus"]])
def test_a_command_without_a_word_shows_its_help_as_it_is_laid_out(words: list[str]) -> None:
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) > 5
    assert result.stderr.startswith("Usage: refdesk")


def test_a_model_that_the_owner_does_not_run_is_refused(run: Run, desk: ScriptedDesk) -> None:
    result = run("ask", "q", "--model", "other")
    assert result.exit_code == 2
    assert "answers with tiny" in result.stderr
    assert desk.asked == []
    assert run("ask", "q", "--model", "tiny").exit_code == 0


def test_search_lists_passages(run: Run, desk: ScriptedDesk) -> None:
    result = run("search", "q", "--limit", "3")
    assert result.exit_code == 0, result.stderr
    assert INFO.id in result.stdout
    assert ("search", "q", 3) in desk.asked
    found = json.loads(run("search", "q", "--json").stdout)
    assert found["passages"][0]["document"]["id"] == INFO.id
    assert found["passages"][0]["text"] == "one"


def test_refresh_reports_failures_and_still_exits_with_0(run: Run, desk: ScriptedDesk) -> None:
    result = run("refresh")
    assert result.exit_code == 0, result.stderr
    assert "1 added" in result.stdout
    assert "d: no text" in result.stdout
    report = json.loads(run("refresh", "--json").stdout)
    assert report["added"] == ["a"]
    assert report["failed"] == [{"document_id": "d", "path": "d.pdf", "reason": "no text"}]


def test_a_dry_run_says_what_would_change_and_does_not_refresh(
    run: Run, desk: ScriptedDesk
) -> None:
    result = run("refresh", "--dry-run")
    assert result.exit_code == 0, result.stderr
    assert "1 new" in result.stdout and "b -> c" in result.stdout and "d: no text" in result.stdout
    changes = json.loads(run("refresh", "--dry-run", "--json").stdout)
    assert changes["added"] == ["a"] and changes["renamed"] == [["b", "c"]]
    assert "note     e is limited" in result.stdout
    assert changes["notes"] == ["e is limited to 1 documents"]
    assert ("refresh",) not in desk.asked


def test_add_gives_the_owner_an_absolute_path(
    run: Run, desk: ScriptedDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes").mkdir()
    monkeypatch.chdir(tmp_path)
    assert run("add", "notes").exit_code == 0
    assert ("add", str(tmp_path / "notes")) in desk.asked
    assert run("add", "https://x.test/a").exit_code == 0
    assert ("add", "https://x.test/a") in desk.asked


def test_status_json_has_the_promised_keys(run: Run, desk: ScriptedDesk) -> None:
    status = json.loads(run("status", "--json").stdout)
    assert {"documents", "chunks", "vectors", "models", "failed", "as_of"} <= set(status)
    assert "never refreshed" in run("status").stdout


def test_status_shows_one_document_with_its_text(run: Run, desk: ScriptedDesk) -> None:
    document = json.loads(run("status", "--document", INFO.id, "--json").stdout)
    assert document["id"] == INFO.id
    assert document["title"] == INFO.title
    assert document["text"] == "one\u2028two\r\n三"
    missing = run("status", "--document", "nope", "--json")
    assert missing.exit_code == 1
    assert "nope" in json.loads(missing.stdout)["error"]


def test_chat_keeps_the_history_until_told_to_forget(run: Run, desk: ScriptedDesk) -> None:
    result = run("chat", typed="first\nsecond\n/new\nthird\n/quit\nnever\n")
    assert result.exit_code == 0, result.stderr
    asked = [(call[1], call[2]) for call in desk.asked if call[0] == "stream"]
    turns = (Turn("user", "first"), Turn("assistant", ANSWER.text))
    assert asked == [("first", ()), ("second", turns), ("third", ())]


def test_chat_survives_an_error_and_ends_with_its_input(run: Run, desk: ScriptedDesk) -> None:
    result = run("chat", typed="/help\n/sources 0\nfirst\n")
    assert result.exit_code == 0, result.stderr
    assert "/quit" in result.stderr
    assert "It is two." in result.stdout
    assert "[1] A" not in result.stdout, "/sources 0 hides the references"


def test_chat_goes_on_after_an_answer_that_failed(run: Run, desk: ScriptedDesk) -> None:
    desk.fail_question = "bad"
    result = run("chat", typed="bad\ngood\n")
    assert result.exit_code == 0, result.stderr
    assert "refdesk: the script says no" in result.stderr
    assert "It is two." in result.stdout


def test_weights_lists_what_is_known_and_what_is_here(tmp_path: Path) -> None:
    runner = CliRunner(env={"REFDESK_WEIGHTS": str(tmp_path)})
    listed = json.loads(runner.invoke(cli, ["weights", "--json"]).stdout)
    assert listed["folder"] == str(tmp_path)
    assert listed["models"]
    assert not any(row["here"] for row in listed["models"])
    plain = runner.invoke(cli, ["weights"])
    assert all(row["name"] in plain.stdout for row in listed["models"])


def test_weights_pull_of_an_unknown_name_fails_in_one_line(tmp_path: Path) -> None:
    runner = CliRunner(env={"REFDESK_WEIGHTS": str(tmp_path)})
    result = runner.invoke(cli, ["weights", "pull", "nonsense", "--json"])
    assert result.exit_code == 1
    assert "nonsense" in json.loads(result.stdout)["error"]
    assert len(result.stderr.splitlines()) == 1
