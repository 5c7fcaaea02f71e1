"""The visitors' conversations, kept in the home's ``conversations.sqlite``.

Every method takes the visitor and touches nothing of anybody else's; only ``shared`` and
``rated`` do without. A visitor is known by a digest of the cookie, so that the file gives nobody
a way in. Knows nothing of pages, cookies or source cards.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.types import Turn
from corpus.errors import HomeError
from index.database import Database
from ui.feedback import Feedback, Rated
from ui.markup import flat, shortened
from ui.talk_record import read_answer, read_turn, said, written
from ui.talk_schema import LAYOUT
from ui.views import Conversation, history

FILE_NAME = "conversations.sqlite"
MAX_TALKS = 500  # conversations of one visitor; the oldest make room
MAX_TURNS = 40
MAX_TITLE = 80  # characters
MAX_WORDS = 8  # of a search; each is one pass over the visitor's texts
UNDO_MINUTES = 10  # how long a deleted conversation can be brought back


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a conversation was kept, and how often it has been."""

    id: str
    revision: int


@dataclass(frozen=True, slots=True)
class TalkInfo:
    """One line of the list; ``found`` is the text around what was searched for."""

    id: str
    title: str
    created: str
    changed: str
    revision: int
    turns: int
    share: str | None = None
    found: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation; its turns have no source cards yet."""

    info: TalkInfo
    turns: Conversation


@dataclass(frozen=True, slots=True)
class Shared:
    """What a shared link shows: the conversation as it stood at ``made``."""

    title: str
    made: str
    turns: Conversation


class Talks:
    """The conversations of one home."""

    def __init__(self, home: Path) -> None:
        """Open or create the file; raises HomeError if it cannot be used."""
        self.path = home / FILE_NAME
        new = not self.path.exists()
        self._db = Database(self.path, LAYOUT)
        if new:
            with suppress(OSError):  # not every file system has permissions
                self.path.chmod(0o600)
        with self._db.writing() as db:
            _purge(db)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # --- what is said

    def keep(
        self, visitor: str, talk_id: str | None, turns: Conversation, revision: int | None = None
    ) -> Kept:
        """Keep ``turns`` as they stand: what is the same stays, the rest is replaced.

        They go into a conversation of their own when there is no ``talk_id``, when it is not the
        visitor's or no longer there, or when another page has kept something since ``revision``.
        """
        with self._db.writing() as db:
            now = _now()
            kept = _claimed(db, visitor, talk_id, revision, now)
            if kept is None:
                kept = _begun(db, visitor, turns, now)
            _replace_turns(db, kept.id, turns[-MAX_TURNS:])
            return kept

    def read(self, visitor: str, talk_id: str) -> Talk | None:
        """A conversation of the visitor, with the feedback on its turns."""
        with self._db.reading() as db:
            found = list(_listed(db, visitor, "AND id = ?", (talk_id,)))
            if not found:
                return None
            rows = db.execute(
                "SELECT turns.number, turns.record, feedback.feedback FROM turns "
                "LEFT JOIN feedback ON feedback.turn = turns.key "
                "WHERE turns.talk = ? ORDER BY number",
                (talk_id,),
            ).fetchall()
        turns = (
            replace(read_turn(number, record), feedback=_feedback(judged))
            for number, record, judged in rows
        )
        return Talk(found[0], tuple(turns))

    def judged(self, visitor: str, talk_id: str, turns: Conversation) -> Conversation:
        """The turns with the feedback that is kept for them."""
        with self._db.reading() as db:
            kept = dict(
                db.execute(
                    "SELECT turns.number, feedback.feedback FROM feedback "
                    "JOIN turns ON turns.key = feedback.turn JOIN talks ON talks.id = turns.talk "
                    "WHERE talks.id = ? AND talks.visitor = ?",
                    (talk_id, visitor),
                ).fetchall()
            )
        return tuple(replace(turn, feedback=_feedback(kept.get(turn.number))) for turn in turns)

    # --- the list

    def listed(self, visitor: str, words: str = "", limit: int = MAX_TALKS) -> list[TalkInfo]:
        """The visitor's conversations, newest first; those that hold every one of ``words``."""
        wanted = words.casefold().split()[:MAX_WORDS]
        holds = (
            "AND (casefold(title) LIKE ? ESCAPE '\\' OR EXISTS (SELECT 1 FROM turns "
            "WHERE turns.talk = talks.id AND said LIKE ? ESCAPE '\\')) "
        )
        patterns = [f"%{_literal(word)}%" for word in wanted for _ in range(2)]
        with self._db.reading() as db:
            db.create_function("casefold", 1, str.casefold, deterministic=True)
            infos = list(_listed(db, visitor, holds * len(wanted), patterns, limit))
            return [replace(info, found=_around(db, info.id, wanted)) for info in infos]

    def rename(self, visitor: str, talk_id: str, title: str) -> bool:
        """Give a conversation another title; whether there is such a one."""
        title = shortened(flat(title), MAX_TITLE)
        if not title:
            return False
        with self._db.writing() as db:
            return _changed(
                db, "UPDATE talks SET title = ? WHERE id = ? AND visitor = ?",
                (title, talk_id, visitor),
            )  # fmt: skip

    def delete(self, visitor: str, talk_id: str) -> bool:
        """Take a conversation away, and its link at once; it can be restored for a while."""
        with self._db.writing() as db:
            _purge(db)
            gone = _changed(
                db, "UPDATE talks SET deleted = ? WHERE id = ? AND visitor = ? AND deleted IS NULL",
                (_now(), talk_id, visitor),
            )  # fmt: skip
            if gone:
                db.execute("DELETE FROM shares WHERE talk = ?", (talk_id,))
            return gone

    def restore(self, visitor: str, talk_id: str) -> bool:
        """Bring back what was deleted less than ``UNDO_MINUTES`` ago."""
        with self._db.writing() as db:
            return _changed(
                db, "UPDATE talks SET deleted = NULL WHERE id = ? AND visitor = ?",
                (talk_id, visitor),
            )  # fmt: skip

    # --- links for others

    def share(self, visitor: str, talk_id: str) -> str | None:
        """Make or renew the link to a conversation as it stands; return its token."""
        talk = self.read(visitor, talk_id)
        if talk is None:
            return None
        finished = [(t.number, written(t)) for t in talk.turns if t.phase == "done"]
        token = talk.info.share or secrets.token_urlsafe(18)
        with self._db.writing() as db:
            if not _stands(db, visitor, talk_id):
                return None
            db.execute(
                "INSERT OR REPLACE INTO shares VALUES (?, ?, ?, ?, ?)",
                (token, talk_id, talk.info.title, _now(), json.dumps(finished)),
            )
        return token

    def share_of(self, visitor: str, talk_id: str) -> str | None:
        """The token of a conversation's link, if it has one."""
        with self._db.reading() as db:
            row = db.execute(
                "SELECT token FROM shares JOIN talks ON talks.id = talk "
                "WHERE talk = ? AND visitor = ?",
                (talk_id, visitor),
            ).fetchone()
        return None if row is None else str(row[0])

    def withdraw(self, visitor: str, talk_id: str) -> bool:
        """End a link; whether there was one."""
        with self._db.writing() as db:
            if not _stands(db, visitor, talk_id):
                return False
            return _changed(db, "DELETE FROM shares WHERE talk = ?", (talk_id,))

    def shared(self, token: str) -> Shared | None:
        """What a link shows, to anybody who has it."""
        with self._db.reading() as db:
            row = db.execute(
                "SELECT title, made, turns FROM shares WHERE token = ?", (token,)
            ).fetchone()
        if row is None:
            return None
        title, made, turns = row
        return Shared(title, made, tuple(read_turn(n, record) for n, record in json.loads(turns)))

    # --- feedback

    def rate(self, visitor: str, talk_id: str, number: int, feedback: Feedback | None) -> bool:
        """Keep what a visitor thinks of an answer, or forget it; whether there is such a one."""
        talk = self.read(visitor, talk_id)
        earlier = [turn for turn in talk.turns if turn.number < number] if talk else []
        rated = next((t for t in talk.turns if t.number == number), None) if talk else None
        if rated is None or rated.answer is None:
            return False
        with self._db.writing() as db:
            row = db.execute(
                "SELECT key, record FROM turns WHERE talk = ? AND number = ?", (talk_id, number)
            ).fetchone()
            if row is None or row[1] != written(rated):  # replaced in this very moment
                return False
            if feedback is None:
                db.execute("DELETE FROM feedback WHERE turn = ?", (row[0],))
                return True
            told = [asdict(turn) for turn in history(tuple(earlier))]
            db.execute(
                "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?)",
                (row[0], talk_id, json.dumps(asdict(feedback)), rated.question, json.dumps(told),
                 json.dumps(rated.answer.to_dict(), default=str), _now()),
            )  # fmt: skip
        return True

    def rated(self) -> list[Rated]:
        """All feedback in this home, oldest first, with what it was given on."""
        with self._db.reading() as db:
            rows = db.execute(
                "SELECT turn, question, history, answer, feedback, feedback.changed FROM feedback "
                "JOIN talks ON talks.id = feedback.talk WHERE talks.deleted IS NULL ORDER BY turn"
            ).fetchall()
        return [
            Rated(
                id=f"feedback-{key}",
                question=question,
                history=tuple(Turn(**turn) for turn in json.loads(told)),
                answer=read_answer(json.loads(answer)),
                feedback=Feedback(**json.loads(judged)),
                changed=changed,
            )
            for key, question, told, answer, judged, changed in rows
        ]


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _changed(db: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> bool:
    return db.execute(statement, values).rowcount > 0


def _stands(db: sqlite3.Connection, visitor: str, talk_id: str) -> bool:
    found = db.execute(
        "SELECT 1 FROM talks WHERE id = ? AND visitor = ? AND deleted IS NULL", (talk_id, visitor)
    ).fetchone()
    return found is not None


def _claimed(
    db: sqlite3.Connection, visitor: str, talk_id: str | None, revision: int | None, now: str
) -> Kept | None:
    """Take the next revision of a conversation, unless another page already has."""
    row = db.execute(
        "UPDATE talks SET revision = revision + 1, changed = ?1 WHERE id = ?2 AND visitor = ?3 "
        "AND deleted IS NULL AND revision = coalesce(?4, revision) RETURNING revision",
        (now, talk_id, visitor, revision),
    ).fetchone()
    return Kept(talk_id, row[0]) if talk_id is not None and row is not None else None


def _begun(db: sqlite3.Connection, visitor: str, turns: Conversation, now: str) -> Kept:
    """Begin a conversation, named by its first question; the visitor's oldest make room."""
    if not turns:
        raise HomeError("A conversation without a question cannot be kept.")
    identity = secrets.token_urlsafe(12)
    title = shortened(flat(turns[0].question), MAX_TITLE)
    db.execute(
        "INSERT INTO talks VALUES (?, ?, ?, ?, ?, 1, NULL)", (identity, visitor, title, now, now)
    )
    db.execute(
        "DELETE FROM talks WHERE id IN (SELECT id FROM talks WHERE visitor = ? "
        "ORDER BY changed DESC, rowid DESC LIMIT -1 OFFSET ?)",
        (visitor, MAX_TALKS),
    )
    return Kept(identity, 1)


def _replace_turns(db: sqlite3.Connection, talk_id: str, turns: Conversation) -> None:
    """Write what differs. A turn that says something else is a new one: its key is new, too."""
    stored = dict(
        db.execute("SELECT number, record FROM turns WHERE talk = ?", (talk_id,)).fetchall()
    )
    wanted = {turn.number: (turn, written(turn)) for turn in turns}
    changed = [n for n, record in stored.items() if n not in wanted or wanted[n][1] != record]
    db.executemany(
        "DELETE FROM turns WHERE talk = ? AND number = ?", [(talk_id, n) for n in changed]
    )
    db.executemany(
        "INSERT INTO turns (talk, number, said, record) VALUES (?, ?, ?, ?)",
        [
            (talk_id, number, said(turn).casefold(), record)
            for number, (turn, record) in wanted.items()
            if stored.get(number) != record
        ],
    )


def _listed(
    db: sqlite3.Connection,
    visitor: str,
    condition: str = "",
    values: Iterable[str] = (),
    limit: int = MAX_TALKS,
) -> Iterator[TalkInfo]:
    # ``condition`` is text of this file; what a visitor typed is bound.
    rows = db.execute(
        "SELECT id, title, created, changed, revision, "  # noqa: S608
        "(SELECT count(*) FROM turns WHERE talk = id), (SELECT token FROM shares WHERE talk = id) "
        f"FROM talks WHERE visitor = ? AND deleted IS NULL {condition} "
        "ORDER BY changed DESC, rowid DESC LIMIT ?",
        (visitor, *values, limit),
    )
    yield from (TalkInfo(*row) for row in rows.fetchall())


def _literal(word: str) -> str:
    """A word as a LIKE pattern takes it: its own % and _ stand for themselves."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _around(db: sqlite3.Connection, talk_id: str, words: list[str]) -> str:
    """Some text around the first of ``words`` in a conversation; "" if only its title has it."""
    for word in words:
        row = db.execute(
            "SELECT record, instr(said, ?1) FROM turns WHERE talk = ?2 AND instr(said, ?1) > 0 "
            "ORDER BY number LIMIT 1",
            (word, talk_id),
        ).fetchone()
        if row is not None:
            text = said(read_turn(0, row[0]))
            start = max(0, row[1] - 40)
            return shortened(("…" if start else "") + flat(text[start : start + 160]), 140)
    return ""


def _feedback(record: str | None) -> Feedback | None:
    return None if record is None else Feedback(**json.loads(record))


def _purge(db: sqlite3.Connection) -> None:
    """Remove for good what was deleted too long ago to be brought back."""
    limit = datetime.now(UTC) - timedelta(minutes=UNDO_MINUTES)
    db.execute("DELETE FROM talks WHERE deleted < ?", (limit.isoformat(),))
