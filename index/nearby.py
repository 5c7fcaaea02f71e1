"""Which passages stand near which: keys of neighbouring chunks in the record.

Knows positions, not texts or scores.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

VARIABLES = 500


def around(db: sqlite3.Connection, keys: Sequence[int], reach: int) -> dict[int, dict[int, int]]:
    """For each chunk key: keys of its document at most ``reach`` away, with the distance.

    The key itself is among them, at distance 0; keys that are not current are left out.
    """
    found: dict[int, dict[int, int]] = {}
    for i in range(0, len(keys), VARIABLES):
        some = keys[i : i + VARIABLES]
        marks = ",".join("?" * len(some))
        rows = db.execute(
            "SELECT one.key, other.key, abs(other.position - one.position) FROM chunks one "  # noqa: S608
            "JOIN chunks other ON other.document = one.document "
            "AND other.position BETWEEN one.position - ? AND one.position + ? "
            f"WHERE one.key IN ({marks})",
            (reach, reach, *some),
        )
        for key, other, distance in rows:
            found.setdefault(key, {})[other] = distance
    return found
