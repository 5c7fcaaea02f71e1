"""PDF to blocks with page numbers: headings, paragraphs, lists and tables.

Words come from ``pdf_words``, tables from ``pdf_table``, lines from ``pdf_lines``; this
file opens the file, joins lines to blocks and mends what line ends broke.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import pypdfium2

from corpus.errors import ParseError, ScanError
from corpus.parse.build import TextBuilder, one_line
from corpus.parse.ocr import Ocr
from corpus.parse.pdf_lines import Line, body_size, line_pitch, page_lines, without_furniture
from corpus.parse.pdf_scan import drawn, is_scan
from corpus.parse.pdf_table import Table, find_tables
from corpus.parse.pdf_words import HYPHEN, PageContent, read_page
from corpus.parse.pdfium_turn import PDFIUM
from corpus.parse.scans import read_scans
from corpus.types import Parsed, Scans

_MAX_PAGES = 3000
_NUMBERED = re.compile(r"^(?:(\d{1,2}(?:\.\d{1,2}){0,4})\.?|([A-Z](?:\.\d{1,2}){0,3})\.?)\s+\S")
_NAMED = re.compile(
    r"^(?:abstract|references|bibliography|acknowledge?ments?|appendix|conclusions?|limitations)\b.{0,60}$",
    re.I,
)
_BULLET = re.compile(r"^(?:[•●▪■◦‣∙·–*]\s+|[•●▪■◦‣]|\(?\d{1,2}[.)]\s+(?=\S)|\([a-z]\)\s+)")
_BULLET_SIGN = re.compile(r"^[•●▪■◦‣∙·–*]\s*")
_CAPTION = re.compile(r"^(?:table|figure|fig\.)\s*[A-Z]?\.?\d+\s*[.:|]", re.I)
_HAS_WORD = re.compile(r"[^\W\d_]{3}|[\u3400-\u9fff]{2}")
_CAPITALS = re.compile(r"[A-Z]{4}")
_BAD_TITLE = re.compile(
    r"^(?:microsoft (?:word|powerpoint)|untitled|.*\.(?:docx?|tex|dvi|pdf|indd|pptx?)$|[\W\d_]*$)",
    re.I,
)
# A printed hyphen at a line end: "Qwen2.5-" before "32B", but not "pre-" before "and".
_OPEN_COMPOUND = re.compile(r"[A-Za-z0-9]-$")
_SUSPENDED = re.compile(r"^(?:and|or|to)\b")
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")


def parse(data: bytes, name: str, ocr: Ocr) -> Parsed:
    """Parse a PDF; raises ParseError when it is encrypted, damaged, empty or only images."""
    document = _open(data)
    try:
        if len(document) > _MAX_PAGES:
            raise ParseError(f"more than {_MAX_PAGES:,} pages; split the file")
        contents, scans = _read(document, ocr)
        with PDFIUM:
            metadata = document.get_metadata_dict()
    except pypdfium2.PdfiumError as error:
        raise ParseError("damaged PDF; open it in a viewer and save it again") from error
    finally:
        with PDFIUM:
            document.close()
    return laid_out(contents, metadata.get("Title", ""), scans)


def laid_out(contents: Sequence[PageContent], title: str, scans: Scans) -> Parsed:
    """Pages of positioned words to blocks; raises ParseError when there is no text on them."""
    tables = [find_tables(content.words, content.rules) for content in contents]
    raw_pages = [
        page_lines(content, [table.box for table in found])
        for content, found in zip(contents, tables, strict=True)
    ]
    if not any(raw_pages):
        raise _without_text(scans)
    pages = without_furniture(raw_pages)
    writer = _Writer(pages)
    for number, (lines, page_tables) in enumerate(zip(pages, tables, strict=True), start=1):
        writer.page(number, lines, page_tables)
    return replace(writer.builder.build(title=_title(title, raw_pages)), scans=scans)


def _without_text(scans: Scans) -> ParseError:
    if not scans:
        return ParseError("no text could be read in it")
    return ScanError(f"scanned pages: {scans.why}" if scans.why else "no text could be read in it")


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        with PDFIUM:
            return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ParseError("the PDF is encrypted; save it without a password") from error
        raise ParseError("not a readable PDF (damaged or cut short); fetch it again") from error


def _read(document: pypdfium2.PdfDocument, ocr: Ocr) -> tuple[list[PageContent], Scans]:
    """Every page, those that are pictures of text through OCR where that is installed."""
    contents, scanned = [], []
    for index in range(len(document)):
        with PDFIUM:
            page = document[index]
            contents.append(read_page(page))
            if is_scan(page, contents[-1]):
                scanned.append(index + 1)
            page.close()
    read, scans = read_scans(scanned, partial(drawn, document), ocr)
    for number, content in read.items():
        contents[number - 1] = content
    return contents, scans


def _title(metadata_title: str, pages: Sequence[list[Line | int]]) -> str | None:
    """The metadata title if it is one, else the largest lines at the top of page 1."""
    title = one_line(metadata_title)
    if len(title) >= 8 and not _BAD_TITLE.match(title):
        return title
    lines = [x for x in (pages[0] if pages else []) if isinstance(x, Line)][:12]
    lines = [line for line in lines if len(line.text) > 2]
    if not lines:
        return None
    largest = max(line.size for line in lines)
    chosen: list[Line] = []
    for line in lines:
        if line.size > 0.95 * largest:
            chosen.append(line)
        elif chosen:
            break
    text = one_line(_join([line.text for line in chosen], frozenset()))
    return text if 5 <= len(text) <= 250 and largest > 1.1 * body_size(pages) else None


@dataclass(slots=True)
class _Open:
    """The block being gathered."""

    kind: str = ""
    lines: list[Line] = field(default_factory=list)


class _Writer:
    """Joins lines to blocks, page by page."""

    def __init__(self, pages: Sequence[list[Line | int]]) -> None:
        self.builder = TextBuilder()
        self._size = body_size(pages)
        self._pitch = line_pitch(pages, self._size)
        self._vocabulary = _vocabulary(pages)
        self._items: list[str] = []
        self._open = _Open()

    def page(self, number: int, entries: Sequence[Line | int], tables: Sequence[Table]) -> None:
        self.builder.new_page(number)
        for entry in entries:
            if isinstance(entry, Line):
                self._line(entry)
            else:
                self._close()
                self._flush_items()
                table = tables[entry]
                self.builder.table([_mended(row) for row in table.rows], table.header_rows)
        self._close()
        self._flush_items()

    def _line(self, line: Line) -> None:
        kind = self._kind(line)
        current = self._open
        if current.lines and self._belongs(line, kind):
            current.lines.append(line)
            return
        self._close()
        self._open = _Open(kind, [line])

    def _kind(self, line: Line) -> str:
        text = line.text.strip()
        if self._is_heading(line, text):
            return "heading"
        return "item" if _BULLET.match(text) else "paragraph"

    def _is_heading(self, line: Line, text: str) -> bool:
        if len(text) > 150 or not _HAS_WORD.search(text) or _CAPTION.match(text):
            return False
        larger = line.size > 1.12 * self._size
        capitals = _NUMBERED.match(text) is not None and _CAPITALS.search(text) and text.isupper()
        standing_out = line.bold or larger or capitals
        if not standing_out or text.endswith((",", ";")):
            return False
        if _NUMBERED.match(text) or _NAMED.match(text):
            return True
        return larger and not text.endswith(".")

    def _belongs(self, line: Line, kind: str) -> bool:
        """True when ``line`` goes on with the block that is open."""
        previous, first = self._open.lines[-1], self._open.lines[0]
        step = previous.y - line.y
        if abs(line.size - previous.size) > 0.12 * self._size:
            return False
        if self._open.kind == "heading":
            numbered = _NUMBERED.match(line.text)
            return kind == "heading" and not numbered and 0 < step < 1.7 * line.size
        if kind != "paragraph":
            return False
        if step < 0 or step > 1.6 * self._pitch:
            return _runs_on(previous, line, step)
        if step > 1.35 * self._pitch * max(line.size / self._size, 0.8):
            return False
        return not self._starts_paragraph(line, previous, first)

    def _starts_paragraph(self, line: Line, previous: Line, first: Line) -> bool:
        """An indented line, or one that returns to the margin of a hanging paragraph."""
        indent = 0.7 * line.size
        single = len(self._open.lines) == 1
        if self._open.kind == "item":
            return line.x0 < first.x0 - indent
        if single:
            return line.x0 > previous.x0 + indent and _ends_sentence(previous.text)
        if line.x0 > previous.x0 + indent:
            return _ends_sentence(previous.text)
        return line.x0 < previous.x0 - indent and abs(line.x0 - first.x0) < indent

    def _close(self) -> None:
        lines, kind = self._open.lines, self._open.kind
        self._open = _Open()
        if not lines:
            return
        text = _join([line.text for line in lines], self._vocabulary)
        if kind == "item":
            bullet = _BULLET_SIGN.match(text)
            self._items.append(f"- {text[bullet.end() :]}" if bullet else text)
            return
        self._flush_items()
        if kind == "heading":
            self.builder.heading(text, self._level(lines[0], text))
        else:
            self.builder.paragraph(text)

    def _flush_items(self) -> None:
        self.builder.items(self._items)
        self._items = []

    def _level(self, line: Line, text: str) -> int:
        match = _NUMBERED.match(text)
        if match:
            return (match[1] or match[2]).count(".") + 1
        if _NAMED.match(text) or line.size > 1.3 * self._size:
            return 1
        return 2


def _vocabulary(pages: Sequence[list[Line | int]]) -> frozenset[str]:
    """Words that stand whole somewhere in the document, in lower case."""
    words: set[str] = set()
    broken = False
    for line in (entry for page in pages for entry in page if isinstance(entry, Line)):
        found = [word.lower() for word in _WORD.findall(line.text)]
        first, last = int(broken), len(found) - line.text.endswith(HYPHEN)
        words.update(found[first:last])
        broken = line.text.endswith(HYPHEN)
    return frozenset(words)


def _runs_on(previous: Line, line: Line, step: float) -> bool:
    """A paragraph that goes on at the top of the next column."""
    lower = line.text[:1].islower() or previous.text.endswith(HYPHEN)
    return step < 0 and lower and not _ends_sentence(previous.text)


def _ends_sentence(text: str) -> bool:
    return text.rstrip(")”\"' ").endswith((".", "!", "?", ":", "。", "！", "？", "："))


def _mended(row: Sequence[str]) -> list[str]:
    return [cell.replace(HYPHEN, "-") for cell in row]


def _join(texts: Sequence[str], vocabulary: frozenset[str]) -> str:
    """Lines as one, words that a hyphen broke made whole."""
    joined = ""
    for text in texts:
        if joined.endswith(HYPHEN):
            joined = _rejoin(joined[:-1], text, vocabulary)
        elif _abuts(joined, text):
            joined += text
        else:
            joined = f"{joined} {text}" if joined else text
    return joined.replace(HYPHEN, "-")


def _abuts(left: str, right: str) -> bool:
    """No space belongs between CJK lines, or after a printed hyphen inside a word."""
    if _cjk(left[-1:]) and _cjk(right[:1]):
        return True
    return bool(_OPEN_COMPOUND.search(left)) and not _SUSPENDED.match(right)


def _rejoin(left: str, right: str, vocabulary: frozenset[str]) -> str:
    """Mend a word that a hyphen broke, or keep the hyphen if it is the word's own.

    super-vised is made whole; DeepSeek-R1, second-highest (two words, never seen as one)
    and compounds seen elsewhere keep theirs.
    """
    head = re.search(r"[A-Za-z-]+$", left)
    tail = re.match(r"[A-Za-z-]+", right)
    if head is None or tail is None:
        return f"{left}-{right}"
    first, second = head[0].lower().strip("-"), tail[0].lower().strip("-")
    if first + second in vocabulary:
        return left + right
    two_words = first in vocabulary and second in vocabulary and min(len(first), len(second)) > 2
    compound = f"{first}-{second}" in vocabulary
    if compound or two_words or not tail[0][0].islower():
        return f"{left}-{right}"
    return left + right


def _cjk(character: str) -> bool:
    return "\u3000" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef"
