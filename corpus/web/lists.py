"""Reads feeds and sitemaps from the web, and brings the pages that they list.

The list's own bytes are kept with what its server needs to tell whether it has changed; a list
that cannot be read leaves what is known of its pages as it is. Knows nothing of the index, nor
of when its pages are asked for.
"""

from __future__ import annotations

import html
import logging
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from corpus.errors import ParseError, RefdeskError, SourceError
from corpus.kept_copies import read_note, write_note, write_whole
from corpus.patterns import EVERYTHING, Choice
from corpus.web import listed
from corpus.web.feed import read_feed
from corpus.web.fetch import Fetched, Missing, Unchanged, Validators
from corpus.web.listed import LIMITS, Item, Known, is_chosen
from corpus.web.listing import Entry, Listing, ListingKind, kind_of
from corpus.web.pages import Brought, Pages
from corpus.web.sitemap import read_sitemap, unpacked

log = logging.getLogger(__name__)

NOTE, COPY = "list.json", "list.bin"
# A sitemap's sitemaps come at one a second; 50 of them hold up to 2.5 million pages.
MOST_LISTS = 50
DEEPEST = 2  # an index names sitemaps; some name indexes first, against the protocol
# A page that cannot be fetched is replaced by what its feed says if that is a text, not a line.
LEAST_TEXT = 400


class _Note(BaseModel):
    """``list.json``: what the server of a list gave to ask later whether it has changed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    url: str
    validators_url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The pages of one list. ``problem``: why it could not be read; ``remark``: what of it.

    ``contents`` are the texts that a feed gives itself, by the keys of their items.
    """

    known: Known | None
    problem: str | None = None
    remark: str | None = None
    contents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """Which pages of a list are wanted: by the paths in their addresses, and the most to take."""

    chosen: Choice = EVERYTHING
    limit: int | None = None


@dataclass(slots=True)
class _Read:
    """What a list and the lists that it names say."""

    entries: dict[str, Entry] = field(default_factory=dict)
    sitemaps: list[str] = field(default_factory=list)
    unread: int = 0
    foreign: int = 0
    problems: list[str] = field(default_factory=list)
    tried: int = 0


class Lists:
    """The feeds and sitemaps whose copies are among ``pages``."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def known(self, address: str) -> Known | None:
        """What was known of a list after it was read last; raises SourceError if damaged."""
        return listed.load(self._pages.folder_of(address))

    def addresses(self, address: str) -> set[str]:
        """All addresses of which copies are kept for a list."""
        known = self.known(address)
        if known is None:
            return {address}
        copies = {copy_address(address, item) for item in known.items}
        return {address, *known.sitemaps, *copies}

    def read(self, address: str, kind: ListingKind, part: Part, stop: Callable[[], bool]) -> Wanted:
        """Read a list anew, as far as there is time, and keep what is known of its pages.

        Of its pages the ``part`` that is wanted is taken.
        """
        try:
            before = self.known(address)
        except SourceError as error:
            return Wanted(None, str(error))
        found = _Read()
        try:
            self._gather(address, kind, found, stop)
        except RefdeskError as error:
            return Wanted(before, str(error))
        except OSError as error:
            return Wanted(before, f"its copy cannot be written ({error.strerror or error})")
        whole = not (found.problems or found.unread)
        items = before.of(part.chosen).items if before else ()
        entries = [e for e in found.entries.values() if is_chosen(e.address, part.chosen)]
        merged = listed.merged(kind, items, entries, part.limit or LIMITS[kind], whole=whole)
        sitemaps = (
            found.sitemaps if whole or before is None else (*before.sitemaps, *found.sitemaps)
        )
        known = Known(
            address=address,
            kind=kind,
            sitemaps=tuple(dict.fromkeys(sitemaps)),
            items=merged.items,
            left_out=merged.left_out + found.unread,
            foreign=found.foreign,
        )
        listed.save(self._pages.folder_of(address), known)
        contents = {e.key: e.content for e in found.entries.values() if e.content}
        return Wanted(known, None, _remark(found), contents)

    def asked(self, address: str, keys: Mapping[str, bool]) -> None:
        """Note that pages of a list were asked for just now; True: and had a good answer."""
        known = self.known(address)
        if known is not None and keys:
            known = listed.asked(known, keys, self._pages.now())
            listed.save(self._pages.folder_of(address), known)

    def bring(self, document_id: str, address: str, item: Item, content: str) -> Brought:
        """Bring a page that the list at ``address`` shows; else what a feed says itself of it."""
        copy = copy_address(address, item)
        page = _page_of(address, item, content)
        if not item.address:
            return self._pages.keep(document_id, copy, page)
        brought = self._pages.bring_as(document_id, copy)
        missed = brought.problem is not None and (brought.file is None or brought.from_list)
        if not missed or len(_text(content)) < LEAST_TEXT:
            return brought
        kept = self._pages.keep(document_id, copy, page)
        if kept.file is None or kept.problem is not None:
            return brought
        return replace(kept, problem=f"{brought.problem}; the text in the feed is used")

    def _gather(
        self, address: str, kind: ListingKind, found: _Read, stop: Callable[[], bool]
    ) -> None:
        """Read a list into ``found``, then the lists that it names; their failing is noted."""
        waiting = deque([(address, 0)])
        seen = {address}
        while waiting:
            if found.tried and stop():
                found.problems.append(f"there was no time to read {len(waiting)} sitemaps")
                return
            if found.tried == MOST_LISTS:
                found.problems.append(
                    f"{len(waiting)} sitemaps were not read; at most {MOST_LISTS} are"
                )
                return
            url, depth = waiting.popleft()
            found.tried += 1
            try:
                listing = self._one(url, kind)
            except RefdeskError as error:
                if url == address:
                    raise
                found.problems.append(f"{url}: {error}")
                continue
            _add(found, listing, url)
            if listing.sitemaps and depth == DEEPEST:
                found.problems.append(f"{url} names sitemaps again; they were not read")
                continue
            waiting.extend((u, depth + 1) for u in listing.sitemaps if u not in seen)
            seen.update(listing.sitemaps)

    def _one(self, address: str, kind: ListingKind) -> Listing:
        """One list, asked for if it has changed; raises SourceError or ParseError."""
        folder = self._pages.folder_of(address)
        note = _read_note(folder)
        before = Validators(note.validators_url, note.etag, note.last_modified) if note else None
        outcome = self._pages.fetcher.fetch(address, before, listing=True)
        if isinstance(outcome, Unchanged):
            if note is None:
                raise SourceError("the server says nothing has changed, though nothing is here")
            return _parsed((folder / COPY).read_bytes(), note.url, kind)
        if isinstance(outcome, Missing):
            raise SourceError(f"the {kind} is not there ({outcome.status})")
        listing = _parsed(outcome.content, outcome.url, kind)
        _keep(folder, outcome)
        return listing


def copy_address(address: str, item: Item) -> str:
    """What the copy of a listed page is kept under: its address, or its place in the feed."""
    return item.address or f"{address}#{item.key}"


def _parsed(data: bytes, url: str, kind: ListingKind) -> Listing:
    try:
        data = unpacked(data)
        found = kind_of(data)
        if found is None:
            raise SourceError(
                f"what comes is no {kind}; if it is a page, add its address without --kind"
            )
        if found != kind:
            raise SourceError(f"this is a {found}; add it with: refdesk add --kind {found} {url}")
        return read_feed(data, url) if kind == "feed" else read_sitemap(data, url)
    except ParseError as error:
        raise SourceError(str(error)) from error


def _add(found: _Read, listing: Listing, url: str) -> None:
    for entry in listing.entries:
        found.entries.setdefault(entry.key, entry)
    found.sitemaps.append(url)
    found.unread += listing.unread
    found.foreign += listing.foreign
    if listing.problem is not None:
        found.problems.append(listing.problem)


def _remark(found: _Read) -> str | None:
    """What of a list could not be read, and why; None if all could."""
    said = list(found.problems[:3])
    if len(found.problems) > 3:
        said.append(f"{len(found.problems) - 3} more problems")
    return "; ".join(said) or None


def _page_of(address: str, item: Item, content: str) -> Fetched:
    """What a feed says of an entry, as a page of its own."""
    title = html.escape(item.title or "")
    body = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{content}"
    own = item.address if _host(item.address) == _host(address) else ""
    return Fetched(
        own or address,
        f"{body}</article></body></html>".encode("utf-8", "replace"),
        ".html",
        Validators("", None, None),
    )


def _text(content: str) -> str:
    """Roughly the text of some HTML, to judge its length."""
    return " ".join(re.sub(r"<[^<>]{0,2000}>", " ", content).split())


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


def _keep(folder: Path, page: Fetched) -> None:
    """The copy first: a note without its copy would promise what is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / COPY, page.content)
    note = _Note(
        url=page.url,
        validators_url=page.validators.url,
        etag=page.validators.etag,
        last_modified=page.validators.last_modified,
    )
    write_note(folder / NOTE, note)


def _read_note(folder: Path) -> _Note | None:
    if not (folder / COPY).is_file():
        return None
    return read_note(folder / NOTE, _Note)
