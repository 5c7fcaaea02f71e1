"""The saved questions of a desk, worked through the process that owns its home.

Knows nothing of how a call travels.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any, cast

from assistant.calls import Call, Message, Returned
from assistant.saved.steps import finished
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
from corpus.errors import HomeError


class RemoteSaved:
    """The interface of ``SavedQuestions``; ``value`` and ``messages`` make a call."""

    def __init__(
        self,
        value: Callable[[Call], Any],
        messages: Callable[[Call], Generator[Message, None, None]],
    ) -> None:
        self._value = value
        self._messages = messages

    def all(self, owner: str | None = None, most: int = MOST_ANSWERS) -> list[SavedQuestion]:
        """The saved questions, last changed first."""
        call = Call("saved_list", owner=owner, limit=most)
        return cast("list[SavedQuestion]", self._value(call))

    def add(
        self, question: str, answer: Answer | None = None, *, owner: str = "", later: bool = False
    ) -> SavedQuestion:
        """Keep a question, with the answer it has now, or asked at once, or later."""
        kept = lean(answer) if answer is not None else None
        call = Call("saved_add", question, owner=owner, answer=kept, background=later)
        return cast("SavedQuestion", self._value(call))

    def remove(self, question_id: str, owner: str | None = None) -> None:
        """Ask a question no more."""
        self._value(Call("saved_remove", question_id, owner=owner))

    def check(self, *, due_only: bool = False) -> list[SavedQuestion]:
        """Ask all saved questions again now, or those that a refresh made due."""
        return finished(self.check_events(due_only=due_only))

    def check_events(
        self, *, due_only: bool = False
    ) -> Generator[Asking, None, list[SavedQuestion]]:
        """``check`` step by step; what it returns are the questions."""
        with closing(self._messages(Call("saved_check", due_only=due_only))) as messages:
            for message in messages:
                if isinstance(message, Returned):
                    return cast("list[SavedQuestion]", message.value)
                if isinstance(message, Asking):
                    yield message
        raise HomeError("the check of the saved questions ended early; run it again")

    def ask_next(self, stop: threading.Event | None = None) -> Whether:
        """Look after one question that is due."""
        return cast("Whether", self._value(Call("saved_next")))

    def marks(self, owner: str) -> Marks:
        """Whether a visitor's list has changed, and how many of its answers."""
        return cast("Marks", self._value(Call("saved_marks", owner=owner)))

    def look(self, owner: str, newest: int) -> None:
        """A visitor has looked at the changes up to the answer with the key ``newest``."""
        self._value(Call("saved_look", owner=owner, limit=newest))

    def changes(self, since: str, owner: str | None = None, token: str = "") -> list[AnswerChange]:
        """Answers that changed since a date or time, newest first."""
        call = Call("saved_changes", since, owner=owner, token=token)
        return cast("list[AnswerChange]", self._value(call))
