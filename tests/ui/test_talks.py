"""Kept conversations: what stays, what is replaced, whose it is, and what survives a kill."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.types import Turn
from corpus.errors import HomeError
from tests.ui.scripted import licence_answer, qwq_answer, refusal, table_answer
from ui import talks as talks_module
from ui.feedback import Feedback, feedback_from
from ui.talks import FILE_NAME, MAX_TURNS, Talks
from ui.views import TurnView

FIRST = TurnView(1, "Which licence, 100%?", phase="done", answer=licence_answer("Which licence?"))
SECOND = TurnView(2, "Who won the World Cup?", phase="done", answer=refusal("Who won?"))


@pytest.fixture
def talks(tmp_path: Path) -> Iterator[Talks]:
    talks = Talks(tmp_path)
    yield talks
    talks.close()


def titles(talks: Talks, visitor: str = "ann", words: str = "") -> list[str]:
    return [info.title for info in talks.listed(visitor, words)]


def test_a_conversation_comes_back_as_it_was_kept(talks: Talks) -> None:
    table = TurnView(3, "A table", phase="done", answer=table_answer("A table"))
    broken = TurnView(4, "broken", phase="failed", error="The model server does not answer.")
    turns = (FIRST, SECOND, table, broken)
    kept = talks.keep("ann", None, turns)
    read = talks.read("ann", kept.id)
    assert read is not None and read.turns == turns
    assert read.info.title == "Which licence, 100%?"


def test_a_turn_that_was_running_is_kept_as_stopped(talks: Talks) -> None:
    kept = talks.keep("ann", None, (TurnView(1, "endless", phase="drafting", draft="word "),))
    read = talks.read("ann", kept.id)
    assert read is not None
    assert (read.turns[0].phase, read.turns[0].draft) == ("stopped", "word ")


def test_a_retried_turn_replaces_the_old_one_and_what_came_after(talks: Talks) -> None:
    kept = talks.keep("ann", None, (FIRST, SECOND))
    other = replace(FIRST, answer=qwq_answer("Which licence?"))
    again = talks.keep("ann", kept.id, (other,), kept.revision)
    read = talks.read("ann", kept.id)
    assert again.id == kept.id
    assert read is not None and read.turns == (other,)


def test_two_pages_on_one_conversation_do_not_overwrite_each_other(talks: Talks) -> None:
    kept = talks.keep("ann", None, (FIRST,))
    here = talks.keep("ann", kept.id, (FIRST, SECOND), kept.revision)
    there = talks.keep("ann", kept.id, (FIRST, replace(SECOND, question="Other")), kept.revision)
    assert here.id == kept.id != there.id
    one, two = talks.read("ann", here.id), talks.read("ann", there.id)
    assert one is not None and one.turns[1].question == "Who won the World Cup?"
    assert two is not None and two.turns[1].question == "Other"


def test_what_was_deleted_elsewhere_is_kept_as_a_new_conversation(talks: Talks) -> None:
    kept = talks.keep("ann", None, (FIRST,))
    talks.delete("ann", kept.id)
    again = talks.keep("ann", kept.id, (FIRST, SECOND), kept.revision)
    assert again.id != kept.id
    assert len(talks.listed("ann")) == 1


def test_nobody_sees_or_changes_what_another_visitor_said(talks: Talks) -> None:
    kept = talks.keep("ann", None, (FIRST,))
    assert talks.listed("bob") == []
    assert talks.read("bob", kept.id) is None
    assert not talks.rename("bob", kept.id, "mine")
    assert not talks.delete("bob", kept.id)
    assert talks.share("bob", kept.id) is None
    assert not talks.rate("bob", kept.id, 1, Feedback("down"))
    assert talks.judged("bob", kept.id, (FIRST,)) == (FIRST,)
    assert talks.keep("bob", kept.id, (SECOND,)).id != kept.id
    token = talks.share("ann", kept.id)
    assert token and not talks.withdraw("bob", kept.id)
    assert titles(talks) == ["Which licence, 100%?"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("licence", 1),
        ("LICENCE mit", 1),
        ("licence nothing", 0),
        ("100%", 1),
        ("1%0", 0),
        ("%", 1),
        ("l_cence", 0),
        ("' OR 1=1 --", 0),
        ("world cup", 1),
        ("", 2),
    ],
)
def test_search_finds_every_word_in_questions_and_answers(
    talks: Talks, words: str, found: int
) -> None:
    talks.keep("ann", None, (FIRST,))
    talks.keep("ann", None, (SECOND,))
    assert len(talks.listed("ann", words)) == found


def test_search_tells_where_and_folds_the_case_of_any_script(talks: Talks) -> None:
    talks.keep("ann", None, (replace(FIRST, question="Что такое ВЕСА модели?"),))
    (info,) = talks.listed("ann", "веса")
    assert "ВЕСА" in info.found
    kept = talks.keep("ann", None, (FIRST,))
    talks.rename("ann", kept.id, "ÄRGER mit Lizenzen")
    assert titles(talks, words="ärger") == ["ÄRGER mit Lizenzen"]


def test_the_newest_come_first_and_a_new_turn_makes_new(talks: Talks) -> None:
    kept = talks.keep("ann", None, (FIRST,))
    talks.keep("ann", None, (SECOND,))
    assert titles(talks) == ["Who won the World Cup?", "Which licence, 100%?"]
    talks.keep("ann", kept.id, (FIRST, SECOND))
    assert titles(talks)[0] == "Which licence, 100%?"


def test_a_title_is_one_short_line(talks: Talks) -> None:
    kept = talks.keep("ann", None, (replace(FIRST, question="a\n b " * 100),))
    assert len(titles(talks)[0]) == 80 and "\n" not in titles(talks)[0]
    assert talks.rename("ann", kept.id, " new \n name ")
    assert titles(talks) == ["new name"]
    assert not talks.rename("ann", kept.id, " \n ")
    assert titles(talks) == ["new name"]


def test_the_oldest_conversations_and_turns_make_room(
    talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talks_module, "MAX_TALKS", 3)
    for number in range(5):
        talks.keep("ann", None, (replace(FIRST, question=f"q{number}"),))
    assert titles(talks) == ["q4", "q3", "q2"]
    many = tuple(replace(FIRST, number=n) for n in range(1, MAX_TURNS + 6))
    kept = talks.keep("ann", None, many)
    read = talks.read("ann", kept.id)
    assert read is not None
    assert [turn.number for turn in read.turns] == list(range(6, MAX_TURNS + 6))


def test_a_deleted_conversation_can_be_restored_for_a_while(
    talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = talks.keep("ann", None, (FIRST,))
    assert talks.delete("ann", kept.id)
    assert titles(talks) == [] and talks.read("ann", kept.id) is None
    assert talks.restore("ann", kept.id)
    assert titles(talks) == ["Which licence, 100%?"]
    talks.delete("ann", kept.id)
    monkeypatch.setattr(talks_module, "UNDO_MINUTES", -1)
    other = talks.keep("ann", None, (SECOND,))
    talks.delete("ann", other.id)  # clears away what can no longer be restored
    assert not talks.restore("ann", kept.id)


def test_a_link_shows_what_was_shared_until_it_is_withdrawn(talks: Talks) -> None:
    kept = talks.keep("ann", None, (FIRST,))
    token = talks.share("ann", kept.id)
    assert token is not None and kept.id not in token and len(token) >= 20
    talks.keep("ann", kept.id, (FIRST, SECOND))
    shared = talks.shared(token)
    assert shared is not None and shared.turns == (FIRST,), "a later turn is not shared by itself"
    assert talks.share("ann", kept.id) == token, "sharing again renews the same link"
    shared = talks.shared(token)
    assert shared is not None and shared.turns == (FIRST, SECOND)
    assert talks.withdraw("ann", kept.id)
    assert talks.shared(token) is None
    assert talks.share("ann", kept.id) != token


def test_deleting_a_conversation_ends_its_link(talks: Talks) -> None:
    kept = talks.keep("ann", None, (FIRST,))
    token = talks.share("ann", kept.id)
    talks.delete("ann", kept.id)
    assert token is not None and talks.shared(token) is None


def test_feedback_belongs_to_the_answer_that_was_judged(talks: Talks) -> None:
    kept = talks.keep("ann", None, (FIRST, SECOND))
    down = Feedback("down", "answerable", "Page 3 says it.", "France")
    assert talks.rate("ann", kept.id, 2, down)
    read = talks.read("ann", kept.id)
    assert read is not None and [turn.feedback for turn in read.turns] == [None, down]
    assert talks.judged("ann", kept.id, (FIRST, SECOND))[1].feedback == down
    retried = replace(SECOND, answer=qwq_answer("Who won the World Cup?"))
    talks.keep("ann", kept.id, (FIRST, retried))
    read = talks.read("ann", kept.id)
    assert read is not None and read.turns[1].feedback is None
    (rated,) = talks.rated()
    assert (rated.question, rated.answer, rated.feedback) == (
        "Who won the World Cup?", SECOND.answer, down,
    )  # fmt: skip
    assert FIRST.answer is not None
    assert rated.history == (
        Turn("user", FIRST.question),
        Turn("assistant", FIRST.answer.text),
    )


def test_feedback_can_be_changed_and_taken_back(talks: Talks) -> None:
    kept = talks.keep("ann", None, (FIRST,))
    talks.rate("ann", kept.id, 1, Feedback("down", "wrong"))
    talks.rate("ann", kept.id, 1, Feedback("up"))
    assert [rated.feedback for rated in talks.rated()] == [Feedback("up")]
    talks.rate("ann", kept.id, 1, None)
    assert talks.rated() == []
    assert not talks.rate("ann", kept.id, 7, Feedback("up"))


def test_feedback_stays_when_the_conversation_goes_on(talks: Talks) -> None:
    kept = talks.keep("ann", None, (FIRST,))
    talks.rate("ann", kept.id, 1, Feedback("up"))
    talks.keep("ann", kept.id, (FIRST, SECOND))
    read = talks.read("ann", kept.id)
    assert read is not None and read.turns[0].feedback == Feedback("up")


def test_what_a_page_sends_as_feedback_is_bounded() -> None:
    told = feedback_from("down", "drop table", "x" * 5000, "y" * 5000)
    assert told is not None
    assert (told.reason, len(told.comment), len(told.expected)) == ("", 1000, 200)
    assert feedback_from("sideways") is None


def test_two_threads_may_write_at_once(talks: Talks) -> None:
    ids: list[str] = []

    def write(visitor: str) -> None:
        kept = talks.keep(visitor, None, (FIRST,))
        for number in range(2, 12):
            turns = tuple(replace(FIRST, number=n) for n in range(1, number))
            kept = talks.keep(visitor, kept.id, turns, kept.revision)
            talks.listed(visitor, "licence")
        ids.append(kept.id)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("ann", "bob", "cy")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(set(ids)) == 3
    assert all(len(talks.listed(name)) == 1 for name in ("ann", "bob", "cy"))


def test_what_was_kept_survives_a_kill(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path\n"
        "from tests.ui.test_talks import FIRST, SECOND\nfrom ui.talks import Talks\n"
        "talks = Talks(Path(sys.argv[1]))\nkept = talks.keep('ann', None, (FIRST, SECOND))\n"
        "with talks._db.writing() as db:\n"
        "    db.execute('DELETE FROM turns')\n    os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=root, check=False)
    assert done.returncode == -9
    talks = Talks(tmp_path)
    (info,) = talks.listed("ann")
    assert info.turns == 2, "what was half done is undone"
    talks.close()


def test_the_file_is_for_its_owner_only(talks: Talks) -> None:
    assert talks.path.stat().st_mode & 0o077 == 0


def test_a_newer_or_damaged_file_is_one_clear_line(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE_NAME) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(HomeError, match="newer refdesk"):
        Talks(tmp_path)
    (tmp_path / FILE_NAME).write_bytes(b"no database at all" * 100)
    with pytest.raises(HomeError, match="index is not touched"):
        Talks(tmp_path)
