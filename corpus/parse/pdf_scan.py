"""Pages of a PDF that are pictures of text: which they are, and how they look.

Knows nothing of how a picture is read.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from corpus.parse import ocr
from corpus.parse.pdf_words import PageContent
from corpus.parse.pdfium_turn import PDFIUM
from corpus.parse.scans import MAX_PIXELS

MAX_LETTERS = 20  # a stamp or a page number on a scan; a page of text has hundreds
MIN_SHARE = 0.4  # of the page that its pictures cover: one, or the strips that some scanners save
# Letters that were turned into outlines are as many shapes; a blank page may have a rule or two.
MIN_OUTLINES = 100
_MAX_OBJECTS = 5000
_POINTS_PER_INCH = 72


def is_scan(page: Any, content: PageContent) -> bool:
    """Whether an open page shows pictures or outlines and has no text of its own to speak of."""
    letters = sum(len(word.text) for word in content.words)
    if letters > MAX_LETTERS:
        return False
    kinds = [pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH]
    found = list(islice(page.get_objects(filter=kinds, max_depth=3), _MAX_OBJECTS))
    pictures = [one for one in found if one.type == pdfium.FPDF_PAGEOBJ_IMAGE]
    if sum(map(_covered, pictures)) > MIN_SHARE * content.width * content.height:
        return True
    return letters == 0 and len(found) - len(pictures) >= MIN_OUTLINES


def drawn(document: pypdfium2.PdfDocument, number: int) -> ocr.Picture:
    """Page ``number`` (from 1) as it looks, at ``ocr.DPI`` unless it is very large."""
    with PDFIUM:
        page = document[number - 1]
        width, height = page.get_size()
        scale = ocr.DPI / _POINTS_PER_INCH
        scale = min(scale, (MAX_PIXELS / max(width * height, 1.0)) ** 0.5)
        bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
        grey = bitmap.to_pil().convert("L")
        bitmap.close()
        page.close()
    return ocr.Picture(grey.width, grey.height, grey.tobytes(), 1 / scale)


def _covered(picture: Any) -> float:
    left, bottom, right, top = picture.get_bounds()
    return float(max(0.0, right - left) * max(0.0, top - bottom))
