"""The assistant's interface, worked through the process that owns the home.

When that process has ended, the next call takes over: the home is opened again, here or
through whoever owns it by then. Knows nothing of how an owner is found.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Self, cast

import httpx
from pydantic_core import from_json

from assistant import wire
from assistant.calls import RESULT_OF, Call, Desk, Message, Returned, Running, perform
from assistant.options import AskOptions
from assistant.saved.remote import RemoteSaved
from assistant.types import Answer, Answered, Event, Turn
from corpus.cards import ModelCard
from corpus.errors import HomeError, InputError
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
    from llama_index.core.query_engine import BaseQueryEngine

    from assistant.settings import Settings

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0  # loopback: longer means that the owner is stuck
SILENCE_SECONDS = 60.0  # the owner sends a heartbeat every 5 s, later when its cores are all busy


Messages = Generator[Message, None, None]


class OwnerGoneError(HomeError):
    """The process that owned the home ended before its reply was complete."""


class OwnerConnection:
    """Calls to the owner's service at ``address`` (``127.0.0.1:port``) with its key."""

    def __init__(self, address: str, key: str) -> None:
        self._client = httpx.Client(
            base_url=f"http://{address}",
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,  # a proxy has no business on loopback
        )

    def call(self, call: Call) -> Messages:
        """The messages of the reply. Raises what the owner raised, or OwnerGoneError.

        Closing the iterator hangs up, which makes the owner stop generating.
        """
        last: Message | None = None
        try:
            with contextlib.closing(self._messages(call)) as messages:
                for last in messages:
                    yield last
        except httpx.TimeoutException as error:
            raise HomeError(_SILENT) from error
        except httpx.TransportError as error:
            raise OwnerGoneError(_GONE) from error
        if not isinstance(last, Returned | Answered | RefreshReport):
            raise OwnerGoneError(_GONE)

    def _messages(self, call: Call) -> Messages:
        body = json.dumps(asdict(call)).encode()
        with self._client.stream("POST", "/call", content=body) as reply:
            _check(reply.status_code)
            for line in _lines(reply.iter_bytes()):
                yield _message(call, line)

    def running(self) -> Running | None:
        """What the owner runs, or None when it has ended (or is not the one we look for)."""
        try:
            reply = self._client.get("/health")
        except httpx.TimeoutException as error:
            raise HomeError(_SILENT) from error
        except httpx.TransportError:
            return None
        if reply.status_code != httpx.codes.OK:
            return None
        return cast("Running", wire.unpack(Running, from_json(reply.content)))

    def close(self) -> None:
        """Hang up; the owner goes on."""
        self._client.close()


class RemoteAssistant:
    """The interface of ``Assistant``, through ``connection`` for as long as its owner runs.

    ``owner`` says what answers; ``reopen`` opens the home again when the owner has ended
    before it said anything.
    """

    def __init__(
        self,
        connection: OwnerConnection,
        settings: Settings,
        owner: Running,
        reopen: Callable[[], Desk],
    ) -> None:
        # What answers is set up by its owner.
        answering = {"model": owner.model, "base_url": owner.base_url}
        self.settings = settings.model_copy(update=answering)
        self.owner = owner
        self.saved = RemoteSaved(self._value, self._call)
        """Questions that are asked again after a refresh, and what changed in their answers."""
        self._connection = connection
        self._reopen = reopen
        self._taken_over: Desk | None = None
        self._turn = threading.Lock()

    def ask(
        self, question: str, history: Sequence[Turn] = (), options: AskOptions | None = None
    ) -> Answer:
        """The checked answer to ``question``."""
        for event in self.stream(question, history, options):
            if isinstance(event, Answered):
                return event.answer
        raise OwnerGoneError(_GONE)

    def stream(
        self, question: str, history: Sequence[Turn] = (), options: AskOptions | None = None
    ) -> Iterator[Event]:
        """The events of an answer, the checked answer last; close it to stop generating."""
        call = Call("stream", question, tuple(history), options=options)
        return cast("Iterator[Event]", self._call(call))

    def search(self, query: str, limit: int = 10) -> list[Passage]:
        """The passages nearest to ``query``, best first."""
        return cast("list[Passage]", self._value(Call("search", query, limit=limit)))

    def add(self, location: str, how: Declaration = AS_IT_IS) -> Source:
        """Declare a folder, file or URL as a source."""
        return cast("Source", self._value(Call("add", location, how=how)))

    def remove(self, name: str) -> None:
        """Forget the source ``name``."""
        self._value(Call("remove", name))

    def compare(self) -> Changes:
        """What a refresh would do now; changes nothing."""
        return cast("Changes", self._value(Call("compare")))

    def refresh(self) -> RefreshReport:
        """Bring the index up to date with its sources."""
        for event in self.refresh_events():
            if isinstance(event, RefreshReport):
                return event
        raise OwnerGoneError(_GONE)

    def refresh_events(
        self, *, fetch: bool = True, background: bool = False
    ) -> Iterator[Progress | RefreshReport]:
        """Bring the index up to date: progress as it goes, the report last."""
        call = Call("refresh", fetch=fetch, background=background)
        return cast("Iterator[Progress | RefreshReport]", self._call(call))

    def status(self) -> Status:
        """The state of the home."""
        return cast("Status", self._value(Call("status")))

    def documents(self) -> list[DocumentInfo]:
        """Every document, without its text."""
        return cast("list[DocumentInfo]", self._value(Call("documents")))

    def document(self, document_id: str, quoted: Quoted | None = None) -> Document | None:
        """One document with its text, or None; the version that ``quoted`` was taken from."""
        call = Call("document", document_id, quoted=quoted)
        return cast("Document | None", self._value(call))

    def history(self, limit: int = 20) -> list[PastRefresh]:
        """The last refreshes, newest first."""
        return cast("list[PastRefresh]", self._value(Call("history", limit=limit)))

    def explain(self, what: str) -> Explanation:
        """The state of a document, file or source, and why it is so."""
        return cast("Explanation", self._value(Call("explain", what)))

    def news(self, since: str) -> list[NewsItem]:
        """Documents that came, changed or went since a date or time, newest first."""
        return cast("list[NewsItem]", self._value(Call("news", since)))

    def original(self, document_id: str) -> Original | None:
        """The file that a document was read from, and whether it is still the same; or None."""
        return cast("Original | None", self._value(Call("original", document_id)))

    def cards(self) -> list[ModelCard]:
        """Every model card, by id."""
        return cast("list[ModelCard]", self._value(Call("cards")))

    def mentions(self, card_id: str) -> list[Mention]:
        """Where each document that names a model does so first; ``card_id`` is the model's."""
        return cast("list[Mention]", self._value(Call("mentions", card_id)))

    def catalogue(self, query: Query) -> Result:
        """The model cards that a typed query finds."""
        return cast("Result", self._value(Call("catalogue", query=query)))

    def warm_up(self) -> None:
        """Load the models in the owner's process, if they are not loaded yet."""
        self._value(Call("warm_up"))

    def use_model(self, name: str) -> None:
        """Let another model answer in the owner's process, for everybody who asks there."""
        self._value(Call("use_model", name))
        self.settings = self.settings.model_copy(update={"model": name})

    def as_query_engine(self) -> BaseQueryEngine:
        """This desk as a LlamaIndex query engine: checked answers with source nodes."""
        from assistant.llamaindex import DeskQueryEngine

        return DeskQueryEngine(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up, and close the home if it was taken over."""
        self._connection.close()
        if self._taken_over is not None:
            self._taken_over.close()

    def _value(self, call: Call) -> Any:
        with contextlib.closing(self._call(call)) as messages:
            for message in messages:
                if isinstance(message, Returned):
                    return message.value
        raise OwnerGoneError(_GONE)

    def _call(self, call: Call) -> Messages:
        if self._taken_over is None:
            heard = False
            try:
                for message in self._connection.call(call):
                    heard = True
                    yield message
                return
            except OwnerGoneError:
                if heard:
                    raise
        yield from perform(self._successor(), call)

    def _successor(self) -> Desk:
        with self._turn:
            if self._taken_over is None:
                logger.info("the owner of the home has ended; opening the home again")
                self._taken_over = self._reopen()
            return self._taken_over


_GONE = "the refdesk process that owned this home ended while it worked; run the command again"
_SILENT = (
    "the refdesk process that owns this home does not reply; stop it, then run the command again"
)


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Lines split at newlines only: text may hold U+2028, which str.splitlines would cut at."""
    rest = bytearray()
    for piece in pieces:
        rest += piece
        *complete, tail = rest.split(b"\n") if b"\n" in piece else (rest,)
        rest = tail
        yield from (bytes(line) for line in complete if line)


def _message(call: Call, line: bytes) -> Message:
    message = wire.decode(line)
    if isinstance(message, wire.Problem):
        raise wire.error_of(message)
    if isinstance(message, wire.Result):
        return Returned(wire.unpack(RESULT_OF[call.name], message.data))
    return message


def _check(status: int) -> None:
    if status == httpx.codes.OK:
        return
    if status == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        raise InputError("the question and its history are too long (over 1 MB); shorten them")
    if status == httpx.codes.SERVICE_UNAVAILABLE:
        raise HomeError("the refdesk process that owns this home is busy; try again in a moment")
    if status == httpx.codes.BAD_REQUEST:
        raise wire.other_version()
    raise OwnerGoneError(_GONE)  # another program listens there now: wrong key, host or path
