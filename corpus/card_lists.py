"""Lists of models that somebody keeps (JSON, JSON Lines, CSV) as model cards, a row each.

A row has the field names of a card (``corpus.cards``); what it does not tell stays unknown, and
its source is the file and the row, beside the addresses that it gives itself. A row that is
wrong is told with its number and the reason; it does not keep the others out. Knows nothing of
which cards there are already.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from corpus.card_fields import card_fields, card_id
from corpus.card_rows import Row, read_rows
from corpus.cards import CARD_PREFIX, ModelCard, file_place, first_problem
from corpus.errors import SourceError
from corpus.sources import CardFile, SourceFile, UnreadableFile

MAX_FILE_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class RowCard(CardFile):
    """A model card that is a row of a list."""

    row: int

    @property
    def card_licence(self) -> str | None:
        """Not known: the list is somebody's own."""
        return None

    @property
    def shown(self) -> str:
        """The file's name and the row."""
        return f"{self.path.name}, row {self.row}"

    @property
    def origin(self) -> str:
        """The file's path and the row."""
        return f"{self.path}, row {self.row}"


@dataclass(frozen=True, slots=True)
class BadRow(UnreadableFile):
    """A row that is no model card; it may become one when others change, so it is tried again."""

    row: int

    def read(self) -> bytes:
        """Raise SourceError with the reason."""
        raise SourceError(self.reason)

    @property
    def origin(self) -> str:
        """The file's path and the row."""
        return f"{self.path}, row {self.row}"


def list_cards(path: Path, name: str, today: date | None = None) -> Iterator[SourceFile]:
    """The rows of the list at ``path``, of the source called ``name``, in order.

    Raises SourceError when it is missing, no list, or none of its rows is a model card.
    """
    try:
        resolved = path.resolve(strict=True)
        stat = resolved.stat()
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror or error}") from error
    if stat.st_size > MAX_FILE_BYTES:
        raise SourceError(f"{path.name}: larger than {MAX_FILE_BYTES >> 20} MB; split it")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()  # it is today somewhere already
    cards = _read(resolved, stat.st_size, stat.st_mtime_ns, today or tomorrow)
    if all(isinstance(card, str) for _, card in cards):
        number, reason = cards[0][0].number, cards[0][1]
        raise SourceError(f"{path.name}: none of its rows is a model card; row {number}: {reason}")
    place = (resolved, stat.st_size, stat.st_mtime)
    return (_file(name, row, card, place) for row, card in cards)


@lru_cache(maxsize=8)
def _read(
    path: Path, size: int, mtime_ns: int, today: date
) -> tuple[tuple[Row, ModelCard | str], ...]:
    """The rows and their cards, or what is wrong with them; read once per version of a file."""
    try:
        rows = read_rows(path.read_bytes(), path.name)
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror or error}") from error
    return tuple((row, _card(row, path.name, today)) for row in rows)


def _card(row: Row, file_name: str, today: date) -> ModelCard | str:
    try:
        return card_of(row, file_name, today)
    except SourceError as error:
        return str(error)


def card_of(row: Row, file_name: str, today: date) -> ModelCard:
    """The model card that a row is; raises SourceError with the first thing to correct."""
    if row.problem is not None:
        raise SourceError(row.problem)
    fields = card_fields(row.values, file_place(file_name, row.number))
    try:
        card = ModelCard.model_validate(fields)
    except ValidationError as error:
        raise SourceError(first_problem(error)) from error
    if card.release_date and card.release_date > today.isoformat():
        raise SourceError(f"release_date: {card.release_date} is yet to come; leave it empty")
    return card


def _file(name: str, row: Row, card: ModelCard | str, place: tuple[Path, int, float]) -> SourceFile:
    if isinstance(card, ModelCard):
        return RowCard(card.document_id, *place, card, row=row.number)
    known = card_id(row.values)
    document_id = f"{CARD_PREFIX}{known}" if known else f"{name}/row {row.number}"
    return BadRow(document_id, *place, f"row {row.number}: {card}", row.number)
