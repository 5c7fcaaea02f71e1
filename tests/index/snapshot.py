"""Everything an index holds, in a form in which two indexes can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corpus.types import Document
from index import records
from index.store import Index
from index.transfer import TextEmbedder
from tests.index.hash_embedder import HashEmbedder


@dataclass(frozen=True)
class Snapshot:
    """Documents, (document, position) -> (chunk, vector id, full text), vector id -> vector."""

    documents: dict[str, Document]
    chunks: dict[tuple[str, int], tuple[object, ...]]
    vectors: dict[str, list[float]]
    pending: tuple[str, ...]
    stray_fulltext: int


def snapshot(index: Index) -> Snapshot:
    documents = {info.id: index.document(info.id) for info in index.documents()}
    with index.stores.db.reading() as db:
        rows = db.execute(
            "SELECT documents.id, position, start, end, page, heading_path, header_start, "
            "header_end, embed_hash, vector_id, fulltext.title, fulltext.headings, fulltext.body "
            "FROM chunks JOIN documents ON documents.key = chunks.document "
            "JOIN fulltext ON fulltext.rowid = chunks.key"
        ).fetchall()
        stray = db.execute(
            "SELECT count(*) FROM fulltext WHERE rowid NOT IN (SELECT key FROM chunks)"
        ).fetchone()[0]
        pending = tuple(records.pending(db))
    ids = sorted(index.stores.vectors.ids())
    vectors = {i: [round(float(x), 5) for x in v] for i, v in index.stores.vectors.get(ids).items()}
    return Snapshot(
        documents={i: d for i, d in documents.items() if d is not None},
        chunks={(row[0], row[1]): tuple(row[2:]) for row in rows},
        vectors=vectors,
        pending=pending,
        stray_fulltext=stray,
    )


def fresh_snapshot(home: Path, *folders: Path, embedder: TextEmbedder | None = None) -> Snapshot:
    """What a new index over the folders holds."""
    with Index.open(home, embedder or HashEmbedder(), curated=False) as index:
        for folder in folders:
            index.add_source(folder)
        index.refresh()
        return snapshot(index)
