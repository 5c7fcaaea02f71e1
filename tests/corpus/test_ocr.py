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

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from corpus.errors import ParseError
from corpus.parse import ocr, parse
from corpus.sources import SourceFile, load
from index.recipe import current_recipe
from index.store import Index
from tests.index.hash_embedder import HashEmbedder

HARBOUR = (
    ("Harbour report 2031", 64),
    ("", 20),
    ("The harbour of Port Ellis opened in 1907 and was widened", 36),
    ("by Ines Duarte in 1954. It holds 340 boats.", 36),
)
MOSS = (("Moss", 64), ("", 20), ("Dawsonia grows to 50 centimetres in New Zealand.", 36))


@pytest.fixture
def tesseract() -> None:
    if not ocr.languages():
        message = "Tesseract is not installed"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


@pytest.fixture
def no_tesseract(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ocr.languages.cache_clear()
    monkeypatch.setattr(ocr, "languages", ocr.languages.__wrapped__)


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


@pytest.mark.usefixtures("tesseract")
def test_a_scan_between_pages_of_text_keeps_its_number(documents_dir: Path) -> None:
    import pypdfium2

    paper = pypdfium2.PdfDocument(documents_dir / "Moonlight.pdf")
    mixed = pypdfium2.PdfDocument.new()
    mixed.import_pages(paper, [0])
    mixed.import_pages(pypdfium2.PdfDocument(scan(page(MOSS))))
    mixed.import_pages(paper, [1])
    file = io.BytesIO()
    mixed.save(file)
    parsed = parse(file.getvalue(), "mixed.pdf")
    alone = parse((documents_dir / "Moonlight.pdf").read_bytes(), "Moonlight.pdf")
    texts = [parsed.text[p.start : p.end] for p in parsed.pages]
    assert "Dawsonia grows" in texts[1] and "Dawsonia" not in texts[0] + texts[2]
    first = alone.text[alone.pages[0].start : alone.pages[0].end]
    assert texts[0].split()[:50] == first.split()[:50], "a page with text is read as ever"


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


@pytest.mark.usefixtures("no_tesseract")
@pytest.mark.parametrize(("name", "kind"), [("a.png", "PNG"), ("a.pdf", "PDF")])
def test_without_tesseract_a_scan_says_what_to_install(name: str, kind: str) -> None:
    with pytest.raises(ParseError, match="install Tesseract"):
        parse(saved(page(MOSS), kind), name)


@pytest.mark.usefixtures("tesseract")
def test_a_scan_that_failed_without_tesseract_is_read_once_it_is_there(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    (folder / "moss.pdf").write_bytes(scan(page(MOSS)))
    with Index.open(home, HashEmbedder(), curated=False) as index:
        index.add_source(folder)
        with monkeypatch.context() as patched:
            patched.setattr(ocr, "languages", lambda: ())
            current_recipe.cache_clear()
            report = index.refresh()
            assert "install Tesseract" in report.failed[0].reason
        current_recipe.cache_clear()
        assert index.refresh().added == ("scans/moss.pdf",)
        assert "Dawsonia" in index.search("Dawsonia")[0].text


def test_the_text_of_a_picture_never_reaches_a_command_line(
    tmp_path: Path, tesseract: None
) -> None:
    path = tmp_path / "--help;touch pwned.png"
    path.write_bytes(saved(page(MOSS), "PNG"))
    stat = path.stat()
    document = load(SourceFile("x/a.png", path, stat.st_size, stat.st_mtime))
    assert "Dawsonia" in document.text and not (tmp_path / "pwned.png").exists()
