"""Text of scanned pages and pictures, through the program Tesseract, if it is installed.

What it reads comes back as positioned words, like those of a PDF with text, so that lines,
headings and tables are found in the same way. Knows nothing of files or documents.
"""

from __future__ import annotations

import contextlib
import csv
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from corpus.errors import ScanError
from corpus.parse.pdf_words import PageContent, Word

PROGRAM = "tesseract"
AUTO, OFF = "auto", "off"
MISSING = "install Tesseract (Debian: tesseract-ocr) to have scans and pictures read"
SWITCHED_OFF = "REFDESK_OCR is off"
PAGE_SECONDS = 60.0  # a dense page at 200 dpi takes 2 to 6 s on one core, one of specks minutes
DPI = 200
MAX_LANGUAGES = 4  # each one more makes a page slower and errors likelier
# Tesseract's own confidence, 0 to 100, and the mean over a page's letters. Clean print: 92 to 96,
# blurred 94, with salt 84, letters 8 pixels high 73; upside down 50, Chinese read as English 30, a
# page of specks or of texture 16 to 27. Below the lowest a page is given up; above the upper no
# other way of looking at it is tried.
SURE_WORD = 50.0
SURE_PAGE = 65.0
CLEAR_PAGE = 85.0
# Letters of a screen have 8 to 12 pixels and are read better when enlarged (of 40 worse).
ENLARGED = 3
ENLARGED_PIXELS = 6_000_000
_TURNED = "osd"  # not a language: tells which way up a page is
_NOT_LANGUAGES = frozenset([_TURNED, "equ", "snum"])
_WORD_ROW = "5"
_BELOW = frozenset("gjpqy,;()Q")  # letters that reach below the line
_CJK = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
_TSV_LIMIT = 20_000_000  # characters; a page of 8,000 letters gives 100,000


@dataclass(frozen=True, slots=True)
class Ocr:
    """What reads pictures now: Tesseract in some ``languages``; with none, ``why`` not.

    ``turns``: it also reads pages that lie on their side or head.
    """

    languages: tuple[str, ...] = ()
    turns: bool = False
    why: str = MISSING

    @property
    def state(self) -> str:
        """The languages as Tesseract takes them; "" when nothing is read."""
        return "+".join(self.languages)


@dataclass(frozen=True, slots=True)
class Picture:
    """A page to read: ``pixels`` in grey, a byte each; one of them is ``points`` wide and high."""

    width: int
    height: int
    pixels: bytes
    points: float


@dataclass(frozen=True, slots=True)
class _Seen:
    """One word as Tesseract tells it, in pixels from the top left."""

    text: str
    line: tuple[str, ...]
    left: int
    top: int
    width: int
    height: int
    confidence: float


class _Look(NamedTuple):
    """What was seen on a picture, and the mean confidence of its letters."""

    picture: Picture
    seen: list[_Seen]
    sure: float


class _Sides(NamedTuple):
    """Width and height of a page in pixels."""

    width: float
    height: float


def find_ocr(wanted: str = AUTO) -> Ocr:
    """What is there now: it may be installed while a desk is open.

    ``wanted``: AUTO for the installed languages, English first; OFF; or names as Tesseract has
    them, joined by "+".
    """
    if wanted == OFF:
        return Ocr(why=SWITCHED_OFF)
    there = _installed()
    if not there:
        return Ocr()
    languages = sorted(there - _NOT_LANGUAGES, key=lambda name: (name != "eng", name))
    if wanted != AUTO:
        languages = [name for name in wanted.split("+") if name in languages]
    if not languages:
        return Ocr(why=f"Tesseract lacks the languages that REFDESK_OCR asks for ({wanted})")
    return Ocr(tuple(languages[:MAX_LANGUAGES]), _TURNED in there)


def _installed() -> frozenset[str]:
    """What ``tesseract --list-langs`` names; () without Tesseract."""
    if shutil.which(PROGRAM) is None:
        return frozenset()
    try:
        told = subprocess.run(  # noqa: S603 (no part of it comes from a document)
            [PROGRAM, "--list-langs"], capture_output=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    lines = told.stdout.decode("utf-8", "replace").split("\n")[1:]
    return frozenset(line.strip() for line in lines if not line.strip().endswith("_vert")) - {""}


def read_picture(picture: Picture, ocr: Ocr, seconds: float = PAGE_SECONDS) -> PageContent:
    """The words on a picture; none where nothing can be read with confidence.

    Raises ScanError when Tesseract fails, or takes longer than ``seconds``.
    """
    until = time.monotonic() + seconds
    best = _look(picture, ocr, until)
    for other in (_enlarged, _upside_down):
        again = other(picture) if best.sure < CLEAR_PAGE and best.seen else None
        if again is not None:
            with contextlib.suppress(ScanError):  # no time left: what was read first stays
                best = max(best, _look(again, ocr, until), key=lambda look: look.sure)
    words = [word for word in best.seen if word.confidence >= SURE_WORD and best.sure >= SURE_PAGE]
    words, sides = _upright(words, _Sides(best.picture.width, best.picture.height))
    points = best.picture.points
    width, height = (side * points for side in sides)
    return PageContent(width, height, tuple(_words(words, height, points)), (), ())


def _look(picture: Picture, ocr: Ocr, until: float) -> _Look:
    seen = list(_seen(_tsv(picture, ocr, until - time.monotonic())))
    letters = sum(len(word.text) for word in seen)
    return _Look(picture, seen, sum(len(w.text) * w.confidence for w in seen) / max(letters, 1))


def _enlarged(picture: Picture) -> Picture | None:
    """A small picture as a larger one."""
    times = min(ENLARGED, int((ENLARGED_PIXELS / (picture.width * picture.height)) ** 0.5))
    if times < 2:
        return None
    from PIL import Image

    size = (picture.width, picture.height)
    width, height = (side * times for side in size)
    grey = Image.frombytes("L", size, picture.pixels).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    return Picture(width, height, grey.tobytes(), picture.points / times)


def _upside_down(picture: Picture) -> Picture:
    """Tesseract finds by itself that a page lies on its side, but not always on its head."""
    return replace(picture, pixels=picture.pixels[::-1])


def _tsv(picture: Picture, ocr: Ocr, seconds: float) -> str:
    if not ocr.languages:
        raise ScanError(ocr.why)
    command = [PROGRAM, "stdin", "stdout", "-l", ocr.state, "--dpi", str(DPI)]
    command += ["--psm", "1" if ocr.turns else "3", "tsv"]
    # One thread: more make a page slower, not faster, where pages are many and cores few.
    grey = b"P5 %d %d 255\n" % (picture.width, picture.height) + picture.pixels  # PGM
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(  # noqa: S603 (the picture goes in on stdin)
            command, input=grey, capture_output=True, timeout=max(seconds, 0.1), env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise ScanError("Tesseract took too long over it") from error
    except OSError as error:
        raise ScanError(f"Tesseract cannot be started ({error.strerror})") from error
    if done.returncode != 0:
        raise ScanError("Tesseract cannot read it; save the file again")
    return done.stdout.decode("utf-8", "replace")[:_TSV_LIMIT]


def _seen(tsv: str) -> Iterator[_Seen]:
    for row in csv.DictReader(tsv.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row.get("text") or "").strip()
        if row.get("level") != _WORD_ROW or not text:
            continue
        line = (row["block_num"], row["par_num"], row["line_num"])
        left, top, width, height = (int(row[n]) for n in ("left", "top", "width", "height"))
        yield _Seen(text, line, left, top, width, height, float(row["conf"]))


def _upright(seen: list[_Seen], sides: _Sides) -> tuple[list[_Seen], _Sides]:
    """Places as on the page when it is turned so that its lines run from left to right.

    Tesseract turns a page to read it and tells places on the page as it lay.
    """
    steps = [(a, b) for a, b in pairwise(seen) if a.line == b.line]
    across = sum(b.left - a.left for a, b in steps)
    down = sum(b.top - a.top for a, b in steps)
    if abs(across) >= abs(down):
        if across >= 0:
            return seen, sides
        return [_placed(w, sides.width - w.left - w.width, sides.height - w.top - w.height)
                for w in seen], sides  # fmt: skip
    over = _Sides(sides.height, sides.width)
    if down < 0:
        return [_placed(w, sides.height - w.top - w.height, w.left, True) for w in seen], over
    return [_placed(w, w.top, sides.width - w.left - w.width, True) for w in seen], over


def _placed(word: _Seen, left: float, top: float, on_its_side: bool = False) -> _Seen:
    width, height = (word.height, word.width) if on_its_side else (word.width, word.height)
    return replace(word, left=round(left), top=round(top), width=width, height=height)


def _words(seen: Sequence[_Seen], height: float, points: float) -> Iterator[Word]:
    """Words on their lines' baselines; the letters of one paragraph have one size.

    The box of a word is as high as its letters are: "see" is lower than "fly". So a size is that
    of a paragraph, the median of its lines; a heading, a paragraph of its own, keeps its own.
    """
    lines: dict[tuple[str, ...], list[_Seen]] = {}
    for word in seen:
        lines.setdefault(word.line, []).append(word)
    heights: dict[tuple[str, ...], list[float]] = {}
    for place, words in lines.items():
        heights.setdefault(place[:2], []).append(_height(words))
    for place, words in lines.items():
        size = median(heights[place[:2]]) * points
        base = height - median(word.top + word.height for word in words) * points
        for text, left, right in _joined(words):
            yield Word(text, left * points, right * points, base, size, False)


def _height(words: Sequence[_Seen]) -> float:
    """The font's size in pixels, from how far its letters reach up and, if any does, down."""
    reach = max(w.top + w.height for w in words) - min(w.top for w in words)
    below = any(letter in _BELOW for word in words for letter in word.text)
    return reach / (0.93 if below else 0.72)


def _joined(words: Sequence[_Seen]) -> Iterator[tuple[str, int, int]]:
    """Text, left and right of each word; Chinese and Japanese come sign by sign, and are joined."""
    text, left, right = "", 0, 0
    for word in words:
        if text and _CJK.match(text[-1]) and _CJK.match(word.text[0]):
            text, right = text + word.text, word.left + word.width
            continue
        if text:
            yield text, left, right
        text, left, right = word.text, word.left, word.left + word.width
    if text:
        yield text, left, right
