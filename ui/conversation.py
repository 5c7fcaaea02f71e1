"""Answer one question as a series of ``TurnView`` snapshots that can be stopped at any moment.

Knows nothing of Gradio or HTML. The assistant's stream runs in a thread of its own, so that
*stop* is obeyed while the engine is still reading the prompt; the thread closes the stream,
and so frees the engine, as soon as the engine lets go of it.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from assistant.options import AskOptions
from assistant.types import (
    Answered,
    Checked,
    Draft,
    Event,
    EvidenceFound,
    Rewritten,
    Thinking,
)
from corpus.errors import RefdeskError
from ui.line import Line, Place, Ticket
from ui.views import Conversation, Desk, TurnView, history, source_cards

log = logging.getLogger(__name__)

POLL_SECONDS = 0.05  # how late a stop may be noticed while nothing else happens
INTERNAL_ERROR = "Something went wrong inside refdesk; its log has the details."


@dataclass(frozen=True, slots=True)
class Waiting:
    """Every place at the desk is taken; ``place`` is where the question stands in line."""

    place: Place


@dataclass(frozen=True, slots=True)
class Started:
    """The question has its place at the desk; the search begins."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The stream raised; ``reason`` is one line for the visitor."""

    reason: str


class Finished:
    """The stream is over (the queue's own last item)."""


Item = Event | Waiting | Started | Failed | Finished


def answer_turn(
    desk: Desk,
    question: str,
    turns: Conversation,
    stop: threading.Event,
    slots: Line,
    options: AskOptions | None = None,
) -> Iterator[TurnView]:
    """Yield the turn as it grows; the last one is done, stopped or failed."""
    turn = TurnView((turns[-1].number if turns else 0) + 1, question)
    yield turn
    ticket = slots.join()  # here, so that the line is in the order of asking
    stream = _in_thread(lambda: desk.stream(question, history(turns), options), stop, ticket)
    try:
        for batch in stream:
            for item in batch:
                turn = _applied(turn, item, desk)
            yield turn
            if turn.phase == "failed":
                break
        if turn.running and not stop.is_set():
            turn = replace(turn, phase="failed", error=INTERNAL_ERROR)
            log.error("the assistant's stream ended without an answer")
            yield turn
    finally:
        stop.set()  # the visitor left, or the turn is over: the thread has no reader any more
    if turn.running:
        yield replace(turn, phase="stopped")


def _applied(turn: TurnView, item: Item, desk: Desk) -> TurnView:
    """``turn`` with ``item``; failed if the desk cannot show what came."""
    try:
        return _apply(turn, item, desk)
    except RefdeskError as error:
        return replace(turn, phase="failed", error=str(error))
    except Exception:
        log.exception("an answer could not be shown")
        return replace(turn, phase="failed", error=INTERNAL_ERROR)


def _apply(turn: TurnView, item: Item, desk: Desk) -> TurnView:
    match item:
        case Waiting(place=place):
            return replace(turn, place=place)
        case Started():
            return replace(turn, phase="searching")
        case Rewritten(standalone_question=rewritten):
            return replace(turn, standalone_question=rewritten)
        case EvidenceFound(sources=sources):
            return replace(turn, phase="drafting", cards=source_cards(desk, sources))
        case Thinking(text=text):
            return replace(turn, phase="drafting", thinking=turn.thinking + text)
        case Draft(text=text):
            return replace(turn, phase="drafting", draft=turn.draft + text)
        case Checked(sentence=sentence, citations=new):
            settled = turn.settled.with_sentence(turn.draft, sentence, new)
            cards = source_cards(desk, settled.citations) if new else turn.cards
            return replace(turn, settled=settled, cards=cards)
        case Answered(answer=answer):
            cards = source_cards(desk, answer.citations or answer.nearest)
            return replace(turn, phase="done", answer=answer, cards=cards)
        case Failed(reason=reason):
            return replace(turn, phase="failed", error=reason)
    return turn


def _in_thread(
    open_stream: Callable[[], Iterator[Event]],
    stop: threading.Event,
    ticket: Ticket,
) -> Iterator[list[Item]]:
    """Yield batches of what the stream produced; end early once ``stop`` is set.

    Pieces of text that arrived while the page was busy come as one batch; anything else
    ends its batch, so that the evidence is shown before the first token of the draft.
    """
    items: queue.SimpleQueue[Item] = queue.SimpleQueue()
    threading.Thread(
        target=_pump, args=(open_stream, items, stop, ticket), name="refdesk-answer", daemon=True
    ).start()
    batch: list[Item] = []
    while not stop.is_set():
        try:
            item = items.get(timeout=0 if batch else POLL_SECONDS)
        except queue.Empty:
            if batch:
                yield batch
                batch = []
            continue
        if isinstance(item, Finished):
            break
        batch.append(item)
        if not isinstance(item, Draft | Thinking):
            yield batch
            batch = []
    if batch:
        yield batch


def _pump(
    open_stream: Callable[[], Iterator[Event]],
    items: queue.SimpleQueue[Item],
    stop: threading.Event,
    ticket: Ticket,
) -> None:
    answered = False
    try:
        if _served(ticket, items, stop):
            items.put(Started())
            answered = _forward(open_stream(), items, stop)
    except RefdeskError as error:
        items.put(Failed(str(error)))
    except Exception:  # the thread's outermost frame: nobody above can report it
        log.exception("answering failed")
        items.put(Failed(INTERNAL_ERROR))
    finally:
        ticket.leave(answered=answered)
        items.put(Finished())


def _served(ticket: Ticket, items: queue.SimpleQueue[Item], stop: threading.Event) -> bool:
    """Wait in line, telling of each step forward; False if the visitor stopped waiting."""
    told: Place | None = None
    while not ticket.wait(POLL_SECONDS):
        place = ticket.place
        if stop.is_set():
            return False
        if place is not None and place != told:
            items.put(Waiting(place))
            told = place
    return not stop.is_set()


def _forward(
    stream: Iterator[Event], items: queue.SimpleQueue[Item], stop: threading.Event
) -> bool:
    """Pass the events on; whether they came to their end."""
    try:
        for event in stream:
            if stop.is_set():
                return False
            items.put(event)
        return True
    finally:
        close = getattr(stream, "close", None)  # a generator; plain iterators hold no engine
        if close is not None:
            close()
