"""Markdown to blocks, by rendering to HTML (markdown-it) and reading that.

Front matter goes to ``Parsed.metadata``; its title and date count before the text's own.
"""

from __future__ import annotations

import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.reference import reference
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

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
    # "5 $ and 6 $" are prices; $5$ is a formula.
    dollarmath_plugin(markdown, allow_space=False, allow_digits=False, renderer=_formula)
    amsmath_plugin(markdown, renderer=_environment)
    markdown.block.ruler.at("reference", _reference, {"alt": []})
    return str(markdown.render(_ALERT.sub(r"\1", body)))


def _formula(tex: str, options: dict[str, Any]) -> str:
    """As it is written: Markdown's own signs in it are TeX's."""
    sign = "$$" if options["display_mode"] else "$"
    return escapeHtml(f"{sign}{' '.join(tex.split())}{sign}")


def _environment(tex: str) -> str:
    return escapeHtml(" ".join(tex.split()))


def _reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A link's address, but not the text of a footnote: [^1]: said here."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    return not line.startswith("[^") and reference(state, start, end, silent)
