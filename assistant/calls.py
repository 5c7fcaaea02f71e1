"""What a desk can be asked to do, as values: a call, and the events and value it gives.

The same calls are made in this process or in the one that owns the home; knows nothing of
how they travel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from assistant.options import AskOptions
from assistant.types import Answer, Event, Turn
from corpus.cards import ModelCard
from corpus.types import Document, DocumentInfo
from index.catalogue import Query, Result
from index.types import Passage, Progress, RefreshReport, Source, Status

if TYPE_CHECKING:
    from assistant.settings import Settings

CallName = Literal[
    "stream",
    "search",
    "add",
    "remove",
    "refresh",
    "status",
    "documents",
    "document",
    "cards",
    "catalogue",
    "warm_up",
]

# The type that each call with a value returns; "stream" and "refresh" give events instead.
RESULT_OF: dict[CallName, Any] = {
    "search": list[Passage],
    "add": Source,
    "remove": None,
    "status": Status,
    "documents": list[DocumentInfo],
    "document": Document | None,
    "cards": list[ModelCard],
    "catalogue": Result,
    "warm_up": None,
}


class Desk(Protocol):
    """The interface that the assistant has, whether it is here or in another process."""

    @property
    def settings(self) -> Settings: ...
    def ask(
        self, question: str, history: Sequence[Turn] = (), options: AskOptions | None = None
    ) -> Answer: ...
    def stream(
        self, question: str, history: Sequence[Turn] = (), options: AskOptions | None = None
    ) -> Iterator[Event]: ...
    def search(self, query: str, limit: int = 10) -> list[Passage]: ...
    def add(self, location: str) -> Source: ...
    def remove(self, name: str) -> None: ...
    def refresh(self) -> RefreshReport: ...
    def refresh_events(self) -> Iterator[Progress | RefreshReport]: ...
    def status(self) -> Status: ...
    def documents(self) -> list[DocumentInfo]: ...
    def document(self, document_id: str) -> Document | None: ...
    def cards(self) -> list[ModelCard]: ...
    def catalogue(self, query: Query) -> Result: ...
    def warm_up(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Call:
    """One thing asked of a desk.

    ``text`` is the question, the search, the location, the name or the document id; ``query``
    is what the catalogue is asked, ``options`` how a question wants to be answered.
    """

    name: CallName
    text: str = ""
    history: tuple[Turn, ...] = ()
    limit: int = 10
    query: Query = Query()  # noqa: RUF009 (frozen)
    options: AskOptions | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """The process that owns a home, and the language model that answers in it."""

    pid: int
    model: str
    base_url: str | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """The value of a call that returns one."""

    value: Any


Message = Event | Progress | RefreshReport | Returned


def perform(desk: Desk, call: Call) -> Iterator[Message]:
    """Ask ``desk`` for ``call``: its events as they come, or its one value."""
    if call.name == "stream":
        yield from desk.stream(call.text, call.history, call.options)
    elif call.name == "refresh":
        yield from desk.refresh_events()
    else:
        yield Returned(_value(desk, call))


def _value(desk: Desk, call: Call) -> Any:
    match call.name:
        case "search":
            return desk.search(call.text, call.limit)
        case "add":
            return desk.add(call.text)
        case "remove":
            return desk.remove(call.text)
        case "status":
            return desk.status()
        case "documents":
            return desk.documents()
        case "document":
            return desk.document(call.text)
        case "cards":
            return desk.cards()
        case "catalogue":
            return desk.catalogue(call.query)
        case "warm_up":
            return desk.warm_up()
    raise ValueError(f"no such call: {call.name}")
