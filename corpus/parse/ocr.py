"""Text of scanned pages and pictures, through the program Tesseract, if it is installed.

What it reads comes back as positioned words, like those of a PDF with text, so that lines,
headings and tables are found in the same way. Knows nothing of files or documents.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median

from corpus.errors import ParseError
from corpus.parse.pdf_words import PageContent, Word

PROGRAM = "tesseract"
MISSING = "holds scanned pages; install Tesseract (Debian: tesseract-ocr) to have them read"
PAGE_SECONDS = 90.0  # a dense page at 200 dpi takes 2 to 6 s on one core
DPI = 200
MAX_LANGUAGES = 4  # each one more makes a page slower and errors likelier
# Tesseract's own confidence, 0 to 100. Clean print: 90 to 96; a third of the words of a page of
# noise get over 50, none of them a word. A page is given up when most of its letters are below.
SURE_WORD = 50.0
SURE_SHARE = 0.5
_NOT_LANGUAGES = frozenset(["osd", "equ", "snum"])
_WORD_ROW = "5"
_BELOW = frozenset("gjpqy,;()Q")  # letters that reach below the line
_CJK = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
_TSV_LIMIT = 20_000_000  # characters; a page of 8,000 letters gives 100,000


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


def installed() -> bool:
    """Whether the program is there."""
    return shutil.which(PROGRAM) is not None


@cache
def languages() -> tuple[str, ...]:
    """The installed languages by Tesseract's names, English first; () without Tesseract."""
    if not installed():
        return ()
    try:
        told = subprocess.run(  # noqa: S603 (no part of it comes from a document)
            [PROGRAM, "--list-langs"], capture_output=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    names = told.stdout.decode("utf-8", "replace").split("\n")[1:]
    known = sorted({n.strip() for n in names} - _NOT_LANGUAGES - {""}, key=lambda n: n != "eng")
    return tuple(known[:MAX_LANGUAGES])


def read_picture(png: bytes, width: float, height: float, points: float) -> PageContent:
    """The words of a picture of ``width`` x ``height`` points; ``points`` are of one pixel.

    A page on which nothing can be read with confidence has no words. Raises ParseError when
    Tesseract is missing, fails, or takes longer than ``PAGE_SECONDS``.
    """
    seen = list(_seen(_tsv(png)))
    sure = [word for word in seen if word.confidence >= SURE_WORD]
    letters = sum(len(word.text) for word in seen)
    if sum(len(word.text) for word in sure) < SURE_SHARE * letters:
        sure = []
    words = tuple(_words(sure, height, points))
    return PageContent(width, height, words, (), ())


def _tsv(png: bytes) -> str:
    known = languages()
    if not known:
        raise ParseError(MISSING)
    command = [PROGRAM, "stdin", "stdout", "-l", "+".join(known), "--dpi", str(DPI), "tsv"]
    # One thread: more make a page slower, not faster, where pages are many and cores few.
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(  # noqa: S603 (the picture goes in on stdin)
            command, input=png, capture_output=True, timeout=PAGE_SECONDS, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise ParseError(
            f"a page took Tesseract over {PAGE_SECONDS:.0f} s; leave it out"
        ) from error
    except OSError as error:
        raise ParseError(f"Tesseract cannot be started ({error.strerror})") from error
    if done.returncode != 0:
        raise ParseError("Tesseract cannot read a page; save the file again")
    return done.stdout.decode("utf-8", "replace")[:_TSV_LIMIT]


def _seen(tsv: str) -> Iterator[_Seen]:
    for row in csv.DictReader(tsv.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row.get("text") or "").strip()
        if row.get("level") != _WORD_ROW or not text:
            continue
        line = (row["block_num"], row["par_num"], row["line_num"])
        left, top, width, height = (int(row[n]) for n in ("left", "top", "width", "height"))
        yield _Seen(text, line, left, top, width, height, float(row["conf"]))


def _words(seen: Sequence[_Seen], height: float, points: float) -> Iterator[Word]:
    """Words on their lines' baselines; the letters of one paragraph have one size.

    The box of a word is as high as its letters are: "see" is lower than "fly". So a size is that
    of a paragraph, the median of its lines; a heading, a paragraph of its own, keeps its own.
    """
    sizes: dict[tuple[str, ...], float] = {}
    for paragraph in {word.line[:2] for word in seen}:
        lines: dict[tuple[str, ...], list[_Seen]] = {}
        for word in seen:
            if word.line[:2] == paragraph:
                lines.setdefault(word.line, []).append(word)
        sizes[paragraph] = median(_height(line) for line in lines.values()) * points
    for line in dict.fromkeys(word.line for word in seen):
        words = [word for word in seen if word.line == line]
        base = height - median(word.top + word.height for word in words) * points
        for text, left, right in _joined(words):
            yield Word(text, left * points, right * points, base, sizes[line[:2]], False)


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
