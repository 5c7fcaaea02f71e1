"""Words of a PDF page to lines of text in reading order, without what is not text.

The content stream of PDFs made by LaTeX and Word is in reading order, columns included;
lines follow it. Drops words of figures, running heads, page numbers and table-of-contents
lines (they repeat headings without saying anything).
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from corpus.parse.pdf_words import HYPHEN, Box, PageContent, Word

_DIGITS = re.compile(r"\d+")
_LEADERS = re.compile(r"(?:\.\s*){5,}\s*\d*\s*$|(?:\.\s){4,}")
_PAGE_NUMBER = re.compile(
    r"^(?:page\s+)?[-–—]?\s*(?:\d{1,4}|[ivxl]{1,6})\s*[-–—]?(?:\s*(?:/|of)\s*\d+)?$", re.I
)
# Share of the page's height at its top and bottom where running heads stand; the text of
# the reports measured starts below 0.91 and ends above 0.1.
_MARGIN = 0.1
# Fewer lines with dot leaders are not a table of contents.
_MIN_CONTENTS = 4
# With dots in this share of a page's lines, the rest are chapters and page numbers.
_CONTENTS_SHARE = 0.35
# Words a figure's lines have on average at most; a form object of real text has more.
_FIGURE_WORDS = 5.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its text (ending in U+FFFE when a hyphen broke it), extent, font."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    margin: bool = False  # near the upper or lower edge of the page


def page_lines(page: PageContent, skip: Sequence[Box]) -> list[Line | int]:
    """The lines of a page in reading order; ``i`` stands where the words of skip[i] were."""
    out: list[Line | int] = []
    current: list[Word] = []
    edges = (_MARGIN * page.height, (1 - _MARGIN) * page.height)
    placed: set[int] = set()
    figures = [box for box in page.figures if _is_figure(box, page.words)]
    for word in page.words:
        index = next((i for i, box in enumerate(skip) if box.holds(word)), None)
        if index is not None:
            if index not in placed:
                current = _flush(current, out, edges)
                placed.add(index)
                out.append(index)
        elif not any(box.holds(word) for box in figures):
            if current and not _continues(current, word):
                current = _flush(current, out, edges)
            current.append(word)
    _flush(current, out, edges)
    return out


def _flush(words: list[Word], out: list[Line | int], edges: tuple[float, float]) -> list[Word]:
    if words:
        line = _line(words)
        out.append(replace(line, margin=not edges[0] < line.y < edges[1]))
    return []


def _line(words: list[Word]) -> Line:
    text = " ".join(word.text for word in words) + (HYPHEN if words[-1].hyphen else "")
    longest = max(words, key=lambda w: len(w.text))
    letters = sum(len(word.text) for word in words)
    bold = sum(len(word.text) for word in words if word.bold) > 0.8 * letters
    return Line(
        text, min(w.x0 for w in words), max(w.x1 for w in words), longest.y, longest.size, bold
    )


def _continues(line: list[Word], word: Word) -> bool:
    """True when ``word`` stands to the right on the same line (or is raised or lowered)."""
    last = line[-1]
    size = max(last.size, word.size)
    if word.x0 < last.x1 - 0.6 * size:
        return False
    if word.x0 - last.x1 > 8 * size:
        return False
    same = 0.25 if abs(last.size - word.size) < 0.1 * size else 0.6
    return abs(word.y - last.y) <= same * size or abs(word.y - line[0].y) <= 0.1 * size


def _is_figure(box: Box, words: Sequence[Word]) -> bool:
    inside = [word for word in words if box.holds(word)]
    if not inside:
        return False
    baselines = {round(word.y / 2) for word in inside}
    return len(inside) / len(baselines) <= _FIGURE_WORDS or _mostly_numbers(inside)


def _mostly_numbers(words: list[Word]) -> bool:
    return sum(any(c.isdigit() for c in word.text) for word in words) > 0.5 * len(words)


def without_furniture(pages: Sequence[list[Line | int]]) -> list[list[Line | int]]:
    """Pages without running heads and feet, page numbers and tables of contents."""
    repeated = _repeated(pages)
    cleaned = []
    for page in pages:
        margins = {id(line) for line in _margin_lines(page)}
        top, bottom = _contents_range(page)
        cleaned.append(
            [
                entry
                for entry in page
                if not isinstance(entry, Line)
                or not (
                    (id(entry) in margins and _is_furniture(entry, repeated))
                    or _LEADERS.search(entry.text)
                    or bottom <= entry.y <= top
                )
            ]
        )
    return cleaned


def _contents_range(page: Sequence[Line | int]) -> tuple[float, float]:
    """Highest and lowest y of the table of contents on a page; (-1, 0) without one.

    Its chapter lines have no dots; they stand between, just above or just below lines
    that have.
    """
    dotted = [x for x in page if isinstance(x, Line) and _LEADERS.search(x.text)]
    if len(dotted) < _MIN_CONTENTS:
        return -1.0, 0.0
    lines = sum(isinstance(entry, Line) for entry in page)
    if len(dotted) >= _CONTENTS_SHARE * lines:
        return float("inf"), float("-inf")  # nothing else is on the page
    size = dotted[0].size
    lowest = min(line.y for line in dotted) - 5 * size
    return max(line.y for line in dotted) + 5 * size, max(lowest, 0.0)


def _is_furniture(line: Line, repeated: set[str]) -> bool:
    return bool(_PAGE_NUMBER.match(line.text.strip())) or _key(line) in repeated


def _key(line: Line) -> str:
    """What makes two running heads the same: text without numbers, and height."""
    return f"{_DIGITS.sub('#', line.text)}@{round(line.y / 4)}"


def _repeated(pages: Sequence[list[Line | int]]) -> set[str]:
    counts = Counter(key for page in pages for key in {_key(line) for line in _margin_lines(page)})
    # Left and right pages may differ, so a head need not stand on half of them.
    needed = max(3, len(pages) // 4)
    return {key for key, count in counts.items() if count >= needed}


def _margin_lines(page: Sequence[Line | int]) -> list[Line]:
    return [entry for entry in page if isinstance(entry, Line) and entry.margin]


def body_size(pages: Sequence[list[Line | int]]) -> float:
    """The font size most of the text is in."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            if isinstance(line, Line):
                sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def line_pitch(pages: Sequence[list[Line | int]], size: float) -> float:
    """The usual distance between baselines of body text."""
    steps = []
    for page in pages:
        lines = [x for x in page if isinstance(x, Line) and abs(x.size - size) < 0.6]
        steps += [a.y - b.y for a, b in itertools.pairwise(lines) if 0 < a.y - b.y < 3 * size]
    return median(steps) if steps else 1.2 * size
