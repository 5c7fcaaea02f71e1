"""The nouns of saved questions: the question, its answers over time, and what changed.

Knows nothing of how they are stored, asked again or shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from assistant.types import Answer

ChangeKind = Literal[
    "answered",  # was not in the corpus, is answered now
    "lost",  # was answered, is no longer in the corpus
    "value",  # a number, date, name or licence is another one
    "statement",  # a sentence was added, taken out or says something else
    "rows",  # a table gained, lost or changed rows
    "differ",  # its sources began or ceased to disagree, or disagree otherwise
    "source_added",
    "source_dropped",
    "quote_gone",  # what it rested on no longer stands in the corpus
]
MOST_ANSWERS = 30
"""Answers that are kept of one question, the newest; with a table each may take 100 kB."""

Whether = Literal["asked", "idle", "waiting", "failed"]
"""What came of a look for a saved question to ask: none is due, or people come first."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different in a new answer, in plain words."""

    kind: ChangeKind
    text: str


@dataclass(frozen=True, slots=True)
class DatedAnswer:
    """An answer as it was on ``made`` (ISO 8601, UTC) and what differed from the one before.

    ``key`` grows with time.
    """

    key: int
    made: str
    answer: Answer
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """A question that is kept, with its last answers, newest first.

    ``owner`` is "" for the desk's own. ``checked`` is when its answer was last looked after and
    ``note`` what came of that; ``due``: the corpus has changed since. ``unseen``: the answer
    changed since its owner, or the visitor who asks, last looked.
    """

    id: str
    question: str
    owner: str
    created: str
    checked: str | None = None
    note: str = ""
    due: bool = False
    unseen: bool = False
    answers: tuple[DatedAnswer, ...] = ()

    @property
    def changed(self) -> DatedAnswer | None:
        """The newest answer that differed from the one before it."""
        return next((one for one in self.answers if one.changes), None)


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A saved question's answer changed at a time (ISO 8601, UTC); ``text`` is the new one."""

    question_id: str
    question: str
    when: str
    changes: tuple[Change, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What a page looks at often: ``version`` changes with the list, ``feed`` is a secret."""

    version: str
    unseen: int = 0
    feed: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """How far a check of saved questions is: ``done`` of ``total``, now at ``question``."""

    done: int
    total: int
    question: str


def lean(answer: Answer) -> Answer:
    """The answer without what explains it: what is kept, compared and shown later."""
    return replace(answer, thinking=None, unused=(), trace={})
