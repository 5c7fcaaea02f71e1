"""The journal of refreshes: when each finished and what it did.

Knows nothing of documents.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from index.types import PastRefresh, RefreshReport

# Refreshes remembered: a year of daily ones, three times over.
LENGTH = 1000
MOST_IDS = 200  # ids of each kind that are kept of one refresh, and notes


def write(db: sqlite3.Connection, report: RefreshReport) -> None:
    """Note a finished refresh; old notes are dropped."""
    text = json.dumps(_summary(report), ensure_ascii=False, separators=(",", ":"))
    cursor = db.execute("INSERT INTO journal (finished, report) VALUES (?,?)", (report.as_of, text))
    db.execute("DELETE FROM journal WHERE key <= ?", ((cursor.lastrowid or 0) - LENGTH,))


def history(db: sqlite3.Connection, limit: int) -> list[PastRefresh]:
    """The last refreshes, newest first."""
    rows = db.execute("SELECT finished, report FROM journal ORDER BY key DESC LIMIT ?", (limit,))
    return [PastRefresh(finished, json.loads(report)) for finished, report in rows]


def as_of(db: sqlite3.Connection) -> str | None:
    """When the last refresh finished (ISO 8601, UTC), or None."""
    row = db.execute("SELECT finished FROM journal ORDER BY key DESC LIMIT 1").fetchone()
    return str(row[0]) if row else None


def _summary(report: RefreshReport) -> dict[str, Any]:
    """Counts, and the first ids of each list."""
    documents = {
        "added": report.added,
        "changed": report.changed,
        "renamed": report.renamed,
        "removed": report.removed,
        "failed": tuple((f.document_id, f.reason) for f in report.failed),
    }
    return {
        **{name: len(ids) for name, ids in documents.items()},
        "unchanged": report.unchanged,
        "repaired": len(report.repaired),
        "chunks": report.chunks,
        "embedded": report.embedded,
        "seconds": round(report.seconds, 3),
        "notes": report.notes[:MOST_IDS],
        "documents": {name: ids[:MOST_IDS] for name, ids in documents.items() if ids},
    }
