"""Files of a plan to documents that can be stored; what cannot be read is noted with the reason.

Knows nothing of where documents are stored, nor in which order.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from corpus.errors import ParseError, RefdeskError, ScanError
from corpus.sources import CardFile, SourceFile, load
from corpus.types import Scans
from index.compare import as_before, sha256
from index.prepare import Origin, Prepared, prepare
from index.recipe import Recipe, used_ocr
from index.records import Known, PastFailure
from index.scan import settled
from index.types import PARTLY, Failure, Source

log = logging.getLogger(__name__)

Candidate = tuple[Source, SourceFile]

_SHOWN_PAGES = 5


@dataclass(slots=True)
class Meter:
    """How much of something is done."""

    done: int = 0
    total: int = 0


class Reader:
    """Reads files by one recipe, and keeps what was wrong with them."""

    def __init__(self, recipe: Recipe) -> None:
        """Nothing has been read yet."""
        self.recipe = recipe
        self.failures: list[PastFailure] = []
        self.redated: list[SourceFile] = []
        """Files that have a new date on the same bytes."""

    def read(
        self, candidates: Iterable[Candidate], known: Mapping[str, Known], meter: Meter
    ) -> Iterator[Prepared]:
        """The candidates that are new or really changed; ``meter`` counts the others as done."""
        for source, file in candidates:
            try:
                prepared = self._read(source, file, known.get(file.document_id))
            except RefdeskError as error:
                self.failures.append(self._failed(file, error))
            except Exception as error:
                # A parser's bug on one strange file must not keep the other files out.
                log.exception("unexpected error while reading %s", file.path)
                reason = f"{file.shown}: {type(error).__name__} while reading it"
                self.failures.append(_failure(file, reason, self.recipe.code))
            else:
                if prepared is not None:
                    self.failures += self._unread(file, prepared.document.scans)
                    yield prepared
                    continue
                self.redated.append(file)
            meter.done += file.size

    def _read(self, source: Source, file: SourceFile, entry: Known | None) -> Prepared | None:
        """A candidate parsed and cut, or None if it holds the bytes that it held before."""
        recipe = self.recipe
        comparable = entry and entry.path == str(file.path) and recipe.holds(entry.recipe)
        if comparable and as_before(file, sha256(file), entry, recipe):
            return None
        card = file.card if isinstance(file, CardFile) else None
        document = load(file, recipe.ocr)
        if document.scans.unread and entry is not None and used_ocr(entry.recipe):
            # What it holds is more.
            raise ScanError(f"{file.shown}: {_pages_unread(document.scans)}")
        noted = recipe.noted(bool(document.scans))
        origin = Origin(source.name, file.size, settled(file.mtime), noted)
        return prepare(document, origin, card)

    def _failed(self, file: SourceFile, error: RefdeskError) -> PastFailure:
        """A failure of this version of a file, or one that may pass by itself."""
        noted = self.recipe.noted(isinstance(error, ScanError))
        return _failure(file, str(error), noted, lasting=isinstance(error, ParseError))

    def _unread(self, file: SourceFile, scans: Scans) -> list[PastFailure]:
        """A failure for the pages of a document that were not read; the rest of it was."""
        if not scans.unread:
            return []
        reason = f"{file.shown}: {_pages_unread(scans)}{PARTLY}"
        return [_failure(file, reason, self.recipe.noted(True))]


def _failure(file: SourceFile, reason: str, noted: str, *, lasting: bool = True) -> PastFailure:
    failure = Failure(file.document_id, file.origin, reason)
    size, mtime = (file.size, file.mtime) if lasting else (None, None)
    return PastFailure(failure, size, mtime, noted)


def _pages_unread(scans: Scans) -> str:
    first = ", ".join(map(str, scans.unread[:_SHOWN_PAGES]))
    more = len(scans.unread) - _SHOWN_PAGES
    beyond = f" and {more} more" if more > 0 else ""
    word = "page" if len(scans.unread) == 1 else "pages"
    return f"{word} {first}{beyond} could not be read ({scans.why})"
