"""A desk that follows a script, to stand behind the service: values, waits and failures.

Its texts hold what breaks careless line splitting and terminals: U+2028, U+0085, escapes.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path

from assistant.options import AskOptions
from assistant.saved.types import (
    AnswerChange,
    Asking,
    Change,
    DatedAnswer,
    Marks,
    SavedQuestion,
    Whether,
)
from assistant.service import Service
from assistant.settings import Settings
from assistant.types import (
    Answer,
    Answered,
    Citation,
    Draft,
    Event,
    EvidenceFound,
    Rewritten,
    Sentence,
    Table,
    Thinking,
    Turn,
)
from corpus.cards import ModelCard, curated_cards
from corpus.errors import ModelError
from corpus.types import Block, Chunk, Document, DocumentInfo, Page
from index.card_record import answer_from
from index.catalogue import Query, Result
from index.home import Owner, acquire, write_owner
from index.turns import in_turn
from index.types import (
    AS_IT_IS,
    Changes,
    Declaration,
    Explanation,
    Failure,
    Mention,
    NewsItem,
    Original,
    Passage,
    PastRefresh,
    Progress,
    Quoted,
    RefreshReport,
    Source,
    SourceOptions,
    Status,
)

INFO = DocumentInfo("curated/a.md", "A — title", publisher="P", tags=("x", "y"))
DOCUMENT = Document(
    INFO, "one\u2028two\r\n三", (Block("table", 0, 3, 0, 2),), (Page(1, 0, 7),), "ab"
)
CITATION = Citation(
    number=1,
    document_id=INFO.id,
    title=INFO.title,
    quote="two\u2028\u0085\x1b[31m\u202e",
    start=4,
    end=9,
    publisher="P",
    url="https://p.test/a",
    page=3,
    kind="model_card",
)
ANSWER = Answer(
    "answered",
    "q",
    "standalone q",
    "It is two. [1]",
    (Sentence("It is two.", (1,)),),
    (CITATION,),
    Table(("name", "size"), (("a", 1.5), ("b", None)), ((1,), ()), {"where": ["x"]}),
    nearest=(CITATION,),
    thinking="hm",
    trace={"scores": [0.5]},
)
EVENTS: tuple[Event, ...] = (
    Rewritten("standalone q"),
    EvidenceFound((CITATION,)),
    Thinking("hm"),
    Draft("It is "),
    Draft("two.\n"),
    Answered(ANSWER),
)
ORIGINAL = Original("/files/d.pdf", "0" * 64, "changed")
REPORT = RefreshReport(("a",), renamed=(("b", "c"),), failed=(Failure("d", "d.pdf", "no text"),))
CHANGES = Changes(
    ("a",),
    renamed=(("b", "c"),),
    failed=(Failure("d", "d.pdf", "no text"),),
    notes=("e is limited to 1 documents",),
)
STATUS = Status(1, 2, 2, 0, (), ("e",), None, "home", "mini", (Source("s", "folder", "/s"),))


CHANGE = Change("value", "The value changed\x1b[31m from 1 to 2.")
SAVED = SavedQuestion(
    "ab12", "How many\u2028?", "digest", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "Asked.",
    answers=(DatedAnswer(7, "2026-01-02T00:00:00Z", ANSWER, (CHANGE,)),),
)  # fmt: skip
ANSWER_CHANGE = AnswerChange("ab12", "How many?", "2026-01-02T00:00:00Z", (CHANGE,), "It is two.")

CARDS = tuple(card for _, card in curated_cards())


class ScriptedSaved:
    """Gives prepared questions, and records what it was asked."""

    def __init__(self, record: Callable[..., None]) -> None:
        self.record = record
        self.kept: tuple[SavedQuestion, ...] = (SAVED,)
        self.checked: tuple[SavedQuestion, ...] = (SAVED,)

    def all(self, owner: str | None = None, most: int = 30) -> list[SavedQuestion]:
        self.record("saved", owner, most)
        return list(self.kept)

    def add(
        self, question: str, answer: Answer | None = None, *, owner: str = "", later: bool = False
    ) -> SavedQuestion:
        self.record("save", question, answer, owner, later)
        return SAVED

    def remove(self, question_id: str, owner: str | None = None) -> None:
        self.record("unsave", question_id, owner)

    def check_events(
        self, *, due_only: bool = False
    ) -> Generator[Asking, None, list[SavedQuestion]]:
        self.record("check", due_only)
        yield Asking(0, 1, SAVED.question)
        return list(self.checked)

    def ask_next(self, stop: threading.Event | None = None) -> Whether:
        self.record("ask_next")
        return "idle"

    def marks(self, owner: str) -> Marks:
        self.record("marks", owner)
        return Marks("1", 2, "secret")

    def look(self, owner: str, newest: int) -> None:
        self.record("look", owner, newest)

    def changes(self, since: str, owner: str | None = None, token: str = "") -> list[AnswerChange]:
        self.record("changes", since, owner, token)
        return [ANSWER_CHANGE]


class ScriptedDesk:
    """Gives prepared values, records what it was asked, and can be made to wait or fail."""

    def __init__(self) -> None:
        self.settings = Settings(model="tiny")
        self.saved = ScriptedSaved(self._record)
        self.asked: list[tuple[object, ...]] = []
        self.options: list[AskOptions | None] = []
        self.fail: Exception | None = None
        self.fail_question = ""
        self.hold = threading.Event()  # refreshes and endless answers end when it is set
        self.refresh_lock = threading.Lock()  # the index takes turns in the same way
        self.refreshing = 0
        self.most_refreshing = 0
        self.stopped_early = threading.Event()
        self.closed = threading.Event()

    def _record(self, *call: object) -> None:
        self.asked.append(call)
        if self.fail is not None:
            raise self.fail

    def ask(
        self, question: str, history: Sequence[Turn] = (), options: AskOptions | None = None
    ) -> Answer:
        raise AssertionError("the service drains stream")

    def stream(
        self, question: str, history: Sequence[Turn] = (), options: AskOptions | None = None
    ) -> Iterator[Event]:
        self._record("stream", question, tuple(history))
        self.options.append(options)
        if question == self.fail_question:
            raise ModelError("the script says no")
        if question == "endless":
            yield from self._endless()
        yield from EVENTS

    def _endless(self) -> Iterator[Event]:
        try:
            while not self.hold.wait(0.02):
                yield Draft("and ")
        except GeneratorExit:
            self.stopped_early.set()
            raise

    def search(self, query: str, limit: int = 10) -> list[Passage]:
        self._record("search", query, limit)
        return [Passage(INFO, Chunk(INFO.id, 0, 0, 3, 1, ("H",), (0, 2)), "one", cosine=0.5)]

    def original(self, document_id: str) -> Original | None:
        self._record("original", document_id)
        return ORIGINAL if document_id == INFO.id else None

    def add(self, location: str, how: Declaration = AS_IT_IS) -> Source:
        self._record("add", location)
        return Source(how.name or "s", "url", location, how.options or SourceOptions())

    def remove(self, name: str) -> None:
        self._record("remove", name)

    def refresh(self) -> RefreshReport:
        raise AssertionError("the service drains refresh_events")

    def refresh_events(
        self, *, fetch: bool = True, background: bool = False
    ) -> Iterator[Progress | RefreshReport]:
        return in_turn(self.refresh_lock, self._refresh_steps())

    def _refresh_steps(self) -> Iterator[Progress | RefreshReport]:
        self._record("refresh")
        self.refreshing += 1
        self.most_refreshing = max(self.most_refreshing, self.refreshing)
        try:
            yield Progress("parse", 1, 2, "files", "a.md")
            self.hold.wait(20)
            yield REPORT
        finally:
            self.refreshing -= 1

    def compare(self) -> Changes:
        self._record("compare")
        return CHANGES

    def mentions(self, card_id: str) -> list[Mention]:
        self._record("mentions", card_id)
        return [Mention(INFO, 0, 3)]

    def status(self) -> Status:
        self._record("status")
        return STATUS

    def documents(self) -> list[DocumentInfo]:
        self._record("documents")
        return [INFO]

    def history(self, limit: int = 20) -> list[PastRefresh]:
        self._record("history", limit)
        return [PastRefresh("2026-01-01T00:00:00+00:00", {"added": 1, "documents": {}})]

    def explain(self, what: str) -> Explanation:
        self._record("explain", what)
        return Explanation(what, "indexed", "as its file is", passages=3)

    def news(self, since: str) -> list[NewsItem]:
        self._record("news", since)
        return [NewsItem("a/b.md", "B", "document", "added", since, "quote", 0, 5)]

    def document(self, document_id: str, quoted: Quoted | None = None) -> Document | None:
        self._record("document", document_id, *([quoted] if quoted else []))
        return DOCUMENT if document_id == INFO.id else None

    def cards(self) -> list[ModelCard]:
        self._record("cards")
        return list(CARDS)

    def catalogue(self, query: Query) -> Result:
        self._record("catalogue", query)
        return answer_from(CARDS, query)

    def warm_up(self) -> None:
        self._record("warm_up")

    def close(self) -> None:
        self.closed.set()


@contextlib.contextmanager
def owning(home: Path) -> Iterator[ScriptedDesk]:
    """A scripted desk that owns ``home`` and serves it from this process."""
    desk = ScriptedDesk()
    lock = acquire(home)
    assert lock is not None
    service = Service(desk)
    service.start()
    write_owner(home, Owner(os.getpid(), service.address, service.key))
    try:
        yield desk
    finally:
        desk.hold.set()
        service.stop()
        lock.release()
