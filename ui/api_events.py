"""Answers for programs: the assistant's events as an async iterator that frees the desk.

Every door for programs answers through here, on the same few places that the page's visitors
have. Knows nothing of HTTP, MCP or Gradio.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from typing import Protocol

from assistant.types import Answer, Answered, Event, Turn
from corpus.errors import RefdeskError
from ui.line import Line, Ticket

log = logging.getLogger(__name__)

MAX_WAITING = 16  # at some ten seconds an answer, the last one waits for over a minute
POLL_SECONDS = 0.05  # how late somebody who waits for a place notices that nobody waits for them
INTERNAL_ERROR = "Something went wrong inside refdesk; its log has the details."


class BusyError(RefdeskError):
    """More programs wait for an answer than will be kept waiting."""


class Asked(Protocol):
    """What answers."""

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        """Yield what happens while one question is answered; ``Answered`` is the last event."""
        ...


class End:
    """The stream is over (the queue's own last item)."""


Item = Event | RefdeskError | End


class Answering:
    """Makes answers on ``slots``, which others may share; at most ``MAX_WAITING`` wait."""

    def __init__(self, desk: Asked, slots: Line) -> None:
        self._desk = desk
        self._slots = slots
        self._open = 0

    def check_room(self) -> None:
        """Raise BusyError when another question would wait behind too many."""
        if self._open >= MAX_WAITING:
            raise BusyError("The desk is busy: too many questions wait; try again in a minute.")

    async def events(self, question: str, history: Sequence[Turn] = ()) -> AsyncGenerator[Event]:
        """Yield the events of one answer; closing it frees the model before the next token.

        Raises BusyError at once, and any RefdeskError that the desk raises; an error that is
        not ours goes to the log and comes as one line that says so.
        """
        async with aclosing(self.beating(question, history, None)) as events:
            async for event in events:
                if event is not None:
                    yield event

    async def beating(
        self, question: str, history: Sequence[Turn], seconds: float | None
    ) -> AsyncGenerator[Event | None]:
        """Yield ``events``, and None whenever ``seconds`` have passed without one."""
        self.check_room()
        items: asyncio.Queue[Item] = asyncio.Queue()
        stop = threading.Event()
        self._open += 1
        try:
            self._start(question, history, items, stop)
            answered = False
            while not isinstance(item := await _next(items, seconds), End):
                if isinstance(item, RefdeskError):
                    raise item
                answered = answered or isinstance(item, Answered)
                yield item
            if not answered:
                log.error("the assistant's stream ended without an answer")
                raise RefdeskError(INTERNAL_ERROR)
        finally:
            stop.set()
            self._open -= 1

    async def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Return the answer; cancelling frees the model. Raises what ``events`` raises."""
        async with aclosing(self.events(question, history)) as events:
            return [event.answer async for event in events if isinstance(event, Answered)][-1]

    def _start(
        self,
        question: str,
        history: Sequence[Turn],
        items: asyncio.Queue[Item],
        stop: threading.Event,
    ) -> None:
        loop = asyncio.get_running_loop()
        ticket = self._slots.join()  # here, so that the line is in the order of asking

        def put(item: Item) -> None:
            try:
                loop.call_soon_threadsafe(items.put_nowait, item)
            except RuntimeError:  # the loop has ended: nobody listens any more
                stop.set()

        def work() -> None:
            self._work(lambda: self._desk.stream(question, tuple(history)), put, stop, ticket)

        threading.Thread(target=work, name="refdesk-program", daemon=True).start()

    def _work(
        self,
        open_stream: Callable[[], Iterator[Event]],
        put: Callable[[Item], None],
        stop: threading.Event,
        ticket: Ticket,
    ) -> None:
        while not ticket.wait(POLL_SECONDS):
            if stop.is_set():
                ticket.leave()
                return
        try:
            if not stop.is_set():
                _forward(open_stream(), put, stop)
        except RefdeskError as error:
            put(error)
        except Exception:  # the thread's outermost frame: nobody above can report it
            log.exception("answering failed")
            put(RefdeskError(INTERNAL_ERROR))
        finally:
            ticket.leave(answered=not stop.is_set())
            put(End())


async def _next(items: asyncio.Queue[Item], seconds: float | None) -> Item | None:
    try:
        return await asyncio.wait_for(items.get(), seconds)
    except TimeoutError:
        return None


def _forward(stream: Iterator[Event], put: Callable[[Item], None], stop: threading.Event) -> None:
    try:
        for event in stream:
            if stop.is_set():
                return
            put(event)
    finally:
        close = getattr(stream, "close", None)  # a generator; plain iterators hold no engine
        if close is not None:
            close()
