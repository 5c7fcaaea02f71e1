"""Asking beyond the composer: retry, edit and resend, questions that may follow, the welcome.

Its components, what their events do, and how they are connected. How an answer is made and
shown is the business of ``ui.handlers``; which questions are offered, of ``assistant.suggest``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.suggest import Suggestions
from corpus.errors import RefdeskError
from ui import render_tools
from ui.acts import act, told, told_number
from ui.handlers import Handlers, Updates
from ui.views import Conversation
from ui.visitors import visit_of

log = logging.getLogger(__name__)

# The last turn that the page shows, told by its script with every question.
SEEN = "(question, turns, editing) => [question, turns, editing, refdesk.lastTurn()]"


@dataclass(frozen=True, slots=True, eq=False)
class AskParts:
    """Components to be rendered where the page wants them, and the acts behind its buttons.

    ``editing`` holds the number of the turn whose question is being edited, or None; ``seen``
    brings the number of the last turn that the page shows.
    """

    welcome: gr.HTML
    follow_ups: gr.HTML
    edit_bar: gr.HTML
    editing: gr.State
    seen: gr.Textbox
    ask: gr.HTML
    retry: gr.HTML
    edit: gr.HTML
    keep: gr.HTML


def ask_parts() -> AskParts:
    """Return the components; those that show something are not rendered yet."""
    return AskParts(
        welcome=_block("", "welcome-text"),
        follow_ups=_block("", "follow-ups"),
        edit_bar=_block("", "edit-bar"),
        editing=gr.State(None),
        seen=gr.Textbox(visible="hidden", label="Turns seen", elem_id="seen"),
        ask=act("ask"),
        retry=act("retry"),
        edit=act("edit"),
        keep=act("keep"),
    )


def _block(value: str, elem_id: str) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=None, render=False)


def place(part: gr.HTML) -> None:
    """Put a part here, in the layout that is being built."""
    part.render()  # type: ignore[no-untyped-call]  # Gradio's


class Asking:
    """What the events do; the conversation comes from session state and goes back into it."""

    def __init__(self, handlers: Handlers, shown_first: Sequence[str]) -> None:
        self.handlers = handlers
        self.desk = handlers.desk
        self.suggestions = Suggestions(handlers.desk)
        self.c = handlers.c
        self.shown_first = tuple(shown_first)

    def compose(
        self,
        question: str,
        turns: Conversation,
        editing: int | None,
        seen: str,
        request: gr.Request,
    ) -> Iterator[Updates]:
        """Answer what is in the composer, and clear it; what a page sends twice, once.

        ``seen`` is the last turn that the page showed when it sent the question.
        """
        visit, last = visit_of(request), turns[-1].number if turns else 0
        known = int(seen) if seen.isdecimal() else last
        if known < self.handlers.begun(visit) or self._busy(request):
            yield {self.c.question: gr.update()}
            return
        if known > last:  # the page has heard of its last turn, this event has not
            turns = self.handlers.keeper.held(visit, ()) or turns
        clear: Updates = {self.c.question: gr.update(value="")} if question.strip() else {}
        for updates in self.send(question, turns, editing, request):
            yield clear | updates
            clear = {}

    def send(
        self, question: str, turns: Conversation, editing: int | None, request: gr.Request
    ) -> Iterator[Updates]:
        """Answer a question; an edited one drops its turn and later ones."""
        turns = self._held(turns, request)
        if editing is not None:
            turns = tuple(turn for turn in turns if turn.number < editing)
        yield from self._answer(question, turns, request)

    def _busy(self, request: gr.Request) -> bool:
        return visit_of(request).session in self.handlers.running

    def _held(self, turns: Conversation, request: gr.Request) -> Conversation:
        return self.handlers.keeper.held(visit_of(request), turns)

    def _answer(self, question: str, turns: Conversation, request: gr.Request) -> Iterator[Updates]:
        parts = self.c.asking
        if not question.strip() or self._busy(request):
            yield {self.c.question: gr.update()}
            return
        put_away: Updates = {parts.editing: None, parts.edit_bar: "", parts.follow_ups: ""}
        for updates in self.handlers.answer(question, turns, request):
            yield put_away | updates
            put_away = {}

    def ask_of_button(
        self, turns: Conversation, event: gr.EventData, request: gr.Request
    ) -> Iterator[Updates]:
        """Answer the question of a button."""
        yield from self.send(told(event, "question"), turns, None, request)

    def retry(self, turns: Conversation, request: gr.Request) -> Iterator[Updates]:
        """Answer the last question again, in place of its answer."""
        turns = self._held(turns, request)
        last = turns[-1].question if turns else ""
        yield from self._answer(last, turns[:-1], request)

    def edit(self, turns: Conversation, event: gr.EventData, request: gr.Request) -> Updates:
        """Put an earlier question back into the composer."""
        turns = self._held(turns, request)
        number = told_number(event, "turn")
        turn = next((turn for turn in turns if turn.number == number), None)
        if turn is None:
            return self.keep()
        parts = self.c.asking
        return {
            parts.editing: number,
            parts.edit_bar: render_tools.edit_bar(turn),
            self.c.question: gr.update(value=turn.question),
        }

    def keep(self) -> Updates:
        """Leave the conversation as it is after all."""
        parts = self.c.asking
        return {parts.editing: None, parts.edit_bar: "", self.c.question: gr.update(value="")}

    def forget(self) -> Updates:
        """Nothing is edited, and nothing may follow, in a new conversation."""
        parts = self.c.asking
        return {parts.editing: None, parts.edit_bar: "", parts.follow_ups: ""}

    def offer(self, turns: Conversation) -> str:
        """Questions that the corpus can answer after the last turn, as buttons."""
        last = turns[-1] if turns else None
        if last is None or last.answer is None or last.answer.clarification:
            return ""
        try:
            asked = [turn.question for turn in turns]
            questions = self.suggestions.follow_ups(last.answer, asked)
        except RefdeskError as error:  # the answer stands; what might follow is not worth a word
            log.warning("no questions to follow up with: %s", error)
            return ""
        return render_tools.suggestions(questions, last.number)

    def begin_again(self, shown: Any) -> None:
        """After the event ``shown`` nothing is edited, and other questions may follow."""
        parts = self.c.asking
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        outputs = [parts.editing, parts.edit_bar, parts.follow_ups]
        forgotten = shown.then(self.forget, outputs=outputs, **quiet)
        forgotten.then(self.offer, [self.c.turns], [parts.follow_ups], **quiet)

    def welcome(self) -> str:
        """What the empty page says, with questions that suit the corpus as it is now."""
        curated = self.desk.settings.curated
        try:
            held = self.desk.status()
            first = self.shown_first or self.suggestions.examples() if held.documents else ()
            return render_tools.welcome(first, held, curated=curated)
        except RefdeskError as error:  # the status line tells of it
            log.warning("no example questions: %s", error)
            return render_tools.welcome((), None, curated=curated)


def connect_asking(page: gr.Blocks, asking: Asking, chat: Sequence[Any]) -> None:
    """Connect everything that asks; ``chat`` are the components that an answer changes."""
    c, parts = asking.c, asking.c.asking
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    outputs = list(dict.fromkeys([*chat, parts.editing, parts.edit_bar, parts.follow_ups]))
    answering: dict[str, Any] = {**quiet, "concurrency_limit": None, "outputs": outputs}
    composed = [c.question.submit, c.send.click]
    inputs = [c.question, c.turns, parts.editing, parts.seen]
    # "multiple": else the page drops what is asked before it has heard that the last event is over.
    asking_itself: dict[str, Any] = {**answering, "trigger_mode": "multiple", "js": SEEN}
    for asked in (
        gr.on(composed, asking.compose, inputs, **asking_itself),
        parts.ask.click(asking.ask_of_button, [c.turns], **answering),
        parts.retry.click(asking.retry, [c.turns], **answering),
    ):
        # An event of its own: the next question need not wait for it.
        asked.then(asking.offer, [c.turns], [parts.follow_ups], **quiet)
    editing: dict[str, Any] = {"outputs": [parts.editing, parts.edit_bar, c.question], **quiet}
    parts.edit.click(asking.edit, [c.turns], **editing)
    parts.keep.click(asking.keep, **editing)
    c.new.click(asking.forget, outputs=outputs, queue=False, **quiet)
    page.load(asking.welcome, outputs=[parts.welcome], **quiet)
    c.status.change(asking.welcome, outputs=[parts.welcome], **quiet)
