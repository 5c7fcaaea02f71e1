"""Pictures of text (PNG, JPEG, TIFF, WebP) to blocks, a page for each frame of a TIFF.

Knows nothing of how a picture is read.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from corpus.errors import ParseError
from corpus.parse import ocr
from corpus.parse.pdf import MAX_SCANS, laid_out
from corpus.parse.pdf_words import PageContent
from corpus.types import Parsed

MAX_PIXELS = 60_000_000  # a scan of A3 at 600 dpi has 70 million; it is read smaller anyway
_READ_PIXELS = 12_000_000
_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP")


def parse(data: bytes, name: str) -> Parsed:
    """Read the text on a picture; raises ParseError when it is damaged, too large or has none."""
    if not ocr.languages():
        raise ParseError("is a picture; install Tesseract (Debian: tesseract-ocr) to have it read")
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return laid_out(_pages(image), "")
    except UnidentifiedImageError as error:
        raise ParseError("not a picture, or a damaged one; save it again") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ParseError(_too_large()) from error
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError) as error:
        raise ParseError("a damaged picture; save it again") from error


def _pages(image: Image.Image) -> list[PageContent]:
    frames = getattr(image, "n_frames", 1)
    if frames > MAX_SCANS:
        raise ParseError(f"more than {MAX_SCANS} pages; split the file")
    pages = []
    for number in range(frames):
        image.seek(number)
        if image.width * image.height > MAX_PIXELS:
            raise ParseError(_too_large())
        pages.append(_read(image))
    return pages


def _read(image: Image.Image) -> PageContent:
    upright = ImageOps.exif_transpose(image)
    shade = (upright if upright.mode != "P" else upright.convert("RGBA")).convert("L")
    shrink = (_READ_PIXELS / (shade.width * shade.height)) ** 0.5
    if shrink < 1:
        shade = shade.resize((int(shade.width * shrink) or 1, int(shade.height * shrink) or 1))
    written = io.BytesIO()
    shade.save(written, "PNG", compress_level=1)
    points = 72 / ocr.DPI
    return ocr.read_picture(written.getvalue(), shade.width * points, shade.height * points, points)


def _too_large() -> str:
    return f"a picture of more than {MAX_PIXELS // 1_000_000} million pixels; make it smaller"
