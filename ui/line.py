"""The line before the desk: who comes first is answered first, and everybody sees how far it is.

Thread-safe. Knows nothing of questions, visitors or pages; a ``Ticket`` is one wait and, once it
is served, one place at the desk.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from statistics import median
from time import monotonic
from types import TracebackType

REMEMBERED = 20
"""Answers whose time is remembered: enough for a median, few enough to follow a new model."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one waits: ``number`` 1 is next; ``seconds`` about until then, None where unknown."""

    number: int
    seconds: float | None = None


class Line:
    """``places`` at the desk, and a line in front of it. Usable as a semaphore, but fair."""

    def __init__(self, places: int) -> None:
        self._changed = threading.Condition()
        self._places = places
        self._free = places
        self._waiting: deque[Ticket] = deque()
        self._seconds: deque[float] = deque(maxlen=REMEMBERED)

    def join(self) -> Ticket:
        """Stand at the end of the line; ``leave`` the ticket whatever comes of it."""
        ticket = Ticket(self)
        with self._changed:
            self._waiting.append(ticket)
        return ticket

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        """Wait for a place, at most ``timeout`` seconds; whether it came. ``release`` it."""
        ticket = self.join()
        if ticket.wait(timeout if blocking else 0):
            return True
        ticket.leave()
        return False

    def release(self) -> None:
        """Give a place back that ``acquire`` took."""
        with self._changed:
            self._give_back()

    def __enter__(self) -> Line:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def _give_back(self) -> None:
        if self._free >= self._places:
            raise ValueError("more places were given back than taken")
        self._free += 1
        self._changed.notify_all()

    def _expected(self, number: int) -> float | None:
        """About how long the one who is ``number`` in line waits; places end evenly spread."""
        if not self._seconds:
            return None
        return median(self._seconds) * number / self._places


class Ticket:
    """One who waits, and is then served, until ``leave``."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._served_at: float | None = None
        self._left = False

    @property
    def place(self) -> Place | None:
        """Where in line this is; None once it is served or has left."""
        line = self._line
        with line._changed:
            if self not in line._waiting:
                return None
            number = line._waiting.index(self) + 1
            return Place(number, line._expected(number))

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the turn, at most ``seconds``; whether it has come."""
        line = self._line
        with line._changed:
            if self._served_at is not None:
                return True
            if not line._changed.wait_for(self._is_next, seconds):
                return False
            if self._left:
                return False
            line._waiting.popleft()
            line._free -= 1
            line._changed.notify_all()
            self._served_at = monotonic()
            return True

    def leave(self, *, answered: bool = False) -> None:
        """Go, from the line or from the desk; an answer's time is remembered. Once is enough."""
        line = self._line
        with line._changed:
            if self._left:
                return
            self._left = True
            if self._served_at is None:
                line._waiting.remove(self)
                line._changed.notify_all()
                return
            if answered:
                line._seconds.append(monotonic() - self._served_at)
            line._give_back()

    def _is_next(self) -> bool:
        line = self._line
        return self._left or (line._free > 0 and line._waiting[0] is self)
