"""Ask saved questions again behind a served desk, one after another, when a refresh made them due.

Knows nothing of which are due, of what comes first or of what has changed.
"""

from __future__ import annotations

import logging
import threading

from assistant.saved.types import Whether
from corpus.errors import RefdeskError
from ui.views import Desk

log = logging.getLogger(__name__)

PAUSE_SECONDS: dict[Whether, float] = {"asked": 0.0, "idle": 3.0, "waiting": 3.0, "failed": 300.0}
"""Until the next look: a look takes a millisecond or two, a model that is down some minutes."""
STOP_SECONDS = 20.0  # the longest step between two looks at the stop is the reading of a prompt


class Asker:
    """Asks for one due question at a time, once started."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, from a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="refdesk-saved", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End; a question that is just being asked stays due. Harmless when never started."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        outcome: Whether = "idle"
        while not self._stop.wait(PAUSE_SECONDS[outcome]):
            try:
                outcome = self._desk.saved.ask_next(self._stop)
            except RefdeskError as error:
                log.warning("the saved questions cannot be asked: %s", error)
                outcome = "failed"
            except Exception:  # the thread's outermost frame: nobody above can report it
                log.exception("a saved question could not be asked")
                outcome = "failed"
