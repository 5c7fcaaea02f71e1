"""A conversation as a page of its own: what a shared link shows and an HTML export holds.

The answers are drawn as on the desk, without anything to press; the quotes stand below each
answer. Pure functions; the page has no script and loads nothing. Knows nothing of servers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.types import Citation
from ui.markup import Span, document_href, escaped, link
from ui.render import answer_block
from ui.render_document import UP
from ui.views import Conversation, TurnView

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

# Markup of our own: every value in it is escaped, so a tag ends at its first ">".
_BUTTON = re.compile(r"<button\b[^>]*\bclass=\"(?:sort)\"[^>]*>(.*?)</button>", re.DOTALL)
_OTHER_BUTTONS = re.compile(r"<button\b[^>]*>.*?</button>", re.DOTALL)


def talk_page(
    title: str, note: str, turns: Conversation, style: str, *, on_desk: bool = False
) -> str:
    """The whole page; ``on_desk`` when the documents can be read at the same server."""
    body = "".join(_turn(turn, on_desk=on_desk) for turn in turns)
    return page(title, f'<p class="meta">{escaped(note)}</p>{body}', style, UP if on_desk else "")


def page(title: str, body: str, style: str, above: str = "") -> str:
    """A page of ``body`` that no search engine lists and that may load nothing."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex, nofollow">'
        f'<meta http-equiv="Content-Security-Policy" content="{escaped(POLICY)}">'
        f"<title>{escaped(title)}</title><style>{style}</style></head>"
        f'<body><main>{above}<h1 dir="auto">{escaped(title)}</h1>{body}</main></body></html>'
    )


def _turn(turn: TurnView, *, on_desk: bool) -> str:
    answer = turn.answer
    if answer is None:
        said = turn.error or "Stopped. Nothing here was checked."
        return f'{_asked(turn)}<p class="note">{escaped(said)}</p></article>'
    refused = answer.status == "not_in_corpus"
    sources = answer.nearest if refused else answer.citations
    label = "Nearest passages" if refused else "Sources"
    return (
        f"{_asked(turn)}{_still(answer_block(answer, turn.number), turn.number)}"
        f"{_references(sources, label, turn.number, on_desk=on_desk)}</article>"
    )


def _asked(turn: TurnView) -> str:
    standalone = turn.answer.standalone_question if turn.answer else ""
    rewritten = ""
    if standalone.strip() not in ("", turn.question.strip()):
        rewritten = f'<p class="rewritten" dir="auto">Searched for: {escaped(standalone)}</p>'
    return (
        f'<article class="turn" data-turn="{turn.number:d}">'
        f'<h2 class="asked" dir="auto">{escaped(turn.question)}</h2>{rewritten}'
    )


def _still(block: str, turn: int) -> str:
    """An answer without buttons, its markers leading to the quotes of its own turn."""
    block = _OTHER_BUTTONS.sub("", _BUTTON.sub(r"\1", block))
    return block.replace('href="#source-', f'href="#source-{turn:d}-')


def _references(sources: Sequence[Citation], label: str, turn: int, *, on_desk: bool) -> str:
    if not sources:
        return ""
    listed = "".join(_reference(cited, turn, on_desk=on_desk) for cited in sources)
    return f'<section class="references"><h3>{label}</h3><ol>{listed}</ol></section>'


def _reference(cited: Citation, turn: int, *, on_desk: bool) -> str:
    facts = [escaped(fact) for fact in (cited.publisher, cited.published) if fact]
    if cited.page is not None:
        facts.append(f"page {cited.page:d}")
    if cited.kind == "model_card":
        facts.append("model card")
    facts.append(f'<span class="document">{escaped(cited.document_id)}</span>')
    if on_desk:
        here = document_href(cited.document_id, Span(cited.start, cited.end), cited.quote)
        facts.append(f'<a href="{escaped(here)}">read it here</a>')
    original = link(cited.url, "open the original")
    facts += [original] if original else []
    return (
        f'<li id="source-{turn:d}-{cited.number:d}" data-n="{cited.number:d}">'
        f'<p class="title" dir="auto"><span class="number">[{cited.number:d}]</span>'
        f" {escaped(cited.title)}</p>"
        f'<p class="meta">{" · ".join(facts)}</p>'
        f'<blockquote class="prewrap" dir="auto"><mark>{escaped(cited.quote)}</mark></blockquote>'
        "</li>"
    )
