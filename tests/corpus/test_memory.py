"""The files that cost most are read, or refused, within a bound of memory.

Each in a process of its own, since a process tells only the most that it ever used. Such a process
also has a hard limit, so that a mistake ends the test and not the machine.
"""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from corpus.parse import ocr
from tests.corpus.hostile import CASES
from tests.corpus.test_hostile_files import MOST_MEMORY
from tests.corpus.test_ocr import bomb, saved

ROOT = Path(__file__).resolve().parents[2]
HARD_LIMIT = 6 << 30  # bytes of address space, of which libraries take some without using them
CHILD = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
from corpus.errors import ParseError
from corpus.parse import parse
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
path = Path(sys.argv[1])
data, before = path.read_bytes(), peak()
try:
    parse(data, path.name)
except ParseError:
    pass
print(peak() - before)
"""
WORST = """
too-much-text.txt too-large.txt one-long-line.txt deep.html spans.html inline-image.html wide.csv
last-corner.xlsx repeated.ods bomb.docx laughs.xlsx deep-lists.json many-records.jsonl huge-page.pdf
a-billion-pages.pdf huge-output.ipynb header-of-a-megabyte.eml
""".split()


def of(case_id: str) -> tuple[str, Callable[[], bytes]]:
    return next((case.name, case.make) for case in CASES if case.id == case_id)


def large_picture() -> bytes:
    """As many pixels as are read: 80 million, in 100 kB."""
    return saved(Image.new("RGB", (8900, 8900), "white"), "PNG")


def many_pages() -> bytes:
    """A TIFF of 8 pages, 10 million pixels each."""
    first = Image.new("1", (3000, 3500), 1)
    file = io.BytesIO()
    first.save(file, "TIFF", save_all=True, append_images=[first] * 7, compression="group4")
    return file.getvalue()


def many_formulas() -> bytes:
    """A page of 1 MB that is all formulas."""
    return b"<p>words</p>" + b"<math><msup><mi>x</mi><mn>2</mn></msup></math>" * 20_000


def deep_formula() -> bytes:
    return b"<p>words</p><math>" + b"<msup><mi>x</mi>" * 50_000


def formulas_without_end() -> bytes:
    """A DOCX with Office's formulas nested 50,000 deep."""
    m = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    inner = f'<m:oMath xmlns:m="{m}">' + "<m:e>" * 50_000 + "</m:e>" * 50_000 + "</m:oMath>"
    packed = io.BytesIO()
    golden = ROOT / "tests" / "golden" / "report.docx"
    with zipfile.ZipFile(golden) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "word/document.xml":
                place = body.find(b"</w:p>")
                body = body[:place] + inner.encode() + body[place:]
            new.writestr(name, body)
    return packed.getvalue()


MADE: list[tuple[str, Callable[[], bytes]]] = [
    ("many-formulas.html", many_formulas),
    ("deep-formula.html", deep_formula),
    ("deep-formula.docx", formulas_without_end),
    ("bomb.png", bomb),
]
SCANS = [("large.png", large_picture), ("pages.tiff", many_pages)]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("case_id", WORST)
def test_a_file_of_the_table_stays_within_its_bound(case_id: str, tmp_path: Path) -> None:
    name, make = of(case_id)
    assert grown(tmp_path / name, make()) < MOST_MEMORY


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("name", "make"), MADE, ids=[name for name, _ in MADE])
def test_formulas_and_bombs_stay_within_it(
    name: str, make: Callable[[], bytes], tmp_path: Path
) -> None:
    assert grown(tmp_path / name, make()) < MOST_MEMORY


@pytest.mark.timeout(280)
@pytest.mark.parametrize(("name", "make"), SCANS, ids=[name for name, _ in SCANS])
def test_pictures_stay_within_it(name: str, make: Callable[[], bytes], tmp_path: Path) -> None:
    if not ocr.find_ocr().languages:
        pytest.skip("Tesseract is not installed")
    assert grown(tmp_path / name, make()) < MOST_MEMORY


def grown(path: Path, data: bytes) -> int:
    """By how many bytes the peak of a process rises that reads ``data``."""
    path.write_bytes(data)
    command = [sys.executable, "-c", CHILD, str(path), str(HARD_LIMIT)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-500:]
    return int(done.stdout)
