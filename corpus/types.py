"""The nouns of the corpus: documents, their structure, and the chunks cut from them.

Knows nothing of databases, models or answers. All offsets are character offsets
(Python ``str`` indices, end exclusive) into ``Document.text``, the stored text that
citations quote from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

DocumentKind = Literal["document", "model_card"]
BlockKind = Literal["heading", "paragraph", "list", "code", "table"]


@dataclass(frozen=True, slots=True)
class Block:
    """One structural unit of a document: ``text[start:end]``.

    ``level`` is the heading level (1 to 6; 0 for other kinds). ``header_end`` is set on
    tables that have a header: ``text[start:header_end]`` is the header row(s).
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    header_end: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A physical page (PDF) or slide (PPTX): ``text[start:end]``, numbered from 1."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Scans:
    """The pages of a file that are pictures of text: those that OCR read, and those it did not.

    ``why`` is the first reason for a page that was not read.
    """

    read: tuple[int, ...] = ()
    unread: tuple[int, ...] = ()
    why: str = ""

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.read or self.unread)


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What is known about a document, without its text.

    ``sources`` are pairs (label, address): what the text means by ``(source: label)``.
    ``first_seen`` and ``changed`` (ISO 8601, UTC) say when the index first and last took it in;
    only a listing of the index has them, and None where it came before they were noted.
    ``replaced`` says of an old version when it ceased to be the current one.
    """

    id: str
    title: str
    path: str = ""
    kind: DocumentKind = "document"
    media_type: str = "text/plain"
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    language: str | None = None
    licence: str | None = None
    tags: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    first_seen: str | None = None
    changed: str | None = None
    replaced: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser makes of one file: plain text plus its structure.

    ``blocks`` are in order and do not overlap; text between blocks is white space.
    ``title``, ``published`` (ISO date or prefix of one) and ``language`` (ISO 639-1) are
    None where the file does not tell. ``metadata`` holds front matter, if any.
    """

    text: str
    blocks: tuple[Block, ...]
    pages: tuple[Page, ...] = ()
    title: str | None = None
    published: str | None = None
    language: str | None = None
    metadata: dict[str, object] = field(default_factory=dict)
    scans: Scans = Scans()


@dataclass(frozen=True, slots=True)
class Document:
    """A document as stored: ``info`` about it, its text, structure and content hash.

    ``content_hash`` is the sha256 (hex) of the source bytes, the thing that refresh
    compares. ``scans`` is known only of one that was just read.
    """

    info: DocumentInfo
    text: str
    blocks: tuple[Block, ...]
    pages: tuple[Page, ...]
    content_hash: str
    scans: Scans = field(default=Scans(), compare=False)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of a document, identified by (document id, position).

    ``heading_path`` is the trail of headings above it, outermost first. ``header`` is the
    character range of the header row(s) of the table that this chunk continues, or None
    when the chunk holds no table part or starts with the header itself.
    """

    document_id: str
    position: int
    start: int
    end: int
    page: int | None = None
    heading_path: tuple[str, ...] = ()
    header: tuple[int, int] | None = None
