"""Pictures of text (PNG, JPEG, TIFF, WebP) to blocks, a page for each page of a TIFF.

Knows nothing of how a picture is read.
"""

from __future__ import annotations

import io
import threading
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from corpus.errors import ParseError, ScanError
from corpus.parse import ocr
from corpus.parse.pdf import laid_out
from corpus.parse.pdf_words import PageContent
from corpus.parse.scans import MAX_PIXELS as READ_PIXELS
from corpus.parse.scans import MAX_SCANS, read_scans
from corpus.types import Parsed

MAX_PIXELS = 80_000_000  # a scan of A3 at 600 dpi has 70 million; it is read smaller anyway
_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP")


def parse(data: bytes, name: str, reader: ocr.Ocr) -> Parsed:
    """Read the text on a picture; raises ParseError when it is damaged, too large or has none."""
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            warnings.simplefilter("ignore")
            return _read(image, reader)
    except UnidentifiedImageError as error:
        raise ParseError("not a picture, or a damaged one; save it again") from error
    except Image.DecompressionBombError as error:
        raise ParseError(_too_large()) from error
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError) as error:
        raise ParseError("a damaged picture; save it again") from error


def _read(image: Image.Image, reader: ocr.Ocr) -> Parsed:
    turn = threading.Lock()

    def draw(number: int) -> ocr.Picture:
        with turn:
            image.seek(number - 1)
            return _drawn(image)

    numbers = list(range(1, _pages(image) + 1))
    read, scans = read_scans(numbers, draw, reader)
    if not read:
        raise ScanError(f"a picture: {scans.why}")
    blank = PageContent(1.0, 1.0, (), (), ())
    return laid_out([read.get(number, blank) for number in numbers], "", scans)


def _pages(image: Image.Image) -> int:
    """How many pages there are: the other formats move. Each is bounded before it is drawn."""
    count = 0
    while True:
        if image.width * image.height > MAX_PIXELS:
            raise ParseError(_too_large())
        count += 1
        if image.format != "TIFF" or count > MAX_SCANS:
            return count
        try:
            image.seek(count)
        except EOFError:
            return count


def _drawn(image: Image.Image) -> ocr.Picture:
    """In grey on white, upright, and not larger than it need be."""
    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    shade = upright.convert("L")
    shrink = (READ_PIXELS / (shade.width * shade.height)) ** 0.5
    if shrink < 1:
        size = (max(1, int(shade.width * shrink)), max(1, int(shade.height * shrink)))
        shade = shade.resize(size, Image.Resampling.BICUBIC)
    return ocr.Picture(shade.width, shade.height, shade.tobytes(), 72 / ocr.DPI)


def _too_large() -> str:
    return f"a picture of more than {MAX_PIXELS // 1_000_000} million pixels; make it smaller"
