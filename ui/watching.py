"""Refresh a served desk by itself: when files of its sources change, and pages are due.

Knows nothing of how changes are noticed, nor of what a refresh does.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from corpus.errors import RefdeskError
from index.types import Source
from index.watching import TICK_MS, Hurry, reasons
from ui.refreshing import Refresher
from ui.views import Desk

log = logging.getLogger(__name__)

STOP_SECONDS = 2 * TICK_MS / 1000


class Watcher:
    """Asks ``refresher`` for a refresh whenever there is a reason to, once started."""

    def __init__(self, desk: Desk, refresher: Refresher) -> None:
        self._desk = desk
        self._refresher = refresher
        self._stop = threading.Event()
        self._sources: Sequence[Source] = ()
        self._hurry = Hurry()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch, from a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="refdesk-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching; harmless when it was never started."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        settings = self._desk.settings
        every = settings.pages_every_hours * 3600
        for reason in reasons(
            self._declared,
            self._stop,
            pages_every=every,
            apart_from=settings.home,
            hurry=self._hurry.is_on,
        ):
            log.info("refreshing: %s", reason.detail)
            request = self._refresher.request(fetch=reason.what == "schedule", background=True)
            while not request.done.wait(TICK_MS / 1000):
                if self._stop.is_set():
                    return
            if request.report is not None and request.fetch:
                self._hurry.note(request.report.waiting)
            if request.error:
                log.warning("the refresh failed: %s", request.error)

    def _declared(self) -> Sequence[Source]:
        """The sources now, or as they were when the desk cannot say."""
        try:
            self._sources = self._desk.status().sources
        except RefdeskError as error:
            log.warning("the sources cannot be read: %s", error)
        return self._sources
