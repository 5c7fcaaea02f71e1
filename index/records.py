"""The record: documents, full text, sources, failures and pending marks in SQLite.

Knows nothing of vectors except their ids, nor of how a refresh decides what to do. Reading
functions take a connection so that a caller can read several things from one snapshot.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from corpus.types import Block, Document, DocumentInfo, Page
from index import cards
from index.prepare import Prepared
from index.types import Failure, Source, SourceOptions


@dataclass(frozen=True, slots=True)
class Known:
    """What the record says of a document's file."""

    id: str
    source: str | None
    path: str
    size: int
    mtime: float
    content_hash: str
    recipe: str


@dataclass(frozen=True, slots=True)
class PastFailure:
    """A recorded failure; ``size`` None when it is not tied to a version of the file."""

    failure: Failure
    size: int | None
    mtime: float | None
    recipe: str


# --- documents -------------------------------------------------------------------------


def store(db: sqlite3.Connection, prepared: Prepared) -> None:
    """Replace a document, its chunks and their full text; forget its past failure."""
    key = _store_document(db, prepared)
    _remove_chunks(db, key)
    cards.store(db, key, prepared.card)
    for piece in prepared.chunks:
        c = piece.chunk
        header = c.header or (None, None)
        cursor = db.execute(
            "INSERT INTO chunks (document, position, start, end, page, heading_path, "
            "header_start, header_end, embed_hash, vector_id) VALUES (?,?,?,?,?,?,?,?,?,?)",
            (key, c.position, c.start, c.end, c.page, _json(c.heading_path), *header,
             piece.embed_hash, piece.vector_id),
        )  # fmt: skip
        db.execute(
            "INSERT INTO fulltext (rowid, title, headings, body) VALUES (?,?,?,?)",
            (cursor.lastrowid, prepared.title, piece.headings, piece.body),
        )
    db.execute("DELETE FROM failures WHERE document_id = ?", (prepared.document.info.id,))


def remove(db: sqlite3.Connection, document_id: str) -> None:
    """Remove a document and all that belongs to it."""
    row = db.execute("SELECT key FROM documents WHERE id = ?", (document_id,)).fetchone()
    if row:
        _remove_chunks(db, row[0])
        db.execute("DELETE FROM documents WHERE key = ?", (row[0],))


def touch(db: sqlite3.Connection, document_id: str, size: int, mtime: float) -> None:
    """Note that a file with a new date still holds the same bytes."""
    db.execute("UPDATE documents SET size = ?, mtime = ? WHERE id = ?", (size, mtime, document_id))


def known(db: sqlite3.Connection) -> dict[str, Known]:
    """Every document's file facts by document id."""
    rows = db.execute("SELECT id, source, path, size, mtime, content_hash, recipe FROM documents")
    return {row[0]: Known(*row) for row in rows}


def document(db: sqlite3.Connection, document_id: str) -> Document | None:
    """A stored document with its text, or None."""
    row = db.execute(
        "SELECT info, kind, text, structure, content_hash FROM documents WHERE id = ?",
        (document_id,),
    ).fetchone()
    return _document(document_id, *row) if row else None


def old_version(db: sqlite3.Connection, key: int) -> Document:
    """A document as it was, by its key among the old versions."""
    row = db.execute(
        "SELECT document_id, info, kind, text, structure, content_hash FROM old_versions "
        "WHERE key = ?",
        (key,),
    ).fetchone()
    return _document(*row)


def text(db: sqlite3.Connection, document_id: str) -> tuple[DocumentInfo, str] | None:
    """What is known about a document and its text, without its structure, or None."""
    row = db.execute(
        "SELECT id, info, kind, text FROM documents WHERE id = ?", (document_id,)
    ).fetchone()
    return (_info(*row[:3]), row[3]) if row else None


def infos(db: sqlite3.Connection) -> list[DocumentInfo]:
    """What is known about every document, in order of id."""
    rows = db.execute(
        "SELECT id, info, kind, first_seen, changed FROM documents "
        "LEFT JOIN document_times ON document = key ORDER BY id"
    )
    return [replace(_info(*row[:3]), first_seen=row[3], changed=row[4]) for row in rows]


def version(db: sqlite3.Connection) -> str:
    """A digest that changes when any document comes, goes or changes (10,000: 20 ms)."""
    digest = hashlib.sha256()
    for row in db.execute("SELECT id, content_hash FROM documents ORDER BY id"):
        digest.update("\0".join(row).encode(errors="surrogatepass") + b"\1")
    return digest.hexdigest()[:32]


def counts(db: sqlite3.Connection) -> tuple[int, int, int]:
    """How many documents, chunks and model cards there are."""
    row = db.execute(
        "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks), "
        "(SELECT count(*) FROM documents WHERE kind = 'model_card')"
    ).fetchone()
    return int(row[0]), int(row[1]), int(row[2])


# --- sources, failures, pending marks ----------------------------------------------------


def sources(db: sqlite3.Connection) -> list[Source]:
    """The declared sources, by name."""
    # All columns that there are: a damaged record of an older version is read as well.
    rows = db.execute("SELECT * FROM sources ORDER BY name")
    return [
        Source(name, kind, where, _options(*more[:1]), "".join(more[1:2]))
        for name, kind, where, *more in rows
    ]


def add_source(db: sqlite3.Connection, source: Source) -> None:
    """Declare a source, or its kind and options anew; its location must be no other's."""
    db.execute(
        "INSERT INTO sources (name, kind, location, options, declared_in) VALUES (?,?,?,?,?) "
        "ON CONFLICT (name) DO UPDATE SET kind=excluded.kind, location=excluded.location, "
        "options=excluded.options, declared_in=excluded.declared_in",
        (*(source.name, source.kind, source.location), json.dumps(asdict(source.options)),
         source.declared_in),
    )  # fmt: skip


def _options(data: str = "{}") -> SourceOptions:
    fields = json.loads(data)
    for several in ("include", "exclude"):
        fields[several] = tuple(fields.get(several, ()))
    return SourceOptions(**fields)


def remove_source(db: sqlite3.Connection, name: str) -> None:
    """Forget a source; its documents go at the next refresh."""
    db.execute("DELETE FROM sources WHERE name = ?", (name,))


def failures(db: sqlite3.Connection) -> dict[str, PastFailure]:
    """The files that could not be brought in, by document id, in order."""
    rows = db.execute("SELECT * FROM failures ORDER BY document_id")
    return {row[0]: PastFailure(Failure(*row[:3]), *row[3:]) for row in rows}


def set_failures(db: sqlite3.Connection, current: Iterable[PastFailure]) -> None:
    """Replace the list of failures."""
    db.execute("DELETE FROM failures")
    db.executemany(
        "INSERT OR REPLACE INTO failures VALUES (?,?,?,?,?,?)",
        (
            (f.failure.document_id, f.failure.path, f.failure.reason, f.size, f.mtime, f.recipe)
            for f in current
        ),
    )


def pending(db: sqlite3.Connection) -> list[str]:
    """Documents whose two stores may disagree, in order."""
    return [row[0] for row in db.execute("SELECT document_id FROM pending ORDER BY document_id")]


def mark_pending(db: sqlite3.Connection, document_ids: Iterable[str]) -> None:
    """Note that the stores are about to disagree about these documents."""
    db.executemany("INSERT OR IGNORE INTO pending VALUES (?)", ((i,) for i in document_ids))


def clear_pending(db: sqlite3.Connection, document_ids: Iterable[str]) -> None:
    """Note that the stores agree again about these documents."""
    db.executemany("DELETE FROM pending WHERE document_id = ?", ((i,) for i in document_ids))


# --- rows to types -----------------------------------------------------------------------


def _store_document(db: sqlite3.Connection, prepared: Prepared) -> int:
    doc, origin = prepared.document, prepared.origin
    fields = asdict(doc.info)
    for own_column in ("id", "kind", "first_seen", "changed", "replaced"):
        del fields[own_column]
    row = db.execute(
        "INSERT INTO documents (id, source, path, size, mtime, content_hash, recipe, kind, info, "
        "structure, text) VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET "
        "source=excluded.source, path=excluded.path, size=excluded.size, mtime=excluded.mtime, "
        "content_hash=excluded.content_hash, recipe=excluded.recipe, kind=excluded.kind, "
        "info=excluded.info, structure=excluded.structure, text=excluded.text RETURNING key",
        (
            doc.info.id,
            origin.source,
            doc.info.path,
            origin.size,
            origin.mtime,
            doc.content_hash,
            origin.recipe,
            doc.info.kind,
            _json(fields),
            _structure(doc),
            doc.text,
        ),
    ).fetchone()
    return int(row[0])


def _remove_chunks(db: sqlite3.Connection, key: int) -> None:
    db.execute(
        "DELETE FROM fulltext WHERE rowid IN (SELECT key FROM chunks WHERE document = ?)", (key,)
    )
    db.execute("DELETE FROM chunks WHERE document = ?", (key,))


def _structure(doc: Document) -> str:
    blocks = [[b.kind, b.start, b.end, b.level, b.header_end] for b in doc.blocks]
    return _json({"blocks": blocks, "pages": [[p.number, p.start, p.end] for p in doc.pages]})


def _document(
    document_id: str, info: str, kind: str, text: str, structure: str, content_hash: str
) -> Document:
    parts = json.loads(structure)
    return Document(
        info=_info(document_id, info, kind),
        text=text,
        blocks=tuple(Block(*fields) for fields in parts["blocks"]),
        pages=tuple(Page(*fields) for fields in parts["pages"]),
        content_hash=content_hash,
    )


def _info(document_id: str, info: str, kind: str) -> DocumentInfo:
    fields = json.loads(info)
    fields["tags"] = tuple(fields["tags"])
    fields["sources"] = tuple((label, url) for label, url in fields.get("sources", ()))
    return DocumentInfo(
        id=document_id, kind="model_card" if kind == "model_card" else "document", **fields
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
