"""XML members of a zip container to element trees, with what can harm refused.

Knows nothing of the formats that are made of them.
"""

from __future__ import annotations

import lzma
import xml.etree.ElementTree as ET
import zipfile
import zlib

from corpus.errors import ParseError
from corpus.parse.encoding import decode

# What reading a member of a damaged container raises; bz2 raises OSError, a password or an
# unknown method RuntimeError and its kin.
_DAMAGED = (
    *(KeyError, ValueError, OSError, EOFError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
)


def member(package: zipfile.ZipFile, path: str) -> bytes:
    """The bytes of a member; raises ParseError when it is missing or damaged."""
    try:
        return package.read(path)
    except _DAMAGED as error:
        raise ParseError(f"damaged: {path[:80]!r} inside it cannot be read") from error


def tree(data: bytes, what: str) -> ET.Element:
    """``data`` as a tree; a document type is refused, since entities are declared in it."""
    text = decode(data)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ParseError(f"{what} declares XML entities; it is not opened")
    try:
        return ET.fromstring(_without_declaration(text))  # noqa: S314 (no DTD: checked above)
    except (ET.ParseError, ValueError) as error:
        raise ParseError(f"damaged: {what} is not XML") from error


def local(element: ET.Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def attribute(element: ET.Element, name: str) -> str:
    """The value of an attribute, whatever its namespace; empty when it is not there."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    return ""


def _without_declaration(text: str) -> str:
    """The text is decoded already, and its declared encoding may say otherwise."""
    start = text.lstrip("\ufeff \t\r\n")
    return start.partition("?>")[2] if start.startswith("<?xml") else start
