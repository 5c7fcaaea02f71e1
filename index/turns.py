"""Taking turns: one refresh of a home at a time, and the one that waits says so.

Knows nothing of what a refresh does.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from typing import TypeVar

from index.types import Progress

Step = TypeVar("Step")

WAITING = Progress("scan", 0, 0, "files", "waiting for another refresh to finish")
LOOK_SECONDS = 0.5  # how often a waiting one can notice that nobody wants it any more


def in_turn(turn: threading.Lock, steps: Iterator[Step]) -> Generator[Step | Progress]:
    """``steps`` while holding ``turn``; ``WAITING`` every half second until then."""
    if not turn.acquire(blocking=False):
        yield WAITING
        while not turn.acquire(timeout=LOOK_SECONDS):
            yield WAITING
    try:
        yield from steps
    finally:
        turn.release()
