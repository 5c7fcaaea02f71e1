"""A damaged record: what is wrong with it, and a new one of all that can still be read.

SQLite's own check sees broken pages but no changed letters, so every passage is held against the
hash of the text that was embedded for it. What can be read goes into a new record: sources,
documents with old versions, times and journal. A document that cannot be proved whole is marked, so
that the next refresh reads its file again; where that file is away, its text stays. Knows nothing
of vectors: they bear the same names in the new record, and a refresh compares them.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.cards import ModelCard
from corpus.errors import RefdeskError
from corpus.types import Chunk, Document
from index import chunk_record, records
from index.database import Database
from index.prepare import Origin, prepare, text_to_embed
from index.recipe import current_code
from index.schema import SCHEMA_VERSION
from index.types import Source

SALVAGED = "salvaged"  # a recipe that no refdesk reads by
# What a damaged row can raise: SQLite's errors, text that is not UTF-8, JSON that is none.
UNREADABLE = (
    sqlite3.Error, ValueError, TypeError, LookupError, ArithmeticError,
    RecursionError, RefdeskError,
)  # fmt: skip
MOST_GAPS = 10_000  # keys in a row that lead to no document, before the end is believed


@dataclass(frozen=True, slots=True)
class Saved:
    """How much of a damaged record is in the new one; ``lost`` documents could not be read."""

    documents: int
    lost: int
    sources: int


def damage(record: Path) -> str | None:
    """What is wrong with a record, None if it is sound; reads only (1 s for 3,500 passages).

    Documents that another version of refdesk has read are taken as they are: they were hashed in
    its way, and the next refresh reads them again.
    """
    try:
        with contextlib.closing(_opened(record)) as db:
            db.execute("BEGIN")  # one snapshot, beside a refresh
            verdict = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
            if verdict != "ok":
                return verdict
            if int(db.execute("PRAGMA user_version").fetchone()[0]) != SCHEMA_VERSION:
                return None  # an older one is brought up first
            code = current_code()
            rows = db.execute(
                "SELECT key, id FROM documents WHERE substr(recipe, 1, length(?1)) = ?1", (code,)
            )
            for key, document_id in rows.fetchall():
                if not _is_whole(db, key, document_id):
                    return f"the text of {document_id} is not as it was stored"
    except UNREADABLE as error:
        return str(error)
    return None


def rebuild(old: Path, new: Path, kept: list[Source]) -> Saved:
    """Make a new record of what can be read of an old one; ``kept`` are sources known elsewhere."""
    database = Database(new)
    try:
        with contextlib.closing(_opened(old)) as db:
            db.execute("PRAGMA writable_schema = ON")  # read past a damaged table definition
            sources = _sources(db) or kept
            saved = lost = 0
            with database.writing() as target:
                for source in sources:
                    records.add_source(target, source)
                for key in _keys(db):
                    if _copied(db, target, key):
                        saved += 1
                    else:
                        lost += 1
                _copy_rows(db, target, "old_versions")
                _copy_rows(db, target, "journal")
    finally:
        database.close()
    return Saved(saved, lost, len(sources))


def _opened(record: Path) -> sqlite3.Connection:
    """To be read only, beside any owner."""
    uri = f"{record.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, timeout=10, isolation_level=None)


def _sources(db: sqlite3.Connection) -> list[Source]:
    try:
        return records.sources(db)
    except UNREADABLE:
        return []


def _keys(db: sqlite3.Connection) -> Iterator[int]:
    """The keys of the documents, one by one: a broken page hides those on it alone."""
    key, gaps = 0, 0
    while gaps < MOST_GAPS:
        try:
            row = db.execute("SELECT min(key) FROM documents WHERE key > ?", (key,)).fetchone()
            if row[0] is None:
                return
            key, gaps = int(row[0]), 0
            yield key
        except UNREADABLE:
            key, gaps = key + 1, gaps + 1


def _copied(db: sqlite3.Connection, target: sqlite3.Connection, key: int) -> bool:
    """Store a document anew, with its times; whether it could be read."""
    try:
        document, origin = _document(db, key)
        prepared = prepare(document, origin, _card(db, key))
        times = _times(db, key)
    except UNREADABLE:
        return False
    target.execute("SAVEPOINT one")
    try:
        records.store(target, prepared)
        target.execute(
            "UPDATE document_times SET first_seen = ?, changed = ? "
            "WHERE document = (SELECT key FROM documents WHERE id = ?)",
            (*times, document.info.id),
        )
    except sqlite3.IntegrityError:  # a damaged id or card that is that of another document
        target.execute("ROLLBACK TO one")
        return False
    finally:
        target.execute("RELEASE one")
    return True


def _document(db: sqlite3.Connection, key: int) -> tuple[Document, Origin]:
    document_id, source, size, mtime, recipe = db.execute(
        "SELECT id, source, size, mtime, recipe FROM documents WHERE key = ?", (key,)
    ).fetchone()
    document = records.document(db, document_id)
    if document is None:
        raise ValueError(f"{document_id} is not found by its id")
    whole = _is_whole(db, key, document_id)
    origin = Origin(source, size, mtime, recipe if whole else SALVAGED)
    return document, origin


def _is_whole(db: sqlite3.Connection, key: int, document_id: str) -> bool:
    """Whether the text of every passage still has the hash that it was embedded under."""
    try:
        document = records.document(db, document_id)
        rows = db.execute(
            "SELECT position, embed_hash FROM chunks WHERE document = ? ORDER BY position", (key,)
        ).fetchall()
        pieces: list[Chunk] = []
        for i in range(0, len(rows), chunk_record.VARIABLES):
            some = [position for position, _ in rows[i : i + chunk_record.VARIABLES]]
            pieces += chunk_record.chunks_at(db, document_id, some)
    except UNREADABLE:
        return False
    if document is None or len(pieces) != len(rows):
        return False
    texts = [text_to_embed(document, piece) for piece in pieces]
    return [hashlib.sha256(t.encode(errors="replace")).hexdigest() for t in texts] == [
        digest for _, digest in rows
    ]


def _card(db: sqlite3.Connection, key: int) -> ModelCard | None:
    """The model card that a document was written from; one that is damaged is read again."""
    row = db.execute("SELECT card FROM cards WHERE document = ?", (key,)).fetchone()
    return ModelCard.model_validate_json(row[0]) if row else None


def _times(db: sqlite3.Connection, key: int) -> tuple[str | None, str | None]:
    """When a document came and changed, as noted."""
    row = db.execute(
        "SELECT first_seen, changed FROM document_times WHERE document = ?", (key,)
    ).fetchone()
    return (row[0], row[1]) if row else (None, None)


def _copy_rows(db: sqlite3.Connection, target: sqlite3.Connection, table: str) -> None:
    """Copy a table as far as it can be read; what it holds is of worth but not of need."""
    with contextlib.suppress(*UNREADABLE):
        for row in db.execute(f"SELECT * FROM {table}"):  # noqa: S608
            marks = ",".join("?" * len(row))
            target.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)  # noqa: S608
