"""The tables of ``record.sqlite3`` and their version.

Knows SQL text only. ``SCHEMA_VERSION`` is stored as ``PRAGMA user_version``; a record with
a higher one was made by a newer refdesk and is refused rather than guessed at.
"""

SCHEMA_VERSION = 6

# The full-text table keeps its own copy of the tokens: contentless tables can only be
# deleted from since SQLite 3.43, and Debian 12 ships 3.40.
SCHEMA = """
CREATE TABLE sources (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    location TEXT NOT NULL UNIQUE
) WITHOUT ROWID;

CREATE TABLE documents (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    source TEXT,                    -- null: put in directly, never touched by a refresh
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime REAL NOT NULL,
    content_hash TEXT NOT NULL,
    recipe TEXT NOT NULL,           -- versions of parser, chunker and tokeniser
    kind TEXT NOT NULL,
    info TEXT NOT NULL,             -- JSON of the other fields of DocumentInfo
    structure TEXT NOT NULL,        -- JSON of blocks and pages
    text TEXT NOT NULL
);
CREATE INDEX documents_by_hash ON documents (content_hash);

CREATE TABLE chunks (
    key INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    page INTEGER,
    heading_path TEXT NOT NULL,     -- JSON list
    header_start INTEGER,
    header_end INTEGER,
    embed_hash TEXT NOT NULL,       -- sha256 of the embedded text
    vector_id TEXT NOT NULL UNIQUE,
    UNIQUE (document, position)
);
CREATE INDEX chunks_by_embed_hash ON chunks (embed_hash);

CREATE VIRTUAL TABLE fulltext USING fts5 (
    title, headings, body, tokenize = 'porter unicode61 remove_diacritics 2'
);

CREATE TABLE pending (document_id TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE failures (
    document_id TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    reason TEXT NOT NULL,
    size INTEGER,                   -- null: not tied to a version of the file, try again
    mtime REAL,
    recipe TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE journal (
    key INTEGER PRIMARY KEY,
    finished TEXT NOT NULL,         -- ISO 8601, UTC
    report TEXT NOT NULL            -- JSON of counts
);
"""

# Since version 2. A date of release may lack its day: it is kept as its first and last day.
CARDS = """
CREATE TABLE cards (
    document INTEGER PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    family TEXT NOT NULL,
    developer TEXT NOT NULL,
    country TEXT,
    released_from TEXT,
    released_to TEXT,
    total_params_b REAL,
    active_params_b REAL,
    architecture TEXT,
    context_tokens INTEGER,
    licence TEXT,
    licence_spdx TEXT,
    licence_class TEXT,
    open_weights INTEGER NOT NULL,
    base_model TEXT,
    card TEXT NOT NULL              -- JSON of the whole ModelCard
);

CREATE TABLE card_scores (
    document INTEGER NOT NULL REFERENCES cards (document) ON DELETE CASCADE,
    benchmark TEXT NOT NULL,
    score REAL NOT NULL,
    PRIMARY KEY (document, benchmark)
) WITHOUT ROWID;

CREATE TABLE card_modalities (
    document INTEGER NOT NULL REFERENCES cards (document) ON DELETE CASCADE,
    modality TEXT NOT NULL,
    PRIMARY KEY (document, modality)
) WITHOUT ROWID;
"""

# Since version 3. Kept by triggers, so that no writer can forget it: a document that is read
# again but holds the same bytes has not changed.
TIMES = """
CREATE TABLE document_times (
    document INTEGER PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE,
    first_seen TEXT,                -- ISO 8601, UTC; null: before times were noted
    changed TEXT
);
INSERT INTO document_times (document) SELECT key FROM documents;

CREATE TRIGGER document_comes AFTER INSERT ON documents BEGIN
    INSERT INTO document_times
    SELECT new.key, at, at FROM (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 'now') AS at);
END;

CREATE TRIGGER document_changes AFTER UPDATE OF content_hash ON documents
WHEN old.content_hash <> new.content_hash BEGIN
    UPDATE document_times SET changed = strftime('%Y-%m-%dT%H:%M:%SZ', 'now')
    WHERE document = new.key;
END;
"""

# Since version 4. Kept by triggers too, whoever replaces or removes a document.
VERSIONS = """
CREATE TABLE old_versions (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    info TEXT NOT NULL,
    structure TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    text TEXT NOT NULL,
    until TEXT NOT NULL             -- ISO 8601, UTC: when it ceased to be the current one
);
CREATE INDEX old_versions_by_document ON old_versions (document_id);
CREATE INDEX old_versions_by_time ON old_versions (until);

CREATE TRIGGER document_is_replaced BEFORE UPDATE OF content_hash ON documents
WHEN old.content_hash <> new.content_hash BEGIN
    INSERT INTO old_versions (document_id, kind, info, structure, content_hash, text, until)
    VALUES (old.id, old.kind, old.info, old.structure, old.content_hash, old.text,
            strftime('%Y-%m-%dT%H:%M:%SZ', 'now'));
END;

CREATE TRIGGER document_is_removed BEFORE DELETE ON documents BEGIN
    INSERT INTO old_versions (document_id, kind, info, structure, content_hash, text, until)
    VALUES (old.id, old.kind, old.info, old.structure, old.content_hash, old.text,
            strftime('%Y-%m-%dT%H:%M:%SZ', 'now'));
END;
"""

# Since version 5: which part of a source is wanted, as JSON.
OPTIONS = """
ALTER TABLE sources ADD COLUMN options TEXT NOT NULL DEFAULT '{}';
"""

# Since version 6: the file of the home that declares a source; '' when a command did.
DECLARED_IN = """
ALTER TABLE sources ADD COLUMN declared_in TEXT NOT NULL DEFAULT '';
"""

MIGRATIONS = {1: CARDS, 2: TIMES, 3: VERSIONS, 4: OPTIONS, 5: DECLARED_IN}
"""What brings a record of a version to the next one."""

SCHEMA += CARDS + TIMES + VERSIONS + OPTIONS + DECLARED_IN
