"""Turn the sources of answers into HTML: passages with their quote, many model cards as a list.

Every string of a document goes through ``escaped``. Pure functions; knows nothing of Gradio or
of how an answer is made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import get_args

from assistant.types import Citation
from ui.markup import Span, document_href, escaped, flat, link, shortened, web_url
from ui.views import COMPACT_FROM, Conversation, Phase, SourceCard, TurnView

MAX_PEEK = 300  # characters of a quote in the card over its marker
MAX_GROUPS = 10  # cited models listed before the list is unfolded

HOW_TO_READ = (
    '<div class="empty how-to"><h3>How to read an answer</h3><dl>'
    '<dt><span class="mark-of">[1]</span></dt><dd>leads to the passage behind a sentence, shown'
    " here with the quote marked</dd>"
    '<dt><span class="claim-of">dotted</span></dt><dd>was drafted by the model, and nothing in'
    " the documents supports it</dd>"
    "<dt>not in the corpus</dt><dd>is an answer, too: with the nearest passages, and why they do"
    " not answer</dd></dl></div>"
)
_WITHOUT = dict.fromkeys(get_args(Phase), "This answer has no sources.") | {
    "failed": "Nothing was answered, so there are no sources.",
    "stopped": "It was stopped; ask again to see the passages.",
}

_BLANK_LINES = re.compile(r"\n\s*\n")


def peek(cited: Citation | None) -> str:
    """Return the attributes that the card over a marker is made of (see static/peek.js)."""
    if cited is None:
        return ""
    page = f"page {cited.page:d}" if cited.page is not None else ""
    facts = " · ".join(fact for fact in (cited.publisher, cited.published, page) if fact)
    quote = shortened(flat(cited.quote), MAX_PEEK)
    return (
        f' data-title="{escaped(cited.title)}" data-quote="{escaped(quote)}"'
        f' data-from="{escaped(facts)}"'
    )


def sources_panel(turns: Conversation) -> str:
    """Return the source cards of every turn; only the last turn's are shown and have ids.

    The page's script shows an earlier turn's cards when one of its markers is activated.
    """
    with_cards = [turn for turn in turns if turn.cards]
    if not turns or not turns[-1].cards:
        note = _no_sources(turns)
        return note + "".join(_turn_sources(turn, shown=False) for turn in with_cards)
    return "".join(_turn_sources(turn, shown=turn is with_cards[-1]) for turn in with_cards)


def _no_sources(turns: Conversation) -> str:
    if turns and turns[-1].running:
        return '<p class="empty">Looking for passages…</p>'
    if turns:
        return f'<p class="empty">{_WITHOUT[turns[-1].phase]}</p>'
    return HOW_TO_READ


def _turn_sources(turn: TurnView, *, shown: bool) -> str:
    hidden = "" if shown else " hidden"
    return (
        f'<section class="turn-sources" data-turn="{turn.number:d}"{hidden}>'
        f'<p class="sources-for" dir="auto">{_sources_label(turn)}</p>'
        f"{_cards(turn, with_id=shown)}{_unused(turn, with_id=shown)}</section>"
    )


def _unused(turn: TurnView, *, with_id: bool) -> str:
    """Return, folded, the passages that were found and not used for the answer."""
    unused = turn.answer.unused if turn.answer is not None else ()
    if not unused:
        return ""
    listed = "".join(_unused_card(cited, turn.number, with_id=with_id) for cited in unused)
    return (
        f'<details class="unused" data-fold="unused-{turn.number:d}">'
        f"<summary>Also found ({len(unused):d})</summary>"
        f"<p>Passages that the search found and the answer does not rest on, best first.</p>"
        f"{listed}</details>"
    )


def _unused_card(cited: Citation, turn: int, *, with_id: bool) -> str:
    score = f"score {cited.score:.3g}" if cited.score is not None else ""
    return source_card(SourceCard(cited), turn, with_id=with_id, fact=score)


def _cards(turn: TurnView, *, with_id: bool) -> str:
    """Return the cards of a turn; many model cards as a compact list, a group per model."""
    models = [card for card in turn.cards if card.citation.kind == "model_card"]
    if len(models) < COMPACT_FROM:
        return "".join(source_card(card, turn.number, with_id=with_id) for card in turn.cards)
    full = [card for card in turn.cards if card.citation.kind != "model_card"]
    groups: dict[str, list[Citation]] = {}
    for card in models:
        groups.setdefault(card.citation.document_id, []).append(card.citation)
    listed = "".join(_model_group(g, turn.number, with_id=with_id) for g in groups.values())
    unfold = most = ""
    if len(groups) > MAX_GROUPS:
        most = f' data-most="{MAX_GROUPS:d}"'
        unfold = (
            '<button type="button" class="unfold" aria-expanded="false"'
            f' data-more="Show all {len(groups):,} models" data-less="Show fewer models">'
            f"Show all {len(groups):,} models</button>"
        )
    return (
        "".join(source_card(card, turn.number, with_id=with_id) for card in full)
        + f'<div class="table" data-table="sources-{turn.number:d}">'
        f'<div class="model-groups"{most}>{listed}</div>{unfold}</div>'
    )


def _model_group(citations: Sequence[Citation], turn: int, *, with_id: bool) -> str:
    first = citations[0]
    quotes = "".join(_compact(citation, turn, with_id=with_id) for citation in citations)
    facts = [escaped(first.publisher)] if first.publisher else []
    original = link(first.url, "open the original")
    meta = " · ".join([*facts, original] if original else facts)
    return (
        f'<article class="model-group"><header><h3 dir="auto">{escaped(first.title)}</h3>'
        f'<span class="meta">{meta}</span></header>{quotes}</article>'
    )


def _compact(cited: Citation, turn: int, *, with_id: bool) -> str:
    identity = f' id="source-{cited.number:d}"' if with_id else ""
    here = document_href(cited.document_id, Span(cited.start, cited.end), cited.quote)
    return (
        f'<div class="source compact"{identity} data-n="{cited.number:d}" data-turn="{turn:d}"'
        f' tabindex="-1"><a class="number" href="{escaped(here)}" target="_blank"'
        f' title="Read it in the model card">{cited.number:d}</a>'
        f'<blockquote dir="auto"><mark>{escaped(cited.quote)}</mark></blockquote>'
        f'<button type="button" class="back">Back to the answer</button></div>'
    )


def _sources_label(turn: TurnView) -> str:
    question = escaped(shortened(turn.question, 120))
    if turn.answer is None:
        return f"Found for “{question}”"
    if turn.answer.status == "not_in_corpus":
        return f"Nearest to “{question}”"
    return f"Cited for “{question}”"


def source_card(card: SourceCard, turn: int, *, with_id: bool, fact: str = "") -> str:
    """Return one passage with its quote inside ``<mark>``; ``fact`` is one more to tell of it."""
    cited = card.citation
    identity = f' id="source-{cited.number:d}"' if with_id else ""
    return (
        f'<article class="source"{identity} data-n="{cited.number:d}" data-turn="{turn:d}"'
        f' tabindex="-1"><header><span class="number">{cited.number:d}</span>'
        f'<h3 dir="auto">{escaped(cited.title)}</h3></header>'
        f'<p class="meta">{f"{escaped(fact)} · " if fact else ""}{source_meta(cited)}</p>'
        f'<blockquote class="prewrap" dir="auto">{_passage(card)}</blockquote>'
        f'<button type="button" class="back">Back to the answer</button></article>'
    )


def source_meta(cited: Citation) -> str:
    """Return publisher (or file), date, page and the link to the original, as far as known."""
    facts = [escaped(fact) for fact in (cited.publisher, cited.published) if fact]
    if not cited.publisher and web_url(cited.url) is None:
        facts.insert(0, escaped(shortened(cited.document_id, 120)))  # a reader's own file
    if cited.page is not None:
        facts.append(f"page {cited.page:d}")
    if cited.kind == "model_card":
        facts.append("model card")
    here = document_href(cited.document_id, Span(cited.start, cited.end), cited.quote)
    facts.append(f'<a class="here" href="{escaped(here)}" target="_blank">read it here</a>')
    original = link(cited.url, "open the original")
    return " · ".join([*facts, original] if original else facts)


def _passage(card: SourceCard) -> str:
    before = ("…" if card.cut_before else "") + escaped(_dense(card.before.lstrip()))
    after = escaped(_dense(card.after.rstrip())) + ("…" if card.cut_after else "")
    return f"{before}<mark>{escaped(card.citation.quote)}</mark>{after}"


def _dense(text: str) -> str:
    return _BLANK_LINES.sub("\n", text)
