"""Files on disk to documents: list a folder, read a file, parse it.

A page of the web is a file here too: the copy that ``corpus.web.pages`` keeps of it.

Knows nothing of the index: what to do with a file that changed or failed is decided there.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from corpus import archives
from corpus.card_text import CARD_LICENCE, card_bytes, card_document
from corpus.cards import ModelCard
from corpus.errors import ParseError, ScanError, SourceError
from corpus.front import Front, front_of
from corpus.parse import MAX_FILE_BYTES, SUFFIXES, media_type, parse, suffix_of
from corpus.parse.ocr import Ocr
from corpus.patterns import EVERYTHING, IGNORE_FILE, Choice
from corpus.types import Document, DocumentInfo, Parsed

READABLE = SUFFIXES | {archives.SUFFIX}
# Folders that hold what programs made, not what people wrote.
_SKIPPED_FOLDERS = frozenset(
    ["__pycache__", "node_modules", "venv", "site-packages", "__MACOSX", "$RECYCLE.BIN"]
)
# A lock or swap file that an editor keeps beside the real one (~$report.docx).
_TEMPORARY = re.compile(r"^(~\$|\.~lock)|~$")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that may become a document. ``size`` in bytes, ``mtime`` in seconds."""

    document_id: str
    path: Path
    size: int
    mtime: float

    def read(self) -> bytes:
        """Its bytes; raises SourceError when it cannot be read, ParseError when too large."""
        try:
            with self.path.open("rb") as file:
                data = file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise SourceError(f"cannot read {self.path}: {error.strerror or error}") from error
        if len(data) > MAX_FILE_BYTES:
            raise ParseError(f"{self.path.name}: larger than {MAX_FILE_BYTES >> 20} MB; split it")
        return data

    @property
    def shown(self) -> str:
        """What a message calls it."""
        return self.path.name

    @property
    def origin(self) -> str:
        """Where its user finds it: the path, or a page's address."""
        return str(self.path)


def list_folder(root: Path, name: str, wanted: Choice = EVERYTHING) -> Iterator[SourceFile]:
    """Supported files under ``root`` in path order, ids ``name/relative/path``.

    Hidden files, caches and links that leave ``root`` are skipped, and what is not ``wanted``
    or a .refdeskignore in its folder or above leaves out. Raises SourceError when ``root`` is
    missing or cannot be read, or such a file cannot.
    """
    try:
        base = root.resolve(strict=True)
        if not base.is_dir():
            raise SourceError(f"{root} is not a folder; name a folder, or add it as a file")
        with os.scandir(base):
            pass
    except OSError as error:
        raise SourceError(f"cannot list {root}: {error.strerror or error}") from error
    yield from _walk(base, _Walk(base, name, wanted, frozenset([base])))


def list_file(path: Path, name: str) -> Iterator[SourceFile]:
    """One file, id ``name/file name``; raises SourceError when it is missing or unsupported."""
    try:
        resolved = path.resolve(strict=True)
        stat = resolved.stat()
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror or error}") from error
    if not resolved.is_file():
        raise SourceError(f"{path} is not a file")
    if suffix_of(path.name) not in READABLE:
        raise SourceError(f"cannot read {path.name}; use one of {' '.join(sorted(READABLE))}")
    yield from _files(f"{name}/{path.name}", resolved, stat)


@dataclass(frozen=True, slots=True)
class CardFile(SourceFile):
    """One model card of a file that holds several; its bytes are the card's own."""

    card: ModelCard

    def read(self) -> bytes:
        """The card as canonical JSON."""
        return card_bytes(self.card)

    @property
    def gives_way(self) -> bool:
        """Whether it is left out, without a word, where the model has a card already."""
        return False

    @property
    def card_licence(self) -> str | None:
        """What the card's text may be used under, where that is known."""
        return CARD_LICENCE


@dataclass(frozen=True, slots=True)
class MemberFile(SourceFile):
    """A file in an archive; ``path`` is the archive's, with the place inside it below."""

    archive: Path
    member: str

    def read(self) -> bytes:
        """Its bytes, unpacked; raises ParseError when it is damaged or too large."""
        return archives.read_member(self.archive, self.member, MAX_FILE_BYTES)


@dataclass(frozen=True, slots=True)
class UnreadableFile(SourceFile):
    """A file of which is known that it cannot be read, and why."""

    reason: str

    def read(self) -> bytes:
        """Raise ParseError with the reason."""
        raise ParseError(self.reason)


@dataclass(frozen=True, slots=True)
class PageFile(SourceFile):
    """The stored copy of a page; ``address`` was asked for, ``url`` is what to cite.

    ``published`` is the day that a feed gives for it.
    """

    address: str
    url: str
    published: str | None = None

    @property
    def shown(self) -> str:
        """The address that was asked for."""
        return self.address

    @property
    def origin(self) -> str:
        """The address that was asked for."""
        return self.address


def load(file: SourceFile, ocr: Ocr | None = None) -> Document:
    """Read and parse ``file``; raises SourceError or ParseError, naming the file.

    ``ocr`` reads pictures of text; None for what is installed.
    """
    if isinstance(file, CardFile):
        return card_document(file.card, str(file.path), file.card_licence)
    data = file.read()
    try:
        parsed = parse(data, file.path.name, ocr)
    except ScanError as error:
        raise ScanError(f"{file.shown}: {error}") from error
    except ParseError as error:
        raise ParseError(f"{file.shown}: {error}") from error
    digest = hashlib.sha256(data).hexdigest()
    document = document_of(parsed, file.document_id, file.path, digest)
    return _from_the_web(document, file) if isinstance(file, PageFile) else document


def _from_the_web(document: Document, page: PageFile) -> Document:
    """Where a page was fetched from is known; what it says of itself there is not believed."""
    host = urlsplit(page.url).hostname or ""
    publisher = host.removeprefix("www.")
    published = document.info.published or page.published
    info = replace(document.info, url=page.url, publisher=publisher, published=published)
    return replace(document, info=info)


def document_of(parsed: Parsed, document_id: str, path: Path, content_hash: str) -> Document:
    """The document that ``parsed`` is, its front matter and file name filling the gaps."""
    front = front_of(parsed.metadata)
    info = _info(parsed, front, document_id, path)
    return Document(info, parsed.text, parsed.blocks, parsed.pages, content_hash, parsed.scans)


def _info(parsed: Parsed, front: Front, document_id: str, path: Path) -> DocumentInfo:
    return DocumentInfo(
        id=document_id,
        title=front.title or parsed.title or title_from_name(path.name),
        path=str(path),
        media_type=media_type(path.name),
        publisher=front.publisher,
        published=front.published or parsed.published,
        url=front.url,
        language=front.language or parsed.language,
        licence=front.licence,
        tags=front.tags,
        sources=front.sources,
    )


def title_from_name(name: str) -> str:
    """A file name as a title: no suffix, underscores as spaces."""
    return " ".join(Path(name).stem.replace("_", " ").split()) or name


def passed_over(path: Path) -> bool:
    """Whether a path below a source is one that is never read: hidden, temporary, a cache."""
    return any(
        part.startswith(".") or part in _SKIPPED_FOLDERS or _TEMPORARY.search(part) is not None
        for part in path.parts
    )


@dataclass(frozen=True, slots=True)
class _Walk:
    """A walk below ``base`` as it is in one folder; ``above`` are the real folders it is in."""

    base: Path
    name: str
    wanted: Choice
    above: frozenset[Path]


def _walk(folder: Path, walk: _Walk) -> Iterator[SourceFile]:
    """Depth first; a linked folder that is one of its own parents is a loop, not entered."""
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError:
        # One unreadable subfolder must not hide the rest; the root was checked already.
        return
    ignore_file = folder / IGNORE_FILE
    if ignore_file in entries:
        below = "".join(f"{part}/" for part in folder.relative_to(walk.base).parts)
        walk = replace(walk, wanted=walk.wanted.with_file(ignore_file, below, walk.base))
    for entry in entries:
        if entry.name.startswith(".") or _TEMPORARY.search(entry.name):
            continue
        real = _inside(entry, walk.base)
        if real is None:
            continue
        relative = entry.relative_to(walk.base).as_posix()
        if walk.wanted.left_out(relative, folder=real.is_dir()):
            continue
        if real.is_dir():
            if entry.name not in _SKIPPED_FOLDERS and real not in walk.above:
                yield from _walk(entry, replace(walk, above=walk.above | {real}))
        elif real.is_file() and suffix_of(entry.name) in READABLE:
            files = _files(f"{walk.name}/{relative}", entry, real.stat())
            yield from (file for file in files if _chosen(file, entry, walk))


def _chosen(file: SourceFile, entry: Path, walk: _Walk) -> bool:
    """Whether a file, or a file of the archive ``entry``, is one that is wanted."""
    if isinstance(file, UnreadableFile) and file.path == entry:
        return True  # what it holds is not known, and must not be taken for gone
    relative = file.document_id.removeprefix(f"{walk.name}/")
    return not (walk.wanted.left_out(relative) or walk.wanted.not_included(relative))


def _files(document_id: str, path: Path, stat: os.stat_result) -> Iterator[SourceFile]:
    """A file as one, or an archive as the files in it."""
    whole = SourceFile(document_id, path, stat.st_size, stat.st_mtime)
    if suffix_of(path.name) != archives.SUFFIX:
        yield whole
        return
    try:
        members = archives.members(path)
    except (ParseError, SourceError) as error:
        yield UnreadableFile(document_id, path, stat.st_size, stat.st_mtime, str(error))
        return
    for member in members:
        suffix = suffix_of(member.path.name)
        if passed_over(Path(member.path)) or suffix not in READABLE:
            continue
        place = f"{document_id}/{member.path}", path / member.path, member.size, stat.st_mtime
        if member.problem is not None:
            yield UnreadableFile(*place, f"{path.name}: {member.path.name}: {member.problem}")
        else:
            yield MemberFile(*place, path, member.name)


def _inside(entry: Path, base: Path) -> Path | None:
    """Where ``entry`` really is, or None when that is outside ``base`` or nowhere."""
    try:
        real = entry.resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    return real if real.is_relative_to(base) else None
