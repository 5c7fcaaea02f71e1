"""The visible sources of a document: every label known, every source used, every figure sourced.

Knows nothing of cards or of whether a source says what it is cited for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from corpus.check.dates import MONTHS
from corpus.check.finding import Finding, Severity
from corpus.check.names import NameIndex
from corpus.check.page import Page, Passage

_MARKER = re.compile(r"\(sources?(?: of the table)?:\s*([^()]*)\)")
_MALFORMED = re.compile(
    r"\((?:Sources?|SOURCES?)\b[^()]{0,30}:|\(sources?\b[^():]{0,20}[;,)]"
    r"|\(sources?(?: of the table)?:[^()]*(?:\(|$)"
)
_UNDER_TABLE = re.compile(r"^\(sources? of the table:")
_OWN = re.compile(
    r"\brefdesk['’]s (?:own |rough )?(?:arithmetic|definition|reading|count|summary)", re.I
)
# A figure is a number that stands for itself: not a part of a name (H20, V3.1, 2.5-Coder).
_FIGURE = re.compile(r"(?<![\w.@-])(?:US\$|[$€£¥])?\d[\d,]*(?:\.\d+)?(?![\w]*-?[A-Z]{2})")
_YEAR = re.compile(rf"(?<!\d )\b(?:(?:{'|'.join(MONTHS)}) )?20\d\d\b")
# "refdesk has separate pages on ..." leads the reader on; it states nothing.
_LEADS_ON = re.compile(r"\brefdesk (?:has|keeps|holds)\b|\b(?:separate|other|own) pages?\b", re.I)
# "Apache 2.0", "Llama 4": a small number after a name; "On 27" and "About 40" are none.
_NAMED_NUMBER = re.compile(
    r"\b(?!(?:On|In|At|By|From|To|Of|About|Some|Over|Until|Since|Around|Nearly|The|And|Between|"
    rf"Before|After|With|For|Its|Only|Under|All|Another|Up|{'|'.join(MONTHS)})\b)"
    r"[A-Z][\w.]*[\s-]\d{1,2}(?:\.\d)?\b(?![,.]\d|\s?%)"
)
_LIST_NUMBER = re.compile(r"^\d+[.)]\s")
SOURCE_COLUMN = re.compile(r"^sources?$", re.I)


def labels_in(text: str) -> list[str]:
    """The labels that the markers of ``text`` name."""
    parts = (part.strip() for match in _MARKER.finditer(text) for part in match[1].split(";"))
    return [part for part in parts if part]


def without_markers(text: str) -> str:
    """``text`` without its source markers."""
    return re.sub(r"\s*" + _MARKER.pattern, "", text)


def check_sources(page: Page, names: NameIndex) -> Iterator[Finding]:
    """Every rule on the sources of one document."""
    yield from _labels(page)
    yield from _addresses(page)
    yield from _unsourced(page, names)


def _labels(page: Page) -> Iterator[Finding]:
    used = set()
    for passage in page.passages:
        for label in _named(passage):
            used.add(label)
            if label not in page.front.sources:
                text = f"source {label!r} is not a key of sources: in the front matter"
                yield Finding("error", page.file, f"line {passage.line}", "source-label", text)
        if passage.kind != "code" and _MALFORMED.search(passage.text):
            text = "a source marker is not of the form (source: LABEL) or (sources: LABEL; LABEL)"
            yield Finding("error", page.file, f"line {passage.line}", "source-marker", text)
    for label in page.front.sources:
        if label not in used:
            text = f"no sentence names the source {label!r}; cite it or take it out"
            yield Finding("error", page.file, "sources", "orphan-source", text)


def _named(passage: Passage) -> list[str]:
    """Labels in markers, and those in a table's source column."""
    labels = labels_in(passage.text)
    for column, cell in zip(passage.columns, passage.cells, strict=False):
        if SOURCE_COLUMN.match(column) and not _MARKER.search(cell):
            labels += [part.strip() for part in cell.split(";") if part.strip(" -–—")]
    return [label for label in labels if not _OWN.search(label)]


def _addresses(page: Page) -> Iterator[Finding]:
    by_address = defaultdict(list)
    for label, address in page.front.sources.items():
        by_address[address.rstrip("/")].append(label)
    for labels in by_address.values():
        if len(labels) > 1:
            text = f"labels {', '.join(map(repr, labels))} have one address; keep one of them"
            yield Finding("error", page.file, "sources", "same-address", text)


def _unsourced(page: Page, names: NameIndex) -> Iterator[Finding]:
    """Passages with a figure and no source in sight; a table is named once."""
    told = set()
    for place, passage in enumerate(page.passages):
        if passage.kind in ("heading", "code") or not has_figure(passage.text, names):
            continue
        if any(known.search(passage.text) for known in (_MARKER, _OWN, _LEADS_ON)):
            continue
        if passage.kind == "row" and (_has_source_cell(passage) or _sourced(page, place)):
            continue
        if passage.kind == "row" and passage.table in told:
            continue
        told.add(passage.table)
        severity: Severity = "error" if _has_exact_figure(passage.text, names) else "warning"
        what = {"row": "table row", "item": "list item"}.get(passage.kind, "paragraph")
        text = f"{what} with a figure but no (source: …): {_start(passage.text)}"
        yield Finding(severity, page.file, f"line {passage.line}", "no-source", text)


def _has_exact_figure(text: str, names: NameIndex) -> bool:
    """Whether there is more than a year or a month in it."""
    return has_figure(_YEAR.sub("", text), names)


def has_figure(text: str, names: NameIndex) -> bool:
    """Whether ``text`` holds a number that is no part of a name."""
    bare = _LIST_NUMBER.sub("", without_markers(text))
    for mention in reversed(names.mentions(bare)):
        bare = bare[: mention.start] + "X" + bare[mention.end :]
    return bool(_FIGURE.search(_NAMED_NUMBER.sub("X", bare)))


def _has_source_cell(passage: Passage) -> bool:
    cells = zip(passage.columns, passage.cells, strict=False)
    return any(SOURCE_COLUMN.match(column) and cell.strip(" -–—") for column, cell in cells)


def _sourced(page: Page, place: int) -> bool:
    """Whether the passage right under the table of the row at ``place`` gives its sources."""
    table = page.passages[place].table
    after = next((p for p in page.passages[place:] if p.table != table), None)
    if after is None:
        return False
    return bool(_UNDER_TABLE.match(after.text) or _OWN.match(after.text))


def _start(text: str) -> str:
    return text if len(text) <= 70 else text[:67] + "…"
