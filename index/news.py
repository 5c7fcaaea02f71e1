"""What is new: documents and model cards that came, changed or went since a time.

Each is told with a sentence of its own, quoted exactly; no language model has a part in it.
Knows nothing of pages or feeds.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime

from corpus.errors import InputError
from corpus.sentences import sentence_spans
from corpus.types import Document
from index import records
from index.types import NewsItem

MOST_ITEMS = 1000
LONGEST_QUOTE = 300
_WORDS = re.compile(r"\w+")


def since_when(text: str) -> str:
    """``text``, a date or a time in ISO 8601, as the record writes times; raises InputError."""
    try:
        if len(text.strip()) == len("2026-01-31"):
            moment = datetime.combine(date.fromisoformat(text.strip()), datetime.min.time(), UTC)
        else:
            moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(
            f"{text[:40]!r} is not a date; write it like 2026-01-31 or 2026-01-31T09:00:00Z."
        ) from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def news(db: sqlite3.Connection, since: str) -> list[NewsItem]:
    """What came, changed or went since ``since`` (as ``since_when`` gives it), newest first."""
    items = [*_present(db, since), *_gone(db, since)]
    return sorted(items, key=lambda item: (item.when, item.document_id), reverse=True)[:MOST_ITEMS]


def _present(db: sqlite3.Connection, since: str) -> Iterator[NewsItem]:
    rows = db.execute(
        "SELECT id, first_seen, changed FROM documents JOIN document_times ON document = key "
        "WHERE changed >= ? ORDER BY changed DESC LIMIT ?",
        (since, MOST_ITEMS),
    ).fetchall()
    for document_id, first_seen, changed in rows:
        now = records.document(db, document_id)
        if now is None:
            continue
        before = _before(db, document_id)
        added = first_seen == changed or (first_seen or "") >= since
        yield _item(now, "added" if added else "changed", changed, "" if added else before)


def _gone(db: sqlite3.Connection, since: str) -> Iterator[NewsItem]:
    rows = db.execute(
        "SELECT document_id, max(key), max(until) FROM old_versions WHERE until >= ? AND "
        "document_id NOT IN (SELECT id FROM documents) GROUP BY document_id LIMIT ?",
        (since, MOST_ITEMS),
    ).fetchall()
    for _, key, until in rows:
        yield _item(records.old_version(db, key), "removed", until, "")


def _before(db: sqlite3.Connection, document_id: str) -> str:
    """The text that a document had before the one of now; "" if it was not kept."""
    row = db.execute(
        "SELECT text FROM old_versions WHERE document_id = ? ORDER BY key DESC LIMIT 1",
        (document_id,),
    ).fetchone()
    return str(row[0]) if row else ""


def _item(document: Document, what: str, when: str, before: str) -> NewsItem:
    start, end = _telling(document, before)
    info = document.info
    return NewsItem(
        document_id=info.id,
        title=info.title,
        kind=info.kind,
        what=what,
        when=when,
        quote=document.text[start:end],
        start=start,
        end=end,
        publisher=info.publisher,
        published=info.published,
        url=info.url,
    )


def _telling(document: Document, before: str) -> tuple[int, int]:
    """The first sentence, or row, of running text that the text before did not hold."""
    kinds = ("paragraph", "list", "table", "heading", "code")
    blocks = sorted(document.blocks, key=lambda block: (block.kind == "heading", block.start))
    for block in blocks:
        if block.kind not in kinds:
            continue
        text = document.text[block.start : block.end]
        for start, end in sentence_spans(text, document.info.language or "en"):
            said = text[start:end].strip()
            if len(_WORDS.findall(said)) >= 3 and said not in before:
                start += block.start + text[start:end].index(said)
                return start, start + min(len(said), LONGEST_QUOTE)
    return 0, min(len(document.text), LONGEST_QUOTE)
