"""Scanned pages and pictures: what is read on them, and what becomes of those without text.

The pictures are drawn here. What needs Tesseract skips without it, and fails where CI is set.
"""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from corpus.errors import ParseError, ScanError
from corpus.parse import ocr, parse
from corpus.sources import SourceFile, load
from corpus.types import Scans
from tests.corpus.pdf_files import make_pdf, paragraph

HARBOUR = (
    ("Harbour report 2031", 64),
    ("", 20),
    ("The harbour of Port Ellis opened in 1907 and was widened", 36),
    ("by Ines Duarte in 1954. It holds 340 boats.", 36),
)
CHINESE_FONT = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
FERRY = ["Ferries run from the harbour to the island all day long,", "and the last one is at nine."]
MILL = ["The mill on the hill was built of stone from the quarry,", "and still turns."]
MOSS = (("Moss", 64), ("", 20), ("Dawsonia grows to 50 centimetres in New Zealand.", 36))


NO_OCR = ocr.Ocr()


@pytest.fixture
def tesseract() -> None:
    if not ocr.find_ocr().languages:
        message = "Tesseract is not installed"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


def page(lines: tuple[tuple[str, int], ...]) -> Image.Image:
    """An A4 page at 200 dpi; each line with its height in pixels."""
    image = Image.new("L", (1654, 2339), 255)
    draw, y = ImageDraw.Draw(image), 150
    for text, pixels in lines:
        draw.text((150, y), text, fill=0, font=ImageFont.load_default(size=pixels))
        y += int(pixels * 1.5)
    return image


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def scan(*pages: Image.Image) -> bytes:
    return saved(pages[0], "PDF", save_all=True, append_images=list(pages[1:]), resolution=200)


@pytest.mark.usefixtures("tesseract")
@pytest.mark.parametrize(
    ("name", "kind", "options"),
    [
        ("a.png", "PNG", {}),
        ("a.jpg", "JPEG", {"quality": 80}),
        ("a.webp", "WEBP", {}),
        ("a.tiff", "TIFF", {}),
    ],
)
def test_a_picture_of_text_is_read(name: str, kind: str, options: dict[str, object]) -> None:
    parsed = parse(saved(page(HARBOUR), kind, **options), name)
    assert "opened in 1907 and was widened by Ines Duarte in 1954." in parsed.text
    assert (parsed.title, parsed.language) == ("Harbour report 2031", "en")
    assert [block.kind for block in parsed.blocks] == ["heading", "paragraph"]


@pytest.mark.usefixtures("tesseract")
def test_the_frames_of_a_tiff_are_pages() -> None:
    data = saved(page(HARBOUR), "TIFF", save_all=True, append_images=[page(MOSS)])
    parsed = parse(data, "a.tif")
    second = parsed.pages[1]
    assert second.number == 2
    assert "Dawsonia grows to 50 centimetres" in parsed.text[second.start : second.end]


@pytest.mark.usefixtures("tesseract")
def test_a_scanned_pdf_is_read_with_its_pages() -> None:
    parsed = parse(scan(page(HARBOUR), page(MOSS)), "scan.pdf")
    texts = [parsed.text[p.start : p.end] for p in parsed.pages]
    assert [p.number for p in parsed.pages] == [1, 2]
    assert "340 boats" in texts[0] and "Dawsonia" in texts[1] and "Dawsonia" not in texts[0]


def mixed(*scanned: Image.Image) -> bytes:
    """A page of text, the scans, and another page of text."""
    whole = pypdfium2.PdfDocument.new()
    text = pypdfium2.PdfDocument(make_pdf([paragraph(72, 700, FERRY), paragraph(72, 700, MILL)]))
    whole.import_pages(text, [0])
    whole.import_pages(pypdfium2.PdfDocument(scan(*scanned)))
    whole.import_pages(text, [1])
    file = io.BytesIO()
    whole.save(file)
    return file.getvalue()


@pytest.mark.usefixtures("tesseract")
def test_a_scan_between_pages_of_text_keeps_its_number() -> None:
    parsed = parse(mixed(page(MOSS)), "mixed.pdf")
    texts = [parsed.text[p.start : p.end] for p in parsed.pages]
    assert "Dawsonia grows" in texts[1] and "Dawsonia" not in texts[0] + texts[2]
    assert texts[0] == " ".join(FERRY), "a page with text is read as ever"
    assert parsed.scans == Scans(read=(2,))


def test_without_tesseract_the_pages_of_text_are_read_and_the_scan_is_told() -> None:
    parsed = parse(mixed(page(MOSS)), "mixed.pdf", NO_OCR)
    assert [p.number for p in parsed.pages] == [1, 2, 3]
    assert parsed.text == "\n\n".join([" ".join(FERRY), " ".join(MILL)])
    assert (parsed.scans.unread, parsed.scans.why) == ((2,), ocr.MISSING)


@pytest.mark.usefixtures("tesseract")
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_that_lies_on_its_side_is_read(degrees: int) -> None:
    if not ocr.find_ocr().turns:
        pytest.skip("Tesseract has no osd data")
    whole = page(HARBOUR * 2 + MOSS * 2)
    turned = whole.rotate(degrees, expand=True, fillcolor=255)
    assert parse(saved(turned, "PNG"), "a.png").blocks == parse(saved(whole, "PNG"), "a.png").blocks


@pytest.mark.usefixtures("tesseract")
def test_letters_as_small_as_on_a_screen_are_read() -> None:
    image = Image.new("RGB", (640, 200), "white")
    font = ImageFont.load_default(size=11)
    ImageDraw.Draw(image).text((20, 40), "The ferry leaves Port Ellis at noon.", "black", font)
    assert "The ferry leaves Port Ellis" in parse(saved(image, "PNG"), "a.png").text


@pytest.mark.usefixtures("tesseract")
def test_black_letters_on_nothing_are_read() -> None:
    image = Image.new("RGBA", (1200, 300), (0, 0, 0, 0))
    font = ImageFont.load_default(size=36)
    ImageDraw.Draw(image).text((50, 80), "The ferry leaves at noon.", (0, 0, 0, 255), font)
    assert "ferry leaves at noon" in parse(saved(image, "PNG"), "a.png").text


@pytest.mark.usefixtures("tesseract")
def test_a_scan_saved_in_strips_is_read() -> None:
    whole, document = page(HARBOUR), pypdfium2.PdfDocument.new()
    sheet = document.new_page(595, 842)
    for top in range(0, 2339, 200):
        strip = whole.crop((0, top, 1654, min(top + 200, 2339)))
        picture = pypdfium2.PdfImage.new(document)
        picture.set_bitmap(pypdfium2.PdfBitmap.from_pil(strip.convert("RGB")))
        height = 842 * strip.height / 2339
        place = pypdfium2.PdfMatrix().scale(595, height)
        picture.set_matrix(place.translate(0, 842 - 842 * top / 2339 - height))
        sheet.insert_obj(picture)
    sheet.gen_content()
    file = io.BytesIO()
    document.save(file)
    assert "opened in 1907" in parse(file.getvalue(), "strips.pdf").text


@pytest.mark.usefixtures("tesseract")
def test_chinese_is_read_as_one_run_of_signs() -> None:
    if "chi_sim" not in ocr.find_ocr().languages or not CHINESE_FONT.is_file():
        pytest.skip("no Chinese for Tesseract, or no font to draw it with")
    image = Image.new("L", (1654, 600), 255)
    font = ImageFont.truetype(CHINESE_FONT, 28)
    ImageDraw.Draw(image).text((100, 100), "本文介绍开放权重的大语言模型及其许可证。", 0, font)
    parsed = parse(saved(image, "PNG"), "a.png")
    assert "开放权重的大语言模型" in parsed.text and parsed.language == "zh"


@pytest.mark.usefixtures("tesseract")
def test_a_page_that_takes_too_long_does_not_keep_the_others_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("corpus.parse.scans.PAGE_SECONDS", 0.001)
    parsed = parse(mixed(page(HARBOUR)), "mixed.pdf")
    assert "Ferries" in parsed.text
    assert (parsed.scans.unread, parsed.scans.why) == ((2,), "Tesseract took too long over it")


@pytest.mark.usefixtures("tesseract")
def test_pages_beyond_what_is_read_of_one_file_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.parse.scans.MAX_SCANS", 1)
    parsed = parse(mixed(page(HARBOUR), page(MOSS)), "mixed.pdf")
    assert "340 boats" in parsed.text and "Dawsonia" not in parsed.text
    assert (parsed.scans.read, parsed.scans.unread) == ((2,), (3,))
    assert "no more than 1" in parsed.scans.why


@pytest.mark.usefixtures("tesseract")
def test_only_the_languages_that_are_asked_for_are_used() -> None:
    assert ocr.find_ocr("eng").languages == ("eng",)
    assert ocr.find_ocr("off").languages == ()
    missing = ocr.find_ocr("klingon")
    assert missing.languages == () and "klingon" in missing.why


def bomb() -> bytes:
    """A PNG that says that it is 60,000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    size = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000))
    head = b"\x89PNG\r\n\x1a\n"
    return head + chunk(b"IHDR", size) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


BAD: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("noise", "a.png", lambda: saved(Image.effect_noise((1600, 1200), 80), "PNG"), "no text"),
    ("blank", "a.png", lambda: saved(Image.new("L", (1600, 1200), 255), "PNG"), "no text"),
    ("one pixel", "a.png", lambda: saved(Image.new("L", (1, 1)), "PNG"), "no text|cannot read"),
    ("cut short", "a.png", lambda: saved(page(MOSS), "PNG")[:2000], "damaged picture"),
    ("no picture", "a.png", lambda: b"hello" * 100, "not a picture"),
    ("another format", "a.png", lambda: b"GIF89a" + bytes(100), "not a picture"),
    ("a bomb", "a.png", bomb, "million pixels"),
    ("a scan of noise", "a.pdf", lambda: scan(Image.effect_noise((1600, 1200), 80)), "no text"),
]


@pytest.mark.usefixtures("tesseract")
@pytest.mark.parametrize(("name", "make", "says"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_a_picture_without_text_is_reported(
    name: str, make: Callable[[], bytes], says: str
) -> None:
    with pytest.raises(ParseError, match=says):
        parse(make(), name)


@pytest.mark.usefixtures("tesseract")
def test_what_cannot_be_read_for_sure_is_left_out() -> None:
    blurred = page(HARBOUR).resize((330, 467)).filter(ImageFilter.GaussianBlur(2))
    with pytest.raises(ParseError, match="no text"):
        parse(saved(blurred, "PNG"), "a.png")


@pytest.mark.parametrize(("name", "kind"), [("a.png", "PNG"), ("a.pdf", "PDF")])
def test_without_tesseract_a_scan_says_what_to_install(name: str, kind: str) -> None:
    with pytest.raises(ScanError, match="install Tesseract"):
        parse(saved(page(MOSS), kind), name, NO_OCR)


@pytest.mark.usefixtures("tesseract")
def test_the_text_of_a_picture_never_reaches_a_command_line(
    tmp_path: Path,
) -> None:
    path = tmp_path / "--help;touch pwned.png"
    path.write_bytes(saved(page(MOSS), "PNG"))
    stat = path.stat()
    document = load(SourceFile("x/a.png", path, stat.st_size, stat.st_mtime))
    assert "Dawsonia" in document.text and not (tmp_path / "pwned.png").exists()
