"""``Index``: one home opened for use, and everything that may be asked of it.

The caller owns the home (``index.home.acquire``): a second process on the same folder would
see stale vectors. Reads are safe from any thread and never wait for a refresh.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from corpus.cards import ModelCard
from corpus.errors import InputError
from corpus.git.checkouts import Checkouts
from corpus.hub.places import is_hub_location
from corpus.hub.reader import HubReader
from corpus.hub.shelf import Shelf
from corpus.parse.ocr import AUTO
from corpus.types import Document, DocumentInfo
from corpus.web.fetch import Fetcher
from corpus.web.pages import Pages
from index import cards, declarations, journal, originals, records, versions
from index import news as telling
from index import refresh as refreshing
from index import search as searching
from index.catalogue import Query, Result, run
from index.compare import compare
from index.database import Database
from index.declarations import Declared, why_it_stays
from index.declared import (
    check_kind,
    check_options,
    chosen_name,
    existing_path,
    is_web_address,
    models_of_the_hub,
    name_of_page,
    name_of_path,
    redeclared,
    repository,
)
from index.explain import explain
from index.former import Finder, nobody, recall
from index.home import Home
from index.kept_sources import keep, kept
from index.mentions import mentions
from index.pace import Pace
from index.scan import CURATED, LISTERS
from index.standing import standing
from index.transfer import Stores, TextEmbedder
from index.types import (
    AS_IT_IS,
    Changes,
    Declaration,
    Explanation,
    Mention,
    NewsItem,
    Original,
    Passage,
    PastRefresh,
    Progress,
    Quoted,
    RefreshReport,
    Source,
    SourceOptions,
    Status,
)
from index.vectors import Vectors, VectorsDamagedError, discard

log = logging.getLogger(__name__)

KEEP_DAYS = 30


class Index:
    """Documents, their passages and how to find them. Use as a context manager or close."""

    def __init__(
        self,
        home: Home,
        stores: Stores,
        *,
        curated: bool,
        fetcher: Fetcher | None = None,
        keep_days: int = KEEP_DAYS,
        ocr: str = AUTO,
        hub_endpoint: str | None = None,
    ) -> None:
        """Wrap opened stores; use ``Index.open``."""
        self.ocr = ocr
        self.keep_days = keep_days
        self.home = home
        fetcher = fetcher or Fetcher()
        self.pages = Pages(home.pages, fetcher)
        self.checkouts = Checkouts(home.repositories, fetcher)
        self.hub = Shelf(home.hub, HubReader(fetcher, hub_endpoint))
        self.stores = stores
        self.curated = curated
        self.refresh_lock = threading.Lock()
        self.pace: Pace | None = None
        """How fast the refresh under way is, if there is one."""
        self.reading = False
        """Whether new documents are being read right now; they are answered from after that."""

    @classmethod
    def open(
        cls,
        home: Path,
        embedder: TextEmbedder,
        *,
        curated: bool = True,
        fetcher: Fetcher | None = None,
        keep_days: int = KEEP_DAYS,
        hub_endpoint: str | None = None,
        former: Finder = nobody,
        ocr: str = AUTO,
    ) -> Index:
        """Open or create a home; raises HomeError when it is damaged, newer or read-only.

        ``fetcher`` brings web pages; without one, only those of public addresses. Old versions
        of documents are kept for ``keep_days``. ``hub_endpoint``: where the Hugging Face Hub is.
        ``former`` finds the embedder of before, where the home's vectors are not those of
        ``embedder``. ``ocr``: as ``corpus.parse.ocr.find_ocr`` takes it.
        """
        place = Home(Path(home)).create()
        db = _open_record(place)
        try:
            vectors = _open_vectors(place.vectors, embedder)
        except BaseException:
            db.close()
            raise
        stores = Stores(db, vectors, embedder)
        recall(stores, former)
        return cls(
            place,
            stores,
            curated=curated,
            fetcher=fetcher,
            keep_days=keep_days,
            ocr=ocr,
            hub_endpoint=hub_endpoint,
        )

    def close(self) -> None:
        """Let go of the files; harmless when already closed."""
        self.stores.db.close()
        self.stores.vectors.close()

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # --- sources

    def add_source(self, location: str | Path, how: Declaration = AS_IT_IS) -> Source:
        """Declare a folder, a file, a web page or what ``how`` says; a refresh brings it in.

        Again: the same source, with the options that are given now. Raises InputError for what
        is not there or must not be fetched, for a kind that it cannot be, or a name in use.
        """
        new = self._described(location, how)
        with self.stores.db.writing() as db:
            declared = self._declared(records.sources(db)).sources
            before = next((s for s in declared if s.location == new.location), None)
            if before is None:
                taken = {source.name for source in declared} | {CURATED.name}
                source = replace(new, name=chosen_name(how.name, new.name, taken))
            else:
                source = redeclared(before, new, how)
                reason = why_it_stays(before, self.home) if source != before else None
                if reason and before.declared_in:
                    raise InputError(reason)
            if source != before:
                records.add_source(db, source)
        self._keep_sources()
        return source

    def _described(self, location: str | Path, how: Declaration) -> Source:
        """What ``location`` is, under the name that it would have by itself."""
        options = how.options or SourceOptions()
        if how.kind == "hub" or (how.kind is None and is_hub_location(str(location))):
            return models_of_the_hub(str(location), options)
        if how.kind == "git":
            return repository(str(location), self.checkouts.accepted, options)
        web = is_web_address(str(location))
        path = None if web else existing_path(location)
        kind = how.kind or ("url" if path is None else "folder" if path.is_dir() else "file")
        check_kind(kind, path, LISTERS)
        check_options(options)
        if path is not None:
            return Source(name_of_path(path), kind, str(path), options)
        address = self.pages.fetcher.accepted(str(location))
        return Source(name_of_page(address), kind, address, options)

    def remove_source(self, name: str) -> None:
        """Forget a source; its documents go at the next refresh."""
        with self.stores.db.writing() as db:
            by_name = {s.name: s for s in self._declared(records.sources(db)).sources}
            if name not in by_name:
                known = ", ".join(by_name) or "none"
                raise InputError(f"There is no source called {name!r}; declared: {known}.")
            if reason := why_it_stays(by_name[name], self.home):
                raise InputError(reason)
            records.remove_source(db, name)
        self._keep_sources()

    def _keep_sources(self) -> None:
        """Write their copy beside the record anew."""
        with self.stores.db.reading() as db:
            keep(self.home, records.sources(db))

    def sources(self) -> list[Source]:
        """The sources in use, the curated corpus first."""
        return self.declared().sources

    def declared(self, *, bring_in: bool = False) -> Declared:
        """The sources in use, and what of the home's file could not be used.

        ``bring_in`` notes in the record what the file and the inbox have changed.
        """
        with self.stores.db.reading() as db:
            stored = records.sources(db)
        now = self._declared(stored)
        if bring_in and now.sources != stored:
            with self.stores.db.writing() as db:
                now = self._declared(records.sources(db))
                declarations.bring_in(db, now.sources)
        if bring_in:
            keep(self.home, now.sources)
        return replace(now, sources=[CURATED, *now.sources]) if self.curated else now

    def _declared(self, stored: list[Source]) -> Declared:
        return declarations.declared(stored, self.home, self._described)

    # --- filling

    def refresh(
        self,
        progress: Callable[[Progress], None] | None = None,
        *,
        full: bool = False,
        fetch: bool = True,
    ) -> RefreshReport:
        """Make the index hold what the sources hold now.

        ``full`` reads unchanged files too; without ``fetch`` no server is asked for pages.
        """
        return refreshing.refresh(self, progress, full=full, fetch=fetch)

    def refresh_events(
        self, *, full: bool = False, fetch: bool = True
    ) -> Generator[Progress | RefreshReport]:
        """``refresh`` step by step; the last event is the report."""
        return refreshing.refresh_events(self, full=full, fetch=fetch)

    def put(self, documents: Iterable[Document]) -> RefreshReport:
        """Index documents that belong to no source; refreshes leave them alone."""
        return refreshing.put(self, documents)

    @property
    def refreshing(self) -> bool:
        """Whether a refresh is under way: documents are read, or get their vectors."""
        return self.refresh_lock.locked()

    def compare(self) -> Changes:
        """What a refresh would do now; writes nothing."""
        return compare(self)

    # --- reading

    def search(self, query: str, limit: int = 10) -> list[Passage]:
        """The best passages for a question, best first."""
        return searching.search(self.stores, query, limit)

    def neighbours(self, passage: Passage) -> tuple[Passage | None, Passage | None]:
        """The passages before and after one in its document; None at the ends."""
        return searching.neighbours(self.stores, passage)

    def document(self, document_id: str, quoted: Quoted | None = None) -> Document | None:
        """A document with its text, or None; the version that ``quoted`` was taken from."""
        with self.stores.db.reading() as db:
            return versions.document(db, document_id, quoted)

    def news(self, since: str) -> list[NewsItem]:
        """Documents that came, changed or went since a date or time (ISO 8601), newest first."""
        with self.stores.db.reading() as db:
            return telling.news(db, telling.since_when(since))

    def history(self, limit: int = 20) -> list[PastRefresh]:
        """The last refreshes, newest first."""
        with self.stores.db.reading() as db:
            return journal.history(db, limit)

    def explain(self, what: str) -> Explanation:
        """The state of a document, file or source, and why it is so."""
        return explain(self, what)

    def original(self, document_id: str) -> Original | None:
        """The file that a document was read from, and whether it is still the same; or None."""
        with self.stores.db.reading() as db:
            return originals.original(db, document_id)

    def documents(self) -> list[DocumentInfo]:
        """What is known about every document, in order of id."""
        with self.stores.db.reading() as db:
            return records.infos(db)

    def cards(self) -> list[ModelCard]:
        """Every model card, in order of id."""
        with self.stores.db.reading() as db:
            return cards.all_cards(db)

    def version(self) -> str:
        """A digest that changes when any document does."""
        with self.stores.db.reading() as db:
            return records.version(db)

    def cards_version(self) -> str:
        """A digest that changes when any model card does."""
        with self.stores.db.reading() as db:
            return cards.version(db)

    def mentions(self, card_id: str, limit: int = 100) -> list[Mention]:
        """Where each document that names a model does so first; ``card_id`` is the model's."""
        with self.stores.db.reading() as db:
            return mentions(db, card_id, limit)

    def catalogue(self, query: Query) -> Result:
        """The answer to a query over the model cards."""
        with self.stores.db.reading() as db:
            return run(db, query)

    def status(self) -> Status:
        """Counts, failures, pending documents and the date of the last refresh."""
        return standing(self)


def _open_record(home: Home) -> Database:
    """The record; where it is gone, a new one with the sources of which there is a copy."""
    gone = not home.record.is_file() or home.record.stat().st_size == 0
    sources = kept(home) if gone else []
    db = Database(home.record)
    if sources:
        log.warning("%s is gone; its %d sources are declared again", home.record, len(sources))
        with db.writing() as connection:
            for source in sources:
                records.add_source(connection, source)
    return db


def _open_vectors(folder: Path, embedder: TextEmbedder) -> Vectors:
    """The vector store; a damaged one is replaced by an empty one that a refresh fills."""
    made_by = str(getattr(embedder, "folder", ""))
    try:
        return Vectors(folder, embedder.fingerprint, made_by)
    except VectorsDamagedError as error:
        log.warning("%s", error)
        discard(folder)
        return Vectors(folder, embedder.fingerprint, made_by)
