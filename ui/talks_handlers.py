"""What the events of conversations do: open, search, rename, delete, share, judge.

Every one finds out whose page it comes from first. Knows nothing of layout, of files, or of how
an answer is made.
"""

from __future__ import annotations

import logging
from typing import Any

import gradio as gr

from corpus.errors import RefdeskError
from ui import render, render_sources, render_talks
from ui.acts import told, told_number
from ui.feedback import feedback_from
from ui.handlers import Handlers, Updates
from ui.keeping import Keeper
from ui.render_trace import trace
from ui.talks_panel import TalksParts
from ui.views import Conversation
from ui.visitors import Visit, visit_of

log = logging.getLogger(__name__)

GONE = "This conversation is no longer there."
BUSY = "An answer is being written: stop it or let it end first."
NO_COOKIES = "Your browser takes no cookies from this page, so that nothing can be kept."
NOT_KEPT = "Your verdict could not be kept."


class TalksHandlers:
    """The events of the drawer and of the thumbs."""

    def __init__(self, handlers: Handlers, keeper: Keeper, parts: TalksParts) -> None:
        self.handlers = handlers
        self.keeper = keeper
        self.parts = parts
        self.c: Any = handlers.c

    # --- which conversation the page shows

    def resume(self, wanted: str, turns: Conversation, request: gr.Request) -> Updates:
        """Show again what this tab had open before it was loaded anew."""
        nothing = {self.parts.tools: render_talks.talk_tools(None)}
        with self.handlers.claimed(visit_of(request)) as free:
            if turns or not wanted or not free:
                return nothing
            try:
                return self._shown(request, wanted)
            except RefdeskError as error:
                log.warning("a conversation could not be opened: %s", error)
                return nothing

    def open(self, words: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Show a conversation of the list."""
        visit = visit_of(request)
        with self.handlers.claimed(visit) as free:
            if not free:
                return self._busy()
            try:
                shown = self._shown(request, told(event, "talk"))
                return shown | self._list(visit, words)
            except RefdeskError as error:
                return {self.parts.listed: render_talks.problem(str(error))}

    def _shown(self, request: gr.Request, talk_id: str) -> Updates:
        """Everything that shows a conversation; a new one if it is gone."""
        begun = self.handlers.new_conversation(request)
        talk = self.keeper.open(visit_of(request), talk_id)
        if talk is None:
            return begun
        turns = talk.turns
        self.handlers.begin(visit_of(request), turns[-1].number if turns else 0)
        return {
            **begun,
            self.c.turns: turns,
            self.c.past: render_talks.dropped_note(turns) + render.conversation(turns[:-1]),
            self.c.live: "".join(map(render.turn_article, turns[-1:])),
            self.c.sources: render_sources.sources_panel(turns),
            self.c.trace: trace(turns[-1] if turns else None),
            self.c.new: gr.update(visible=True),
            self.parts.tools: render_talks.talk_tools(talk.info.id, talk.info.share),
        }

    def new(self, words: str, request: gr.Request) -> Updates:
        """Begin afresh."""
        visit = visit_of(request)
        with self.handlers.claimed(visit) as free:
            if not free:
                return self._busy()
            return self.handlers.new_conversation(request) | self._list(visit, words)

    def _busy(self) -> Updates:
        gr.Info(BUSY)
        return {self.parts.listed: gr.skip()}

    # --- the list

    def show(self, words: str, request: gr.Request) -> Updates:
        """List what the visitor has said so far, or what of it holds ``words``."""
        return self._list(visit_of(request), words)

    def _list(self, visit: Visit, words: str, note: str = "") -> Updates:
        opened = self.keeper.opened(visit)
        if visit.visitor is None:
            return {self.parts.listed: render_talks.problem(NO_COOKIES)}
        try:
            infos = self.keeper.talks.listed(visit.visitor, words)
        except RefdeskError as error:
            return {self.parts.listed: render_talks.problem(str(error))}
        current = opened.id if opened else None
        return {self.parts.listed: render_talks.talk_list(infos, current, words, note)}

    def rename(self, words: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Give a conversation another title."""
        visit = visit_of(request)
        try:
            self.keeper.talks.rename(visit.visitor or "", told(event, "talk"), told(event, "title"))
        except RefdeskError as error:
            return {self.parts.listed: render_talks.problem(str(error))}
        return self._list(visit, words)

    def delete(self, words: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Take a conversation away, with a way back; the page leaves it if it is shown."""
        visit, talk_id = visit_of(request), told(event, "talk")
        with self.handlers.claimed(visit) as free:
            opened = self.keeper.opened(visit)
            here = opened is not None and opened.id == talk_id
            if here and not free:
                return self._busy()
            return self._deleted(talk_id, words, request, here=here)

    def _deleted(self, talk_id: str, words: str, request: gr.Request, *, here: bool) -> Updates:
        visit = visit_of(request)
        try:
            talk = self.keeper.talks.read(visit.visitor or "", talk_id)
            if talk is None or not self.keeper.talks.delete(visit.visitor or "", talk_id):
                return self._list(visit, words)
        except RefdeskError as error:
            return {self.parts.listed: render_talks.problem(str(error))}
        left = self.handlers.new_conversation(request) if here else {}
        return left | self._list(visit, words, render_talks.deleted(talk.info))

    def restore(self, words: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Bring back what was deleted a moment ago."""
        visit = visit_of(request)
        try:
            self.keeper.talks.restore(visit.visitor or "", told(event, "talk"))
        except RefdeskError as error:
            return {self.parts.listed: render_talks.problem(str(error))}
        return self._list(visit, words)

    # --- links

    def share(self, event: gr.EventData, request: gr.Request) -> str:
        """Make a link to a conversation, or bring its link up to date."""
        talk_id = told(event, "talk")
        try:
            token = self.keeper.talks.share(visit_of(request).visitor or "", talk_id)
        except RefdeskError as error:
            return render_talks.problem(str(error))
        return render_talks.talk_tools(talk_id, token) if token else render_talks.problem(GONE)

    def withdraw(self, event: gr.EventData, request: gr.Request) -> str:
        """End the link of a conversation."""
        talk_id = told(event, "talk")
        try:
            self.keeper.talks.withdraw(visit_of(request).visitor or "", talk_id)
        except RefdeskError as error:
            return render_talks.problem(str(error))
        return render_talks.talk_tools(talk_id)

    # --- verdicts

    def rate(self, event: gr.EventData, request: gr.Request) -> None:
        """Keep a thumb with its reason; the script has shown it already."""
        visit, number = visit_of(request), told_number(event, "turn")
        opened = self.keeper.opened(visit)
        given = feedback_from(
            told(event, "rating"),
            told(event, "reason"),
            told(event, "comment"),
            told(event, "expected"),
        )
        try:
            kept = (
                visit.visitor is not None
                and opened is not None
                and number is not None
                and self.keeper.talks.rate(visit.visitor, opened.id, number, given)
            )
        except RefdeskError as error:
            raise gr.Error(str(error)) from error
        if not kept:
            gr.Warning(NOT_KEPT)
