"""Markdown to blocks, by rendering to HTML (markdown-it) and reading that.

Front matter goes to ``Parsed.metadata``; its title and date count before the text's own.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from corpus.parse.build import TextBuilder, one_line
from corpus.parse.dates import iso_date
from corpus.parse.encoding import decode
from corpus.parse.front_matter import split_front_matter
from corpus.parse.html import add_blocks, soup_of
from corpus.types import Parsed

_DATE_KEYS = ("published", "date", "created")
# [!NOTE] and its kin: GitHub's way to colour a quote.
_ALERT = re.compile(r"^(\s*>\s*)\[!(\w+)\]\s*$", re.M)


def parse(data: bytes, name: str) -> Parsed:
    """Parse Markdown; raises ParseError when nothing readable is in it."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    metadata, body = split_front_matter(text)
    builder = TextBuilder()
    add_blocks(builder, soup_of(_render(body)))
    title = metadata.get("title")
    dates = (iso_date(metadata.get(key)) for key in _DATE_KEYS)
    parsed = builder.build(
        title=one_line(title) if isinstance(title, str) else None,
        published=next((day for day in dates if day), None),
        metadata=metadata,
    )
    return parsed


def _render(body: str) -> str:
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return str(markdown.render(_ALERT.sub(r"\1", body)))
