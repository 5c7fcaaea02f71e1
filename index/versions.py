"""Old versions of documents, so that yesterday's citations still open.

Triggers of the schema keep what a document held when it is replaced or removed; here it is
found again by the quote that was taken from it, and dropped when its time is over. Knows
nothing of refreshes.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from corpus.types import Document
from index import records
from index.types import Quoted

MOST_VERSIONS = 20  # of one document: what changes every hour need not be kept by the hour


def document(db: sqlite3.Connection, document_id: str, wanted: Quoted | None) -> Document | None:
    """The document as it is, or the newest version that holds the quote where it was.

    ``info.replaced`` tells when an old version ceased to be the current one.
    """
    current = records.document(db, document_id)
    if wanted is None or (current is not None and _holds(current.text, wanted)):
        return current
    rows = db.execute(
        "SELECT until, text, key FROM old_versions WHERE document_id = ? ORDER BY key DESC",
        (document_id,),
    )
    for until, text, key in rows:
        if _holds(text, wanted):
            old = records.old_version(db, key)
            return replace(old, info=replace(old.info, replaced=until))
    return current


def purge(db: sqlite3.Connection, days: int) -> None:
    """Drop versions that were replaced more than ``days`` days ago, or often since."""
    db.execute(
        "DELETE FROM old_versions WHERE until <= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', ?)",
        (f"-{days} days",),
    )
    db.execute(
        "DELETE FROM old_versions WHERE key IN (SELECT key FROM (SELECT key, row_number() OVER "
        "(PARTITION BY document_id ORDER BY key DESC) AS age FROM old_versions) WHERE age > ?)",
        (MOST_VERSIONS,),
    )


def _holds(text: str, wanted: Quoted) -> bool:
    return Quoted.of(wanted.start, wanted.end, text[wanted.start : wanted.end]) == wanted
