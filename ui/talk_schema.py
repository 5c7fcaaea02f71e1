"""The tables of ``conversations.sqlite``. Knows nothing of how they are used."""

from __future__ import annotations

from index.database import Layout

SCHEMA = """
CREATE TABLE talks (
    id TEXT PRIMARY KEY,
    visitor TEXT NOT NULL,
    title TEXT NOT NULL,
    created TEXT NOT NULL,
    changed TEXT NOT NULL,          -- of the last turn; newest first in the list
    revision INTEGER NOT NULL,      -- counts what was kept: tells two pages on one talk apart
    deleted TEXT                    -- when; NULL: it stands
);
CREATE INDEX talks_of_visitor ON talks (visitor, changed);

CREATE TABLE turns (
    key INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again: feedback may outlive its turn
    talk TEXT NOT NULL REFERENCES talks (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    said TEXT NOT NULL,             -- question and answer, case-folded, for the search
    record TEXT NOT NULL,           -- JSON, see ui.talk_record
    UNIQUE (talk, number)
);

CREATE TABLE shares (
    token TEXT PRIMARY KEY,
    talk TEXT NOT NULL UNIQUE REFERENCES talks (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    made TEXT NOT NULL,
    turns TEXT NOT NULL             -- JSON [[number, record], …]: as it stood when shared
);

CREATE TABLE feedback (
    turn INTEGER PRIMARY KEY,       -- turns.key
    talk TEXT NOT NULL REFERENCES talks (id) ON DELETE CASCADE,
    feedback TEXT NOT NULL,         -- JSON of Feedback
    question TEXT NOT NULL,
    history TEXT NOT NULL,          -- JSON [{role, text}, …]
    answer TEXT NOT NULL,           -- JSON: the answer that was judged, also after a retry
    changed TEXT NOT NULL
);
"""
LAYOUT = Layout(
    SCHEMA,
    version=1,
    holds="list of conversations",
    remedy="move it aside: a new one is begun, and the index is not touched.",
)
