"""Plain text to paragraphs, which blank lines separate.

Lines that a text editor wrapped are joined; lines that stand for themselves (short ones,
addresses, lists, indented code) are kept. Finds no headings and no title: plain text has
none that can be told from short lines reliably, and "QwQ LICENSE", the file's name, says
more than "Apache License", its first line.
"""

from __future__ import annotations

import re
from statistics import median

from corpus.parse.build import TextBuilder, clean
from corpus.parse.encoding import decode
from corpus.types import Parsed

_PARAGRAPH_BREAK = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_ITEM = re.compile(r"^\s*(?:[-*•·]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)])\s+", re.I)
# Hard-wrapped text has lines of 50 to 120 characters.
_WRAPPED_MIN, _WRAPPED_MAX = 50, 120


def parse(data: bytes, name: str) -> Parsed:
    """Parse plain text; raises ParseError when it is empty."""
    text = clean(decode(data)).expandtabs(4)
    builder = TextBuilder()
    for paragraph in _PARAGRAPH_BREAK.split(text):
        builder.paragraph(_unwrap(paragraph))
    return builder.build()


def _unwrap(paragraph: str) -> str:
    """Join the lines of a hard-wrapped paragraph; leave other line breaks."""
    lines = paragraph.strip("\n").split("\n")
    if len(lines) < 2 or not _is_wrapped(lines):
        return paragraph
    joined = [lines[0].strip()]
    for line in lines[1:]:
        if _ITEM.match(line):
            joined.append(line.strip())
        else:
            joined[-1] += " " + line.strip()
    return "\n".join(joined)


def _is_wrapped(lines: list[str]) -> bool:
    full = [len(line.rstrip()) for line in lines[:-1]]
    return median(full) >= _WRAPPED_MIN and max(full) <= _WRAPPED_MAX
