"""A file's bytes to text and structure, by the file's suffix.

Knows nothing of sources, chunks or the index. Importing it imports no parser library;
each comes with the first file of its format.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import PurePosixPath
from typing import cast

from corpus.errors import ParseError
from corpus.language import detect_language
from corpus.parse.ocr import Ocr, find_ocr
from corpus.types import Parsed

_MARKDOWN, _HTML, _TEXT = (
    ("text/markdown", "markdown"),
    ("text/html", "html"),
    ("text/plain", "text"),
)
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"

# suffix -> (media type, module in this package)
_FORMATS = {
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".txt": _TEXT,
    ".text": _TEXT,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _HTML,
    ".pdf": ("application/pdf", "pdf"),
    ".docx": (f"{_OFFICE}.wordprocessingml.document", "docx"),
    ".pptx": (f"{_OFFICE}.presentationml.presentation", "pptx"),
    ".csv": ("text/csv", "csv_table"),
    ".tsv": ("text/tab-separated-values", "csv_table"),
    ".rst": ("text/x-rst", "rst"),
    ".xlsx": (f"{_OFFICE}.spreadsheetml.sheet", "xlsx"),
    ".odt": (f"{_OPEN}.text", "odf"),
    ".odp": (f"{_OPEN}.presentation", "odf"),
    ".ods": (f"{_OPEN}.spreadsheet", "odf"),
    ".epub": ("application/epub+zip", "epub"),
    ".json": ("application/json", "json_records"),
    ".jsonl": ("application/jsonl", "json_records"),
    ".ipynb": ("application/x-ipynb+json", "notebook"),
    ".eml": ("message/rfc822", "mail"),
    ".mbox": ("application/mbox", "mail"),
    ".png": ("image/png", "picture"),
    ".jpg": ("image/jpeg", "picture"),
    ".jpeg": ("image/jpeg", "picture"),
    ".tif": ("image/tiff", "picture"),
    ".tiff": ("image/tiff", "picture"),
    ".webp": ("image/webp", "picture"),
}
# Read through OCR, as are the pages of a PDF without text.
PICTURES = frozenset(s for s, (_, module) in _FORMATS.items() if module == "picture")
SUFFIXES = frozenset(_FORMATS)
_OCR = PICTURES | {".pdf"}

# A title stands among the first blocks, perhaps after badges and a language switch.
_TITLE_BLOCKS = 6
# Headings that open a part of a document, not the document.
_SECTION = re.compile(
    r"^[\W\d_]*(?:(?:table of )?contents|introduction|overview|(?:latest )?news|updates?|abstract|"
    r"summary|getting started|quick ?start|installation|usage|nouvelles.*|新闻|简介|介绍|模型介绍|"
    r"目录|更新.*|亮点|model (?:introduction|details|information|overview))\W*$|"
    r"^\d+(?:\.\d+)*\.?\s",
    re.I,
)

MAX_FILE_BYTES = 100 * 1024 * 1024
# A novel has about 1 million characters; 50 million is a file nobody meant to read.
MAX_TEXT_CHARS = 50_000_000


def parse(data: bytes, name: str, ocr: Ocr | None = None) -> Parsed:
    """Parse ``data``, the content of a file called ``name``; raises ParseError, one line.

    ``ocr`` reads pictures of text; None for what is installed.
    """
    suffix = suffix_of(name)
    if suffix not in _FORMATS:
        raise ParseError(f"cannot read {suffix or 'files without a suffix'}; use one of {known()}")
    if not data:
        raise ParseError("the file is empty")
    if len(data) > MAX_FILE_BYTES:
        raise ParseError(f"larger than {MAX_FILE_BYTES >> 20} MB; split the file")
    parser = import_module(f"corpus.parse.{_FORMATS[suffix][1]}").parse
    options = (ocr or find_ocr(),) if suffix in _OCR else ()
    parsed = cast(Callable[..., Parsed], parser)(data, name, *options)
    if len(parsed.text) > MAX_TEXT_CHARS:
        raise ParseError(f"more than {MAX_TEXT_CHARS:,} characters of text; split the file")
    return _with_title_and_language(parsed)


def suffix_of(name: str) -> str:
    """The lower-case suffix of a file name or path, with its dot."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def media_type(name: str) -> str:
    """The media type of a supported file, else ``application/octet-stream``."""
    return _FORMATS.get(suffix_of(name), ("application/octet-stream", ""))[0]


def known() -> str:
    """The supported suffixes, for messages."""
    return " ".join(sorted(SUFFIXES))


def _with_title_and_language(parsed: Parsed) -> Parsed:
    title = parsed.title or _title_heading(parsed)
    return replace(parsed, title=title, language=parsed.language or detect_language(_prose(parsed)))


def _title_heading(parsed: Parsed) -> str | None:
    """The one heading of the highest rank, if it names the document and not a section."""
    headings = [block for block in parsed.blocks if block.kind == "heading"]
    if not headings:
        return None
    top = min(block.level for block in headings)
    highest = [block for block in headings if block.level == top]
    before = parsed.blocks.index(highest[0])
    text = parsed.text[highest[0].start : highest[0].end]
    alone = len(highest) == 1 or (top == 1 and before == 0)
    return text[:300] if alone and before <= _TITLE_BLOCKS and not _SECTION.match(text) else None


def _prose(parsed: Parsed) -> str:
    """The text without code and tables, whose words are of no language."""
    texts = [parsed.text[b.start : b.end] for b in parsed.blocks if b.kind not in ("code", "table")]
    return "\n".join(texts)
