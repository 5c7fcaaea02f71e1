"""Find ruled tables on a PDF page and rebuild their rows and columns from word positions.

Made for the booktabs tables of reports: horizontal rules of equal extent around and
inside, none between most rows. Knows nothing of pdfium or of the text around a table.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from corpus.parse.pdf_words import Box, Word

# Words further apart than this many font sizes are in different cells; word spaces are
# 0.2 to 0.35, stretched ones in justified text rarely 0.6.
_CELL_GAP = 0.65
# Rules belong together when their ends agree to this many points.
_ALIGNED = 4.0
_CAPTION = re.compile(r"^(?:table|figure|fig\.|algorithm|listing)\s*\d+", re.I)
# At least this share of a region's lines must have two cells for it to be a table; a head
# of three lines may have one (narrow gaps, labels centred between lines).
_MIN_TABULAR = 0.3
# More words than this without a gap are a line of running text.
_PROSE_WORDS = 10
# Lines that start "12:" are an algorithm, whose indentation is no column.
_STEP = re.compile(r"^\d+:")
_MAX_HEADER_LINES = 6


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its place on the page and its rows of cell texts, header rows first."""

    box: Box
    rows: tuple[tuple[str, ...], ...]
    header_rows: int


Line = list[Word]


def find_tables(words: Sequence[Word], rules: Sequence[Box]) -> list[Table]:
    """The ruled tables of a page, top to bottom."""
    tables = []
    for group in _rule_groups(rules):
        for stack in _split_at_text(group, words):
            table = _table(stack, words, rules)
            if table is not None:
                tables.append(table)
    return sorted(_outermost(tables), key=lambda table: -table.box.y1)


def lines_of(words: Sequence[Word]) -> list[Line]:
    """Words grouped by baseline, top to bottom, each line left to right."""
    lines: list[Line] = []
    for word in sorted(words, key=lambda w: (-w.y, w.x0)):
        if lines and abs(lines[-1][0].y - word.y) <= 0.4 * max(word.size, lines[-1][0].size):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda w: w.x0) for line in lines]


def cells_of(line: Line) -> list[Line]:
    """A line cut where the space between words is too wide for a word space."""
    cells: list[Line] = []
    for word in line:
        gap = _CELL_GAP * max(word.size, 1.0)
        if cells and word.x0 - cells[-1][-1].x1 <= gap:
            cells[-1].append(word)
        else:
            cells.append([word])
    return cells


def _rule_groups(rules: Sequence[Box]) -> list[list[Box]]:
    """Rules of the same left and right end, top to bottom, two or more."""
    groups: list[list[Box]] = []
    for rule in sorted(_merged(rules), key=lambda r: -r.y1):
        for group in groups:
            first = group[0]
            if abs(first.x0 - rule.x0) <= _ALIGNED and abs(first.x1 - rule.x1) <= _ALIGNED:
                group.append(rule)
                break
        else:
            groups.append([rule])
    return [group for group in groups if len(group) > 1]


def _merged(rules: Sequence[Box]) -> list[Box]:
    """Rules drawn cell by cell, joined into the lines that readers see."""
    merged: list[Box] = []
    for rule in sorted(rules, key=lambda r: (-round(r.y0), r.x0)):
        last = merged[-1] if merged else None
        if (
            last
            and abs(last.y0 - rule.y0) < 1.0
            and rule.x0 - last.x0 >= 0
            and rule.x0 <= last.x1 + 0.8
        ):
            merged[-1] = Box(last.x0, last.y0, max(last.x1, rule.x1), last.y1)
        else:
            merged.append(rule)
    return merged


def _between(words: Sequence[Word], top: Box, bottom: Box) -> list[Word]:
    box = Box(top.x0 - 3, bottom.y0, top.x1 + 3, top.y1)
    return [word for word in words if box.holds(word)]


def _split_at_text(group: list[Box], words: Sequence[Word]) -> list[list[Box]]:
    """Cut a group of rules where running text, a caption or nothing lies between two."""
    stacks: list[list[Box]] = [[group[0]]]
    for upper, lower in itertools.pairwise(group):
        inside = _between(words, upper, lower)
        thin = upper.y0 - lower.y1 < 4
        if thin or (inside and _is_tabular(lines_of(inside))):
            stacks[-1].append(lower)
        else:
            stacks.append([lower])
    return [stack for stack in stacks if len(stack) > 1]


def _is_tabular(lines: list[Line]) -> bool:
    texts = [" ".join(word.text for word in line) for line in lines]
    if any(_CAPTION.match(text) for text in texts):
        return False
    if len(lines) == 1 and len(lines[0]) <= 8:
        return True  # a section title between two rules
    if sum(bool(_STEP.match(text)) for text in texts) > 1:
        return False
    several = sum(len(cells_of(line)) > 1 for line in lines)
    prose = sum(len(cells_of(line)) == 1 and len(line) > _PROSE_WORDS for line in lines)
    return several >= _MIN_TABULAR * len(lines) and several > prose


def _table(stack: list[Box], words: Sequence[Word], rules: Sequence[Box]) -> Table | None:
    box = Box(stack[0].x0 - 3, stack[-1].y0, stack[0].x1 + 3, stack[0].y1)
    inside = [word for word in words if box.holds(word)]
    lines = lines_of(inside)
    if len(lines) < 2:
        return None
    header = _header_lines(stack, lines)
    body = lines[header:]
    bounds = _column_bounds(body)
    if len(bounds) < 1 or not body:
        return None
    spans = [r for r in rules if r.x1 - r.x0 < 0.9 * (box.x1 - box.x0) and box.y0 < r.y0 < box.y1]
    rows = _body_rows(body, bounds, stack)
    top = _header_row([_row(line, bounds, spans, is_header=True) for line in lines[:header]])
    header_rows = [top] if any(top) else []
    return Table(box, tuple(tuple(row) for row in [*header_rows, *rows]), len(header_rows))


def _body_rows(body: list[Line], bounds: list[float], stack: list[Box]) -> list[list[str]]:
    """Rows between two rules at a time, so that a label set beside them can be shared out."""
    groups: list[list[list[str]]] = []
    last = None
    for line in body:
        section = sum(rule.y0 > line[0].y for rule in stack)
        if section != last:
            groups.append([])
            last = section
        groups[-1].append(_row(line, bounds, []))
    return [row for group in groups for row in _share_label(group)]


def _share_label(rows: list[list[str]]) -> list[list[str]]:
    """One label centred beside several rows (multirow) goes to each of those rows."""
    labelled = [index for index, row in enumerate(rows) if row[0]]
    full = [row for row in rows if any(row[1:])]
    adjacent = bool(labelled) and labelled[-1] - labelled[0] < len(labelled)
    if len(full) < 2 or not adjacent or len(labelled) > max(2, len(full) // 2):
        return rows
    if rows[0][0] and not any(rows[0][1:]) and len(labelled) == 1:
        return rows  # a section title above its rows
    if sum(bool(row[0]) for row in full) > 1:
        return rows
    label = " ".join(rows[index][0] for index in labelled)
    return [[label, *row[1:]] for row in full]


def _header_lines(stack: list[Box], lines: list[Line]) -> int:
    """How many lines stand above the first rule that has text above it."""
    for rule in stack[1:-1]:
        above = sum(line[0].y > rule.y0 for line in lines)
        if above:
            return above if above <= _MAX_HEADER_LINES and above < len(lines) else 0
    return 0


def _column_bounds(body: list[Line]) -> list[float]:
    """x positions between the columns: where almost no cell of the body passes."""
    rows = [cells_of(line) for line in body]
    several = [row for row in rows if len(row) > 1]
    if len(several) < 1:
        return []
    left = min(row[0][0].x0 for row in several)
    # Labels centred between their rows stand alone on a line, left of everything else.
    several += [row for row in rows if len(row) == 1 and row[0][-1].x1 < left]
    size = median(word.size for line in body for word in line)
    allowed = len(several) // 12
    starts = sorted(
        [(cell[0].x0, 1) for row in several for cell in row]
        + [(cell[-1].x1, -1) for row in several for cell in row]
    )
    bounds: list[float] = []
    depth, gap_start = 0, None
    for x, step in starts:
        depth += step
        if depth <= allowed and step < 0:
            gap_start = x if gap_start is None else gap_start
        elif depth > allowed and step > 0 and gap_start is not None:
            if x - gap_start > 0.3 * size:
                bounds.append((x + gap_start) / 2)
            gap_start = None
    return bounds


def _row(
    line: Line, bounds: list[float], spans: list[Box], *, is_header: bool = False
) -> list[str]:
    """The texts of a line's cells by column; a text over a short rule counts for its span."""
    columns: list[list[str]] = [[] for _ in range(len(bounds) + 1)]
    cells = cells_of(line)
    if len(cells) == 1 and not is_header and cells[0][0].x0 < bounds[0]:
        columns[0] = [word.text for word in cells[0]]  # a section title, however long
        return [" ".join(columns[0])] + [""] * len(bounds)
    for cell in cells:
        span = _span_under(cell, spans)
        if span is not None:
            first, last = _column(span.x0 + 1, bounds), _column(span.x1 - 1, bounds)
            for column in range(first, last + 1):
                columns[column] += [word.text for word in cell]
            continue
        for part in _parts(cell, bounds, is_header):
            middle = (part[0].x0 + part[-1].x1) / 2
            columns[_column(middle, bounds)] += [word.text for word in part]
    return [" ".join(column) for column in columns]


def _parts(cell: Line, bounds: list[float], is_header: bool) -> list[Line]:
    """A cell cut at the column bounds that fall between two of its words.

    Header texts may be wider than their columns, so that a bound falls into a word: the
    widest gap within a font size counts.
    """
    slack = cell[0].size if is_header else 1.0
    cuts = set()
    for bound in bounds:
        gaps = [
            (right.x0 - left.x1, index)
            for index, (left, right) in enumerate(itertools.pairwise(cell), start=1)
            if _distance(bound, left.x1, right.x0) <= slack
        ]
        if gaps:
            cuts.add(max(gaps)[1])
    edges = [0, *sorted(cuts), len(cell)]
    return [cell[left:right] for left, right in itertools.pairwise(edges)]


def _distance(x: float, left: float, right: float) -> float:
    """How far ``x`` is from the interval [left, right]."""
    return max(left - x, x - right, 0.0)


def _span_under(cell: Line, spans: list[Box]) -> Box | None:
    """The short rule right below a header cell, if any."""
    middle = (cell[0].x0 + cell[-1].x1) / 2
    for span in spans:
        below = 0 < cell[0].y - span.y1 < 1.2 * cell[0].size
        if below and span.x0 <= middle <= span.x1:
            return span
    return None


def _column(x: float, bounds: list[float]) -> int:
    return sum(bound < x for bound in bounds)


def _header_row(rows: list[list[str]]) -> list[str]:
    """Header lines read downwards, column by column."""
    return [" ".join(part for part in parts if part) for parts in zip(*rows, strict=True)]


def _outermost(tables: list[Table]) -> list[Table]:
    """Without the tables that lie inside another."""
    kept: list[Table] = []
    for table in sorted(tables, key=lambda t: -(t.box.x1 - t.box.x0) * (t.box.y1 - t.box.y0)):
        middle = (table.box.y0 + table.box.y1) / 2
        centre = (table.box.x0 + table.box.x1) / 2
        inside = any(
            k.box.y0 <= middle <= k.box.y1 and k.box.x0 <= centre <= k.box.x1 for k in kept
        )
        if not inside:
            kept.append(table)
    return kept
