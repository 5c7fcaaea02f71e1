"""A turn as it grows: order of snapshots, stopping, errors, history, context of quotes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.types import Turn
from tests.ui.scripted import LICENCE, ScriptedDesk, cite, document
from ui.conversation import INTERNAL_ERROR, answer_turn
from ui.line import Line, Place
from ui.views import CONTEXT_CHARS, TurnView, history, in_context, source_cards


@pytest.fixture
def desk(tmp_path: Path) -> ScriptedDesk:
    return ScriptedDesk(tmp_path)


def slots() -> Line:
    return Line(1)


def run(desk: ScriptedDesk, question: str, turns: tuple[TurnView, ...] = ()) -> list[TurnView]:
    return list(answer_turn(desk, question, turns, threading.Event(), slots()))


def until(condition: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(500):
        if condition():
            return
        waiting.wait(0.01)
    raise AssertionError("did not happen within five seconds")


def test_evidence_is_a_snapshot_of_its_own_before_the_first_word(desk: ScriptedDesk) -> None:
    views = run(desk, "Which licence?")
    first_cards = next(i for i, view in enumerate(views) if view.cards)
    first_words = next(i for i, view in enumerate(views) if view.draft or view.answer)
    assert first_cards < first_words
    assert views[first_cards].draft == ""


def test_the_last_snapshot_is_the_checked_answer(desk: ScriptedDesk) -> None:
    last = run(desk, "Which licence?")[-1]
    assert last.phase == "done" and last.answer is not None
    assert [card.citation for card in last.cards] == list(last.answer.citations)


def test_stopping_ends_the_turn_and_closes_the_stream(desk: ScriptedDesk) -> None:
    stop, free = threading.Event(), slots()
    last = None
    for last in answer_turn(desk, "endless", (), stop, free):
        if len(last.draft) > 10:
            stop.set()
    assert last is not None and last.phase == "stopped"
    until(lambda: desk.closed == ["endless"])
    assert free.acquire(timeout=5), "the place at the desk was not given back"


def test_a_stop_is_obeyed_while_the_engine_is_still_silent(desk: ScriptedDesk) -> None:
    stop = threading.Event()
    phases = []
    for view in answer_turn(desk, "slowly", (), stop, slots()):
        phases.append(view.phase)
        if view.cards:
            stop.set()
    assert phases[-1] == "stopped"
    assert desk.closed == [], "the script was still waiting, and yet the turn is over"
    desk.gate.set()
    until(lambda: desk.closed == ["slowly"])


def test_a_visitor_who_leaves_frees_the_desk(desk: ScriptedDesk) -> None:
    free = slots()
    views = answer_turn(desk, "endless", (), threading.Event(), free)
    for view in views:
        if view.draft:
            break
    views.close()
    until(lambda: desk.closed == ["endless"])
    assert free.acquire(timeout=5)


def test_a_waiting_question_can_be_stopped_before_it_starts(desk: ScriptedDesk) -> None:
    free, stop = slots(), threading.Event()
    free.acquire()
    views = answer_turn(desk, "Which licence?", (), stop, free)
    assert next(views).phase == "waiting"
    stop.set()
    assert [view.phase for view in views] == ["stopped"]
    assert desk.asked == []


def test_those_who_wait_see_their_place_move_up_and_are_answered_in_turn(
    desk: ScriptedDesk,
) -> None:
    free = slots()
    free.acquire()
    second = answer_turn(desk, "Which licence?", (), threading.Event(), free)
    assert next(second).place is None
    assert next(second).place == Place(1)
    third = answer_turn(desk, "And QwQ?", (), threading.Event(), free)
    next(third)
    assert next(third).place == Place(2)
    second.close()  # this visitor leaves
    assert next(third).place == Place(1)
    free.release()
    assert [view.phase for view in third][-1] == "done"
    assert [question for question, _ in desk.asked] == ["And QwQ?"]


def test_a_known_error_is_told_in_its_own_words(desk: ScriptedDesk) -> None:
    last = run(desk, "broken")[-1]
    assert last.phase == "failed"
    assert last.error == "The model server does not answer; start it or choose another."


def test_an_unknown_error_tells_nothing_of_the_inside(
    desk: ScriptedDesk, caplog: pytest.LogCaptureFixture
) -> None:
    last = run(desk, "crash")[-1]
    assert last.error == INTERNAL_ERROR
    assert "secret detail" in caplog.text


def test_a_stream_without_an_answer_is_an_error(desk: ScriptedDesk) -> None:
    desk.gate.set()
    assert run(desk, "endless")[-1].phase == "failed"


def test_an_error_gives_the_place_at_the_desk_back(desk: ScriptedDesk) -> None:
    free = slots()
    for question in ("broken", "crash", "Which licence?"):
        views = list(answer_turn(desk, question, (), threading.Event(), free))
    assert views[-1].phase == "done"


def test_history_holds_answered_turns_only(desk: ScriptedDesk) -> None:
    answered = run(desk, "Which licence?")[-1]
    turns = (answered, replace(answered, number=2, phase="stopped", answer=None))
    assert answered.answer is not None
    assert history(turns) == [
        Turn("user", "Which licence?"),
        Turn("assistant", answered.answer.text),
    ]
    run(desk, "And QwQ?", turns)
    assert desk.asked[-1] == ("And QwQ?", tuple(history(turns)))


def test_turns_count_on(desk: ScriptedDesk) -> None:
    first = run(desk, "Which licence?")[-1]
    assert run(desk, "And QwQ?", (first,))[-1].number == 2


def test_context_is_cut_at_words_and_says_so() -> None:
    card = in_context(cite(1, "curated/r1", "Six smaller"), document("curated/r1"))
    whole = document("curated/r1").text
    assert card.cut_before and card.cut_after
    assert whole.count(card.before + card.citation.quote + card.after) == 1
    assert len(card.before) <= CONTEXT_CHARS and len(card.after) <= CONTEXT_CHARS
    assert whole[whole.index(card.before) - 1] == " "


def test_a_quote_that_no_longer_stands_in_the_document_has_no_context() -> None:
    citation = cite(1, "curated/r1", LICENCE)
    moved = replace(document("curated/r1"), text="something else " * 50)
    assert in_context(citation, moved).before == ""
    assert in_context(citation, None).after == ""


def test_each_cited_document_is_read_once(desk: ScriptedDesk) -> None:
    read: list[str] = []

    class Counting(ScriptedDesk):
        def document(self, document_id: str, quoted: object = None):  # type: ignore[no-untyped-def]
            read.append(document_id)
            return super().document(document_id)

    source_cards(Counting(desk.home), [cite(1, "curated/r1", LICENCE)] * 3)
    assert read == ["curated/r1"]
