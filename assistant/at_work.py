"""Whether somebody is being answered right now, so that other work can wait for it.

Knows nothing of what is being done.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class AtWork:
    """Counts what is under way. Thread-safe."""

    def __init__(self) -> None:
        """Nothing is under way."""
        self._changed = threading.Condition()
        self._count = 0
        self._alone = False

    @property
    def count(self) -> int:
        """How many things are under way."""
        return self._count

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Something is under way for the length of the block."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._count += 1
        try:
            yield
        finally:
            with self._changed:
                self._count -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self, seconds: float) -> Iterator[bool]:
        """Nothing else is under way for the length of the block: what comes waits for its end.

        What is under way ends before, within ``seconds``; yields whether that came about.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._alone = True
            free = self._changed.wait_for(lambda: not self._count, seconds)
        try:
            yield free
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is under way, at most ``seconds``; whether that came about."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._count, seconds)
