"""Model cards in the record: stored with their document, read back whole.

The columns that queries filter and sort by stand beside the card's JSON; scores and
modalities have tables of their own. Knows nothing of queries (``index.catalogue``).
"""

from __future__ import annotations

import datetime
import hashlib
import sqlite3
from calendar import monthrange

from corpus.cards import ModelCard

COLUMNS = (
    "id name family developer country released_from released_to total_params_b active_params_b "
    "architecture context_tokens licence licence_spdx licence_class open_weights base_model"
).split()


def store(db: sqlite3.Connection, document: int, card: ModelCard | None) -> None:
    """Replace the card of a document (by its key), or remove it; the caller commits."""
    db.execute("DELETE FROM cards WHERE document = ?", (document,))
    if card is None:
        return
    marks = ",".join("?" * (len(COLUMNS) + 2))
    row = (document, *_columns(card), card.model_dump_json())
    db.execute(f"INSERT INTO cards VALUES ({marks})", row)  # noqa: S608
    scores = ((document, name, score) for name, score in card.benchmarks.items())
    db.executemany("INSERT INTO card_scores VALUES (?,?,?)", scores)
    modalities = ((document, modality) for modality in card.modalities)
    db.executemany("INSERT INTO card_modalities VALUES (?,?)", modalities)


def all_cards(db: sqlite3.Connection) -> list[ModelCard]:
    """Every card, in order of id."""
    rows = db.execute("SELECT card FROM cards ORDER BY id")
    return [ModelCard.model_validate_json(row[0]) for row in rows]


def card(db: sqlite3.Connection, card_id: str) -> ModelCard | None:
    """The card of an id, or None."""
    row = db.execute("SELECT card FROM cards WHERE id = ?", (card_id,)).fetchone()
    return ModelCard.model_validate_json(row[0]) if row else None


def version(db: sqlite3.Connection) -> str:
    """A digest that changes when any card does."""
    rows = db.execute(
        "SELECT id, content_hash FROM documents WHERE kind = 'model_card' ORDER BY id"
    )
    return hashlib.sha256(repr(rows.fetchall()).encode()).hexdigest()


def days(date: str) -> tuple[str, str]:
    """The first and last day of an ISO date that may lack its day or month.

    Raises ValueError for a day that no calendar has.
    """
    year, *rest = date.split("-")
    if len(rest) == 2:
        datetime.date.fromisoformat(date)
        return date, date
    if rest:
        return f"{date}-01", f"{date}-{monthrange(int(year), int(rest[0]))[1]:02d}"
    return f"{year}-01-01", f"{year}-12-31"


def _columns(card: ModelCard) -> tuple[object, ...]:
    first, last = days(card.release_date) if card.release_date else (None, None)
    return (
        card.id,
        card.name,
        card.family,
        card.developer,
        card.country,
        first,
        last,
        card.total_params_b,
        card.active_params_b,
        card.architecture,
        card.context_tokens_approx,
        card.licence,
        card.licence_spdx,
        card.licence_class,
        card.open_weights,
        card.base_model,
    )
