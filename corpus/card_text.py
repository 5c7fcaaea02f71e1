"""A model card as a document: one plain sentence a fact, then scores, notes and sources.

Each sentence names the model, so that it stands alone as a quote. ``card_text`` tells where a
field is stated, so that a row of a catalogue answer cites the very words. Pure functions of
the card; knows nothing of files or the index.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from corpus.cards import ModelCard, place_in_file
from corpus.types import Block, Document, DocumentInfo

Span = tuple[int, int]
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_CLASSES = {
    "permissive": "a permissive licence",
    "community": "a community licence with conditions of its own",
    "non-commercial": "a licence that does not allow commercial use",
}
CARD_LICENCE = "CC-BY-4.0"


@dataclass(slots=True)
class _Page:
    """Text being written, with its blocks and where each field stands."""

    text: str = ""
    blocks: list[Block] = field(default_factory=list)
    spans: dict[str, Span] = field(default_factory=dict)

    def heading(self, text: str, level: int) -> None:
        """A heading of a level from 1 on."""
        start = self._open()
        self.text += text
        self.blocks.append(Block("heading", start, len(self.text), level=level))

    def paragraph(self, sentences: list[tuple[tuple[str, ...], str]]) -> None:
        """One paragraph of sentences, each with the fields that it states."""
        if not sentences:
            return
        start = self._open()
        for number, (fields, sentence) in enumerate(sentences):
            self.text += " " if number else ""
            at = len(self.text)
            self.text += sentence
            self.spans.update(dict.fromkeys(fields, (at, len(self.text))))
        self.blocks.append(Block("paragraph", start, len(self.text)))

    def table(self, header: str, rows: list[tuple[str, str]]) -> None:
        """A table, each row with the field that it states."""
        start = self._open()
        self.text += header
        header_end = len(self.text)
        for name, row in rows:
            self.text += "\n"
            self.spans[name] = (len(self.text), len(self.text) + len(row))
            self.text += row
        self.blocks.append(Block("table", start, len(self.text), header_end=header_end))

    def _open(self) -> int:
        self.text += "\n\n" if self.text else ""
        return len(self.text)


def card_document(card: ModelCard, path: str, licence: str | None = CARD_LICENCE) -> Document:
    """The document that a card is; ``path`` is the file that holds the card.

    ``licence`` is of the text, not of the model.
    """
    page = _written(card)
    info = DocumentInfo(
        id=card.document_id,
        title=card.name,
        path=path,
        kind="model_card",
        media_type="text/plain",
        publisher=card.developer,
        published=card.release_date,
        url=card.address,
        language="en",
        licence=licence,
        tags=tuple(tag for tag in (card.family, card.country) if tag),
        sources=tuple(
            (source_label(s.url), s.url) for s in card.sources if not place_in_file(s.url)
        ),
    )
    digest = hashlib.sha256(card_bytes(card)).hexdigest()
    return Document(info, page.text, tuple(page.blocks), (), digest)


def card_bytes(card: ModelCard) -> bytes:
    """The card as canonical JSON, for its hash."""
    return card.model_dump_json().encode()


def card_text(card: ModelCard) -> tuple[str, dict[str, Span]]:
    """The card's text, and where each known field stands in it.

    Scores are ``benchmarks.NAME`` and the card's disputes ``disputes 0``, ``disputes 1``, ….
    """
    page = _written(card)
    return page.text, page.spans


def _written(card: ModelCard) -> _Page:
    page = _Page()
    page.heading(card.name, 1)
    page.paragraph(list(_about(card)))
    if card.benchmarks:
        page.heading("Benchmark scores", 2)
        if card.benchmark_note:
            page.paragraph([(("benchmark_note",), _ended(card.benchmark_note))])
        rows = [(f"benchmarks.{n}", f"{n} | {figure(v)}") for n, v in card.benchmarks.items()]
        page.table(f"Benchmark | {card.name}", rows)
    page.heading("Notes and sources", 2)
    page.paragraph([(("notes",), _ended(note)) for note in card.notes])
    page.paragraph([((f"disputes {n}",), text) for n, text in enumerate(_disputes(card))])
    page.paragraph([(("sources",), _source_line(card))])
    return page


def _about(card: ModelCard) -> Iterator[tuple[tuple[str, ...], str]]:
    name = card.name
    place = f" ({card.country})" if card.country else ""
    openness = "an open-weight model" if card.open_weights else "a closed model"
    yield (
        ("id", "name", "developer", "country", "family", "open_weights"),
        f"{name} is {openness} by {card.developer}{place}, of the {card.family} family.",
    )
    if card.aliases:
        yield ("aliases",), f"{name} is also called {listed(card.aliases)}."
    if card.release_date:
        note = f" ({card.release_date_note.rstrip('.')})" if card.release_date_note else ""
        yield (
            ("release_date", "release_date_note"),
            f"{name} was released {when(card.release_date)}{note}.",
        )
    yield from _size(card)
    if card.architecture:
        yield ("architecture",), f"The architecture of {name} is {_spelled(card.architecture)}."
    if card.context_length or card.context_tokens_approx:
        yield (
            ("context_length", "context_tokens_approx"),
            f"{name} has a context length of {context(card)} tokens.",
        )
    if card.modalities:
        yield ("modalities",), f"{name} works with {listed(card.modalities)}."
    if card.licence:
        meaning = _CLASSES.get(card.licence_class or "")
        yield (
            ("licence", "licence_spdx", "licence_class"),
            f"The licence of {name} is {card.licence}{f', {meaning}' if meaning else ''}.",
        )
    if card.base_model:
        yield ("base_model",), f"{name} is based on {card.base_model}."
    if card.weights_repo:
        yield ("weights_repo",), f"The weights of {name} are published as {card.weights_repo}."
    if card.gguf_repo:
        yield ("gguf_repo",), f"{name} is published in GGUF as {card.gguf_repo}."


def _size(card: ModelCard) -> Iterator[tuple[tuple[str, ...], str]]:
    total, active = card.total_params_b, card.active_params_b
    if total is not None and active is not None:
        yield (
            ("total_params_b", "active_params_b"),
            f"{card.name} has {parameters(total)} parameters in total, "
            f"of which {parameters(active)} are active per token.",
        )
    elif total is not None:
        yield ("total_params_b",), f"{card.name} has {parameters(total)} parameters."
    elif active is not None:
        yield ("active_params_b",), f"{card.name} has {parameters(active)} active parameters."


def _disputes(card: ModelCard) -> Iterator[str]:
    for dispute in card.disputes:
        others = listed([f"{o.value} ({source_label(o.source)})" for o in dispute.others])
        yield (
            f"Sources disagree on the {field_name(dispute.field)} of {card.name}: "
            f"others give {others}. {_ended(dispute.why)}"
        )


def _source_line(card: ModelCard) -> str:
    parts = [f"{source_label(s.url)} for {s.supports.rstrip('.')}" for s in card.sources]
    return f"The facts about {card.name} rest on {'; '.join(parts)}."


def source_label(url: str) -> str:
    """An address as a reader would name it: host, repository and file on GitHub, file and row."""
    if place := place_in_file(url):
        return f"{place[0]}, row {place[1]}"
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if host != "github.com":
        return host
    pieces = parts.path.strip("/").split("/")
    repository = "/".join(pieces[:2])
    return f"{repository}, {pieces[-1]}" if len(pieces) > 4 else f"{host}/{repository}"


def field_name(name: str) -> str:
    """A card's field as a reader would name it."""
    if name.startswith("benchmarks."):
        return f"{name.partition('.')[2]} score"
    known = {"total_params_b": "total parameters", "active_params_b": "active parameters"}
    return known.get(name, name.replace("_", " "))


def parameters(billions: float) -> str:
    """A count of parameters as people write it: 671B, 1.6T, 350M."""
    if billions >= 1000:
        return f"{figure(round(billions / 1000, 3))}T"
    if billions < 1:
        return f"{figure(round(billions * 1000, 3))}M"
    return f"{figure(billions)}B"


def context(card: ModelCard) -> str:
    """The context length as its source writes it, or the number known."""
    return card.context_length or f"{card.context_tokens_approx:,}"


def figure(value: float) -> str:
    """A number without a needless ".0"."""
    return f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"


def when(date: str) -> str:
    """An ISO date, or the start of one, in words: on 20 January 2025, in May 2025, in 2025."""
    words = day(date)
    return f"on {words}" if len(date) == 10 else f"in {words}"


def day(date: str) -> str:
    """An ISO date, or the start of one: 20 January 2025, May 2025, 2025."""
    year, *rest = date.split("-")
    names = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*names, *([_MONTHS[int(rest[0]) - 1]] if rest else []), year])


def _spelled(architecture: str) -> str:
    """ "MoE" spelled out once, for readers and for search."""
    if architecture.startswith("MoE"):
        return f"mixture of experts ({architecture})"
    return architecture


def listed(items: Sequence[str]) -> str:
    """Items as a list in a sentence: "a, b and c"; there must be one at least."""
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
