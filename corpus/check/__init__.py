"""Is the curated corpus right? ``check`` looks at every document and model card.

Knows nothing of indexes or answers; it reads two folders and reports what to correct.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from corpus.cards import ModelCard, models_folder
from corpus.check.benchmarks import check_benchmarks
from corpus.check.catalogue import (
    Cards,
    check_card,
    check_covered,
    check_references,
    read_every_card,
)
from corpus.check.figures import check_figures
from corpus.check.finding import Counts, Finding, Findings, Severity
from corpus.check.front import check_front, check_ids, check_links
from corpus.check.licences import check_licences
from corpus.check.names import NameIndex, check_names
from corpus.check.page import Page, read_pages
from corpus.check.reading import check_length, check_repeats
from corpus.check.sources import check_sources
from corpus.curated import documents_folder

__all__ = ["Counts", "Finding", "Findings", "Severity", "check"]


def check(
    documents: Path | None = None, models: Path | None = None, today: date | None = None
) -> Findings:
    """Everything wrong with the documents and cards of two folders (refdesk's own by default)."""
    day = today or date.today()
    documents, models = documents or documents_folder(), models or models_folder()
    cards, broken = read_every_card(models)
    pages, unreadable = read_pages(documents)
    found = [*broken, *(_unreadable(line) for line in unreadable)]
    found += [*_of_cards(cards, pages, day), *_of_pages(pages, cards, documents, day)]
    counts = Counts(
        len(cards), len(pages), sum(page.words for page in pages), _sources(cards, pages)
    )
    return Findings(counts, tuple(sorted(set(found), key=_order)))


def _unreadable(line: str) -> Finding:
    file, _, text = line.partition(": ")
    return Finding("error", file, "front matter", "front", text)


def _of_cards(cards: Cards, pages: list[Page], today: date) -> Iterator[Finding]:
    for path, card in cards:
        yield from check_card(path, card, today)
        yield from check_licences(path, card)
    yield from check_names(cards)
    yield from check_benchmarks(cards)
    yield from check_references(cards)
    yield from check_covered(cards, pages)


def _of_pages(pages: list[Page], cards: Cards, folder: Path, today: date) -> Iterator[Finding]:
    every: list[ModelCard] = [card for _, card in cards]
    names, ids = NameIndex.of(every), {card.id for card in every}
    files = {path.name for path in folder.glob("*.md")}
    for page in pages:
        yield from check_front(page, ids, today)
        yield from check_links(page, files)
        yield from check_sources(page, names)
        yield from check_length(page)
        yield from check_figures(page, names)
    yield from check_ids(pages)
    yield from check_repeats(pages, every)


def _sources(cards: Cards, pages: list[Page]) -> int:
    """How many distinct addresses facts of the corpus were read at."""
    addresses = {source.url for _, card in cards for source in card.sources}
    addresses |= {address for page in pages for address in page.front.sources.values()}
    return len({address.rstrip("/") for address in addresses})


def _order(found: Finding) -> tuple[str, str, int, str, str]:
    digits = found.place.removeprefix("line ")
    line = int(digits) if digits.isdigit() else 0
    return found.severity, found.file, line, found.place, found.text
