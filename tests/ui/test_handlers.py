"""What the page's events do, without a page: when an answer is over, and what stopping leaves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from tests.ui.scripted import ScriptedDesk
from ui.asking import Asking
from ui.handlers import Handlers, Updates
from ui.shared import Shared
from ui.views import Conversation


class Components:
    """Stands for the page's components: each is its own name."""

    def __getattr__(self, name: str) -> Any:
        return self if name in ("asking", "talks") else name


REQUEST: Any = SimpleNamespace(session_hash="page", cookies={}, request=None)


@pytest.fixture
def handlers(tmp_path: Path) -> Iterator[Handlers]:
    with closing(Shared.of(ScriptedDesk(tmp_path))) as shared:
        yield Handlers(shared, Components())


def ends(handlers: Handlers, updates: Iterator[Updates]) -> list[bool]:
    """For each time the page shows an answer that is over: whether another may be asked."""
    shown = (update for update in updates if 'aria-busy="false"' in update.get("live", ""))
    return ["page" not in handlers.running and update["send"]["visible"] for update in shown]


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
