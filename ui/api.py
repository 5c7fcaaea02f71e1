"""What programs may ask of the desk, whichever door they come through: checked and bounded.

The HTTP API, the MCP server and the OpenAI-compatible server all call this one object. Knows
nothing of the three, nor of how an answer is made.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncGenerator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import click

from assistant.types import Answer, Event, Turn
from corpus.errors import InputError, RefdeskError
from corpus.types import DocumentInfo
from index.types import Passage, RefreshReport, Status
from ui.api_events import Answering
from ui.line import Line
from ui.refreshing import Refresher
from ui.views import Desk

if TYPE_CHECKING:
    from ui.cli.catalogue import Found

AT_ONCE = 2  # answers made at a time: on two cores more only make each other slow
MAX_QUESTION = 2000  # characters; the assistant's own bound
MAX_TURNS = 80  # earlier messages that are looked at; older ones are left out
MAX_TURN_TEXT = 8000  # characters of an earlier message that are looked at
MAX_PASSAGES = 50
MAX_TEXT = 100_000  # characters of a document in one reply: some forty pages
DEFAULT_TEXT = 20_000
MAX_ROWS = 1000
MAX_EXPRESSIONS = 20
MAX_EXPRESSION = 400  # characters
REFRESH_POLL_SECONDS = 0.1

HISTORY_FORM = 'history is a list of {"role": "user" or "assistant", "text": "…"}.'


@dataclass(frozen=True, slots=True)
class Access:
    """What programs must show, and what they may do.

    With a ``key`` every door for programs asks for it. ``tools_refresh`` lets MCP clients,
    whose calls a language model decides on, refresh the corpus.
    """

    key: str | None = None
    tools_refresh: bool = False


@dataclass(frozen=True, slots=True)
class Passages:
    """The passages nearest to a query, best first."""

    query: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """``text`` is the document's text from ``start`` to ``end`` of ``characters`` in all."""

    document: DocumentInfo
    text: str
    start: int
    end: int
    characters: int


@dataclass(frozen=True, slots=True)
class State:
    """What the desk holds, and whether it is being brought up to date right now."""

    status: Status
    refreshing: bool

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``refdesk status``, and one more field."""
        return {**asdict(self.status), "refreshing": self.refreshing}


@dataclass(eq=False, slots=True)
class Programs:
    """The desk as programs see it. ``slots`` are shared with the page's visitors."""

    desk: Desk
    refresher: Refresher
    access: Access = field(default_factory=Access)
    slots: Line = field(default_factory=lambda: Line(AT_ONCE))
    answering: Answering = field(init=False)

    def __post_init__(self) -> None:
        """Answer on the same places as the page."""
        self.answering = Answering(self.desk, self.slots)

    def events(self, question: object, history: object = None) -> AsyncGenerator[Event]:
        """Yield the events of one answer; close it to free the model.

        Raises InputError at once for what cannot be asked, and what the desk raises.
        """
        return self.answering.events(text_of(question, "the question"), turns_of(history))

    def beating(
        self, question: object, history: object, seconds: float
    ) -> AsyncGenerator[Event | None]:
        """Yield ``events``, and None whenever ``seconds`` have passed without one."""
        asked = text_of(question, "the question")
        return self.answering.beating(asked, turns_of(history), seconds)

    def check_key(self, authorization: str | None) -> bool:
        """Whether an ``Authorization`` header may pass: any, unless a key is asked for."""
        key = self.access.key
        if not key:
            return True
        scheme, _, given = (authorization or "").partition(" ")
        sent = given.strip().encode("latin-1", "replace")  # the header's own bytes
        return scheme.lower() == "bearer" and hmac.compare_digest(sent, key.encode())

    async def ask(self, question: object, history: object = None) -> Answer:
        """Return the answer; raises InputError for what cannot be asked."""
        return await self.answering.answer(text_of(question, "the question"), turns_of(history))

    def search(self, query: object, limit: object = 10) -> Passages:
        """Return the passages nearest to ``query``."""
        wanted = text_of(query, "the query")
        found = self.desk.search(wanted, whole(limit, "limit", 1, MAX_PASSAGES))
        return Passages(wanted, tuple(found))

    def catalogue(
        self,
        where: object = None,
        sort: object = None,
        limit: object = None,
        group_by: object = None,
    ) -> Found:
        """Return the model cards that meet conditions, written as for ``refdesk catalogue``."""
        from ui.cli.catalogue import ask_cards, query_of
        from ui.cli.where import condition

        try:
            query = query_of(
                tuple(condition(expression) for expression in _expressions(where)),
                _short(sort, "sort"),
                None if limit is None else whole(limit, "limit", 1, MAX_ROWS),
                _short(group_by, "group_by"),
            )
        except click.UsageError as error:
            raise InputError(_sentence(error.message.removeprefix("--"))) from error
        return ask_cards(query, self.desk, self.desk.status().as_of)

    def document(
        self, document_id: object, start: object = 0, length: object = DEFAULT_TEXT
    ) -> DocumentPart:
        """Return part of one document's text. Raises InputError when there is none."""
        wanted = text_of(document_id, "the document's id")
        first = whole(start, "start", 0, 10**9)
        size = whole(length, "length", 1, MAX_TEXT)
        found = self.desk.document(wanted)
        if found is None:
            raise InputError(f"No document has the id {wanted[:100]!r}; search shows ids.")
        text = found.text[first : first + size]
        return DocumentPart(found.info, text, first, first + len(text), len(found.text))

    def status(self) -> State:
        """Return what the desk holds now."""
        return State(self.desk.status(), self.refresher.busy)

    async def refresh(self) -> RefreshReport:
        """Bring the corpus up to date and return the report; leaving does not end it."""
        request = self.refresher.request()
        while not request.done.is_set():  # no thread waits for those who left
            await asyncio.sleep(REFRESH_POLL_SECONDS)
        if request.report is None:
            raise RefdeskError(request.error or "The refresh was interrupted.")
        return request.report


def text_of(value: object, name: str, longest: int = MAX_QUESTION) -> str:
    """Return a text that is there and not too long; raises InputError with what is wrong."""
    if not isinstance(value, str):
        raise InputError(f"{_start(name)} must be text.")
    text = value.strip()
    if not text:
        raise InputError(f"{_start(name)} is empty.")
    if len(text) > longest:
        raise InputError(f"{_start(name)} is longer than {longest} characters: shorten it.")
    return _unicode(text, name)


def _unicode(text: str, name: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise InputError(f"{_start(name)} is not valid Unicode text.")
    return text


def whole(value: object, name: str, least: int, most: int) -> int:
    """Return a whole number in a range; raises InputError with the range."""
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
        raise InputError(f"{_start(name)} must be a whole number from {least} to {most}.")
    return number


def turns_of(history: object) -> tuple[Turn, ...]:
    """Return the last turns of a conversation; raises InputError with the form they take."""
    if history is None:
        return ()
    if not isinstance(history, list):
        raise InputError(_start(HISTORY_FORM))
    return tuple(_turn(item) for item in history[-MAX_TURNS:])


def _turn(item: object) -> Turn:
    fields = item if isinstance(item, dict) else {}
    role, text = fields.get("role"), fields.get("text", fields.get("content"))
    if role not in ("user", "assistant") or not isinstance(text, str):
        raise InputError(_start(HISTORY_FORM))
    return Turn(role, _unicode(text[:MAX_TURN_TEXT], "an earlier message"))


def _expressions(where: object) -> list[str]:
    given = [where] if isinstance(where, str) else where or []
    if not isinstance(given, list) or len(given) > MAX_EXPRESSIONS:
        raise InputError(f"Where is a list of at most {MAX_EXPRESSIONS} conditions.")
    return [text_of(item, "a condition", MAX_EXPRESSION) for item in given]


def _short(value: object, name: str) -> str | None:
    return None if value in (None, "") else text_of(value, name, MAX_EXPRESSION)


def _start(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _sentence(text: str) -> str:
    return _start(text.rstrip(".")) + "."
