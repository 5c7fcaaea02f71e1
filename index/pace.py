"""How long a step of a refresh still takes, said only where the step itself tells.

Files are read and embedded at rates that differ by a hundred times, so no step says anything of
the next. Within a step the latest minute counts most: the load of a machine changes. Knows
nothing of what is done.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from index.types import Progress

LEAST_SECONDS = 5.0  # before that the first slow batch decides the rate
LEAST_SHARE = 0.04
# Seconds after which a pace counts a third of what it counted. One batch takes 2 to 30 s, and
# two batches of the same amount of work differ by a third: over less the estimate jumps.
MEMORY_SECONDS = 60.0


class Pace:
    """Watches the progress of one refresh."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stage: str | None = None
        self._latest: tuple[float, int, int] = (0.0, 0, 0)
        self._start_over()

    def note(self, step: Progress) -> None:
        """Take a step's progress in; another stage, or one that starts over, begins anew."""
        now = self._clock()
        before, done, _ = self._latest
        if step.stage != self._stage or step.done < done:
            self._stage = step.stage
            self._start_over()
        elif step.done > done:
            self._advance(now - before, step.done - done)
        else:  # nothing was done since: the time counts when something is
            now = before
        self._latest = (now, step.done, step.total)

    def left(self) -> float | None:
        """Seconds until this step ends at its latest pace; None while too little is known."""
        _, done, total = self._latest
        known = self._seen_work >= LEAST_SHARE * total and self._seen_seconds >= LEAST_SECONDS
        if total <= 0 or not known or not self._work:
            return None
        return max(0.0, (total - done) * self._seconds / self._work)

    def _start_over(self) -> None:
        self._warm = False
        self._seconds = self._work = 0.0  # of which the latest count most
        self._seen_seconds = self._seen_work = 0.0

    def _advance(self, seconds: float, work: int) -> None:
        if not self._warm:  # the first one loads the model
            self._warm = True
            return
        kept = math.exp(-seconds / MEMORY_SECONDS)
        self._seconds = kept * self._seconds + seconds
        self._work = kept * self._work + work
        self._seen_seconds += seconds
        self._seen_work += work
