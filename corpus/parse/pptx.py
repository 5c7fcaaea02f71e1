"""PPTX to blocks, a page per slide: title as heading, text as lists, tables, notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile

import pptx
from pptx.exc import PythonPptxError

from corpus.errors import ParseError
from corpus.parse.build import TextBuilder, one_line
from corpus.parse.formulas import formula, local_name
from corpus.parse.ooxml import open_package, sane_date, sane_title
from corpus.types import Parsed

_MAX_GROUP_DEPTH = 10


def parse(data: bytes, name: str) -> Parsed:
    """Parse a presentation; raises ParseError when it is damaged, encrypted or empty."""
    package = open_package(data, "PPTX")
    builder = TextBuilder()
    first_title = None
    try:
        presentation = pptx.Presentation(package)
        for number, slide in enumerate(presentation.slides, start=1):
            builder.new_page(number)
            title = _add_slide(builder, slide)
            first_title = first_title or title
        properties = presentation.core_properties
        title, created = sane_title(properties.title), sane_date(properties.created)
    except (
        PythonPptxError,
        BadZipFile,
        KeyError,
        SyntaxError,
        ValueError,
        AttributeError,
    ) as error:
        raise ParseError("damaged PPTX file; open and save it again in PowerPoint") from error
    return builder.build(title=title or first_title, published=created)


def _add_slide(builder: TextBuilder, slide: Any) -> str | None:
    title_shape = slide.shapes.title
    title = one_line(title_shape.text_frame.text) if title_shape is not None else ""
    builder.heading(title, 1)
    for shape in _reading_order(slide.shapes):
        if title_shape is None or shape.shape_id != title_shape.shape_id:
            _add_shape(builder, shape)
    if slide.has_notes_slide:
        notes = slide.notes_slide.notes_text_frame
        builder.paragraph(notes.text if notes is not None else "")
    return title or None


def _reading_order(shapes: Any, depth: int = 0) -> Iterator[Any]:
    """Shapes of a slide and of its groups, top to bottom then left to right."""
    for shape in sorted(shapes, key=lambda s: (s.top or 0, s.left or 0)):
        if hasattr(shape, "shapes") and depth < _MAX_GROUP_DEPTH:
            yield from _reading_order(shape.shapes, depth + 1)
        else:
            yield shape


def _add_shape(builder: TextBuilder, shape: Any) -> None:
    if getattr(shape, "has_table", False):
        builder.table([[cell.text for cell in row.cells] for row in shape.table.rows])
    elif getattr(shape, "has_text_frame", False):
        _add_text(builder, shape.text_frame)


def _add_text(builder: TextBuilder, frame: Any) -> None:
    """Several short paragraphs are a list, as slides mean them; else they are paragraphs."""
    # Boxes that hold only "+" or "=" are drawing, not text.
    told = [(p.level, _text(p)) for p in frame.paragraphs]
    paragraphs = [(level, text) for level, text in told if any(c.isalnum() for c in text)]
    if len(paragraphs) > 1 and all(len(text) < 250 for _, text in paragraphs):
        builder.items("  " * level + "- " + one_line(text) for level, text in paragraphs)
    else:
        for _, text in paragraphs:
            builder.paragraph(text.replace("\v", "\n"))


def _text(paragraph: Any) -> str:
    """The text of a paragraph; python-pptx leaves out its formulas."""
    element = paragraph._p
    if not any(local_name(one) == "oMath" for one in element.iter()):
        return str(paragraph.text)
    return "".join(_pieces(element, 0))


def _pieces(element: Any, depth: int) -> Iterator[str]:
    for child in element:
        name = local_name(child)
        if name == "oMath":
            yield formula(child)
        elif name == "t":
            yield child.text or ""
        elif name == "br":
            yield "\n"
        elif name != "Fallback" and depth < _MAX_GROUP_DEPTH:
            yield from _pieces(child, depth + 1)
