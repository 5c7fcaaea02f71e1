"""XML from strangers, element by element: no document types, bounded in depth and in number.

Knows nothing of feeds or sitemaps. A document that is damaged, or goes on past a bound, is read
up to there; what was complete by then is good.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from html import escape
from html.entities import html5
from xml.parsers import expat

from corpus.errors import ParseError
from corpus.parse.encoding import decode

MOST_DEPTH = 100  # an article's HTML inside a feed is 10 to 20 deep
MOST_ELEMENTS = 500_000  # and attributes: a full sitemap has 250,000, more with its images

_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,100}encoding\s*=\s*[\"']([A-Za-z0-9._-]{2,40})[\"']")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_AMPERSAND = re.compile(r"&(?:(#\d{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos)|(\w{2,32}));|&")

Start = Callable[[str, int], None]
Text = Callable[[str], None]


class _Enough(Exception):  # noqa: N818 (it ends a walk; nothing has gone wrong)
    """The walk has gone as far as it may."""


class Walk:
    """One pass over ``data``; ``start`` and ``end`` are told each element's name and depth.

    The name is local, without a namespace's prefix; the root has depth 1. ``stop()`` ends the
    walk. Afterwards ``problem`` says why it ended early, if it did.
    """

    def __init__(
        self,
        data: bytes,
        *,
        start: Start,
        end: Start,
        text: Text | None = None,
        most_elements: int = MOST_ELEMENTS,
    ) -> None:
        self.problem: str | None = None
        self.content = mended(data).encode("utf-8")
        self.open: list[str] = []
        self._start, self._end = start, end
        self._elements, self._most_elements = 0, most_elements
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._refuse
        self._parser.StartElementHandler = self._opened
        self._parser.EndElementHandler = self._closed
        if text is not None:
            self._parser.CharacterDataHandler = text

    def run(self) -> None:
        """Read to the end, or to where it is damaged; raises ParseError for declared entities."""
        try:
            self._parser.Parse(self.content, True)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code) or "not XML"
            self.problem = f"it is damaged in line {error.lineno} ({reason})"
        except _Enough:
            pass

    def stop(self, problem: str | None = None) -> None:
        """End the walk here."""
        self.problem = problem
        raise _Enough

    def here(self) -> int:
        """How many bytes of ``content`` stand before the tag that is being told."""
        return self._parser.CurrentByteIndex

    def _doctype(self, name: str, system: object, public: object, has_subset: int) -> None:
        if has_subset:
            self._refuse()

    def _refuse(self, *declared: object) -> None:
        raise ParseError("it declares XML entities, so it is not read")

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1 + len(attributes)
        if len(self.open) >= MOST_DEPTH:
            self.stop(f"it is nested more than {MOST_DEPTH} deep")
        if self._elements > self._most_elements:
            self.stop(f"it has more than {self._most_elements:,} elements")
        self.open.append(name)
        self._start(_local(name), len(self.open))

    def _closed(self, name: str) -> None:
        self._end(_local(name), len(self.open))
        self.open.pop()


def mended(data: bytes) -> str:
    """The text of an XML document, with what feeds commonly get wrong put right.

    That is HTML's named characters (&nbsp;), ampersands that nobody escaped, control characters.
    """
    text = _NOT_XML.sub("", _DECLARATION.sub("", _text(data).lstrip("\ufeff"), count=1))
    first, *others = text.split("<![CDATA[")
    parts = [_AMPERSAND.sub(_character, first)]
    for other in others:
        literal, mark, rest = other.partition("]]>")
        parts.append(f"<![CDATA[{literal}{mark}{_AMPERSAND.sub(_character, rest)}")
    return "".join(parts).lstrip()


def _text(data: bytes) -> str:
    declared = _DECLARED.match(data[:300])
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeError):
            pass
    if data.startswith((b"\xef\xbb\xbf<", b"<?", b"<r", b"<f", b"<u", b"<s")):
        data = data.replace(b"\x00", b"")  # in one byte a character it says nothing
    return decode(data)


def _character(match: re.Match[str]) -> str:
    if match[1]:
        return match[0] if match[1][0] != "#" or _is_character(match[1][1:]) else ""
    known = html5.get(f"{match[2]};") if match[2] else None
    return escape(known, quote=False) if known else "&amp;" + match[0][1:]


def _is_character(number: str) -> bool:
    code = int(number[1:], 16) if number[0] == "x" else int(number)
    return code <= sys.maxunicode and _NOT_XML.match(chr(code)) is None


def _local(name: str) -> str:
    return name.rpartition(":")[2]
