"""The curated documents that ship with refdesk: list them, and check each one's front.

Knows nothing of the index or the network.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from corpus.cards import curated_cards
from corpus.errors import ParseError, SourceError
from corpus.front import CuratedFront
from corpus.parse import parse
from corpus.parse.encoding import decode
from corpus.parse.front_matter import split_front_matter
from corpus.sources import CardFile, SourceFile


def documents_folder() -> Path:
    """Where the curated documents are installed."""
    return Path(str(files("corpus"))) / "documents"


def curated_files(folder: Path | None = None) -> Iterator[SourceFile]:
    """The curated documents in file order; a document's id is the one in its front matter.

    Raises SourceError when a file's front matter is wrong or two files share an id.
    """
    seen: dict[str, Path] = {}
    for path in sorted((folder or documents_folder()).glob("*.md")):
        front = read_front(path)
        if front.id in seen:
            raise SourceError(f"{path.name}: id {front.id!r} is taken by {seen[front.id].name}")
        seen[front.id] = path
        stat = path.stat()
        yield SourceFile(front.id, path, stat.st_size, stat.st_mtime)


def curated_card_files(folder: Path | None = None) -> Iterator[CardFile]:
    """The curated model cards in order; raises SourceError when one is wrong."""
    for path, card in curated_cards(folder):
        stat = path.stat()
        yield CardFile(card.document_id, path, stat.st_size, stat.st_mtime, card)


def read_front(path: Path) -> CuratedFront:
    """The checked front matter of a curated file; raises SourceError with what to correct."""
    try:
        metadata, _ = split_front_matter(decode(path.read_bytes()).replace("\r\n", "\n"))
        return CuratedFront.model_validate(metadata)
    except (OSError, ParseError) as error:
        raise SourceError(f"{path.name}: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "front matter"
        raise SourceError(f"{path.name}: {where}: {first['msg']}") from error


def problems(folder: Path | None = None) -> list[str]:
    """Everything wrong with the curated documents, one line each; [] when all is well."""
    found: list[str] = []
    seen: dict[str, str] = {}
    for path in sorted((folder or documents_folder()).glob("*.md")):
        try:
            front = read_front(path)
            parse(path.read_bytes(), path.name)
        except (SourceError, ParseError) as error:
            found.append(str(error) if isinstance(error, SourceError) else f"{path.name}: {error}")
            continue
        if front.id in seen:
            found.append(f"{path.name}: id {front.id!r} is taken by {seen[front.id]}")
        seen.setdefault(front.id, path.name)
    return found
