"""The documents that name a model: full text finds candidates, the very name decides.

"Qwen2.5-7B" is not named by "Qwen2.5-7B-Instruct". Knows nothing of questions or of ranking.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable

from index import records
from index.cards import card
from index.fulltext import terms
from index.types import Mention

MOST_CHUNKS = 2000
"""Passages looked into, in order of document: a name of one plain word may be in every one."""
SHORTEST_ALIAS = 5
"""Characters: "R1" or "V3" alone is many makers' name."""

_BETWEEN = re.compile(r"[-\s]+")


def mentions(db: sqlite3.Connection, card_id: str, limit: int) -> list[Mention]:
    """The first mention of a model in each document that names it, in order of document id.

    ``card_id`` is a card's id; empty for one that is not in the record.
    """
    model = card(db, card_id)
    if model is None:
        return []
    aliases = [alias for alias in model.aliases if len(alias) >= SHORTEST_ALIAS]
    first: dict[str, tuple[int, int]] = {}
    for name in (model.name, *aliases):
        for document_id, start, text in _candidates(db, name):
            if match := _named(name).search(text):
                span = (start + match.start(), start + match.end())
                first[document_id] = min(first.get(document_id, span), span)
    stored = ((i, records.text(db, i)) for i in sorted(first)[:limit])
    return [Mention(found[0], *first[i]) for i, found in stored if found is not None]


def _candidates(db: sqlite3.Connection, name: str) -> Iterable[tuple[str, int, str]]:
    """(document id, start, text) of the passages that hold every word of a name."""
    words = [f'"{word}"' for word in dict.fromkeys(terms(_BETWEEN.sub(" ", name)))]
    if not words:
        return []
    return db.execute(
        "SELECT documents.id, start, substr(text, start + 1, end - start) FROM fulltext "
        "JOIN chunks ON chunks.key = fulltext.rowid JOIN documents ON documents.key = document "
        "WHERE fulltext MATCH ? AND kind = 'document' ORDER BY documents.id, position LIMIT ?",
        (" AND ".join(words), MOST_CHUNKS),
    )


def _named(name: str) -> re.Pattern[str]:
    """The name as a whole; a hyphen in it may be a space, and no longer name may hold it."""
    parts = [re.escape(part) for part in _BETWEEN.split(name) if part]
    return re.compile(r"(?<![\w.-])" + r"[-\s]+".join(parts) + r"(?![\w]|[-.]\w)", re.IGNORECASE)
