"""Saved questions on disk: ``saved.sqlite`` in the home, beside the conversations.

Knows nothing of how a question is asked or of what a change is.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.saved.types import (
    MOST_ANSWERS,
    AnswerChange,
    Change,
    DatedAnswer,
    Marks,
    SavedQuestion,
)
from assistant.types import Answer
from corpus.errors import HomeError, InputError
from index.database import Database, Layout

FILE_NAME = "saved.sqlite"
MOST_OF_ONE = 50
"""Saved questions of one owner: at 10 s each, what a refresh brings costs 8 minutes of answers."""
MOST = 200
"""Saved questions of a home, whoever owns them."""
MOST_CHANGES = 200  # told at once
RETURN_DAYS = 30  # how long a removed question keeps its answers, should it be saved again

LAYOUT = Layout(
    """
CREATE TABLE questions (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,            -- digest of a visitor's cookie; '': the desk's own
    question TEXT NOT NULL,
    created TEXT NOT NULL,          -- ISO 8601, UTC, like all times here
    removed TEXT,                   -- when; NULL: it is asked
    corpus TEXT NOT NULL,           -- version of the corpus that its answer was looked after in
    passages TEXT NOT NULL,         -- digest of the passages that were nearest then
    checked TEXT,
    note TEXT NOT NULL,             -- what came of that look
    UNIQUE (owner, question)
);

CREATE TABLE answers (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    question TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    made TEXT NOT NULL,
    answer TEXT NOT NULL,           -- JSON
    changes TEXT NOT NULL           -- JSON [[kind, text], …]
);
CREATE INDEX answers_of_question ON answers (question);

CREATE TABLE looked (               -- up to which answer a visitor has looked
    question TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    visitor TEXT NOT NULL,
    answer INTEGER NOT NULL,
    PRIMARY KEY (question, visitor)
) WITHOUT ROWID;

CREATE TABLE feeds (token TEXT PRIMARY KEY, owner TEXT NOT NULL UNIQUE) WITHOUT ROWID;
""",
    version=1,
    holds="list of saved questions",
    remedy="move it aside: a new one is begun, and the index is not touched.",
)

# A visitor sees the desk's questions and the visitor's own; with NULL whoever keeps the desk, all.
_VISIBLE = "removed IS NULL AND (?1 IS NULL OR owner IN ('', ?1))"
_OWN = "removed IS NULL AND (?1 IS NULL OR owner = ?1)"


@dataclass(frozen=True, slots=True)
class Due:
    """A question whose answer has to be looked after, with its last answer."""

    id: str
    question: str
    passages: str
    answer: Answer | None


class SavedStore:
    """The saved questions of one home."""

    def __init__(self, home: Path) -> None:
        """Open or create the file; raises HomeError if it cannot be used."""
        path = home / FILE_NAME
        new = not path.exists()
        self._db = Database(path, LAYOUT)
        if new:
            with suppress(OSError):  # not every file system has permissions
                path.chmod(0o600)
        limit = (datetime.now(UTC) - timedelta(days=RETURN_DAYS)).isoformat()
        with self._db.writing() as db:
            db.execute("DELETE FROM questions WHERE removed < ?", (limit,))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # --- the list

    def listed(
        self, owner: str | None, corpus: str | None, most: int = MOST_ANSWERS
    ) -> list[SavedQuestion]:
        """What ``owner`` sees, last changed first; those not looked after in ``corpus`` are due."""
        with self._db.reading() as db:
            rows = db.execute(
                f"SELECT id, corpus FROM questions WHERE {_VISIBLE} ORDER BY max("  # noqa: S608
                "created, coalesce((SELECT max(made) FROM answers WHERE question = id "
                "AND changes <> '[]'), '')) DESC, rowid DESC",
                (owner,),
            ).fetchall()
            due = [corpus is not None and seen != corpus for _, seen in rows]
            return [
                _question(db, row[0], owner or "", most, late)
                for row, late in zip(rows, due, strict=True)
            ]

    def any(self) -> bool:
        """Whether any question is asked."""
        with self._db.reading() as db:
            row = db.execute("SELECT 1 FROM questions WHERE removed IS NULL LIMIT 1").fetchone()
        return row is not None

    def one(self, question_id: str, owner: str = "") -> SavedQuestion:
        """One question with its newest answer; raises InputError when there is none."""
        with self._db.reading() as db:
            return _question(db, question_id, owner, 1, False)

    def add(self, question: str, owner: str) -> tuple[str, bool]:
        """Keep a question; its id, and whether it is new or was taken up again."""
        with self._db.writing() as db:
            row = db.execute(
                "SELECT id, removed FROM questions WHERE owner = ? AND question = ?",
                (owner, question),
            ).fetchone()
            if row is not None and row[1] is None:
                return str(row[0]), False
            _require_room(db, owner)
            if row is not None:
                db.execute(
                    "UPDATE questions SET removed = NULL, corpus = '' WHERE id = ?", (row[0],)
                )
                return str(row[0]), True
            identity = secrets.token_hex(4)
            db.execute(
                "INSERT INTO questions VALUES (?, ?, ?, ?, NULL, '', '', NULL, '')",
                (identity, owner, question, _now()),
            )
            return identity, True

    def remove(self, question_id: str, owner: str | None) -> None:
        """Ask a question no more; raises InputError when ``owner`` has none of this id."""
        with self._db.writing() as db:
            done = db.execute(
                f"UPDATE questions SET removed = ?3 WHERE id = ?2 AND {_OWN}",  # noqa: S608
                (owner, question_id, _now()),
            )
            if not done.rowcount:
                raise InputError(
                    f"no saved question has the id {question_id[:40]!r}; refdesk saved lists them"
                )

    # --- looking after them

    def due(self, corpus: str, *, everything: bool = False) -> list[str]:
        """Ids of what was not looked after in this version of the corpus, longest ago first."""
        with self._db.reading() as db:
            rows = db.execute(
                "SELECT id FROM questions WHERE removed IS NULL AND (?2 OR corpus <> ?1) "
                "ORDER BY coalesce(checked, ''), rowid",
                (corpus, everything),
            ).fetchall()
        return [str(row[0]) for row in rows]

    def last(self, question_id: str) -> Due | None:
        """What is known of a question; None when it is asked no more."""
        with self._db.reading() as db:
            row = db.execute(
                "SELECT question, passages FROM questions WHERE id = ? AND removed IS NULL",
                (question_id,),
            ).fetchone()
            if row is None:
                return None
            newest = _answers(db, question_id, 1)
        return Due(question_id, row[0], row[1], newest[0].answer if newest else None)

    def looked_after(
        self,
        question_id: str,
        corpus: str,
        passages: str,
        note: str,
        answer: Answer | None = None,
    ) -> None:
        """Note that the last answer holds; ``answer`` says the same from the documents of now."""
        with self._db.writing() as db:
            _note(db, question_id, corpus, passages, note)
            if answer is not None:
                db.execute(
                    "UPDATE answers SET answer = ?2 WHERE key = "
                    "(SELECT max(key) FROM answers WHERE question = ?1)",
                    (question_id, _written(answer)),
                )

    def failed(self, question_id: str, note: str) -> None:
        """Note why a question could not be asked; it stays due."""
        with self._db.writing() as db:
            db.execute(
                "UPDATE questions SET checked = ?, note = ? WHERE id = ?",
                (_now(), note, question_id),
            )

    def answered(
        self,
        question_id: str,
        answer: Answer,
        changes: Sequence[Change],
        corpus: str,
        passages: str,
        note: str,
    ) -> None:
        """Keep a new answer with what changed; the oldest answers make room."""
        told = json.dumps([[change.kind, change.text] for change in changes], ensure_ascii=False)
        with self._db.writing() as db:
            _note(db, question_id, corpus, passages, note)
            db.execute(
                "INSERT INTO answers (question, made, answer, changes) "
                "SELECT id, ?, ?, ? FROM questions WHERE id = ?",
                (_now(), _written(answer), told, question_id),
            )
            db.execute(
                "DELETE FROM answers WHERE question = ?1 AND key NOT IN (SELECT key FROM answers "
                "WHERE question = ?1 ORDER BY key DESC LIMIT ?2)",
                (question_id, MOST_ANSWERS),
            )

    # --- what is new

    def look(self, visitor: str, newest: int) -> None:
        """A visitor has looked at the changes up to the answer ``newest``."""
        with self._db.writing() as db:
            db.execute(
                "INSERT INTO looked SELECT id, ?1, ?2 FROM questions WHERE owner IN ('', ?1) "
                "ON CONFLICT DO UPDATE SET answer = max(answer, excluded.answer)",
                (visitor, newest),
            )

    def marks(self, owner: str) -> Marks:
        """Whether the list of a visitor has changed, and how many answers have unseen changes."""
        with self._db.reading() as db:
            version = db.execute(
                "SELECT count(*), max(created), max(checked), max(removed), "  # noqa: S608
                "(SELECT max(key) FROM answers), (SELECT sum(answer) FROM looked "
                f"WHERE visitor = ?1) FROM questions WHERE {_VISIBLE}",
                (owner,),
            ).fetchone()
            unseen = db.execute(
                f"SELECT count(*) FROM questions WHERE {_VISIBLE} AND {_UNSEEN}",  # noqa: S608
                (owner,),
            ).fetchone()[0]
            feed = db.execute("SELECT token FROM feeds WHERE owner = ?", (owner,)).fetchone()
        return Marks(" ".join(map(str, version)), int(unseen), str(feed[0]) if feed else "")

    def feed(self, owner: str) -> None:
        """Give a visitor an address for the feed of the visitor's own questions."""
        with self._db.writing() as db:
            db.execute(
                "INSERT OR IGNORE INTO feeds VALUES (?, ?)", (secrets.token_urlsafe(18), owner)
            )

    def changes(self, since: str, owner: str | None = "", token: str = "") -> list[AnswerChange]:
        """Answers that changed since a time, newest first: the desk's and ``owner``'s.

        ``token`` names an owner by the secret of a feed; with None for the owner they are all told.
        """
        with self._db.reading() as db:
            row = db.execute("SELECT owner FROM feeds WHERE token = ?", (token,)).fetchone()
            rows = db.execute(
                "SELECT id, questions.question, made, changes, answer FROM answers "  # noqa: S608
                f"JOIN questions ON id = answers.question WHERE {_VISIBLE} "
                "AND made >= ?2 AND changes <> '[]' ORDER BY key DESC LIMIT ?3",
                (str(row[0]) if row else owner, since, MOST_CHANGES),
            ).fetchall()
        return [
            AnswerChange(identity, question, made, _changes(told), _answer(kept).text)
            for identity, question, made, told, kept in rows
        ]


_UNSEEN = (
    "EXISTS (SELECT 1 FROM answers WHERE answers.question = questions.id AND changes <> '[]' "
    "AND key > coalesce((SELECT answer FROM looked WHERE looked.question = questions.id "
    "AND visitor = ?1), 0))"
)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _require_room(db: sqlite3.Connection, owner: str) -> None:
    of_all, of_one = db.execute(
        "SELECT count(*), coalesce(sum(owner = ?), 0) FROM questions WHERE removed IS NULL",
        (owner,),
    ).fetchone()
    if of_one >= MOST_OF_ONE or of_all >= MOST:
        most = MOST_OF_ONE if of_one >= MOST_OF_ONE else MOST
        raise InputError(f"{most} questions are saved already; remove one to save another.")


def _note(db: sqlite3.Connection, question_id: str, corpus: str, passages: str, note: str) -> None:
    db.execute(
        "UPDATE questions SET corpus = ?, passages = ?, checked = ?, note = ? WHERE id = ?",
        (corpus, passages, _now(), note, question_id),
    )


def _question(
    db: sqlite3.Connection, question_id: str, visitor: str, most: int, due: bool
) -> SavedQuestion:
    row = db.execute(
        f"SELECT id, question, owner, created, checked, note, {_UNSEEN} "  # noqa: S608
        "FROM questions WHERE id = ?2",
        (visitor, question_id),
    ).fetchone()
    if row is None:
        raise InputError(f"no saved question has the id {question_id[:40]!r}")
    identity, question, owner, created, checked, note, unseen = row
    answers = tuple(_answers(db, question_id, most))
    return SavedQuestion(
        identity, question, owner, created, checked, note, due, bool(unseen), answers
    )


def _answers(db: sqlite3.Connection, question_id: str, most: int) -> list[DatedAnswer]:
    rows = db.execute(
        "SELECT key, made, answer, changes FROM answers WHERE question = ? "
        "ORDER BY key DESC LIMIT ?",
        (question_id, most),
    ).fetchall()
    return [DatedAnswer(key, made, _answer(kept), _changes(told)) for key, made, kept, told in rows]


def _written(answer: Answer) -> str:
    return json.dumps(answer.to_dict(), ensure_ascii=False, default=str)


def _answer(kept: str) -> Answer:
    try:
        return Answer.from_dict(json.loads(kept))
    except (ValueError, InputError) as error:
        raise HomeError("A saved answer cannot be read; it was damaged.") from error


def _changes(told: str) -> tuple[Change, ...]:
    return tuple(Change(kind, text) for kind, text in json.loads(told))
