"""Saved questions over real stores: a document comes, and the desk tells what it changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.desk import Assistant
from assistant.saved import store as stored
from assistant.saved.questions import FIRST_ANSWER, SAME_ANSWER, SAME_PASSAGES
from assistant.saved.store import SavedStore
from assistant.saved.types import SavedQuestion
from assistant.settings import Settings
from assistant.types import Answer
from corpus.errors import HomeError, InputError, ModelError
from index.backup import backup, restore
from index.store import Index
from tests.index.hash_embedder import HashEmbedder
from tests.scripted import ScriptedLanguageModel

QUESTION = "How many parameters does Zephyr have?"
SEVEN = "Zephyr has 7B parameters."
THIRTEEN = "Zephyr has 13B parameters."
EPOCH = "2020-01-01"


def zephyr(sentence: str) -> str:
    return f"# Zephyr\n\nZephyr is a model by Northwind Labs. {sentence}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    return documents


def drafts(*texts: str | Exception) -> ScriptedLanguageModel:
    return ScriptedLanguageModel(texts, probabilities=[0.95] * 2 * len(texts))


@pytest.fixture
def desk(home: Path, folder: Path) -> Iterator[Assistant]:
    """A desk over an empty folder; a test gives it the drafts that it expects to be asked for."""
    with Index.open(home, HashEmbedder(), curated=False) as index:
        model: Any = drafts()
        assistant = Assistant(index, model, Settings(home=home, curated=False))
        (folder / "boreas.md").write_text("# Boreas\n\nBoreas is a wind.\n", encoding="utf-8")
        assistant.add(str(folder))
        assistant.refresh()
        yield assistant
        assistant.close()


def told(saved: SavedQuestion) -> list[str]:
    return [change.text for change in saved.answers[0].changes]


def only(desk: Assistant) -> SavedQuestion:
    (saved,) = desk.saved.all()
    return saved


def test_a_document_that_answers_a_saved_question_is_reported_with_its_source(
    desk: Assistant, folder: Path
) -> None:
    saved = desk.saved.add(QUESTION)
    assert saved.answers[0].answer.status == "not_in_corpus"
    assert (saved.note, saved.due) == (FIRST_ANSWER, False)
    (folder / "zephyr.md").write_text(zephyr(SEVEN), encoding="utf-8")
    desk.refresh()
    assert only(desk).due
    desk.llm = drafts(SEVEN)
    assert desk.saved.ask_next() == "asked"
    saved = only(desk)
    assert told(saved) == [
        "It was not in the corpus and is answered now: “Zephyr has 7B parameters”.",
        "Its source is Zephyr.",
    ]
    assert [one.answer.status for one in saved.answers] == ["answered", "not_in_corpus"]
    assert not saved.due
    assert desk.saved.ask_next() == "idle"
    (change,) = desk.saved.changes(EPOCH)
    assert (change.question, change.text) == (QUESTION, f"{SEVEN} [1]")


def test_a_changed_and_then_a_removed_document_are_told_of_and_nothing_is_forgotten(
    desk: Assistant, folder: Path
) -> None:
    (folder / "zephyr.md").write_text(zephyr(SEVEN), encoding="utf-8")
    desk.refresh()
    desk.llm = drafts(SEVEN, THIRTEEN)
    desk.saved.add(QUESTION)
    (folder / "zephyr.md").write_text(zephyr(THIRTEEN), encoding="utf-8")
    desk.refresh()
    assert desk.saved.ask_next() == "asked"
    assert told(only(desk)) == [
        "The value changed from 7B to 13B.",
        "The quote it rested on is gone: “Zephyr has 7B parameters” (Zephyr has changed).",
    ]
    (folder / "zephyr.md").unlink()
    desk.refresh()
    assert desk.saved.ask_next() == "asked"
    saved = only(desk)
    assert told(saved)[0] == "It was answered before and is not in the corpus any more."
    assert [one.answer.text for one in saved.answers[1:]] == [f"{THIRTEEN} [1]", f"{SEVEN} [1]"]
    assert all(one.made for one in saved.answers)


def test_a_document_about_something_else_asks_the_model_nothing(
    desk: Assistant, folder: Path
) -> None:
    for n in range(15):
        text = zephyr(f"Zephyr has parameters of kind {n}. {SEVEN}")
        (folder / f"zephyr-{n}.md").write_text(text, encoding="utf-8")
    desk.refresh()
    desk.llm = drafts(SEVEN)
    before = desk.saved.add(QUESTION)
    (folder / "eurus.md").write_text("# Eurus\n\nEurus blows from the east.\n", encoding="utf-8")
    desk.refresh()
    desk.llm = drafts()  # would fail if it were asked
    assert only(desk).due
    assert desk.saved.ask_next() == "asked"
    after = only(desk)
    assert (after.note, after.due, after.answers) == (SAME_PASSAGES, False, before.answers)


def test_an_answer_that_says_the_same_is_no_news(desk: Assistant, folder: Path) -> None:
    (folder / "zephyr.md").write_text(zephyr(SEVEN), encoding="utf-8")
    desk.refresh()
    desk.llm = drafts(SEVEN, SEVEN)
    desk.saved.add(QUESTION)
    (saved,) = desk.saved.check()
    assert (saved.note, len(saved.answers)) == (SAME_ANSWER, 1)
    assert desk.saved.changes(EPOCH) == []


def test_a_refresh_that_changes_nothing_makes_nothing_due(desk: Assistant) -> None:
    desk.saved.add(QUESTION)
    desk.refresh()
    assert not only(desk).due
    assert desk.saved.ask_next() == "idle"


def test_nothing_is_asked_while_documents_come_in(desk: Assistant) -> None:
    desk.saved.add(QUESTION, later=True)
    with desk.index.refresh_lock:
        assert desk.saved.ask_next() == "waiting"
    assert only(desk).answers == ()


def test_people_come_first(desk: Assistant, folder: Path) -> None:
    (folder / "zephyr.md").write_text(zephyr(SEVEN), encoding="utf-8")
    desk.refresh()
    desk.saved.add(QUESTION, later=True)
    desk.llm = drafts(SEVEN, SEVEN, SEVEN)
    person = desk.stream(QUESTION)
    next(person)
    assert desk.saved.ask_next() == "waiting"
    list(person)
    stop = threading.Event()
    stop.set()  # as when somebody asks, or the desk closes, in the middle of it
    assert desk.saved.ask_next(stop) == "waiting"
    assert only(desk).answers == (), "and it is tried again"
    assert desk.saved.ask_next() == "asked"
    assert only(desk).answers[0].answer.status == "answered"


def test_a_model_that_fails_leaves_the_answer_and_says_why(desk: Assistant, folder: Path) -> None:
    (folder / "zephyr.md").write_text(zephyr(SEVEN), encoding="utf-8")
    desk.refresh()
    desk.llm = drafts(SEVEN)
    desk.saved.add(QUESTION)
    (folder / "zephyr.md").write_text(zephyr(THIRTEEN), encoding="utf-8")
    desk.refresh()
    desk.llm = drafts(ModelError("the model server is down; start it."))
    assert desk.saved.ask_next() == "failed"
    saved = only(desk)
    assert "the model server is down" in saved.note
    assert (saved.due, len(saved.answers)) == (True, 1)


def test_an_answer_of_an_older_corpus_is_asked_again_soon(desk: Assistant, folder: Path) -> None:
    (folder / "zephyr.md").write_text(zephyr(SEVEN), encoding="utf-8")
    desk.refresh()
    desk.llm = drafts(SEVEN)
    answer = desk.ask(QUESTION)
    assert not desk.saved.add(QUESTION, answer).due
    assert desk.saved.add("And who made it?", Answer("answered", "q", "q", "x", as_of="2020")).id
    assert [one.due for one in desk.saved.all()] == [True, False]


def test_a_question_saved_again_takes_up_its_old_answers(desk: Assistant) -> None:
    first = desk.saved.add(QUESTION)
    assert desk.saved.add(f"  {QUESTION} ").id == first.id
    desk.saved.remove(first.id)
    assert desk.saved.all() == []
    again = desk.saved.add(QUESTION)
    assert (again.id, len(again.answers)) == (first.id, 1)
    with pytest.raises(InputError, match="no saved question"):
        desk.saved.remove("nothing")


@pytest.mark.parametrize("question", ["", " \n ", "x" * 2001])
def test_a_question_that_is_none_is_refused(desk: Assistant, question: str) -> None:
    with pytest.raises(InputError, match="characters"):
        desk.saved.add(question)


def test_a_visitor_sees_the_desks_questions_and_the_visitors_own(desk: Assistant) -> None:
    shared = desk.saved.add("Shared?", later=True)
    anns = desk.saved.add("Of Ann?", owner="ann", later=True)
    desk.saved.add("Of Bob?", owner="bob", later=True)
    assert {one.question for one in desk.saved.all("ann")} == {"Shared?", "Of Ann?"}
    assert {one.question for one in desk.saved.all("")} == {"Shared?"}
    assert len(desk.saved.all()) == 3
    for owner, identity in (("bob", anns.id), ("ann", shared.id)):
        with pytest.raises(InputError):
            desk.saved.remove(identity, owner)


def test_what_a_visitor_has_seen_is_marked_for_that_visitor_only(
    desk: Assistant, folder: Path
) -> None:
    desk.saved.add(QUESTION)
    (folder / "zephyr.md").write_text(zephyr(SEVEN), encoding="utf-8")
    desk.refresh()
    desk.llm = drafts(SEVEN)
    before = desk.saved.marks("ann")
    desk.saved.ask_next()
    marks = desk.saved.marks("ann")
    assert (before.unseen, marks.unseen) == (0, 1)
    assert before.version != marks.version
    desk.saved.look("ann", desk.saved.all("ann")[0].answers[0].key)
    assert [desk.saved.marks(visitor).unseen for visitor in ("ann", "bob")] == [0, 1]
    assert [one.unseen for one in desk.saved.all("ann")] == [False]


def test_a_feeds_secret_opens_its_owners_changes_and_no_others(
    desk: Assistant, folder: Path
) -> None:
    for owner in ("ann", "bob"):
        desk.saved.add(QUESTION, owner=owner)
    (folder / "zephyr.md").write_text(zephyr(SEVEN), encoding="utf-8")
    desk.refresh()
    desk.llm = drafts(SEVEN, SEVEN)
    while desk.saved.ask_next() == "asked":
        pass
    secret = desk.saved.marks("ann").feed
    assert secret
    assert secret != desk.saved.marks("bob").feed
    assert len(desk.saved.changes(EPOCH, "", secret)) == 1
    assert desk.saved.changes(EPOCH, "") == desk.saved.changes(EPOCH, "", "guessed") == []
    assert len(desk.saved.changes(EPOCH)) == 2, "whoever keeps the desk"


def test_there_is_a_most_of_questions(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "MOST_OF_ONE", 2)
    monkeypatch.setattr(stored, "MOST", 3)
    home.mkdir()
    store = SavedStore(home)
    for owner, question in (("ann", "1"), ("ann", "2"), ("bob", "1")):
        store.add(question, owner)
    for owner, most in (("ann", 2), ("bob", 3)):
        with pytest.raises(InputError, match=f"{most} questions are saved already"):
            store.add("3", owner)
    store.close()


def test_old_answers_make_room(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "MOST_ANSWERS", 2)
    home.mkdir()
    store = SavedStore(home)
    identity, _ = store.add("1", "")
    for text in "abc":
        answer = Answer("answered", "q", "q", text)
        store.answered(identity, answer, (), "v", "p", "")
    (saved,) = store.listed(None, "v")
    assert [one.answer.text for one in saved.answers] == ["c", "b"]
    store.close()


def test_a_backup_holds_the_saved_questions_and_their_answers(
    desk: Assistant, tmp_path: Path
) -> None:
    saved = desk.saved.add(QUESTION)
    backup(desk.index.home.path, tmp_path / "desk.zip")
    restore(tmp_path / "desk.zip", tmp_path / "other")
    store = SavedStore(tmp_path / "other")
    (kept,) = store.listed(None, None)
    assert (kept.id, kept.answers) == (saved.id, saved.answers)
    store.close()


def test_a_damaged_file_is_one_line_that_says_what_to_do(desk: Assistant) -> None:
    (desk.index.home.path / stored.FILE_NAME).write_bytes(b"not a database" * 100)
    with pytest.raises(HomeError, match="move it aside"):
        desk.saved.all()
