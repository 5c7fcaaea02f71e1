"""What a desk can be asked to do, as values: a call, and the events and value it gives.

The same calls are made in this process or in the one that owns the home; knows nothing of
how they travel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from assistant.options import AskOptions
from assistant.types import Answer, Event, Turn
from corpus.cards import ModelCard
from corpus.types import Document, DocumentInfo
from index.catalogue import Query, Result
from index.types import (
    AS_IT_IS,
    Changes,
    Declaration,
    Explanation,
    Mention,
    NewsItem,
    Original,
    Passage,
    PastRefresh,
    Progress,
    Quoted,
    RefreshReport,
    Source,
    Status,
)

if TYPE_CHECKING:
    from assistant.settings import Settings

CallName = Literal[
    "stream",
    "search",
    "add",
    "remove",
    "refresh",
    "compare",
    "status",
    "documents",
    "document",
    "original",
    "cards",
    "mentions",
    "catalogue",
    "history",
    "explain",
    "news",
    "warm_up",
    "use_model",
]

# The type that each call with a value returns; "stream" and "refresh" give events instead.
RESULT_OF: dict[CallName, Any] = {
    "search": list[Passage],
    "add": Source,
    "remove": None,
    "compare": Changes,
    "status": Status,
    "documents": list[DocumentInfo],
    "document": Document | None,
    "original": Original | None,
    "cards": list[ModelCard],
    "mentions": list[Mention],
    "catalogue": Result,
    "history": list[PastRefresh],
    "explain": Explanation,
    "news": list[NewsItem],
    "warm_up": None,
    "use_model": None,
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
    def add(self, location: str, how: Declaration = AS_IT_IS) -> Source: ...
    def remove(self, name: str) -> None: ...
    def refresh(self) -> RefreshReport: ...
    def refresh_events(
        self, *, fetch: bool = True, background: bool = False
    ) -> Iterator[Progress | RefreshReport]: ...
    def compare(self) -> Changes: ...
    def status(self) -> Status: ...
    def documents(self) -> list[DocumentInfo]: ...
    def document(self, document_id: str, quoted: Quoted | None = None) -> Document | None: ...
    def history(self, limit: int = 20) -> list[PastRefresh]: ...
    def explain(self, what: str) -> Explanation: ...
    def news(self, since: str) -> list[NewsItem]: ...
    def original(self, document_id: str) -> Original | None: ...
    def cards(self) -> list[ModelCard]: ...
    def mentions(self, card_id: str) -> list[Mention]: ...
    def catalogue(self, query: Query) -> Result: ...
    def warm_up(self) -> None: ...
    def use_model(self, name: str) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Call:
    """One thing asked of a desk.

    ``text`` is the question, the search, the location, the name or the document id; ``query``
    is what the catalogue is asked, ``options`` how a question wants to be answered, ``fetch``
    whether a refresh asks servers for their pages, ``background`` whether nobody reads its report,
    ``how`` a location is to be a source.
    """

    name: CallName
    text: str = ""
    history: tuple[Turn, ...] = ()
    limit: int = 10
    query: Query = Query()  # noqa: RUF009 (frozen)
    options: AskOptions | None = None
    fetch: bool = True
    background: bool = False
    quoted: Quoted | None = None
    how: Declaration = AS_IT_IS


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


_VALUE_OF: dict[CallName, Callable[[Desk, Call], Any]] = {
    "search": lambda desk, call: desk.search(call.text, call.limit),
    "add": lambda desk, call: desk.add(call.text, call.how),
    "remove": lambda desk, call: desk.remove(call.text),
    "compare": lambda desk, call: desk.compare(),
    "status": lambda desk, call: desk.status(),
    "documents": lambda desk, call: desk.documents(),
    "document": lambda desk, call: desk.document(call.text, call.quoted),
    "history": lambda desk, call: desk.history(call.limit),
    "explain": lambda desk, call: desk.explain(call.text),
    "news": lambda desk, call: desk.news(call.text),
    "original": lambda desk, call: desk.original(call.text),
    "cards": lambda desk, call: desk.cards(),
    "mentions": lambda desk, call: desk.mentions(call.text),
    "catalogue": lambda desk, call: desk.catalogue(call.query),
    "warm_up": lambda desk, call: desk.warm_up(),
    "use_model": lambda desk, call: desk.use_model(call.text),
}


def perform(desk: Desk, call: Call) -> Iterator[Message]:
    """Ask ``desk`` for ``call``: its events as they come, or its one value."""
    if call.name == "stream":
        yield from desk.stream(call.text, call.history, call.options)
    elif call.name == "refresh":
        yield from desk.refresh_events(fetch=call.fetch, background=call.background)
    else:
        yield Returned(_VALUE_OF[call.name](desk, call))
