"""The whole text of a Word paragraph, and the notes of a document.

Beside plain runs it reads tracked insertions, content controls, formulas and text boxes, which
python-docx leaves out; what was deleted stays out. Knows nothing of blocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docx.document import Document as WordDocument
from docx.oxml import parse_xml

from corpus.parse.formulas import formula

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BOX = f"{W}txbxContent"
_LEFT_OUT = frozenset(
    [f"{W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "rPr", "pPr")]
    + [_ALTERNATE, _BOX]
)
_SIGNS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_NOTES = ("footnote", "endnote")
_MAX_DEPTH = 60
Notes = dict[tuple[str, str], str]


def body_parts(body: Any, depth: int = 0) -> Iterator[Any]:
    """Paragraphs and tables in order, also those inside content controls."""
    for child in body:
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins"):
            yield from body_parts(child, depth + 1) if depth < _MAX_DEPTH else ()


def text_of(paragraph: Any) -> str:
    """The text of a paragraph's element."""
    return "".join(_pieces(paragraph, 0))


def _pieces(element: Any, depth: int) -> Iterator[str]:
    for child in element:
        if child.tag in _LEFT_OUT or depth > _MAX_DEPTH:
            continue
        if child.tag == f"{W}t":
            yield child.text or ""
        elif child.tag in (f"{_M}oMath", f"{_M}oMathPara"):
            yield formula(child)
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        else:
            yield from _pieces(child, depth + 1)


def boxes_of(paragraph: Any) -> list[str]:
    """The texts of the paragraphs in text boxes that are anchored in a paragraph, each once."""
    return [text_of(inner) for inner in paragraphs_in(paragraph)]


def paragraphs_in(element: Any) -> Iterator[Any]:
    """The paragraphs inside an element; of two ways to show the same thing, the first."""
    for inner in element.iterdescendants(f"{W}p"):
        if not any(above.tag == _ALTERNATE for above in inner.iterancestors()):
            yield inner


def note_texts(document: WordDocument) -> Notes:
    """Footnotes and endnotes by kind and number."""
    notes: Notes = {}
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2].removesuffix("s")
        if kind not in _NOTES or relation.is_external:
            continue
        for note in parse_xml(relation.target_part.blob):
            if note.tag == f"{W}{kind}" and note.get(f"{W}type") in (None, "normal"):
                texts = [text_of(part) for part in note.iter(f"{W}p")]
                notes[kind, note.get(f"{W}id", "")] = " ".join(filter(None, texts))
    return notes


def notes_in(element: Any, notes: Notes) -> list[str]:
    """The texts of the notes that a paragraph or a table refers to, in order."""
    found = []
    for kind in _NOTES:
        for reference in element.iter(f"{W}{kind}Reference"):
            text = notes.get((kind, reference.get(f"{W}id", "")), "")
            if text.strip():
                found.append(text)
    return found
