"""The formats that a server names, as the suffixes that the parsers go by.

Knows nothing of the network.
"""

from __future__ import annotations

import codecs
from email.message import Message

from corpus.errors import SourceError
from corpus.parse import SUFFIXES, known, media_type
from corpus.parse import suffix_of as suffix_of_name

LISTING = ".listing"
"""The suffix given to a feed or a sitemap, which is no page and is not kept as one."""
_HTML = ".html"
_TEXTS = frozenset((".md", ".markdown", ".txt", ".text", ".csv", ".tsv", ".rst"))
_TYPES = {media_type(f"a{suffix}"): suffix for suffix in sorted(SUFFIXES)} | {
    "text/html": _HTML,
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "application/xhtml+xml": _HTML,
    "application/x-pdf": ".pdf",
}
# Said of a file that the server does not know the kind of.
_UNKNOWN = ("", "application/octet-stream", "binary/octet-stream", "application/force-download")

ACCEPT = f"text/html, application/xhtml+xml, {', '.join(sorted(set(_TYPES)))};q=0.9"
ACCEPT_LISTING = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, */*;q=0.5"
)


def suffix_of(content_type: str, path: str) -> str:
    """The suffix of a page's format, by its Content-Type and the path of its address.

    Raises SourceError for one that no parser reads.
    """
    named, by_path = _parsed(content_type).get_content_type(), suffix_of_name(path)
    if not content_type.strip() or named in _UNKNOWN:
        if by_path in SUFFIXES:
            return by_path
    elif named == "text/plain" and by_path in _TEXTS:
        return by_path
    elif named in _TYPES:
        return _TYPES[named]
    said = named if content_type.strip() else "of no stated kind"
    raise SourceError(f"the page is {said}, which cannot be read; it must be one of {known()}")


def as_utf8(content: bytes, content_type: str, suffix: str) -> bytes:
    """Text whose charset only the header tells, as UTF-8 with a byte order mark."""
    charset = _parsed(content_type).get_content_charset()
    if charset is None or (suffix not in (_HTML, LISTING) and suffix not in _TEXTS):
        return content
    try:
        if codecs.lookup(charset).name in ("utf-8", "ascii"):
            return content
        return codecs.BOM_UTF8 + content.decode(charset).encode()
    except (LookupError, UnicodeError):
        return content  # the header is wrong; the parser looks at the bytes


def _parsed(content_type: str) -> Message:
    message = Message()
    message["Content-Type"] = " ".join(content_type[:200].split()) or "application/octet-stream"
    return message
