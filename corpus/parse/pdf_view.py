"""A PDF as its reader sees it: pages as images, and where on a page a quote stands.

Knows nothing of documents or of the index: it is given a file, a page number and a text.
"""

from __future__ import annotations

import ctypes
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from corpus.errors import ParseError
from corpus.parse.pdfium_turn import PDFIUM

WIDTH = 1200
"""Pixels across: sharp in a panel of 600 on a dense screen; about 150 kB for a page of text."""
MAX_PIXELS = 4_000_000
MAX_CHARS = 60_000
"""Characters of a page that are looked through; a dense one has 8,000."""
MIN_PIECE = 8
"""Letters and digits of a part of a quote that is looked for by itself."""
_GRID = 10_000  # PDFium tells places on a page as whole numbers: hundredths of a percent


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in shares of its width and height, from the top left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sought:
    """A text on a page; ``before`` is how many letters and digits stand before it there."""

    text: str
    before: int = 0


def page_shapes(path: Path) -> list[tuple[float, float]]:
    """Width and height of each page, in points; raises ParseError for no readable PDF."""
    with _opened(path) as document:
        return [document.get_page_size(index) for index in range(len(document))]


def page_image(path: Path, number: int) -> bytes:
    """Page ``number`` (from 1) as a PNG, ``WIDTH`` pixels wide; raises ParseError if there is none.

    A very long page is made smaller, to ``MAX_PIXELS`` at most.
    """
    with _page(path, number) as page:
        width, height = page.get_size()
        scale = min(WIDTH / width, (MAX_PIXELS / (width * height)) ** 0.5)
        bitmap = page.render(scale=scale, rev_byteorder=True, may_draw_forms=False)
        pixels = bitmap.to_numpy()[:, :, :3].copy()
        bitmap.close()
    return _png(pixels)


def boxes(path: Path, number: int, sought: Sought) -> tuple[Box, ...]:
    """Where a text stands on a page, a box per line; () if it is not found.

    Only letters and digits are compared, so that line ends, hyphens and ligatures do not matter.
    Of several places the one nearest to where the text should be is taken; a text that the page
    holds in another order is looked for line by line.
    """
    with _page(path, number) as page:
        text_page = page.get_textpage()
        try:
            letters, at = _letters_of(text_page)
            ranges = _ranges(letters, sought)
            found = [
                box for first, last in ranges for box in _lines(page, text_page, at, first, last)
            ]
        finally:
            text_page.close()
    return tuple(found)


def letters(text: str) -> str:
    """The letters and digits of a text, in the form they are compared in."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


@contextmanager
def _opened(path: Path) -> Iterator[pypdfium2.PdfDocument]:
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(path)
        except (pypdfium2.PdfiumError, OSError) as error:
            raise ParseError("the PDF cannot be opened any more; refresh the corpus") from error
        try:
            yield document
        except pypdfium2.PdfiumError as error:
            raise ParseError("this page of the PDF is damaged") from error
        finally:
            document.close()


@contextmanager
def _page(path: Path, number: int) -> Iterator[pypdfium2.PdfPage]:
    with _opened(path) as document:
        if not 1 <= number <= len(document):
            raise ParseError(f"the PDF has no page {number:d}; it has {len(document):d}")
        page = document[number - 1]
        try:
            width, height = page.get_size()
            if not (1 <= width <= 20_000 and 1 <= height <= 20_000):
                raise ParseError("this page of the PDF has no size that can be shown")
            yield page
        finally:
            page.close()


def _letters_of(text_page: pypdfium2.PdfTextPage) -> tuple[str, list[int]]:
    """The page's letters and digits, and the place of each in the page's own characters."""
    found: list[str] = []
    at: list[int] = []
    for index in range(min(text_page.count_chars(), MAX_CHARS)):
        code = pdfium.FPDFText_GetUnicode(text_page.raw, index)
        for letter in letters(chr(code)) if 32 < code <= 0x10FFFF else "":
            found.append(letter)
            at.append(index)
    return "".join(found), at


def _ranges(page: str, sought: Sought) -> list[tuple[int, int]]:
    """First and last letter of each place where the text, or a line of it, stands."""
    whole = letters(sought.text)
    if whole and (place := _nearest(page, whole, sought.before)) is not None:
        return [(place, place + len(whole) - 1)]
    ranges, before = [], sought.before
    for piece in map(letters, sought.text.replace("|", "\n").split("\n")):
        place = _nearest(page, piece, before) if len(piece) >= MIN_PIECE else None
        if place is not None:
            ranges.append((place, place + len(piece) - 1))
        before += len(piece)
    return ranges


def _nearest(page: str, piece: str, expected: int) -> int | None:
    places: list[int] = []
    place = page.find(piece)
    while place >= 0 and len(places) < 1000:
        places.append(place)
        place = page.find(piece, place + 1)
    return min(places, key=lambda place: abs(place - expected), default=None)


def _lines(
    page: pypdfium2.PdfPage,
    text_page: pypdfium2.PdfTextPage,
    at: list[int],
    first: int,
    last: int,
) -> list[Box]:
    """A box per line for a range of letters; PDFium gives one per run of equal type."""
    count = text_page.count_rects(at[first], at[last] - at[first] + 1)
    lines: list[Box] = []
    for index in range(count):
        box = _on_page(page, *text_page.get_rect(index))
        if lines and (joined := _joined(lines[-1], box)) is not None:
            lines[-1] = joined
        else:
            lines.append(box)
    return lines


def _on_page(page: pypdfium2.PdfPage, left: float, bottom: float, right: float, top: float) -> Box:
    """A rectangle of the page's own space as it is seen: cropped and turned as the page is."""
    (x0, y0), (x1, y1) = _seen(page, left, top), _seen(page, right, bottom)
    return Box(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))


def _seen(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[float, float]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page.raw, 0, 0, _GRID, _GRID, 0, x, y, across, down)
    return across.value / _GRID, down.value / _GRID


def _joined(one: Box, other: Box) -> Box | None:
    """Two boxes as one where they stand on the same line, else None."""
    top, bottom = max(one.top, other.top), min(one.top + one.height, other.top + other.height)
    if bottom - top < 0.5 * min(one.height, other.height) or other.left < one.left:
        return None
    top, left = min(one.top, other.top), min(one.left, other.left)
    right = max(one.left + one.width, other.left + other.width)
    bottom = max(one.top + one.height, other.top + other.height)
    return Box(left, top, right - left, bottom - top)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """An image (height, width, 3) as PNG; each line is told by its difference to the one above."""
    height, width, _ = pixels.shape
    lines = np.ascontiguousarray(pixels).reshape(height, width * 3)
    above = np.vstack([np.zeros((1, width * 3), np.uint8), lines[:-1]])
    filtered = np.hstack([np.full((height, 1), 2, np.uint8), lines - above])
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(filtered.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
