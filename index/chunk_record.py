"""The chunks of the record: where each stands, its vector's id, and what was embedded for it.

Knows nothing of the vectors themselves. Functions take a connection so that a caller can read
several things from one snapshot; ``index.records`` stores and removes chunks with their documents.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Container, Iterator, Sequence
from typing import Any

from corpus.types import Chunk, Document
from index import records

# SQLite accepts 32,766 bound variables in one statement.
VARIABLES = 5000

_CHUNK_COLUMNS = (
    "chunks.position, chunks.start, chunks.end, chunks.page, chunks.heading_path, "
    "chunks.header_start, chunks.header_end"
)


def chunk_keys(db: sqlite3.Connection, vector_ids: Sequence[str]) -> dict[str, int]:
    """Chunk keys by vector id; a vector without a current chunk is left out."""
    return _key_by_vector(db, "vector_id", vector_ids)


def vector_ids_by_key(db: sqlite3.Connection, keys: Sequence[int]) -> dict[str, int]:
    """The same map, from chunk keys."""
    return _key_by_vector(db, "key", keys)


def _key_by_vector(
    db: sqlite3.Connection, column: str, values: Sequence[str] | Sequence[int]
) -> dict[str, int]:
    return {
        vector_id: key
        for some in _slices(values)
        for vector_id, key in db.execute(
            f"SELECT vector_id, key FROM chunks WHERE {column} IN ({_marks(some)})",  # noqa: S608
            some,
        )
    }


def chunks_by_key(db: sqlite3.Connection, keys: Sequence[int]) -> dict[int, Chunk]:
    """Chunks by key."""
    return {
        row[0]: _chunk(*row[1:])
        for some in _slices(keys)
        for row in db.execute(
            f"SELECT chunks.key, documents.id, {_CHUNK_COLUMNS} FROM chunks "  # noqa: S608
            f"JOIN documents ON documents.key = chunks.document "
            f"WHERE chunks.key IN ({_marks(some)})",
            some,
        )
    }


def chunks_at(db: sqlite3.Connection, document_id: str, positions: Sequence[int]) -> list[Chunk]:
    """The chunks of a document at the given positions, in order; missing ones left out."""
    rows = db.execute(
        f"SELECT documents.id, {_CHUNK_COLUMNS} FROM chunks "  # noqa: S608
        f"JOIN documents ON documents.key = chunks.document "
        f"WHERE documents.id = ? AND position IN ({_marks(positions)}) ORDER BY position",
        (document_id, *positions),
    )
    return [_chunk(*row) for row in rows]


def vector_ids(db: sqlite3.Connection, document_id: str) -> set[str]:
    """The vector ids that a document's chunks refer to."""
    rows = db.execute(
        "SELECT vector_id FROM chunks WHERE document = (SELECT key FROM documents WHERE id = ?)",
        (document_id,),
    )
    return {row[0] for row in rows}


def wanted(db: sqlite3.Connection) -> Iterator[tuple[str, str, int]]:
    """(vector id, document id, characters) of every chunk, as stored, model cards last.

    The characters are about those that are embedded: title, headings and table header count.
    """
    return db.execute(
        "WITH titled AS (SELECT key AS titled_key, id, kind, "
        "coalesce(json_extract(info, '$.title'), '') AS title FROM documents) "
        "SELECT vector_id, id, end - start + coalesce(header_end - header_start, 0) "
        "+ length(heading_path) + iif(instr(heading_path, title), 0, length(title)) "
        "FROM chunks JOIN titled ON titled_key = document "
        "ORDER BY kind = 'model_card', chunks.key"
    )


def vector_ids_by_embed_hash(
    db: sqlite3.Connection, hashes: Sequence[str], missing: Container[str] = ()
) -> dict[str, str]:
    """One vector id, not among ``missing``, for each hash of embedded text that has one."""
    return {
        digest: vector_id
        for some in _slices(hashes)
        for digest, vector_id in db.execute(
            f"SELECT embed_hash, vector_id FROM chunks WHERE embed_hash IN ({_marks(some)})",  # noqa: S608
            some,
        )
        if vector_id not in missing
    }


def chunks_of_vectors(
    db: sqlite3.Connection, vector_ids: Sequence[str]
) -> Iterator[tuple[str, Document, Chunk]]:
    """(vector id, document, chunk) for the vector ids, document by document."""
    rows = sorted(
        (row[0], row[1], row[2:])
        for some in _slices(vector_ids)
        for row in db.execute(
            f"SELECT documents.id, vector_id, {_CHUNK_COLUMNS} FROM chunks "  # noqa: S608
            f"JOIN documents ON documents.key = chunks.document "
            f"WHERE vector_id IN ({_marks(some)})",
            some,
        )
    )
    current: Document | None = None
    for document_id, vector_id, columns in rows:
        if current is None or current.info.id != document_id:
            current = records.document(db, document_id)
        assert current is not None  # noqa: S101 - of the same snapshot
        yield vector_id, current, _chunk(document_id, *columns)


def _chunk(
    document_id: str,
    position: int,
    start: int,
    end: int,
    page: int | None,
    heading_path: str,
    header_start: int | None,
    header_end: int | None,
) -> Chunk:
    header = None
    if header_start is not None and header_end is not None:
        header = (header_start, header_end)
    path = tuple(json.loads(heading_path))
    return Chunk(document_id, position, start, end, page, path, header)


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _slices(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for i in range(0, len(values), VARIABLES):
        yield values[i : i + VARIABLES]
