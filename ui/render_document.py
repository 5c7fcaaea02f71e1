"""Show one document as a page of its own, with the cited quote marked where it stands.

Pure functions; the page has no script. Knows nothing of servers, stores or answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from corpus.types import Block, Document, DocumentInfo
from ui.markup import Span, escaped, link, moment
from ui.source_links import linked, source_list

# About 60 printed pages: a browser lays it out at once, where a whole book would freeze it.
WINDOW_CHARS = 200_000
UP = '<p class="up"><a href="/">refdesk</a></p>'  # the way to the desk from a page of its own


def document_page(document: Document, style: str, marked: Span | None = None) -> str:
    """Return the whole page: what is known of the document, and its text."""
    whole = Span(0, len(document.text))
    marked = (marked or Span(0, 0)).within(whole)
    window = _window(marked, whole)
    replaced = document.info.replaced
    note = f'<p class="note">{escaped(old_version(replaced))}</p>' if replaced else ""
    if window != whole:
        note += (
            f'<p class="note">Characters {window.start:,} to {window.end:,} of'
            f" {whole.end:,} are shown.</p>"
        )
    return _page(
        document.info.title,
        f'<p class="meta">{document_meta(document.info)}</p>{note}'
        + "".join(parts(document, window, marked))
        + source_list(document.info.sources),
        style,
    )


def old_version(replaced: str) -> str:
    """Return what a reader should know of a version that is not the current one."""
    return (
        f"This is the version that was quoted. It ceased to be the current one on"
        f" {moment(replaced)}: the document has changed since, or gone."
    )


def missing_page(reason: str, style: str) -> str:
    """Return the page of a document that cannot be shown."""
    return _page("Not found", f"<p>{escaped(reason)}</p>", style)


def _page(title: str, body: str, style: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escaped(title)}</title><style>{style}</style></head>"
        f'<body><main>{UP}<h1 dir="auto">{escaped(title)}</h1>{body}</main></body></html>'
    )


def document_meta(info: DocumentInfo) -> str:
    """Return publisher, date, licence, file and the link to the original, as far as known."""
    facts = [escaped(fact) for fact in (info.publisher, info.published, info.licence) if fact]
    facts += [escaped(info.id)]
    original = link(info.url, "open the original")
    return " · ".join([*facts, original] if original else facts)


def _window(marked: Span, whole: Span) -> Span:
    start = max(0, min(marked.start - WINDOW_CHARS // 2, whole.end - WINDOW_CHARS))
    return Span(start, min(whole.end, start + WINDOW_CHARS))


def parts(document: Document, window: Span, marked: Span, *, ids: bool = True) -> Iterator[str]:
    """Yield each block, and each page's number before the first block that starts on it.

    ``ids``: whether the quote and the pages can be jumped to by the address.
    """
    pages = iter(document.pages)
    page = next(pages, None)
    blocks = document.blocks or (Block("paragraph", 0, len(document.text)),)
    named = False
    addresses = dict(document.info.sources)
    for block in blocks:
        while page is not None and page.start <= block.start:
            if page.end > window.start and page.start < window.end:
                identity = f' id="page-{page.number:d}"' if ids else ""
                yield f'<p class="page"{identity}>Page {page.number:d}</p>'
            page = next(pages, None)
        span = Span(block.start, block.end).within(window)
        if span.start == span.end:
            continue
        inside = marked.within(span)
        shown = partial(linked, addresses=addresses, is_table=block.kind == "table")
        body = _marked(document.text, span, inside, shown, first=ids and not named)
        named = named or inside.start < inside.end
        yield _element(block, body)


def _marked(
    text: str, span: Span, inside: Span, shown: Callable[[str], str], *, first: bool
) -> str:
    if inside.start >= inside.end:
        return shown(text[span.start : span.end])
    identity = ' id="quote"' if first else ""
    return (
        f"{shown(text[span.start : inside.start])}<mark{identity}>"
        f"{shown(text[inside.start : inside.end])}</mark>{shown(text[inside.end : span.end])}"
    )


def _element(block: Block, body: str) -> str:
    if block.kind == "heading":
        level = min(6, max(2, block.level + 1))
        return f'<h{level} dir="auto">{body}</h{level}>'
    if block.kind in ("code", "table"):
        return f'<pre class="{block.kind}">{body}</pre>'
    return f'<p class="prewrap" dir="auto">{body}</p>'
