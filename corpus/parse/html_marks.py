"""What a page writes with more than letters, made text: formulas, powers, numbers of notes.

Changes the tree that it is given. Knows nothing of blocks.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from bs4.element import Tag

from corpus.errors import ParseError
from corpus.parse.formulas import formula
from corpus.parse.xml_tree import tree

# 10<sup>8</sup> is not 108; the same is done for raised numbers in PDFs.
_RAISED = re.compile(r"[-−–+]?\d{1,4}|[a-z]|[-−–+]?\d?[a-z]")
_ENDS_IN_VALUE = re.compile(r"[\w)\]]$")
_ORDINAL = frozenset(["st", "nd", "rd", "th", "e", "er", "o", "a"])
_MATH_SCRIPT = re.compile(r"^math/tex")
_LEFT_OUT = "template"  # which no reader shows
_MAX_MATH = 100_000  # characters of one formula


def spell_out(soup: BeautifulSoup) -> None:
    """Replace formulas and raised numbers by text that says the same."""
    for script in soup.find_all("script", type=_MATH_SCRIPT):
        _become(script, f"${script.get_text().strip()}$")
    for math in soup.find_all("math"):
        if isinstance(math, Tag) and math.parent is not None:
            _become(_outermost(math), _math_text(math))
    for twice in soup.select(".katex-html, .MathJax_Preview, img.mwe-math-fallback-image-inline"):
        _leave_out(twice)
    for raised in soup.find_all("sup"):
        _raise(raised)


def _become(tag: Tag, text: str) -> None:
    """Make a tag stand for ``text``, where it is: to replace it costs a search for its place."""
    tag.attrs.clear()
    tag.name = "span"
    tag.string = text


def _leave_out(tag: Tag) -> None:
    tag.name = _LEFT_OUT


def _outermost(math: Tag) -> Tag:
    """Wikipedia hides the formula that it shows as a picture."""
    parent = math.parent
    hidden = isinstance(parent, Tag) and any(
        name.startswith("mwe-math-mathml") for name in parent.get_attribute_list("class") if name
    )
    return parent if hidden and isinstance(parent, Tag) else math


def _math_text(math: Tag) -> str:
    """The TeX that a page gives for a formula; else what the formula says."""
    for annotation in math.find_all("annotation"):
        if "tex" in str(annotation.get("encoding", "")).lower() and annotation.get_text().strip():
            return f"${' '.join(annotation.get_text().split())}$"
    written = str(math)
    if len(written) > _MAX_MATH:
        return " ".join(math.get_text(" ").split())
    try:
        said = formula(tree(written.encode(), "a formula"))
    except ParseError:
        said = ""
    return said or str(math.get("alttext", "")) or " ".join(math.get_text(" ").split())


def _raise(raised: Tag) -> None:
    """A power after its base; a number that leads to a note is left out with its mark."""
    text = raised.get_text().strip()
    link = raised.find("a", href=re.compile("^#")) or raised.find_parent("a", href=re.compile("^#"))
    if isinstance(link, Tag):
        _leave_out(raised)
        return
    before = raised.previous_sibling
    base = before.get_text() if before is not None else ""
    if _RAISED.fullmatch(text) and text not in _ORDINAL and _ENDS_IN_VALUE.search(base):
        _become(raised, f"^{text}")
