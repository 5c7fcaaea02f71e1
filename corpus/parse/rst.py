"""reStructuredText to blocks, by rendering to HTML (docutils) and reading that.

Nothing is included, fetched or executed: file insertion and raw HTML are off, and unknown
Sphinx roles and directives keep their text.
"""

from __future__ import annotations

import re

from docutils.core import publish_parts
from docutils.utils import SystemMessage

from corpus.errors import ParseError
from corpus.parse.build import TextBuilder
from corpus.parse.encoding import decode
from corpus.parse.html import add_blocks, soup_of
from corpus.types import Parsed

_SETTINGS: dict[str, object] = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,
    "halt_level": 5,
    "embed_stylesheet": False,
    "stylesheet_path": "",
    "input_encoding": "unicode",
    "doctitle_xform": True,
    "initial_header_level": "2",
    "syntax_highlight": "none",
    "math_output": "LaTeX",
    "line_length_limit": 1_000_000,
    "_disable_config": True,
}
# :role:`text <target>` -> text, for the Sphinx roles that docutils does not know.
_ROLE = re.compile(r":(?!math:)[A-Za-z][\w:+.-]*:`~?([^`<]+?)(?:\s*<[^`>]*>)?`")


def parse(data: bytes, name: str) -> Parsed:
    """Parse reStructuredText; raises ParseError when docutils gives up or finds nothing."""
    text = _ROLE.sub(r"\1", decode(data))
    try:
        parts = publish_parts(text, writer="html5", settings_overrides=_SETTINGS)
    except (SystemMessage, RecursionError, AssertionError) as error:
        raise ParseError(f"not readable as reStructuredText ({type(error).__name__})") from error
    soup = soup_of(parts["html_body"])
    for note in soup.find_all(class_="system-message"):
        note.decompose()
    for label in soup.select("span.label"):
        said = label.find_next_sibling("p")
        if said is not None:  # the number of a note, and what it says
            said.insert(0, f"{label.extract().get_text()} ")
    builder = TextBuilder()
    add_blocks(builder, soup)
    return builder.build(title=soup_of(parts["title"]).get_text() or None)
