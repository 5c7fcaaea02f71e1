"""The Saved view: its layout, and what its events and “Keep asking” do.

Everything is the visitor's own, known by the cookie, or the desk's, which everybody sees. Knows
nothing of HTML or of how a question is asked again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.types import Answer
from corpus.errors import RefdeskError
from ui import render_saved
from ui.acts import act, told, told_number
from ui.markup import escaped
from ui.views import Conversation, Desk
from ui.visitors import Visit, visit_of

if TYPE_CHECKING:
    from ui.keeping import Keeper

log = logging.getLogger(__name__)

SHOWN_ANSWERS = 6  # of a question: the one of now and five before
NO_COOKIES = "Your browser takes no cookies from this page, so that no question can be saved."
ACTS = ("save-turn", "save-words", "unsave", "saved-seen")

Shown = tuple[Any, Any]


@dataclass(frozen=True, slots=True, eq=False)
class SavedParts:
    """The components of the view, and the acts behind its buttons.

    ``version`` says which state of the list a page shows.
    """

    listed: gr.HTML
    version: gr.State
    acts: dict[str, gr.HTML]


def saved_parts() -> SavedParts:
    """Lay out the view."""
    with gr.Column(elem_id="saved-view", elem_classes="view"):
        gr.HTML(render_saved.FORM, apply_default_css=False, js_on_load=None)
        listed = gr.HTML(elem_id="saved-list", apply_default_css=False, js_on_load=None)
    return SavedParts(listed, gr.State(""), {name: act(name) for name in ACTS})


class SavedPanel:
    """What the events do; shared by all visitors, so it keeps nothing of any."""

    def __init__(self, desk: Desk, keeper: Keeper) -> None:
        self._desk = desk
        self._keeper = keeper

    def pulse(self, version: str, request: gr.Request) -> Shown:
        """Bring a page up to date whose list has changed since it was shown."""
        visitor = visit_of(request).visitor or ""
        try:
            if self._desk.saved.marks(visitor).version == version:
                return gr.skip(), gr.skip()
            return self._list(visitor)
        except RefdeskError as error:
            return render_saved.problem(str(error)), ""

    def _list(self, visitor: str, note: str = "") -> Shown:
        """The list and its version; the version is read first, so that no change is missed."""
        marks = self._desk.saved.marks(visitor)
        questions = self._desk.saved.all(visitor, SHOWN_ANSWERS)
        return render_saved.saved_list(questions, marks.feed, note), marks.version

    def save_turn(self, turns: Conversation, event: gr.EventData, request: gr.Request) -> Shown:
        """Keep the question of a turn, as it stands alone, with the answer that it got."""
        visit, number = visit_of(request), told_number(event, "turn")
        turns = self._keeper.held(visit, turns)
        turn = next((turn for turn in turns if turn.number == number), None)
        if turn is None or turn.answer is None:
            return gr.skip(), gr.skip()
        return self._save(visit, turn.answer.standalone_question or turn.question, turn.answer)

    def save_words(self, event: gr.EventData, request: gr.Request) -> Shown:
        """Keep a question that was written in the view; it is asked as soon as nobody else is."""
        question = told(event, "question")[: render_saved.MAX_QUESTION]
        return self._save(visit_of(request), question, None)

    def _save(self, visit: Visit, question: str, answer: Answer | None) -> Shown:
        if visit.visitor is None:
            gr.Warning(NO_COOKIES)
            return gr.skip(), gr.skip()
        try:
            self._desk.saved.add(question, answer, owner=visit.visitor, later=True)
        except RefdeskError as error:
            gr.Warning(escaped(error))
        return self.pulse_now(visit)

    def pulse_now(self, visit: Visit) -> Shown:
        """The list as it is, whatever the page shows."""
        try:
            return self._list(visit.visitor or "")
        except RefdeskError as error:
            return render_saved.problem(str(error)), ""

    def unsave(self, event: gr.EventData, request: gr.Request) -> Shown:
        """Ask a question of the visitor no more."""
        visit = visit_of(request)
        try:
            if visit.visitor is not None:
                self._desk.saved.remove(told(event, "saved"), visit.visitor)
        except RefdeskError as error:  # gone already: another page was quicker
            log.info("a saved question could not be removed: %s", error)
        return self.pulse_now(visit)

    def seen(self, event: gr.EventData, request: gr.Request) -> Shown:
        """The visitor has left the view, and has seen the changes that it showed."""
        visit, newest = visit_of(request), told_number(event, "newest")
        try:
            if visit.visitor is not None and newest is not None:
                self._desk.saved.look(visit.visitor, newest)
        except RefdeskError as error:
            log.warning("what was seen could not be noted: %s", error)
        return self.pulse_now(visit)


def connect_saved(
    page: gr.Blocks, parts: SavedParts, panel: SavedPanel, turns: gr.State, beat: gr.Timer
) -> None:
    """Connect the events; ``turns`` is the conversation, ``beat`` when a page looks again."""
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    shown = [parts.listed, parts.version]
    page.load(panel.pulse, [parts.version], shown, **quiet)
    beat.tick(panel.pulse, [parts.version], shown, queue=False, **quiet)
    parts.acts["save-turn"].click(panel.save_turn, [turns], shown, **quiet)
    parts.acts["save-words"].click(panel.save_words, outputs=shown, **quiet)
    parts.acts["unsave"].click(panel.unsave, outputs=shown, **quiet)
    parts.acts["saved-seen"].click(panel.seen, outputs=shown, **quiet)
