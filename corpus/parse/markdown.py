"""Markdown to blocks, by rendering to HTML (markdown-it) and reading that.

Front matter goes to ``Parsed.metadata``; its title and date count before the text's own.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from corpus.front import front_of
from corpus.parse.build import TextBuilder
from corpus.parse.encoding import decode
from corpus.parse.front_matter import split_front_matter
from corpus.parse.html import add_blocks, soup_of
from corpus.types import Parsed

# [!NOTE] and its kin: GitHub's way to colour a quote.
_ALERT = re.compile(r"^(\s*>\s*)\[!(\w+)\]\s*$", re.M)


def parse(data: bytes, name: str) -> Parsed:
    """Parse Markdown; raises ParseError when nothing readable is in it."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    metadata, body = split_front_matter(text)
    builder = TextBuilder()
    add_markdown(builder, body)
    front = front_of(metadata)
    return builder.build(title=front.title, published=front.published, metadata=metadata)


def add_markdown(builder: TextBuilder, body: str) -> None:
    """Append the blocks of Markdown that has no front matter."""
    add_blocks(builder, soup_of(_render(body)))


def _render(body: str) -> str:
    markdown = MarkdownIt("commonmark", {"html": True, "maxNesting": 100}).enable(
        ["table", "strikethrough"]
    )
    return str(markdown.render(_ALERT.sub(r"\1", body)))
