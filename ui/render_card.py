"""Show one model card as a page of its own: every field with its sources, scores, relatives.

Pure functions; the page has no script. Knows nothing of servers or of how a card is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from corpus.card_text import context, day, field_name, figure, parameters, source_label
from corpus.cards import CardSource, ModelCard
from corpus.types import Document
from index.types import Mention
from ui.markup import Span, card_href, document_href, escaped, link, shortened
from ui.render_table import NOT_KNOWN

MOST_SIBLINGS = 40
FIRST_MENTIONS = 12  # more are folded

# The words by which a source says that it supports a field; from the shipped cards' own.
_SUPPORTS = {
    "release_date": r"dat(e|ed|es)|releas|announc|publish|launch",
    "total_params_b": r"param|size|scale",
    "active_params_b": r"param|size|activ|expert",
    "architecture": r"architect|\bMoE\b|dense|expert|hybrid|param|size",
    "context_length": r"context|token|length|window",
    "modalities": r"modalit|image|vision|video|audio|multimodal|text",
    "licence": r"licen[cs]e|apache|\bMIT\b|terms|propriet",
    "weights_repo": r"weight|link|repo|hugging|open|download|name",
    "gguf_repo": r"gguf|weight|link|repo|hugging",
    "base_model": r"base|deriv|distil|fine-tun|train|built",
    "benchmarks": r"benchmark|score|evaluat|result|bench|figure",
}


def card_page(
    card: ModelCard,
    style: str,
    siblings: Sequence[ModelCard] = (),
    mentions: Sequence[Mention] = (),
    document: Document | None = None,
) -> str:
    """Return the whole page; ``document`` is the card as the text that answers quote."""
    parts = (
        _lead(card),
        _facts(card),
        _scores(card),
        _notes(card),
        _sources(card),
        _siblings(card, siblings),
        _mentions(card, mentions),
        _written(document),
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escaped(card.name)} · refdesk</title><style>{style}</style></head>"
        '<body><main class="card"><p class="up"><a href="/#models">All models</a></p>'
        f'<h1 dir="auto">{escaped(card.name)}</h1>{"".join(parts)}</main></body></html>'
    )


def _lead(card: ModelCard) -> str:
    openness = "Open weights" if card.open_weights else "Closed weights"
    place = f" ({card.country})" if card.country else ""
    said = [f"{card.developer}{place}", openness]
    if card.release_date:
        said.append(f"released {day(card.release_date)}")
    question = quote(f"What is known about {card.name}?", safe="")
    other = f'<p class="note">Also called {escaped(", ".join(card.aliases))}.</p>'
    return (
        f'<p class="meta">{escaped(" · ".join(said))}</p>{other if card.aliases else ""}'
        f'<p class="doors"><a class="button" href="/?ask={question}#ask">Ask about it</a>'
        f' <a href="/#models?family={quote(card.family, safe="")}">'
        f"The {escaped(card.family)} family</a></p>"
    )


def _rows(card: ModelCard) -> Iterator[tuple[str, str, str]]:
    """(field, label, shown value) of every field; a dash where no source tells."""
    size = [parameters(n) if n is not None else "" for n in
            (card.total_params_b, card.active_params_b)]  # fmt: skip
    released = day(card.release_date) if card.release_date else ""
    yield "developer", "Developer", card.developer
    yield "country", "Country", card.country or ""
    yield "family", "Family", card.family
    note = f" ({card.release_date_note.rstrip('.')})" if card.release_date_note else ""
    yield "release_date", "Released", released + note if released else ""
    yield "total_params_b", "Parameters", size[0]
    yield "active_params_b", "Active per token", size[1]
    yield "architecture", "Architecture", card.architecture or ""
    known = card.context_length or card.context_tokens_approx
    yield "context_length", "Context", f"{context(card)} tokens" if known else ""
    yield "modalities", "Works with", ", ".join(card.modalities)
    terms = f" ({card.licence_class})" if card.licence and card.licence_class else ""
    yield "licence", "Licence", f"{card.licence}{terms}" if card.licence else ""
    yield "base_model", "Based on", card.base_model or ""
    yield "weights_repo", "Weights", card.weights_repo or ""
    yield "gguf_repo", "GGUF files", card.gguf_repo or ""


def _facts(card: ModelCard) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escaped(label)}</th><td dir="auto">'
        f"{escaped(value) if value else NOT_KNOWN}{_disputed(card, field)}</td>"
        f'<td class="from">{_numbers(card, field) if value else ""}</td></tr>'
        for field, label, value in _rows(card)
    )
    return (
        '<section><h2>What is known</h2><div class="scroll" role="region" tabindex="0"'
        ' aria-label="What is known"><table class="facts"><thead class="visually-hidden"><tr>'
        '<th scope="col">Field</th><th scope="col">Value</th><th scope="col">Sources</th></tr>'
        f"</thead><tbody>{rows}</tbody></table></div></section>"
    )


def supporting(card: ModelCard, field: str) -> tuple[int, ...]:
    """The numbers, from 1, of the sources that say they support a field.

    A card with one source rests on it altogether; where no source's words fit, none is named.
    """
    if len(card.sources) == 1:
        return (1,)
    pattern = re.compile(_SUPPORTS.get(field, r"(?!)"), re.IGNORECASE)
    return tuple(n for n, s in enumerate(card.sources, start=1) if pattern.search(s.supports))


def _numbers(card: ModelCard, field: str) -> str:
    numbers = supporting(card, field)
    return " ".join(
        link(card.sources[number - 1].url, str(number), "source-number") for number in numbers
    )


def _disputed(card: ModelCard, field: str) -> str:
    """What other sources give for the same field, and why the card's value is preferred."""
    told = "".join(
        '<span class="disputed">Others give '
        + ", ".join(
            f"{escaped(other.value)} ({link(other.source, source_label(other.source))})"
            for other in dispute.others
        )
        + f". {escaped(dispute.why)}</span>"
        for dispute in card.disputes
        if dispute.field == field
    )
    return told


def _scores(card: ModelCard) -> str:
    if not card.benchmarks:
        return ""
    rows = "".join(
        f'<tr><th scope="row" dir="auto">{escaped(name)}</th><td class="number">{figure(value)}'
        f"</td><td>{_disputed(card, f'benchmarks.{name}')}</td></tr>"
        for name, value in sorted(card.benchmarks.items())
    )
    note = f'<p class="note">{escaped(card.benchmark_note)}</p>' if card.benchmark_note else ""
    origin = _numbers(card, "benchmarks")
    return (
        f"<section><h2>Scores</h2>{note}"
        '<div class="scroll" role="region" tabindex="0" aria-label="Scores">'
        '<table class="facts scores"><thead><tr><th scope="col">Benchmark</th>'
        '<th scope="col" class="number">Score</th><th scope="col">'
        f"{f'Sources {origin}' if origin else ''}</th></tr></thead><tbody>{rows}</tbody></table>"
        "</div></section>"
    )


def _notes(card: ModelCard) -> str:
    shown = {field for field, _, _ in _rows(card)} | {f"benchmarks.{b}" for b in card.benchmarks}
    other = [d for d in card.disputes if d.field not in shown]
    items = [escaped(note) for note in card.notes]
    items += [
        f"On the {escaped(field_name(d.field))} sources disagree: others give "
        + ", ".join(escaped(o.value) for o in d.others)
        + f". {escaped(d.why)}"
        for d in other
    ]
    rows = "".join(f'<li dir="auto">{item}</li>' for item in items)
    return f"<section><h2>Notes</h2><ul>{rows}</ul></section>" if rows else ""


def _sources(card: ModelCard) -> str:
    rows = "".join(f'<li id="source-{n}">{_source(s)}</li>' for n, s in enumerate(card.sources, 1))
    return f'<section class="sources"><h2>Sources</h2><ol>{rows}</ol></section>'


def _source(source: CardSource) -> str:
    label = link(source.url, source_label(source.url)) or escaped(source_label(source.url))
    second = ' <span class="note">(not the maker’s own)</span>' if source.secondary else ""
    return (
        f"{label}{second}: {escaped(source.supports)}"
        f' <span class="address">{escaped(source.url)}</span>'
    )


def _siblings(card: ModelCard, siblings: Sequence[ModelCard]) -> str:
    others = [other for other in siblings if other.id != card.id][:MOST_SIBLINGS]
    rows = "".join(
        f'<li><a href="{escaped(card_href(other.id))}">{escaped(other.name)}</a>'
        f' <span class="note">{escaped(_short(other))}</span></li>'
        for other in others
    )
    if not rows:
        return ""
    return (
        f"<section><h2>The {escaped(card.family)} family</h2>"
        f'<ul class="related">{rows}</ul></section>'
    )


def _short(card: ModelCard) -> str:
    size = parameters(card.total_params_b) if card.total_params_b is not None else None
    return ", ".join(filter(None, (size, card.release_date, card.licence_spdx)))


def _mentions(card: ModelCard, mentions: Sequence[Mention]) -> str:
    rows = [_mention(mention) for mention in mentions]
    if not rows:
        return (
            "<section><h2>Documents that name it</h2>"
            f'<p class="note">No document of this corpus names {escaped(card.name)}.</p></section>'
        )
    first = f'<ul class="related">{"".join(rows[:FIRST_MENTIONS])}</ul>'
    if len(rows) > FIRST_MENTIONS:
        first += (
            f"<details><summary>{len(rows) - FIRST_MENTIONS:,} more</summary>"
            f'<ul class="related">{"".join(rows[FIRST_MENTIONS:])}</ul></details>'
        )
    return f"<section><h2>Documents that name it</h2>{first}</section>"


def _mention(mention: Mention) -> str:
    info = mention.document
    href = document_href(info.id, Span(mention.start, mention.end))
    return (
        f'<li><a dir="auto" href="{escaped(href)}">{escaped(shortened(info.title))}</a>'
        f' <span class="note">{escaped(info.publisher or "")}</span></li>'
    )


def _written(document: Document | None) -> str:
    if document is None:
        return ""
    href = escaped(document_href(document.info.id))
    return f'<p class="note"><a href="{href}">The card as the text that answers quote</a></p>'
