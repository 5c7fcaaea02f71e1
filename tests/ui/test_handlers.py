"""What the page's events do, without a page: when an answer is over, and what stopping leaves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import gradio as gr
import pytest

from corpus.errors import HomeError
from tests.ui.scripted import ScriptedDesk
from ui.asking import Asking
from ui.handlers import Handlers, Updates
from ui.shared import Shared
from ui.talks_handlers import BUSY, TalksHandlers
from ui.views import Conversation
from ui.visitors import COOKIE


class Components:
    """Stands for the page's components: each is its own name."""

    def __getattr__(self, name: str) -> Any:
        return self if name in ("asking", "talks") else name


VISITOR = "v" * 43
REQUEST: Any = SimpleNamespace(session_hash="page", cookies={COOKIE: VISITOR})

EVENT = gr.EventData(None, {"talk": "some"})


@pytest.fixture
def handlers(tmp_path: Path) -> Iterator[Handlers]:
    with closing(Shared.of(ScriptedDesk(tmp_path))) as shared:
        yield Handlers(shared, Components())


def ends(handlers: Handlers, updates: Iterator[Updates]) -> list[bool]:
    """For each time the page shows an answer that is over: whether another may be asked."""
    shown = (update for update in updates if 'aria-busy="false"' in update.get("live", ""))
    return ["page" not in handlers.running and "turns" in update for update in shown]


def said(handlers: Handlers) -> Conversation:
    """The conversation after one question."""
    (*_, last) = handlers.answer("Which licence?", (), REQUEST)
    turns: Conversation = last["turns"]
    return turns


def test_an_answer_is_shown_as_over_when_the_next_may_be_asked(handlers: Handlers) -> None:
    assert ends(handlers, handlers.answer("Which licence?", (), REQUEST)) == [True]


def test_a_stopped_answer_is_shown_as_stopped_when_the_next_may_be_asked(
    handlers: Handlers,
) -> None:
    updates = handlers.answer("endless", (), REQUEST)
    next(updates)
    handlers.stop(REQUEST)
    assert ends(handlers, updates) == [True]


def test_a_question_put_while_another_is_answered_stays_in_the_composer(
    handlers: Handlers,
) -> None:
    first = handlers.answer("endless", (), REQUEST)
    next(first)
    (kept,) = handlers.answer("Which licence?", (), REQUEST)
    assert kept == {"question": gr.update()}
    handlers.stop(REQUEST)
    assert ends(handlers, first) == [True]


def test_what_a_page_sent_twice_before_it_saw_the_turn_is_answered_once(
    handlers: Handlers,
) -> None:
    asking, turns = Asking(handlers, ()), said(handlers)
    (kept,) = asking.compose("Which licence?", turns, None, "0", REQUEST)
    assert kept == {"question": gr.update()}
    assert ends(handlers, asking.compose("Which licence?", turns, None, "1", REQUEST)) == [True]


def test_a_question_that_came_before_the_page_had_its_last_turn_goes_on_from_it(
    handlers: Handlers,
) -> None:
    asking, earlier = Asking(handlers, ()), said(handlers)
    list(asking.compose("And QwQ-32B?", earlier, None, "1", REQUEST))
    (*_, last) = asking.compose("And its context?", earlier, None, "2", REQUEST)
    assert [turn.number for turn in last["turns"]] == [1, 2, 3]


def test_only_what_is_sent_from_the_composer_clears_it(handlers: Handlers) -> None:
    asking, turns = Asking(handlers, ()), said(handlers)
    sent = list(asking.compose("Which licence?", turns, None, "1", REQUEST))
    assert sent[0]["question"] == gr.update(value="")
    assert all("question" not in updates for updates in asking.retry(turns, REQUEST))


def test_no_other_conversation_is_opened_while_an_answer_is_made(handlers: Handlers) -> None:
    told: list[str] = []
    talks = TalksHandlers(handlers, handlers.keeper, cast(Any, Components()))
    running = handlers.answer("endless", (), REQUEST)
    next(running)
    with patch.object(gr, "Info", told.append):
        for kept in (talks.open("", EVENT, REQUEST), talks.new("", REQUEST)):
            assert kept == {"listed": gr.skip()}
        assert talks.resume("some", (), REQUEST).keys() == {"tools"}
        assert handlers.new(REQUEST).keys() == {"new"}
    assert told == [BUSY, BUSY]
    running.close()
    assert "turns" in handlers.new(REQUEST)


def test_an_answer_whose_documents_cannot_be_read_fails_and_the_next_may_be_asked(
    handlers: Handlers,
) -> None:
    def locked(*_: object) -> None:
        raise HomeError("The home is locked.")

    with patch.object(handlers.desk, "document", locked):
        *_, last = handlers.answer("Which licence?", (), REQUEST)
    assert "The home is locked." in last["live"]
    assert handlers.running == {}
