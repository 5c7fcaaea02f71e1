"""The saved questions of a desk: kept, asked again after a refresh, compared with before.

One is asked at a time, and people's questions come first. Knows nothing of browsers or terminals.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from pathlib import Path

from assistant.at_work import AtWork
from assistant.saved.again import (
    Askable,
    ask,
    degraded,
    gone_quotes,
    may_differ,
    passages_near,
)
from assistant.saved.compare import compare
from assistant.saved.steps import finished
from assistant.saved.store import SavedStore
from assistant.saved.types import (
    MOST_ANSWERS,
    AnswerChange,
    Asking,
    Marks,
    SavedQuestion,
    Whether,
    lean,
)
from assistant.types import Answer
from corpus.errors import InputError, RefdeskError
from index.news import since_when

MAX_QUESTION = 2000  # characters, as for any question
GIVE_WAY_SECONDS = 15.0
"""Longest wait for people's answers before a question of a check that somebody asked for."""
SAME_PASSAGES = "Not asked again: the passages nearest to this question are the same as before."
SAME_ANSWER = "Asked again: the answer says the same."
NEW_ANSWER = "Asked again: the answer has changed."
FIRST_ANSWER = "Asked for the first time."
GIVEN_ANSWER = "Kept with the answer that it had."
FAILED = "Could not be asked again: {reason}"


class SavedQuestions:
    """What ``Assistant.saved`` gives. Thread-safe; the file is opened when first needed.

    ``owner`` is "" for the desk's own questions, which everybody sees; a visitor of the served
    desk sees those and the visitor's own. None stands for whoever keeps the desk, who sees all.
    """

    def __init__(
        self,
        desk: Askable,
        home: Path,
        version: Callable[[], str | None],
        at_work: AtWork | None = None,
    ) -> None:
        """``version`` changes with the documents and is None while a refresh is under way.

        ``at_work`` counts the answers that the desk makes right now.
        """
        self._desk = desk
        self._version = version
        self._home = home
        self._at_work = at_work or AtWork()
        self._guard = threading.Lock()
        self._turn = threading.Lock()
        self._opened: SavedStore | None = None

    @property
    def _store(self) -> SavedStore:
        with self._guard:
            if self._opened is None:
                self._opened = SavedStore(self._home)
            return self._opened

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            if self._opened is not None:
                self._opened.close()

    # --- the list

    def all(self, owner: str | None = None, most: int = MOST_ANSWERS) -> list[SavedQuestion]:
        """The saved questions, last changed first, each with its last ``most`` answers."""
        return self._store.listed(owner, self._version(), most)

    def add(
        self, question: str, answer: Answer | None = None, *, owner: str = "", later: bool = False
    ) -> SavedQuestion:
        """Keep a question, with the answer it has now; without one it is asked at once, or later.

        Again: the same one. Raises InputError for no question, a long one, or one too many.
        """
        question = " ".join(question.split())
        if not question or len(question) > MAX_QUESTION:
            raise InputError(f"a saved question has 1 to {MAX_QUESTION:,} characters")
        identity, new = self._store.add(question, owner)
        self._store.feed(owner)
        if new and answer is not None:
            self._take(identity, question, answer)
        elif new and not later:
            with self._turn:
                self._look_after(identity, lambda: False)
        return self._store.one(identity, owner)

    def _take(self, identity: str, question: str, answer: Answer) -> None:
        """Begin with an answer; one of an older corpus is due at once."""
        version, status = self._version(), self._desk.status()
        current = version if version and answer.as_of == status.as_of else ""
        near = passages_near(self._desk, question) if current else ""
        last = self._store.last(identity)
        before = last.answer if last else None
        changes = compare(before, answer, gone_quotes(self._desk, before)) if before else ()
        self._store.answered(identity, lean(answer), changes, current, near, GIVEN_ANSWER)

    def remove(self, question_id: str, owner: str | None = None) -> None:
        """Ask a question no more; its answers come back if it is saved again within a month."""
        self._store.remove(question_id, owner)

    # --- asking again

    def check(self, *, due_only: bool = False) -> list[SavedQuestion]:
        """Ask all saved questions again now, or those that a refresh made due."""
        return finished(self.check_events(due_only=due_only))

    def check_events(
        self, *, due_only: bool = False
    ) -> Generator[Asking, None, list[SavedQuestion]]:
        """``check`` step by step; what it returns are the questions, each with its last answer."""
        version = self._version() or ""
        ids = self._store.due(version, everything=not due_only)
        for done, identity in enumerate(ids):
            last = self._store.last(identity)
            if last is None:
                continue
            yield Asking(done, len(ids), last.question)
            self._at_work.wait(GIVE_WAY_SECONDS)
            with self._turn:
                self._look_after(identity, lambda: False, anyway=not due_only)
        return self.all()

    def ask_next(self, stop: threading.Event | None = None) -> Whether:
        """Look after one question that is due; people who ask meanwhile, or ``stop``, end it.

        For the background of a served desk, which calls it again and again.
        """
        if not self._store.any():
            return "idle"
        version = self._version()
        if version is None:
            return "waiting"
        due = self._store.due(version)
        if not due:
            return "idle"
        if not self._at_work.wait(0):
            return "waiting"

        def give_way() -> bool:
            return self._at_work.count > 1 or (stop is not None and stop.is_set())

        with self._turn:
            return self._look_after(due[0], give_way)

    def _look_after(
        self, identity: str, give_way: Callable[[], bool], *, anyway: bool = False
    ) -> Whether:
        """Ask a question if its answer may differ, and keep the answer if it does."""
        last = self._store.last(identity)
        version = self._version()
        if last is None:
            return "idle"
        if version is None:  # what it says now may not be so in a moment
            return "waiting"
        try:
            near = passages_near(self._desk, last.question)
            gone = gone_quotes(self._desk, last.answer)
            if not anyway and not may_differ(
                last.question, last.answer, near == last.passages, bool(gone)
            ):
                self._store.looked_after(identity, version, near, SAME_PASSAGES)
                return "asked"
            answer = ask(self._desk, last.question, give_way)
        except RefdeskError as error:
            self._store.failed(identity, FAILED.format(reason=error))
            return "failed"
        if answer is None:
            return "waiting"
        return self._compared(identity, last.answer, answer, gone, version, near)

    def _compared(
        self,
        identity: str,
        before: Answer | None,
        answer: Answer,
        gone: dict[int, str],
        version: str,
        near: str,
    ) -> Whether:
        if degraded(answer):
            self._store.failed(identity, FAILED.format(reason=answer.notice))
            return "failed"
        changes = compare(before, answer, gone) if before is not None else ()
        if before is not None and not changes:
            self._store.looked_after(identity, version, near, SAME_ANSWER, lean(answer))
            return "asked"
        note = NEW_ANSWER if before is not None else FIRST_ANSWER
        self._store.answered(identity, lean(answer), changes, version, near, note)
        return "asked"

    # --- what is new

    def marks(self, owner: str) -> Marks:
        """Whether a visitor's list has changed, and how many of its answers, since last looked."""
        return self._store.marks(owner)

    def look(self, owner: str, newest: int) -> None:
        """A visitor has looked at the changes up to the answer with the key ``newest``."""
        self._store.look(owner, newest)

    def changes(self, since: str, owner: str | None = None, token: str = "") -> list[AnswerChange]:
        """Answers that changed since a date or time, newest first; ``token`` is a feed's secret."""
        return self._store.changes(since_when(since), owner, token)
