"""How long a step of a refresh still takes, said only where the step itself tells.

The rate is the step's own average so far: files are read and embedded at rates that differ by a
hundred times, so no step says anything of the next. Knows nothing of what is done.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from index.types import Progress

LEAST_SECONDS = 3.0  # before that the first slow batch decides the rate
LEAST_SHARE = 0.04


class Pace:
    """Watches the progress of one refresh."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stage: str | None = None
        self._began = 0.0
        self._at_first = 0
        self._latest: tuple[float, int, int] = (0.0, 0, 0)

    def note(self, step: Progress) -> None:
        """Take a step's progress in; another stage, or one that starts over, begins anew."""
        now = self._clock()
        if step.stage != self._stage or step.done < self._latest[1]:
            self._stage, self._began, self._at_first = step.stage, now, step.done
        self._latest = (now, step.done, step.total)

    def left(self) -> float | None:
        """Seconds until this step ends at its pace so far; None while too little is known."""
        now, done, total = self._latest
        spent, made = now - self._began, done - self._at_first
        if total <= 0 or made < LEAST_SHARE * total or spent < LEAST_SECONDS:
            return None
        return max(0.0, (total - done) * spent / made)
