"""The nouns of the index: passages found, and what a refresh did.

Knows nothing of language models or answers.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal

from corpus.types import Chunk, DocumentInfo, DocumentKind

SourceKind = Literal["curated", "folder", "file", "url", "feed", "sitemap", "git", "hub", "cards"]


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """Which part of a source is wanted; what a kind of source has no use for is ignored.

    ``include`` and ``exclude`` are glob patterns as in .gitignore, ``revision`` a branch, tag or
    commit, ``limit`` the most documents to take.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    revision: str = ""
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A declared origin of documents. ``name`` is unique in a home and prefixes document ids.

    ``declared_in`` names the file of the home that declares it; "" when a command did.
    """

    name: str
    kind: SourceKind
    location: str
    options: SourceOptions = SourceOptions()
    declared_in: str = ""


@dataclass(frozen=True, slots=True)
class Declaration:
    """How a location is to be a source; what is None is worked out from the location."""

    kind: SourceKind | None = None
    name: str | None = None
    options: SourceOptions | None = None


AS_IT_IS = Declaration()
"""What a location is by itself: a folder, a file or a web page."""


@dataclass(frozen=True, slots=True)
class Original:
    """The file that a document was read from; ``content_hash`` is the sha256 (hex) it had then.

    ``state``: the very same bytes are ``here``, or the file has ``changed``, or it is ``gone``.
    """

    path: str
    content_hash: str
    state: Literal["here", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk found by a search, joined with its current record.

    ``text`` equals ``document.text[chunk.start:chunk.end]``; ``header`` is the text of the
    table header that belongs to it, or "". ``score`` is the fused score (higher is better,
    comparable only within one search); ``cosine`` the dense similarity in [-1, 1], None when
    the vectors were not asked (a CJK question, a store being rebuilt) or the passage has no
    vector yet, and ``bm25`` the lexical score (higher is better), None where that ranking
    missed it.
    """

    document: DocumentInfo
    chunk: Chunk
    text: str
    header: str = ""
    score: float = 0.0
    cosine: float | None = None
    bm25: float | None = None


PARTLY = "; the rest is read"  # how the reason ends of a document that lacks some pages


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be brought in; its last good version, if any, was kept.

    Or pages of it could not, and the rest was (``partly``).
    """

    document_id: str
    path: str
    reason: str

    @property
    def partly(self) -> bool:
        """Whether all but some pages is as it should be."""
        return self.reason.endswith(PARTLY)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a refresh is; ``done`` and ``total`` count ``unit`` (bytes, files, pages, chunks)."""

    stage: Literal["fetch", "scan", "parse", "embed", "repair"]
    done: int
    total: int
    unit: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """The outcome of one refresh; every list holds document ids in order.

    ``waiting`` counts pages that feeds and sitemaps list and for which there was no time yet.
    ``notes`` say in words what was left out on purpose.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    unchanged: int = 0
    repaired: tuple[str, ...] = ()
    chunks: int = 0
    embedded: int = 0
    seconds: float = 0.0
    embedding_seconds: float = 0.0
    as_of: str = ""
    waiting: int = 0
    notes: tuple[str, ...] = ()

    @property
    def touched(self) -> bool:
        """Whether any document came, went, changed or was repaired."""
        return any((self.added, self.changed, self.renamed, self.removed, self.repaired))


@dataclass(frozen=True, slots=True)
class PastRefresh:
    """A refresh that finished at a time (ISO 8601, UTC), and what the journal keeps of it.

    ``report`` has the counts of a RefreshReport and, under "documents", the first ids of each.
    """

    finished: str
    report: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote by its place in a document and the beginning of its sha256 (hex)."""

    start: int
    end: int
    digest: str

    @classmethod
    def of(cls, start: int, end: int, quote: str) -> Quoted:
        """What identifies the version of a document that ``quote`` was taken from."""
        whole = hashlib.sha256(quote.encode(errors="surrogatepass")).hexdigest()
        return cls(start, end, whole[:16])


@dataclass(frozen=True, slots=True)
class NewsItem:
    """A document that was "added", "changed" or "removed" at a time (ISO 8601, UTC).

    ``quote`` is ``text[start:end]`` of the document: its first sentence, or the first that is
    new in it.
    """

    document_id: str
    title: str
    kind: DocumentKind
    what: str
    when: str
    quote: str
    start: int
    end: int
    publisher: str | None = None
    published: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The state of what was asked about, and why it is so.

    ``state``: "indexed", "pending" (no vectors yet), "changed" or "gone" since it was read,
    "kept" (its last good version is), "partly" (but for some pages), "failed", "new", "ignored",
    "source" or "unknown".
    """

    asked: str
    state: str
    reason: str
    document_id: str | None = None
    path: str | None = None
    source: str | None = None
    passages: int = 0
    first_seen: str | None = None
    changed: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What a refresh would do now; every list holds document ids in order.

    A file that is new or changed may still turn out to be unreadable. ``failed`` are sources
    and files that cannot be read now, or could not before and are the same; ``to_read`` is in
    bytes.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    unchanged: int = 0
    to_read: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a document first names something: ``document.text[start:end]``."""

    document: DocumentInfo
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reindex:
    """A change of embedder: ``done`` of ``total`` passages have vectors of the new one.

    Until all have, the vectors of the ``former`` embedder answer; where it cannot be loaded
    (``reason``), the words do, and the new vectors as they come. ``running``: a refresh is at
    work; ``seconds_left`` is None while nobody can tell.
    """

    former: str
    answers: Literal["former", "words"]
    done: int
    total: int
    running: bool
    reason: str = ""
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a home.

    ``vectors`` are those of ``embedder``; ``reindex`` tells whether they answer yet. ``outdated``
    documents were read by an older version of refdesk; the next refresh reads them again.
    """

    documents: int
    chunks: int
    vectors: int
    models: int
    failed: tuple[Failure, ...]
    pending: tuple[str, ...]
    as_of: str | None
    home: str
    embedder: str
    sources: tuple[Source, ...] = field(default=())
    former: str | None = None
    """The embedder before, whose vectors are searched until those of ``embedder`` are complete."""
    reindex: Reindex | None = None
    outdated: int = 0
