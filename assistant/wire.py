"""Typed values to JSON lines and back, for a desk that is used from another process.

A reply is a stream of lines: events, then at most one result or problem. Empty lines are
heartbeats. Knows nothing of sockets, servers or who is speaking.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from assistant.saved.types import Asking
from assistant.types import Answered, Checked, Draft, Event, EvidenceFound, Rewritten, Thinking
from corpus import errors
from corpus.errors import HomeError, RefdeskError
from index.types import Progress, RefreshReport

HEARTBEAT = b"\n"
LONGEST_MESSAGE = 2_000  # characters of an error that travel; one line on a terminal needs fewer

WireEvent = Event | Progress | RefreshReport | Asking

_EVENTS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        Rewritten,
        EvidenceFound,
        Thinking,
        Draft,
        Checked,
        Answered,
        Progress,
        RefreshReport,
        Asking,
    )
}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error on its way to another process: the name of its class, and its line."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Result:
    """The value of a call that returns one, still as plain JSON data (see ``unpack``)."""

    data: Any


@lru_cache(maxsize=64)
def _cached_adapter(shape: Hashable) -> TypeAdapter[Any]:
    form: Any = shape
    return TypeAdapter(form)


def _adapter(shape: Any) -> TypeAdapter[Any]:
    """The validator of ``shape``; building one takes milliseconds, a draft has many events."""
    return _cached_adapter(shape)


def encode_event(event: WireEvent) -> bytes:
    """One line for one event, tagged with its type."""
    return _line("event", event, tag=type(event).__name__)


def encode_result(value: Any) -> bytes:
    """One line for the value that a call returns (dataclasses, lists of them, or None)."""
    return _line("result", value)


def encode_problem(error: Exception) -> bytes:
    """One line for an error; a class that is not ours travels as a plain RefdeskError."""
    if isinstance(error, RefdeskError):
        problem = Problem(type(error).__name__, str(error)[:LONGEST_MESSAGE])
    else:
        text = f"{type(error).__name__}: {error}"[:LONGEST_MESSAGE]
        problem = Problem(RefdeskError.__name__, text)
    return _line("problem", problem)


def _line(key: str, value: Any, tag: str = "") -> bytes:
    body = _adapter(type(value) if tag else Any).dump_json(value, fallback=str)
    head = f'{{"type":"{tag}",' if tag else "{"
    return head.encode() + f'"{key}":'.encode() + body + b"}\n"


def decode(line: bytes) -> WireEvent | Result | Problem:
    """The message of one line. Raises HomeError when the line is not one of ours."""
    try:
        message = from_json(line)
        if "event" in message:
            shape = _EVENTS[message["type"]]
            event: WireEvent = _adapter(shape).validate_python(message["event"])
            return event
        if "problem" in message:
            problem: Problem = _adapter(Problem).validate_python(message["problem"])
            return problem
        return Result(message["result"])
    except (ValueError, KeyError, TypeError) as error:
        raise other_version() from error


def unpack(shape: Any, data: Any) -> Any:
    """``data`` of a result as the type it was. Raises HomeError when it does not fit."""
    try:
        return _adapter(shape).validate_python(data)
    except ValidationError as error:
        raise other_version() from error


def error_of(problem: Problem) -> RefdeskError:
    """The error that ``problem`` stands for, of the same class as where it was raised."""
    kind = getattr(errors, problem.kind, None)
    if isinstance(kind, type) and issubclass(kind, RefdeskError):
        return kind(problem.message)
    return RefdeskError(problem.message)


def other_version() -> HomeError:
    """The error for an owner whose lines this process cannot read."""
    return HomeError(
        "the refdesk process that owns this home speaks another version; "
        "stop it, then run this command again"
    )
