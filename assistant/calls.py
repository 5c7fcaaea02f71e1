"""What a desk can be asked to do, as values: a call, and the events and value it gives.

The same calls are made in this process or in the one that owns the home; knows nothing of
how they travel.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from assistant.options import AskOptions
from assistant.saved.types import AnswerChange, Asking, Marks, SavedQuestion, Whether
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
    "saved_list",
    "saved_add",
    "saved_remove",
    "saved_check",
    "saved_next",
    "saved_marks",
    "saved_look",
    "saved_changes",
    "warm_up",
    "use_model",
]

# The type that each call with a value returns; "stream" and "refresh" give events instead,
# "saved_check" both.
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
    "saved_list": list[SavedQuestion],
    "saved_add": SavedQuestion,
    "saved_remove": None,
    "saved_check": list[SavedQuestion],
    "saved_next": Whether,
    "saved_marks": Marks,
    "saved_look": None,
    "saved_changes": list[AnswerChange],
    "warm_up": None,
    "use_model": None,
}


class Saved(Protocol):
    """The interface of ``SavedQuestions`` (see there), here or in another process."""

    def all(self, owner: str | None = None, most: int = ...) -> list[SavedQuestion]: ...
    def add(
        self,
        question: str,
        answer: Answer | None = None,
        *,
        owner: str = "",
        later: bool = False,
    ) -> SavedQuestion: ...
    def remove(self, question_id: str, owner: str | None = None) -> None: ...
    def check_events(
        self, *, due_only: bool = False
    ) -> Generator[Asking, None, list[SavedQuestion]]: ...
    def ask_next(self, stop: threading.Event | None = None) -> Whether: ...
    def marks(self, owner: str) -> Marks: ...
    def look(self, owner: str, newest: int) -> None: ...
    def changes(
        self, since: str, owner: str | None = None, token: str = ""
    ) -> list[AnswerChange]: ...


class Desk(Protocol):
    """The interface that the assistant has, whether it is here or in another process."""

    @property
    def settings(self) -> Settings: ...
    @property
    def saved(self) -> Saved: ...
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
    or waits for the answer to a question that is saved; ``how`` a location is to be a source;
    ``owner``, ``answer``, ``due_only`` and ``token`` are of saved questions.
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
    owner: str | None = None
    answer: Answer | None = None
    due_only: bool = False
    token: str = ""


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


Message = Event | Progress | RefreshReport | Asking | Returned


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
    "saved_list": lambda desk, call: desk.saved.all(call.owner, call.limit),
    "saved_add": lambda desk, call: desk.saved.add(
        call.text, call.answer, owner=call.owner or "", later=call.background
    ),
    "saved_remove": lambda desk, call: desk.saved.remove(call.text, call.owner),
    "saved_next": lambda desk, call: desk.saved.ask_next(),
    "saved_marks": lambda desk, call: desk.saved.marks(call.owner or ""),
    "saved_look": lambda desk, call: desk.saved.look(call.owner or "", call.limit),
    "saved_changes": lambda desk, call: desk.saved.changes(call.text, call.owner, call.token),
    "warm_up": lambda desk, call: desk.warm_up(),
    "use_model": lambda desk, call: desk.use_model(call.text),
}


def perform(desk: Desk, call: Call) -> Iterator[Message]:
    """Ask ``desk`` for ``call``: its events as they come, or its one value."""
    if call.name == "stream":
        yield from desk.stream(call.text, call.history, call.options)
    elif call.name == "refresh":
        yield from desk.refresh_events(fetch=call.fetch, background=call.background)
    elif call.name == "saved_check":
        checked = yield from desk.saved.check_events(due_only=call.due_only)
        yield Returned(checked)
    else:
        yield Returned(_VALUE_OF[call.name](desk, call))
