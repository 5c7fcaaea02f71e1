"""A document in the reader beside the chat: its text or its pages, with the quote marked.

Pure functions to escaped HTML. Knows nothing of files, servers or stores: what a PDF's pages look
like and where the quote stands on them is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from corpus.parse.pdf_view import Box
from corpus.types import Block, Document
from index.types import Quoted
from ui.markup import DOCUMENT_PATH, Span, document_href, escaped, link
from ui.render_document import parts
from ui.source_links import source_list

WINDOW_CHARS = 24_000
"""About eight printed pages: laid out at once on a phone, and enough around a quote."""
LEAVES = 3  # pages shown before and after the one with the quote
MORE_LEAVES = 10
IMAGE_PATH = f"{DOCUMENT_PATH}/page"

# The script fills it and shows it; see static/reader.js.
SHELL = (
    '<section class="reader" aria-label="Document" tabindex="-1" hidden>'
    '<div class="reader-bar"><button type="button" class="reader-close">Back to the answer'
    '</button><span class="reader-place" role="status"></span>'
    '<span class="reader-steps"><button type="button" class="reader-step" data-step="-1"'
    ' aria-label="Previous source of this answer">‹</button>'
    '<button type="button" class="reader-step" data-step="1"'
    ' aria-label="Next source of this answer">›</button></span></div>'
    '<div class="reader-body" tabindex="0" role="region" aria-label="Text of the document">'
    "</div></section>"
)


@dataclass(frozen=True, slots=True)
class Leaves:
    """The pages of a PDF that can be shown: width and height of each, the boxes of the quote."""

    shapes: Sequence[tuple[float, float]]
    marks: Mapping[int, Sequence[Box]]

    @property
    def first_marked(self) -> int:
        """The first page with a box; the first page where there is none."""
        return min((number for number, boxes in self.marks.items() if boxes), default=1)


def reader_part(
    document: Document, marked: Span, leaves: Leaves | None = None, note: str | None = None
) -> str:
    """What the reader shows first: head, and the text or the pages around the quote.

    ``note`` says why a document that had pages is shown as text only.
    """
    whole = Span(0, len(document.text))
    marked = marked.within(whole)
    pages = found = ""
    if leaves is not None:
        pages = f'<div class="reader-pages">{_leaves_around(document, leaves)}</div>'
        found = "" if any(leaves.marks.values()) or marked.start == marked.end else _NOT_ON_PAGE
    text = text_window(document, _around(marked, whole), marked)
    return (
        f'<article class="reading"{_shows(leaves)}>{_head(document, marked, leaves)}'
        f"{_said(note)}{_said(found, 'only-pages')}"
        f'{pages}<div class="reader-text">{text}{source_list(document.info.sources)}</div>'
        "</article>"
    )


_NOT_ON_PAGE = "The quote could not be found on the page’s image; the text has it marked."


def missing_part(reason: str) -> str:
    """What the reader shows where a document cannot be shown."""
    return f'<p class="note" role="alert">{escaped(reason)}</p>'


def text_window(document: Document, window: Span, marked: Span) -> str:
    """A piece of the text in whole blocks, and buttons for what comes before and after it."""
    window = _whole_blocks(document.blocks, window.within(Span(0, len(document.text))))
    before = after = ""
    if window.start > 0:
        start = max(0, window.start - WINDOW_CHARS)
        before = _more(document, "text", Span(start, window.start), "Show what comes before")
    if window.end < len(document.text):
        end = min(len(document.text), window.end + WINDOW_CHARS)
        after = _more(document, "text", Span(window.end, end), "Show what comes after")
    return before + "".join(parts(document, window, marked, ids=False)) + after


def leaf_window(document: Document, leaves: Leaves, first: int, last: int) -> str:
    """Pages ``first`` to ``last``, and buttons for those before and after them."""
    count = len(leaves.shapes)
    first, last = max(1, first), min(last, count)
    before = after = ""
    if first > 1:
        span = Span(max(1, first - MORE_LEAVES), first - 1)
        before = _more(document, "leaves", span, "Show earlier pages")
    if last < count:
        span = Span(last + 1, min(count, last + MORE_LEAVES))
        after = _more(document, "leaves", span, "Show later pages")
    shown = (_leaf(document, leaves, number) for number in range(first, last + 1))
    return before + "".join(shown) + after


def _leaves_around(document: Document, leaves: Leaves) -> str:
    middle = leaves.first_marked
    return leaf_window(document, leaves, middle - LEAVES, middle + LEAVES)


def _leaf(document: Document, leaves: Leaves, number: int) -> str:
    width, height = leaves.shapes[number - 1]
    query = {"id": document.info.id, "number": number, "v": document.content_hash[:16]}
    source = f"{IMAGE_PATH}?{urlencode(query, quote_via=quote)}"
    spots = "".join(map(_spot, leaves.marks.get(number, ())))
    return (
        f'<figure class="leaf" data-page="{number:d}"><div class="sheet"'
        f' style="aspect-ratio:{width:.2f}/{height:.2f}"><img src="{escaped(source)}"'
        f' alt="Page {number:d} as printed; choose Text to read it" loading="lazy">{spots}</div>'
        f"<figcaption>Page {number:d}</figcaption></figure>"
    )


def _spot(box: Box) -> str:
    """A marked line, a little larger than its letters."""
    more = 0.15 * box.height
    return (
        f'<mark class="spot" style="left:{100 * box.left:.2f}%;top:{100 * (box.top - more):.2f}%;'
        f'width:{100 * box.width:.2f}%;height:{100 * (box.height + 2 * more):.2f}%"></mark>'
    )


def _shows(leaves: Leaves | None) -> str:
    return "" if leaves is None else ' data-shows="pages"'


def _said(note: str | None, css_class: str = "") -> str:
    return f'<p class="note {css_class}">{escaped(note)}</p>' if note else ""


def _head(document: Document, marked: Span, leaves: Leaves | None) -> str:
    info = document.info
    facts = [escaped(fact) for fact in (info.publisher, info.published, info.licence) if fact]
    page = page_of(document, marked.start) if marked.start < marked.end else None
    shown = ""
    if page is not None:
        facts.append(f"page {page:d}")
        shown = f' data-page="{page:d}"'
    chosen = document.text[marked.start : marked.end]
    address = escaped(document_href(info.id, marked, chosen))
    tab = f'<a href="{address}" target="_blank">open in a tab</a>'
    links = [each for each in (link(info.url, "open the original"), tab) if each]
    toggle = ""
    if leaves is not None:
        toggle = (
            '<div class="reader-views" role="group" aria-label="Show the document as">'
            '<button type="button" data-shows="pages" aria-pressed="true">Page</button>'
            '<button type="button" data-shows="text" aria-pressed="false">Text</button></div>'
        )
    return (
        f'<header><h2 dir="auto" title="{escaped(info.title)}">{escaped(info.title)}</h2>'
        f'<p class="meta"{shown}>{" · ".join([*facts, *links])}</p>{toggle}</header>'
    )


def page_of(document: Document, place: int) -> int | None:
    """The number of the page on which a character stands, if the document has pages."""
    return next((p.number for p in document.pages if p.start <= place < max(p.end, 1)), None)


def _around(marked: Span, whole: Span) -> Span:
    start = max(0, min(marked.start - WINDOW_CHARS // 2, whole.end - WINDOW_CHARS))
    return Span(start, min(whole.end, max(start + WINDOW_CHARS, marked.start + WINDOW_CHARS // 2)))


def _whole_blocks(blocks: Sequence[Block], window: Span) -> Span:
    """The window, grown to the ends of the blocks that it cuts; a huge block stays cut."""
    start, end = window.start, window.end
    for block in blocks:
        if block.end - block.start > WINDOW_CHARS:
            continue
        if block.start < window.start < block.end:
            start = block.start
        if block.start < window.end < block.end:
            end = block.end
    return Span(start, end)


def _more(document: Document, kind: str, span: Span, label: str) -> str:
    query = {"id": document.info.id, "part": kind, "start": span.start, "end": span.end}
    if kind == "text":  # more of the same version
        query["q"] = Quoted.of(span.start, span.end, document.text[span.start : span.end]).digest
    address = f"{DOCUMENT_PATH}?{urlencode(query, quote_via=quote)}"
    side = "before" if label.startswith(("Show what comes before", "Show earlier")) else "after"
    return (
        f'<button type="button" class="reader-more" data-side="{side}"'
        f' data-more="{escaped(address)}">{label}</button>'
    )
