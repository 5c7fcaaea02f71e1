"""Refresh the corpus in the background, whoever asked, and let every page follow it.

A refresh outlives the page that asked for it. Knows nothing of Gradio or HTML.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from corpus.errors import RefdeskError
from index.pace import Pace
from index.types import Progress, RefreshReport
from ui.views import Desk

log = logging.getLogger(__name__)

POLL_SECONDS = 0.2  # how often a page looks; five lines a second is as fast as one can read
STOP_SECONDS = 20.0  # one batch of embedding and its transaction end well within it
INTERNAL_ERROR = "The refresh failed inside refdesk; its log has the details."


@dataclass(eq=False, slots=True)
class Request:
    """One refresh that was asked for; ``report`` or ``error`` is set once it is ``done``.

    With ``fetch`` web pages are asked for too; nobody reads the report of one in the
    ``background``.
    """

    fetch: bool = True
    background: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    report: RefreshReport | None = None
    error: str | None = None


class Refresher:
    """Runs one refresh at a time; requests made while one waits to start share it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._running = threading.Lock()
        self._choosing = threading.Lock()
        self._waiting: Request | None = None
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._pace = Pace()
        self.progress: Progress | None = None
        self.busy = False

    def request(self, *, fetch: bool = True, background: bool = False) -> Request:
        """Ask for a refresh that starts from now on (one under way may have passed a file)."""
        with self._choosing:
            if self._waiting is not None:
                self._waiting.fetch |= fetch
                self._waiting.background &= background
            else:
                self._waiting = Request(fetch, background)
                thread = threading.Thread(
                    target=self._run, args=(self._waiting,), name="refdesk-refresh", daemon=True
                )
                self._threads = [t for t in self._threads if t.is_alive()] + [thread]
                thread.start()
            return self._waiting

    def follow(self, request: Request) -> Iterator[Progress]:
        """Yield how far the refresh is until ``request`` is done; leaving does not end it."""
        shown: Progress | None = None
        while not request.done.wait(POLL_SECONDS):
            progress = self.progress
            if progress is not None and progress != shown:
                shown = progress
                yield progress

    def left(self) -> float | None:
        """Seconds until the step under way ends, None while nobody can tell."""
        return self._pace.left()

    def close(self) -> None:
        """Stop what runs, to go on at the next refresh."""
        self._stop.set()
        for thread in self._threads:
            thread.join(STOP_SECONDS)

    def _run(self, request: Request) -> None:
        with self._running:
            with self._choosing:
                self._waiting = None
            self.busy = True
            try:
                self._refresh(request)
            except RefdeskError as error:
                request.error = str(error)
            except Exception:  # the thread's outermost frame: nobody above can report it
                log.exception("the refresh failed")
                request.error = INTERNAL_ERROR
            finally:
                self.busy, self.progress = False, None
                request.done.set()

    def _refresh(self, request: Request) -> None:
        self._pace = Pace()
        events = self._desk.refresh_events(fetch=request.fetch, background=request.background)
        try:
            for event in events:
                if isinstance(event, RefreshReport):
                    request.report = event
                else:
                    self._pace.note(event)
                    self.progress = event
                if self._stop.is_set():
                    return
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()
