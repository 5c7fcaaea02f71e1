"""Answer what the reader beside the chat asks for: parts of a document, images of its pages.

Everything that is asked comes from an address, so it is untrusted: a document is found by its id
in the index, its file by what the index recorded, and the file must still hold the same bytes.
Knows nothing of HTML but what ``render_reader`` returns.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import ParseError, RefdeskError
from corpus.parse.pdf_view import Box, Sought, boxes, letters, page_shapes
from corpus.parse.pdf_view import page_image as drawn
from corpus.types import Document
from index.types import Quoted
from ui import render_reader
from ui.markup import Span
from ui.render_document import old_version
from ui.render_reader import IMAGE_PATH, MORE_LEAVES, WINDOW_CHARS, Leaves
from ui.views import Desk

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import HTMLResponse, Response

log = logging.getLogger(__name__)

PDF = "application/pdf"
MAX_MARKED_PAGES = 3  # a quote is a few sentences: it stands on one page or on two
KEPT_IMAGES = 24  # about 4 MB
NO_DOCUMENT = "This document is not in the corpus, or no longer."
GONE = "Its file is not where it was read from any more, so only its text can be shown."
CHANGED = (
    "Its file has changed since it was read; this is the text as it was read. Refresh the corpus."
)

__all__ = ["IMAGE_PATH", "NO_DOCUMENT", "page_image", "reader_page"]


def reader_page(
    desk: Desk, document_id: str, span: Span, part: str, quoted: Quoted | None = None
) -> HTMLResponse:
    """The ``part`` of a document that the reader asked for.

    ``text`` and ``leaves`` are more of its text (characters) or pages (numbers) in ``span``;
    anything else is the document at the quote ``span``.
    """
    from starlette.responses import HTMLResponse

    try:
        document = desk.document(document_id, quoted)
        if document is None:
            return HTMLResponse(render_reader.missing_part(NO_DOCUMENT), 404)
        return HTMLResponse(_part(desk, document, span, part))
    except RefdeskError as error:
        return HTMLResponse(render_reader.missing_part(str(error)), 503)


def _part(desk: Desk, document: Document, span: Span, part: str) -> str:
    if part == "text":
        end = min(span.end, span.start + WINDOW_CHARS)
        return render_reader.text_window(document, Span(span.start, end), Span(0, 0))
    if part == "leaves":
        leaves, _ = _leaves(desk, document, Span(0, 0))
        if leaves is None:
            return render_reader.missing_part(GONE)
        last = min(span.end, span.start + MORE_LEAVES)
        return render_reader.leaf_window(document, leaves, span.start, last)
    leaves, note = _leaves(desk, document, span)
    if document.info.replaced:
        note = old_version(document.info.replaced)
    return render_reader.reader_part(document, span, leaves, note)


def _leaves(desk: Desk, document: Document, span: Span) -> tuple[Leaves | None, str | None]:
    """The pages of a PDF with the quote's boxes, or why they cannot be shown (None: no pages)."""
    if document.info.media_type != PDF or not document.pages:
        return None, None
    original = desk.original(document.info.id)
    if (
        original is None
        or original.state != "here"
        or original.content_hash != document.content_hash
    ):
        changed = original is not None and original.state == "changed"
        return None, CHANGED if changed else GONE
    try:
        path = Path(original.path)
        shapes = _shapes(original.path, original.content_hash)
        return Leaves(shapes, _marks(document, path, span)), None
    except ParseError as error:
        log.warning("no pages of %s: %s", document.info.id, error)
        return None, f"Its pages cannot be shown ({error})."


@lru_cache(maxsize=32)
def _shapes(path: str, content_hash: str) -> tuple[tuple[float, float], ...]:
    return tuple(page_shapes(Path(path)))


def _marks(document: Document, path: Path, span: Span) -> dict[int, tuple[Box, ...]]:
    """The boxes of each page that the quote touches."""
    marked = span.within(Span(0, len(document.text)))
    if marked.start == marked.end:
        return {}
    touched = [p for p in document.pages if p.start < marked.end and marked.start < p.end]
    marks = {}
    for page in touched[:MAX_MARKED_PAGES]:
        inside = marked.within(Span(page.start, page.end))
        before = len(letters(document.text[page.start : inside.start]))
        sought = Sought(document.text[inside.start : inside.end], before)
        marks[page.number] = boxes(path, page.number, sought)
    return marks


def page_image(desk: Desk, request: Request) -> Response:
    """One page of a PDF as an image; the browser keeps it for as long as the file is the same."""
    from starlette.responses import PlainTextResponse, Response

    asked = request.query_params.get("number", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 6 else 0
    try:
        original = desk.original(request.query_params.get("id", ""))
        if original is None or not original.path.lower().endswith(".pdf"):
            return PlainTextResponse(NO_DOCUMENT, 404)
        if original.state != "here":
            return PlainTextResponse(CHANGED if original.state == "changed" else GONE, 404)
        tag = f'"{original.content_hash[:32]}-{number:d}"'
        headers = {"ETag": tag, "Cache-Control": "private, max-age=86400"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        image = _image(original.path, original.content_hash, number)
    except ParseError as error:
        return PlainTextResponse(str(error), 404)
    except RefdeskError as error:
        return PlainTextResponse(str(error), 503)
    return Response(image, media_type="image/png", headers=headers)


@lru_cache(maxsize=KEPT_IMAGES)
def _image(path: str, content_hash: str, number: int) -> bytes:
    return drawn(Path(path), number)
