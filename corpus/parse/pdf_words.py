"""A PDF page as positioned words and ruled lines, through pypdfium2.

The only file that calls pdfium on pages. Works word by word, not character by character
(7 ctypes calls a word: about 1 s for 500 pages). Coordinates are in points, y upwards.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

# pdfium writes U+FFFE (or U+0002) for a hyphen that ends a line.
HYPHEN = "\ufffe"
_WORD = re.compile(rf"[^\s{HYPHEN}\x02]+[{HYPHEN}\x02]?|[{HYPHEN}\x02]")
_BOLD = re.compile(r"bold|black|heavy|medi\b|-medi|cmbx|bx\d|demi|semib|TB\b|-B\b", re.I)
# Words that may end in a raised or lowered number.
_RAISED = re.compile(r"\S\d$")
# A figure of this many objects is drawn by a plotting program; reading on costs seconds.
_MAX_OBJECTS = 20_000
_RULE_THICKNESS = 2.5
_MIN_RULE = 15.0
# A figure is a form object smaller than this share of the page; larger ones are stamps
# and templates that hold the page's own text.
_FIGURE_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Word:
    """A word: its extent, baseline, font size, and whether a hyphen broke it at its end."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    hyphen: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; a rule is a very flat one."""

    x0: float
    y0: float
    x1: float
    y1: float

    def holds(self, word: Word) -> bool:
        """True when the middle of ``word`` lies inside."""
        middle = (word.x0 + word.x1) / 2
        return self.x0 <= middle <= self.x1 and self.y0 <= word.y + word.size * 0.3 <= self.y1


@dataclass(frozen=True, slots=True)
class PageContent:
    """A page: words in the order of the content stream, horizontal rules, figures."""

    width: float
    height: float
    words: tuple[Word, ...]
    rules: tuple[Box, ...]
    figures: tuple[Box, ...]


def read_page(page: Any) -> PageContent:
    """Read one open pypdfium2 page."""
    text_page = page.get_textpage()
    try:
        words = tuple(_words(text_page))
    finally:
        text_page.close()
    width, height = page.get_size()
    rules, figures = _shapes(page, width * height)
    return PageContent(width, height, words, tuple(rules), tuple(figures))


def _words(text_page: Any) -> Iterator[Word]:
    text = text_page.get_text_range() if text_page.count_chars() else ""
    exact = text.encode("utf-16-le", "surrogatepass") if not text.isascii() else None
    # Offsets are counted in UTF-16 units; they equal str offsets without astral characters.
    astral = exact is not None and len(exact) // 2 != len(text)
    fonts: dict[tuple[bytes, int], bool] = {}
    for match in _WORD.finditer(text):
        first, last = match.start(), match.end() - 1
        if astral:
            first = len(text[:first].encode("utf-16-le", "surrogatepass")) // 2
            last = first + len(match[0].encode("utf-16-le", "surrogatepass")) // 2 - 1
        word = _word(text_page, match[0], first, last, fonts)
        if word is not None:
            yield word


def _word(
    text_page: Any, text: str, first: int, last: int, fonts: dict[tuple[bytes, int], bool]
) -> Word | None:
    first = pdfium.FPDFText_GetCharIndexFromTextIndex(text_page, first)
    last = pdfium.FPDFText_GetCharIndexFromTextIndex(text_page, last)
    matrix = pdfium.FS_MATRIX()
    if first < 0 or not pdfium.FPDFText_GetMatrix(text_page, first, matrix):
        return None
    if abs(matrix.b) > abs(matrix.a):
        return None  # vertical text: the stamp in the margin, or an axis label
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text_page, first, x, y)
    right = pdfium.FS_RECTF()
    if last < 0 or not pdfium.FPDFText_GetLooseCharBox(text_page, last, right):
        return None
    scale = math.hypot(matrix.c, matrix.d)
    size = pdfium.FPDFText_GetFontSize(text_page, first) * (scale or 1.0)
    hyphen = text[-1] in (HYPHEN, "\x02")
    text = text.rstrip(HYPHEN + "\x02")
    return Word(
        text=_with_raised(text_page, text, first, last) if _RAISED.search(text) else text,
        x0=x.value,
        x1=max(float(right.right), x.value),
        y=y.value,
        size=size,
        bold=_is_bold(text_page, first, fonts),
        hyphen=hyphen,
    )


def _with_raised(text_page: Any, text: str, first: int, last: int) -> str:
    """10 with a raised 8 as "10^8", not "108"; a lowered "+2.9" as a number of its own."""
    if last - first + 1 != len(text):
        return text  # characters that pdfium counts otherwise
    cut = len(text)
    end_size = pdfium.FPDFText_GetFontSize(text_page, last)
    while cut > 0 and pdfium.FPDFText_GetFontSize(text_page, first + cut - 1) == end_size:
        cut -= 1
    if cut in (0, len(text)):
        return text
    base = pdfium.FPDFText_GetFontSize(text_page, first + cut - 1)
    if end_size >= 0.9 * base:
        return text
    rise = _baseline(text_page, first + cut) - _baseline(text_page, first + cut - 1)
    if rise > 0.1 * base:
        return f"{text[:cut]}^{text[cut:]}"
    return f"{text[:cut]} {text[cut:]}" if text[cut] in "+-−–±" else text


def _baseline(text_page: Any, index: int) -> float:
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text_page, index, x, y)
    return y.value


def _is_bold(text_page: Any, index: int, fonts: dict[tuple[bytes, int], bool]) -> bool:
    buffer = ctypes.create_string_buffer(96)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text_page, index, buffer, 96, flags)
    key = (buffer.value, flags.value)
    if key not in fonts:
        fonts[key] = bool(_BOLD.search(key[0].decode("utf-8", "replace")) or key[1] & (1 << 18))
    return fonts[key]


def _shapes(page: Any, page_area: float) -> tuple[list[Box], list[Box]]:
    """Horizontal rules and figure boxes among the page's drawing objects."""
    rules: list[Box] = []
    figures: list[Box] = []
    count = min(pdfium.FPDFPage_CountObjects(page), _MAX_OBJECTS)
    edges = [ctypes.c_float() for _ in range(4)]
    for index in range(count):
        item = pdfium.FPDFPage_GetObject(page, index)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind not in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM):
            continue
        if not pdfium.FPDFPageObj_GetBounds(item, *edges):
            continue
        box = Box(*(edge.value for edge in edges))
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            if (box.x1 - box.x0) * (box.y1 - box.y0) < _FIGURE_SHARE * page_area:
                figures.append(box)
        elif box.y1 - box.y0 <= _RULE_THICKNESS and box.x1 - box.x0 >= _MIN_RULE:
            rules.append(box)
    return rules, figures
