"""Pages of a PDF that are pictures of text: which they are, and what is written on them.

Knows nothing of how the picture is read.
"""

from __future__ import annotations

import io
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from corpus.parse import ocr
from corpus.parse.pdf_words import PageContent
from corpus.parse.pdfium_turn import PDFIUM

MAX_LETTERS = 20  # a stamp or a page number on a scan; a page of text has hundreds
MIN_SHARE = 0.4  # of the page that one picture covers
MAX_PIXELS = 12_000_000  # A4 at 200 dpi has 3.9 million
_POINTS_PER_INCH = 72


def is_scan(page: Any, content: PageContent) -> bool:
    """Whether an open page shows a large picture and has no text of its own to speak of."""
    if sum(len(word.text) for word in content.words) > MAX_LETTERS:
        return False
    area = content.width * content.height
    pictures = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    return any(_covered(picture) > MIN_SHARE * area for picture in pictures)


def read_scan(document: pypdfium2.PdfDocument, index: int) -> PageContent:
    """What is written on the picture that page ``index`` (from 0) is; raises ParseError."""
    with PDFIUM:
        page = document[index]
        width, height = page.get_size()
        scale = ocr.DPI / _POINTS_PER_INCH
        scale = min(scale, (MAX_PIXELS / max(width * height, 1.0)) ** 0.5)
        bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
        picture = io.BytesIO()
        bitmap.to_pil().save(picture, "PNG", compress_level=1)
        bitmap.close()
        page.close()
    return ocr.read_picture(picture.getvalue(), width, height, 1 / scale)


def _covered(picture: Any) -> float:
    left, bottom, right, top = picture.get_bounds()
    return float(max(0.0, right - left) * max(0.0, top - bottom))
