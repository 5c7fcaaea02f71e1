"""``refdesk saved`` and the changed answers in ``refdesk news``, through an owner and without."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.assistant.served_desk import SAVED, ScriptedDesk, owning
from ui.cli import cli

Run = Callable[..., Result]


@pytest.fixture
def desk(home: Path) -> Iterator[ScriptedDesk]:
    """A scripted desk that owns ``home`` and serves it."""
    with owning(home) as desk:
        desk.hold.set()
        yield desk


@pytest.fixture
def run(home: Path) -> Run:
    """Run a command on ``home``."""

    def run_command(*words: str) -> Result:
        return CliRunner().invoke(cli, [*words, "--home", str(home)])

    return run_command


def test_the_list_tells_question_answer_and_what_changed(run: Run, desk: ScriptedDesk) -> None:
    result = run("saved")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == (
        "ab12  How many ?\n"
        "    answered: It is two. [1]\n"
        "    changed on 2026-01-02:\n"
        "      The value changed[31m from 1 to 2.\n"
        "    2026-01-02  Asked.\n"
    ), "without the control characters of documents"


def test_the_list_as_json_has_every_answer_and_nobodys_cookie(run: Run, desk: ScriptedDesk) -> None:
    (told,) = json.loads(run("saved", "--json").stdout)["questions"]
    assert told["owner"] == "visitor"
    assert told["answers"][0]["answer"]["text"] == "It is two. [1]"
    assert told["answers"][0]["changes"] == [{"kind": "value", "text": "The value changed\x1b[31m"
                                              " from 1 to 2."}]  # fmt: skip
    assert "digest" not in json.dumps(told)


def test_add_and_remove_work_through_the_owner(run: Run, desk: ScriptedDesk) -> None:
    assert "ab12  How many" in run("saved", "add", "How many?").stdout
    assert json.loads(run("saved", "add", "How many?", "--json").stdout)["id"] == "ab12"
    assert run("saved", "remove", "ab12").stdout == "ab12 is asked no more.\n"
    assert json.loads(run("saved", "remove", "ab12", "--json").stdout) == {"removed": "ab12"}
    assert ("save", "How many?", None, "", False) in desk.asked
    assert ("unsave", "ab12", None) in desk.asked


def test_the_home_may_be_named_before_the_word(home: Path, desk: ScriptedDesk) -> None:
    result = CliRunner().invoke(cli, ["saved", "--home", str(home), "remove", "ab12"])
    assert result.exit_code == 0, result.stderr
    assert desk.asked == [("unsave", "ab12", None)]


def test_check_says_what_changed_now_and_what_could_not_be_asked(
    run: Run, desk: ScriptedDesk
) -> None:
    assert run("saved", "check").stdout == "1 saved, 0 changed, 0 could not be asked.\n"
    newer = replace(SAVED.answers[0], key=8)
    failure = "Could not be asked again: no model."
    late = replace(SAVED, id="cd34", due=True, note=failure, answers=())
    desk.saved.checked = (replace(SAVED, answers=(newer, *SAVED.answers)), late)
    result = run("saved", "check", "--due")
    assert "changed on 2026-01-02:" in result.stdout
    assert failure in result.stdout
    assert result.stdout.endswith("2 saved, 1 changed, 1 could not be asked.\n")
    told = json.loads(run("saved", "check", "--json").stdout)
    assert (told["changed"], told["failed"]) == (["ab12"], ["cd34"])
    assert [call for call in desk.asked if call[0] == "check"] == [
        ("check", False), ("check", True), ("check", False)]  # fmt: skip


def test_news_tell_changed_answers_too(run: Run, desk: ScriptedDesk) -> None:
    result = run("news", "--since", "2026-01-01")
    assert result.stdout.startswith("2026-01-02  answer  How many?\n    The value changed")
    told = json.loads(run("news", "--since", "2026-01-01", "--json").stdout)
    assert told["saved"][0]["question_id"] == "ab12"
    assert ("changes", "2026-01-01", None, "") in desk.asked


def test_a_mistake_is_one_line(run: Run, home: Path, weights_dir: Path) -> None:
    result = run("saved", "remove", "nothing")
    assert result.exit_code == 1
    assert result.stderr == (
        "refdesk: no saved question has the id 'nothing'; refdesk saved lists them\n"
    )
    assert run("saved").stdout == "No saved questions.\n"


def test_a_refresh_says_how_many_saved_questions_it_made_due(run: Run, desk: ScriptedDesk) -> None:
    assert "saved question" not in run("refresh").stdout
    desk.saved.kept = (replace(SAVED, due=True), SAVED)
    assert "1 saved question to ask again" in run("refresh").stdout
    assert "saved" not in json.loads(run("refresh", "--json").stdout)
