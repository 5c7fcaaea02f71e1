"""Claims that a table makes cell by cell, by what its column or its row is about.

Knows nothing of cards, or of which model a cell speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.check.benchmarks import named_benchmarks
from corpus.check.dates import written_dates
from corpus.check.quantities import (
    NUMBER,
    Claim,
    Kind,
    billions,
    claims,
    licence_claims,
    tokens_of,
)
from corpus.check.scores import OTHER_SCORE
from corpus.check.sources import SOURCE_COLUMN

_HEADS: dict[Kind, re.Pattern[str]] = {
    "active": re.compile(r"\bactiv", re.I),
    "total": re.compile(r"\btotal\b", re.I),
    "parameters": re.compile(r"\bparam|^size$", re.I),
    "context": re.compile(r"\bcontext\b", re.I),
    "date": re.compile(r"^(?:date|release(?:d| date)?|(?:first )?open release)$", re.I),
    "licence": re.compile(r"\blicen[cs]e\b", re.I),
}
_COUNT = re.compile(
    rf"(?<![\w.,-])(?P<n>{NUMBER})\s?(?P<u>[BMT]|billion|million|trillion)?\b(?!\s*tokens)"
)
_TOKENS = re.compile(rf"(?<![\w.-])(?P<n>{NUMBER})\s?(?P<u>[KkMm]\b|thousand|million)?(?![\w.])")
_SCORE = re.compile(rf"^[*~≈]*\s*(?P<n>{NUMBER})\s?%?(?=\s|\(|\*|$)")
_BENCHMARK = re.compile(r"^(?:benchmark|test)s?$", re.I)
_COSTS = re.compile(
    r"token|GPU|cost|price|data|memory|GB|disk|file|expert|user|score of|note", re.I
)


def row_claims(columns: tuple[str, ...], cells: tuple[str, ...]) -> Iterator[tuple[int, Claim]]:
    """Claims of a row with the number of the cell that makes each."""
    for number, (column, cell) in enumerate(zip(columns, cells, strict=False)):
        if SOURCE_COLUMN.match(column) or not cell.strip(" -–—"):
            continue
        row = _about(columns, cells) if number else ""
        yield from ((number, claim) for claim in _cell_claims(column, row, cell))


def _about(columns: tuple[str, ...], cells: tuple[str, ...]) -> str:
    """What a row is about: its first cell, or the one in the column of benchmarks."""
    named = zip(columns[1:], cells[1:], strict=False)
    return " ".join([cells[0], *(cell for column, cell in named if _BENCHMARK.match(column))])


def _cell_claims(column: str, row: str, cell: str) -> Iterator[Claim]:
    named = named_benchmarks(column) or named_benchmarks(row)
    if named:
        if OTHER_SCORE.search(f"{column} {row}"):
            return
        match = _SCORE.match(cell)
        if match:
            value = float(match["n"].replace(",", ""))
            benchmarks = (named[0].name,)
            yield Claim("score", *match.span("n"), match["n"], (value,), benchmarks=benchmarks)
        return
    kind = _kind(column) or _kind(row)
    if kind is None:
        yield from claims(cell)
    elif kind == "context":
        yield from _contexts(cell)
    elif kind == "date":
        for date in written_dates(cell):
            yield Claim("date", *date.span, cell[slice(*date.span)], word=date.iso)
    elif kind == "licence":
        yield from licence_claims(f"{cell} licence")
    else:
        yield from _counts(kind, f"{column} {row}", cell)


def _kind(head: str) -> Kind | None:
    if _COSTS.search(head) and not re.search(r"param|context", head, re.I):
        return None
    return next((kind for kind, pattern in _HEADS.items() if pattern.search(head)), None)


def _counts(kind: Kind, head: str, cell: str) -> Iterator[Claim]:
    """Counts of parameters; a cell may hold total and active."""
    matches = [m for m in _COUNT.finditer(cell) if m["u"] or re.search(r"\bB\b|billion", head)]
    if kind == "active" and (len(matches) > 1 or re.search(r"total", head, re.I)):
        kind = "parameters"
    for match in matches:
        size = billions(match["n"], match["u"] or "B")
        yield Claim(kind, *match.span(), match[0], (size,))


def _contexts(cell: str) -> Iterator[Claim]:
    for match in _TOKENS.finditer(cell):
        sizes = tokens_of(match["n"], match["u"])
        if min(sizes) >= 1000:
            yield Claim("context", *match.span(), match[0].strip(), sizes)
