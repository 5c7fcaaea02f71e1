"""The copies kept of fetched pages, so that a rebuild needs no network.

A page has a folder of its own: ``page.json`` tells where the page was and which copy is good,
the copy lies beside it under its hash. A page that cannot be fetched, has gone, or no longer
parses keeps its last good copy. Knows nothing of the index.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict

from corpus.errors import ParseError, RefdeskError, ScanError, SourceError
from corpus.kept_copies import (
    KeptCopies,
    keep_only_folders,
    read_note,
    unwritable,
    write_note,
    write_whole,
)
from corpus.parse import parse
from corpus.parse.html import canonical
from corpus.parse.ocr import Ocr
from corpus.sources import PageFile
from corpus.web.fetch import Fetched, Fetcher, Missing, Outcome, Unchanged, Validators
from corpus.web.listing import ListingKind, kind_of
from corpus.web.media import LISTING
from corpus.web.request import TransientError

NOTE = "page.json"
GRACE = timedelta(days=7)  # sites move and err; after it the page is called gone
MOST_NAME = 80  # characters of a copy's file name

Clock = Callable[[], datetime]


class _Note(BaseModel):
    """``page.json``: what is known of a page."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    address: str
    url: str
    copy_path: str  # within the page's folder
    validators_url: str
    etag: str | None = None
    last_modified: str | None = None
    fetched: datetime
    missing_since: datetime | None = None
    from_list: bool = False


class ListingFoundError(SourceError):
    """A page was asked for, and a feed or a sitemap came."""

    def __init__(self, kind: ListingKind, address: str) -> None:
        super().__init__(
            f"this is a {kind}, not a page; add it with: refdesk add --kind {kind} {address}"
        )
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Brought:
    """What a fetch left: the good copy, if there is one, and why there is none newer."""

    file: PageFile | None
    problem: str | None = None
    listing: ListingKind | None = None  # no page: the address gives a feed or a sitemap
    unreachable: bool = False  # the server did not answer, which may pass
    from_list: bool = False  # the copy is the text that a feed gave


def page_id(name: str) -> str:
    """The document id of the page of the source called ``name``."""
    return f"{name}/page"


class Pages(KeptCopies):
    """The copies in one folder; each page is brought by one thread at a time."""

    def __init__(self, folder: Path, fetcher: Fetcher, clock: Clock | None = None) -> None:
        super().__init__(folder)
        self.fetcher = fetcher
        self._clock = clock or (lambda: datetime.now(UTC))

    def bring(self, name: str, address: str) -> Brought:
        """Fetch ``address`` if it has changed; the file's document id begins with ``name``."""
        return self.bring_as(page_id(name), address)

    def bring_as(self, document_id: str, address: str) -> Brought:
        """Fetch ``address`` if it has changed, as the document ``document_id``."""
        folder = self.folder_of(address)
        note = _read(folder)
        listing: ListingKind | None = None
        unreachable = False
        try:
            outcome = self.fetcher.fetch(address, _validators(note))
            note, problem = self._kept(folder, address, note, outcome)
        except ListingFoundError as error:
            problem, listing = str(error), error.kind
        except RefdeskError as error:
            problem = str(error)
            unreachable = isinstance(error.__cause__, TransientError)
        except OSError as error:
            problem = unwritable(error)
        if note is None:
            return Brought(None, problem, listing, unreachable)
        kept = "" if problem is None else f"{problem}; its version of {note.fetched:%Y-%m-%d} stays"
        file = _file(folder, note, document_id)
        return Brought(file, kept or None, listing, unreachable, note.from_list)

    def keep(self, document_id: str, address: str, page: Fetched) -> Brought:
        """Keep ``page``, which a feed gave, as the good copy of ``address``."""
        folder = self.folder_of(address)
        note = _read(folder)
        if note is not None and note.from_list and _digest(page) in Path(note.copy_path).parts:
            return Brought(_file(folder, note, document_id), from_list=True)
        try:
            new = _store(folder, address, page, self._clock(), from_list=True)
            _drop_older(folder, new, note)
        except (RefdeskError, OSError) as error:
            problem = unwritable(error) if isinstance(error, OSError) else str(error)
            return Brought(_file(folder, note, document_id) if note else None, problem)
        return Brought(_file(folder, new, document_id), from_list=True)

    def stored(self, name: str, address: str) -> PageFile | None:
        """The good copy of a page, without asking for it again."""
        return self.stored_as(page_id(name), address)

    def stored_as(self, document_id: str, address: str) -> PageFile | None:
        """The good copy of a page as the document ``document_id``."""
        folder = self.folder_of(address)
        note = _read(folder)
        return _file(folder, note, document_id) if note is not None else None

    def now(self) -> datetime:
        """The time by the clock of these pages."""
        return self._clock()

    def _kept(
        self, folder: Path, address: str, note: _Note | None, outcome: Outcome
    ) -> tuple[_Note | None, str | None]:
        """What is known after ``outcome``, and what is wrong with it, if anything."""
        now = self._clock()
        match outcome:
            case Fetched():
                new = _store(folder, address, outcome, now)
                _drop_older(folder, new, note)
                return new, None
            case Unchanged():
                if note is None:
                    return None, "the server says that nothing has changed, though nothing is here"
                back = note.model_copy(update={"missing_since": None})
                return (_write(folder, back) if note.missing_since else note), None
            case Missing():
                if note is None:
                    return None, f"there is no such page ({outcome.status}); correct the address"
                since = note.missing_since or now
                _write(folder, note.model_copy(update={"missing_since": since}))
                return note, _missing(outcome.status, since, now)
        raise AssertionError(outcome)


def _missing(status: int, since: datetime, now: datetime) -> str:
    if now - since < GRACE:
        return f"the page is not there ({status})"
    return (
        f"the page has been gone since {since:%Y-%m-%d} ({status}); remove the source if it does "
        "not come back"
    )


def _store(
    folder: Path, address: str, page: Fetched, now: datetime, *, from_list: bool = False
) -> _Note:
    """Keep a page that parses; raises SourceError for one that does not, or is no page."""
    if page.suffix == LISTING:
        raise ListingFoundError(kind_of(page.content) or "feed", address)
    name = _name(page.url, page.suffix)
    try:
        parse(page.content, name, Ocr())  # a scan is read when it is taken into the index
    except ScanError:
        pass
    except ParseError as error:
        raise SourceError(str(error)) from error
    copy = Path(_digest(page)) / name
    (folder / copy.parent).mkdir(parents=True, exist_ok=True)
    if not (folder / copy).is_file():
        write_whole(folder / copy, page.content)
    note = _Note(
        address=address,
        url=_cited(page),
        copy_path=copy.as_posix(),
        validators_url=page.validators.url,
        etag=page.validators.etag,
        last_modified=page.validators.last_modified,
        fetched=now,
        from_list=from_list,
    )
    return _write(folder, note)


def _digest(page: Fetched) -> str:
    return hashlib.sha256(page.content).hexdigest()[:16]


def _cited(page: Fetched) -> str:
    """The address that a page calls its own, if it is of the same host; else where it was."""
    own = canonical(page.content, page.url) if page.suffix == ".html" else None
    if own is None:
        return page.url
    hosts = {(urlsplit(url).hostname or "").removeprefix("www.") for url in (own, page.url)}
    return own if len(hosts) == 1 else page.url


def _drop_older(folder: Path, new: _Note, before: _Note | None) -> None:
    """Delete copies older than the one before: a reader may have that one open."""
    kept = {Path(note.copy_path).parts[0] for note in (new, before) if note is not None}
    keep_only_folders(folder, kept)


def _name(url: str, suffix: str) -> str:
    """A file name for a page, from the last part of its address or its host."""
    parts = urlsplit(url)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2]) or (parts.hostname or "page")
    stem = last if not parts.path.strip("/") else last.removesuffix(Path(last).suffix) or last
    clean = re.sub(r"[^\w.-]+", "-", stem).strip("-.")[:MOST_NAME] or "page"
    clean = clean.encode("utf-8", "ignore")[: 2 * MOST_NAME].decode("utf-8", "ignore")
    return clean + suffix


def _file(folder: Path, note: _Note, document_id: str) -> PageFile:
    path = folder / note.copy_path
    stat = path.stat()
    return PageFile(document_id, path, stat.st_size, stat.st_mtime, note.address, note.url)


def _validators(note: _Note | None) -> Validators | None:
    if note is None:
        return None
    return Validators(note.validators_url, note.etag, note.last_modified)


def _read(folder: Path) -> _Note | None:
    """What is known of a page; None if nothing, or if its copy is not there as noted."""
    note = read_note(folder / NOTE, _Note)
    if note is None:
        return None
    copy = (folder / note.copy_path).resolve()
    return note if copy.is_relative_to(folder.resolve()) and copy.is_file() else None


def _write(folder: Path, note: _Note) -> _Note:
    write_note(folder / NOTE, note)
    return note
