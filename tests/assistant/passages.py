"""Passages for tests, made from plain text."""

from __future__ import annotations

from corpus.types import Chunk, DocumentInfo
from index.types import Passage


def passage(
    text: str,
    *,
    id: str = "doc",
    title: str = "",
    start: int = 0,
    position: int = 0,
    headings: tuple[str, ...] = (),
    header: str = "",
    published: str | None = None,
    language: str | None = None,
) -> Passage:
    """A passage whose text stands at ``start`` of its document."""
    info = DocumentInfo(id=id, title=title, published=published, language=language)
    chunk = Chunk(id, position, start, start + len(text), heading_path=headings)
    return Passage(info, chunk, text, header=header, score=1.0)


class Shelf:
    """An index that always finds the same passages, and remembers what was searched for."""

    def __init__(self, *passages: Passage) -> None:
        self.passages = list(passages)
        self.queries: list[str] = []

    def search(self, query: str, limit: int = 10) -> list[Passage]:
        self.queries.append(query)
        return self.passages[:limit]
