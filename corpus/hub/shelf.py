"""The copies kept of models of the Hub, so that a rebuild needs no network.

A source has a folder: ``hub.json`` holds the metadata of its models and tells which README each
has; the READMEs lie beside it under their hashes. A model that cannot be read keeps its last
good version. Knows nothing of the index, nor of which models have a card already.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from corpus.errors import RefdeskError, SourceError
from corpus.gathered import Gathered
from corpus.hub.card import hub_card
from corpus.hub.metadata import HubModel
from corpus.hub.places import hub_place
from corpus.hub.reader import HubReader, HubSession, Listed
from corpus.kept_copies import (
    KeptCopies,
    keep_only_folders,
    read_note,
    unwritable,
    write_note,
    write_whole,
)
from corpus.sources import CardFile, PageFile, SourceFile

NOTE = "hub.json"
MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class HubCardFile(CardFile):
    """A model card made of the Hub's metadata; a card that is there already stays alone."""

    page: str

    @property
    def card_licence(self) -> str | None:
        """The metadata are facts; nobody licenses them."""
        return None

    @property
    def gives_way(self) -> bool:
        """Any other card of the model is better than this one."""
        return True

    @property
    def origin(self) -> str:
        """The model's page."""
        return self.page


class _Kept(BaseModel):
    """A model as it is kept; ``readme`` is the hash of its README, None where it has none."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    model: HubModel
    readme: str | None = None


class _Note(BaseModel):
    """``hub.json``: the models that are kept, in the Hub's order."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    location: str
    fetched: datetime
    models: tuple[_Kept, ...] = ()


class Shelf(KeptCopies):
    """The models in one folder; each source is brought by one thread at a time."""

    def __init__(self, folder: Path, reader: HubReader) -> None:
        super().__init__(folder)
        self._reader = reader

    def bring(self, name: str, location: str, limit: int | None) -> Gathered:
        """Read what has changed on the Hub; the ids of READMEs begin with ``name``."""
        folder = self.folder_of(location)
        note = _read(folder)
        wrong: list[tuple[str, str]] = []
        problem = None
        try:
            session = self._reader.session()
            found = session.models(hub_place(location), limit)
            folder.mkdir(parents=True, exist_ok=True)
            note = self._renewed(folder, location, note, found, session, wrong)
        except RefdeskError as error:
            problem = str(error)
        except OSError as error:
            problem = unwritable(error)
        return self._gathered(folder, name, location, note, problem, wrong)

    def stored(self, name: str, location: str) -> Gathered:
        """What is kept, without asking the Hub."""
        folder = self.folder_of(location)
        return self._gathered(folder, name, location, _read(folder), None, [])

    def _renewed(
        self,
        folder: Path,
        location: str,
        note: _Note | None,
        found: Listed,
        session: HubSession,
        wrong: list[tuple[str, str]],
    ) -> _Note:
        """The models as they are now; READMEs are asked for only where a version is another."""
        before = {kept.model.id: kept for kept in note.models} if note is not None else {}
        wrong += found.wrong
        models: list[_Kept] = []
        for model in found.models:
            old = before.get(model.id)
            try:
                models.append(_renewed(folder, model, old, session))
            except SourceError as error:
                wrong.append((model.id, str(error)))
                models += [old] if old is not None else []
        unusable = len(found.wrong)
        if unusable:  # one of those before may be among them: nothing is taken for gone
            listed = {kept.model.id for kept in models}
            models += [kept for kept in before.values() if kept.model.id not in listed]
        new = _Note(location=location, fetched=datetime.now(UTC), models=tuple(models))
        if note is None or new.models != note.models:
            write_note(folder / NOTE, new)
            _drop_older(folder, new, note)
            return new
        return note

    def _gathered(
        self,
        folder: Path,
        name: str,
        location: str,
        note: _Note | None,
        problem: str | None,
        wrong: Iterable[tuple[str, str]],
    ) -> Gathered:
        if note is None:
            return Gathered(None, problem)
        if problem is not None:
            problem = f"{problem}; what it gave on {note.fetched:%Y-%m-%d} stays"
        files: list[SourceFile] = []
        here = (folder / NOTE).stat()
        for kept in note.models:
            page = self._reader.page(kept.model.id)
            card = hub_card(kept.model, page)
            if card is not None:
                known = (card.document_id, folder / NOTE, here.st_size, here.st_mtime)
                files.append(HubCardFile(*known, card, page))
            path = folder / _place(kept)
            if kept.readme is not None and path.is_file():
                stat = path.stat()
                document_id = f"{name}/{kept.model.name}.md"
                files.append(PageFile(document_id, path, stat.st_size, stat.st_mtime, page, page))
        failed = [(f"{name}/{what.rpartition('/')[2]}.md", location, why) for what, why in wrong]
        return Gathered(tuple(files), problem, tuple(failed[:MOST_TOLD]))


def _renewed(folder: Path, model: HubModel, old: _Kept | None, session: HubSession) -> _Kept:
    """A model with the README of its version; asked for only if the version is another."""
    if old is not None and old.model.sha == model.sha and _is_here(folder, old):
        return old if old.model == model else old.model_copy(update={"model": model})
    text = session.readme(model)
    if text is None or not text.strip():
        return _Kept(model=model)
    kept = _Kept(model=model, readme=hashlib.sha256(text).hexdigest())
    path = folder / _place(kept)
    if not path.is_file():
        path.parent.mkdir(exist_ok=True)
        write_whole(path, text)
    return kept


def _is_here(folder: Path, kept: _Kept) -> bool:
    return kept.readme is None or (folder / _place(kept)).is_file()


def _place(kept: _Kept) -> Path:
    """Where a README lies: under its hash, by the model's name."""
    return Path((kept.readme or "")[:20]) / f"{kept.model.name}.md"


def _drop_older(folder: Path, new: _Note, before: _Note | None) -> None:
    """Delete READMEs older than those before: a reader may have one of those open."""
    notes = [note for note in (new, before) if note is not None]
    wanted = {kept.readme[:20] for note in notes for kept in note.models if kept.readme}
    keep_only_folders(folder, wanted)


def _read(folder: Path) -> _Note | None:
    note = read_note(folder / NOTE, _Note)
    if note is None:
        return None
    hashes = [kept.readme for kept in note.models if kept.readme is not None]
    return note if all(re.fullmatch(r"[0-9a-f]{64}", one) for one in hashes) else None
