"""What the page's events do: each handler turns one event into component updates.

A visitor's conversation comes in from session state and goes back into it; the object here
holds only what all visitors share. Knows nothing of layout, and of HTML only what
``render`` returns.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from corpus.errors import InputError, RefdeskError
from corpus.sources import READABLE
from index.types import RefreshReport, Status
from ui import render, render_corpus, render_sources, render_trace
from ui.conversation import answer_turn
from ui.keeping import MAX_PAGES
from ui.preferences import Speeds, options_of
from ui.render_corpus import Uploaded
from ui.render_talks import talk_tools
from ui.shared import Shared
from ui.uploads import keep
from ui.views import Conversation, TurnView
from ui.visitors import Visit, visit_of

log = logging.getLogger(__name__)

MAX_TURNS = 40  # a conversation keeps its last 40 turns: about 0.5 MB of page
MAX_QUESTION = 2000  # characters

Updates = dict[Any, Any]


class Handlers:
    """The events of one page; ``c`` are its components (see ``ui.page.Components``)."""

    def __init__(self, shared: Shared, components: Any) -> None:
        self.desk = shared.desk
        self.keeper = shared.keeper
        self.refresher = shared.refresher
        self.slots = shared.programs.slots  # the answers made at a time, whoever asks
        self.c = components
        self.speeds = Speeds()
        self.running: dict[str, threading.Event] = {}
        self._begun: dict[str, int] = {}
        self._guard = threading.Lock()

    # --- the chat

    def answer(self, question: str, turns: Conversation, request: gr.Request) -> Iterator[Updates]:
        """Answer a question, streaming; the visitor may stop it."""
        question = question.strip()[:MAX_QUESTION]
        if not question:
            yield {self.c.question: gr.update()}
            return
        stop, visit = threading.Event(), visit_of(request)
        with self.claimed(visit, stop) as free:
            if not free:
                yield {self.c.question: gr.update()}
                return
            turn, cards = None, None
            wanted = options_of(request.cookies)
            for turn in answer_turn(self.desk, question, turns, stop, self.slots, wanted):
                if not turn.running:
                    yield {self.c.live: gr.skip()}  # where Gradio notices that the page was shut
                    continue
                fresh = turn.cards is not cards
                if turn.beginning:
                    self.begin(visit, turn.number)
                    turns = self.keeper.begin(visit, turns, turn)
                    yield self._live(turns, turn, fresh=fresh) | self._kept(visit)
                else:
                    yield self._live(turns, turn, fresh=fresh)
                cards = turn.cards
            over = self._over(visit, turns, turn)
        yield over  # once the next question can be asked, not before

    def _over(self, visit: Visit, turns: Conversation, turn: TurnView | None) -> Updates:
        """Keep an answer that is over; return what shows it and lets the next question in."""
        if turn is None:
            return {self.c.question: gr.update()}
        self.speeds.note(turn.answer)
        settled = self.keeper.keep(visit, (*turns, turn)[-MAX_TURNS:])
        return self._live(turns, turn, fresh=True) | self._settled(settled) | self._kept(visit)

    @contextmanager
    def claimed(self, visit: Visit, stop: threading.Event | None = None) -> Iterator[bool]:
        """Hold a page while its conversation changes; False if something else does so already.

        ``stop`` is set when the visitor stops what is going on.
        """
        mine = stop or threading.Event()
        free = self.running.setdefault(visit.session, mine) is mine
        try:
            yield free
        finally:
            if free:
                self.running.pop(visit.session, None)

    def _live(self, turns: Conversation, turn: TurnView, *, fresh: bool) -> Updates:
        """Return what changed on the page; ``fresh`` says that other sources are to be shown."""
        updates: Updates = {self.c.live: render.turn_article(turn)}
        if turn.beginning:
            updates |= {
                self.c.past: render.conversation(turns),
                self.c.new: gr.update(interactive=False),
                self.c.trace: "",
            }
        if fresh or turn.beginning:
            updates[self.c.sources] = render_sources.sources_panel((*turns, turn))
        return updates

    def _settled(self, turns: Conversation) -> Updates:
        last = turns[-1]
        updates: Updates = {
            self.c.turns: turns,
            self.c.trace: render_trace.trace(last),
            self.c.new: gr.update(interactive=True, visible=True),
        }
        if last.phase == "failed":  # so that trying again is one key
            updates[self.c.question] = gr.update(value=last.question)
        return updates

    def _kept(self, visit: Visit) -> Updates:
        """Export and share what was kept, if anything was."""
        kept = self.keeper.opened(visit)
        if kept is None:
            return {}
        return {self.c.talks.tools: talk_tools(kept.id, self.keeper.share_of(visit))}

    def begin(self, visit: Visit, number: int) -> None:
        """Note the last turn of a page, from when it is begun, shown or not."""
        with self._guard:
            self._begun.pop(visit.session, None)
            self._begun[visit.session] = number
            while len(self._begun) > MAX_PAGES:
                del self._begun[next(iter(self._begun))]

    def begun(self, visit: Visit) -> int:
        """The last turn that was begun in a page; 0 if none was."""
        with self._guard:
            return self._begun.get(visit.session, 0)

    def stop(self, request: gr.Request) -> None:
        """Stop the visitor's running answer; the answer's own handler tidies the page."""
        running = self.running.get(request.session_hash or "")
        if running is not None:
            running.set()

    def new(self, request: gr.Request) -> Updates:
        """Begin afresh, unless an answer is being made."""
        with self.claimed(visit_of(request)) as free:
            return self.new_conversation(request) if free else {self.c.new: gr.skip()}

    def new_conversation(self, request: gr.Request) -> Updates:
        """Begin afresh; what was said is kept in the list of conversations."""
        visit = visit_of(request)
        self.keeper.leave(visit)
        self.begin(visit, 0)
        return {
            self.c.talks.tools: talk_tools(None),
            self.c.turns: (),
            self.c.past: "",
            self.c.live: "",
            self.c.sources: render_sources.sources_panel(()),
            self.c.trace: "",
            self.c.new: gr.update(visible=False),
        }

    # --- the corpus

    def overview(self) -> Updates:
        """Show what the corpus holds now."""
        try:
            status = self.desk.status()
        except RefdeskError as error:
            return {self.c.status: render_corpus.problem(str(error))}
        return {self.c.status: self._status_line(status)}

    def _status_line(self, status: Status) -> str:
        refresher = self.refresher
        return render_corpus.status_line(status, refresher.progress, busy=refresher.busy)

    def pulse(self, shown: str) -> Updates:
        """Bring a page up to date that has changed since it was shown, without being asked."""
        try:
            line = self._status_line(self.desk.status())
        except RefdeskError as error:
            line = render_corpus.problem(str(error))
        if line == shown:
            return {self.c.status: gr.skip()}
        return {self.c.status: line}

    def refresh(self) -> Iterator[Updates]:
        """Bring the sources in, with progress and a report."""
        yield from self._follow(())

    def compare(self) -> Iterator[Updates]:
        """Say what a refresh would change, and change nothing."""
        yield {self.c.report: render_corpus.comparing()}
        try:
            said = render_corpus.changes(self.desk.compare())
        except RefdeskError as error:
            said = render_corpus.problem(str(error))
        yield {self.c.report: said}

    def _follow(self, results: Sequence[Uploaded]) -> Iterator[Updates]:
        kept, request = render_corpus.uploads(results), self.refresher.request()
        off, on = gr.update(interactive=False), gr.update(interactive=True)
        yield {self.c.report: kept + render_corpus.starting(), self.c.refresh: off}
        for step in self.refresher.follow(request):
            yield {self.c.report: kept + render_corpus.progress(step, self.refresher.left())}
        if request.report is not None:
            final = [_outcome(result, request.report) for result in results]
            said = render_corpus.uploads(final) + _report(request.report, results)
        else:
            said = kept + render_corpus.problem(request.error or "The refresh was interrupted.")
        yield {self.c.report: said, self.c.refresh: on, **self.overview()}

    def upload(self, paths: list[str] | None) -> Iterator[Updates]:
        """Keep uploaded files in the home's uploads folder, then refresh."""
        results: list[Uploaded] = []
        try:
            folder = Path(self.desk.status().home) / "uploads"
            results = [_keep(Path(path), folder) for path in paths or ()]
            if any(result.taken for result in results):
                self._declare(folder)
        except RefdeskError as error:
            said = render_corpus.uploads(results) + render_corpus.problem(str(error))
            yield {self.c.upload: None, self.c.report: said}
            return
        yield {self.c.upload: None, self.c.report: render_corpus.uploads(results)}
        if any(result.taken for result in results):
            yield from self._follow(results)

    def _declare(self, folder: Path) -> None:
        known = {source.location for source in self.desk.status().sources}
        if str(folder) not in known and str(folder.resolve()) not in known:
            self.desk.add(str(folder))


def _keep(upload: Path, folder: Path) -> Uploaded:
    try:
        return Uploaded(keep(upload, upload.name, folder, READABLE), True, "kept")
    except InputError as error:
        return Uploaded(upload.name, False, str(error))
    except OSError as error:
        log.warning("upload could not be kept: %s", error)
        return Uploaded(upload.name, False, "It could not be written to the home folder.")


def _outcome(result: Uploaded, report: RefreshReport) -> Uploaded:
    """Return what the refresh made of a kept file."""
    if not result.taken:
        return result
    for failure in report.failed:
        if Path(failure.path).name == result.name:
            return Uploaded(result.name, False, render_corpus.reason(failure))
    brought = (*report.added, *report.changed, *(new for _, new in report.renamed))
    mine = [one for one in brought if one.rpartition("/")[2] == result.name]
    return Uploaded(result.name, True, "in the corpus", mine[0] if mine else "")


def _report(report: RefreshReport, results: Sequence[Uploaded]) -> str:
    """Return the report without the failures that stand beside their uploaded file."""
    uploaded = {result.name for result in results}
    others = tuple(f for f in report.failed if Path(f.path).name not in uploaded)
    return render_corpus.report(replace(report, failed=others))
