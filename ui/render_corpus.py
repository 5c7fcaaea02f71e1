"""Turn the state of the corpus, a refresh and uploads into HTML, by pure functions.

Knows nothing of Gradio, of the stores or of how a refresh works.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from corpus.card_text import parameters
from corpus.cards import ModelCard
from corpus.types import DocumentInfo
from index.types import Failure, Progress, RefreshReport, Status
from ui.markup import document_href, escaped, link, shortened
from ui.render_table import NOT_KNOWN, Cell, Look, data_table, value_cell

MAX_LICENCE = 40  # characters of a licence's text in a row; hovering shows more

_STAGES = {
    "fetch": "Fetching web pages",
    "scan": "Looking for changes",
    "parse": "Reading documents",
    "embed": "Indexing passages",
    "repair": "Repairing the index",
}


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What became of one uploaded file."""

    name: str
    taken: bool
    detail: str


def status_line(status: Status, step: Progress | None = None, *, busy: bool = False) -> str:
    """Return one line about what the corpus holds, and how far a running refresh is."""
    working = f'<span class="working">{_working(step)}</span>' if busy else ""
    if status.documents == 0:
        return working or "The corpus is empty: add documents, then refresh."
    facts = [
        _count(status.documents, "document"),
        _count(status.chunks, "passage"),
        *([_count(status.models, "model")] if status.models else []),
    ]
    if working:
        return " · ".join([*facts, working])
    if status.as_of:
        facts.append(f"as of {escaped(status.as_of[:10])}")
    if status.failed:
        facts.append(f"{len(status.failed)} could not be read")
    return " · ".join(facts)


def _working(step: Progress | None) -> str:
    if step is None:
        return "refreshing…"
    share = f" {100 * min(step.done, step.total) // step.total} %" if step.total > 0 else "…"
    return _STAGES[step.stage].lower() + share


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def corpus_table(documents: Iterable[DocumentInfo], failed: Sequence[Failure] = ()) -> str:
    """Return the documents, model cards left out, as a table; files that failed come first."""
    rows = [_document_row(info) for info in documents if info.kind != "model_card"]
    unread = ""
    if failed:
        label = f"{_count(len(failed), 'file')} could not be read:"
        unread = f'<p class="failed-label">{label}</p>{failures(failed)}'
    if not rows:
        return f'{unread}<p class="empty">No documents yet. Add some, or refresh.</p>'
    heads = ("Title", "Publisher", "Published", "Language", "Licence", "Original")
    look = Look("documents", "Documents of the corpus", 50, filter_label="Filter documents")
    return unread + data_table(heads, rows, look)


def models_table(cards: Iterable[ModelCard]) -> str:
    """Return the model cards, newest first, as a table that the page can filter and sort."""
    newest = sorted(cards, key=lambda card: card.release_date or "", reverse=True)
    rows = [_model_row(card) for card in newest]
    if not rows:
        return '<p class="empty">No model cards in this corpus.</p>'
    heads = ("Model", "Developer", "Country", "Released", "Parameters", "Active", "Context",
             "Licence", "Open weights")  # fmt: skip
    look = Look("models", "Models of the catalogue", 50, filter_label="Filter models")
    return data_table(heads, rows, look)


def _document_row(info: DocumentInfo) -> Sequence[Cell]:
    # The id names the file within its source; the path would tell visitors of this machine.
    path = f'<span class="path">{escaped(shortened(info.id))}</span>'
    original = link(info.url, "open")
    return (
        Cell(_title(info.id, info.title) + path, info.title.casefold()),
        *(_text(value) for value in (info.publisher, info.published, info.language, info.licence)),
        Cell(original, info.url if original else None),
    )


def _title(document_id: str, title: str) -> str:
    href = escaped(document_href(document_id))
    return f'<a class="here" href="{href}" target="_blank">{escaped(shortened(title))}</a>'


def _text(value: str | None) -> Cell:
    return Cell(escaped(shortened(value)), value.casefold()) if value else Cell("")


def _model_row(card: ModelCard) -> Sequence[Cell]:
    licence = card.licence or ""
    short = card.licence_spdx or shortened(licence, MAX_LICENCE)
    context = card.context_tokens_approx
    return (
        Cell(_title(card.document_id, card.name), card.name.casefold()),
        _text(card.developer),
        _known(card.country),
        _known(card.release_date),
        _size(card.total_params_b),
        _size(card.active_params_b),
        Cell(f"{context:,}", float(context)) if context else Cell(NOT_KNOWN),
        Cell(f'<span title="{escaped(shortened(licence))}">{escaped(short)}</span>',
             short.casefold()) if short else Cell(NOT_KNOWN),
        value_cell(card.open_weights),
    )  # fmt: skip


def _known(value: str | None) -> Cell:
    return _text(value) if value else Cell(NOT_KNOWN)


def _size(billions: float | None) -> Cell:
    return Cell(NOT_KNOWN) if billions is None else Cell(escaped(parameters(billions)), billions)


def starting() -> str:
    """Return what is shown until the first sign of progress."""
    return '<p role="status">Starting the refresh…</p>'


def progress(step: Progress) -> str:
    """Return how far a refresh is, as a bar and a line."""
    done = min(step.done, step.total)
    bar = f'<progress max="{step.total:d}" value="{done:d}"></progress>' if step.total > 0 else ""
    detail = f" · {escaped(shortened(step.detail, 80))}" if step.detail else ""
    amount = f"{done:,} of {step.total:,} {escaped(step.unit)}" if step.total > 0 else ""
    return f'<p role="status">{_STAGES[step.stage]} {bar} {amount}{detail}</p>'


def report(outcome: RefreshReport) -> str:
    """Return what a refresh did, with a line per file that failed."""
    counts = {
        "added": len(outcome.added),
        "changed": len(outcome.changed),
        "renamed": len(outcome.renamed),
        "removed": len(outcome.removed),
        "unchanged": outcome.unchanged,
    }
    said = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    took = f" in {outcome.seconds:.1f} s" if outcome.seconds else ""
    return f'<p role="status">Refreshed{took}: {said or "nothing found"}.</p>' + failures(
        outcome.failed
    )


def failures(failed: Iterable[Failure]) -> str:
    """Return a list of the files that could not be read, each with its reason."""
    rows = "".join(
        f"<li><strong>{escaped(shortened(failure.document_id))}</strong>:"
        f" {escaped(shortened(reason(failure)))}</li>"
        for failure in failed
    )
    return f'<ul class="failures">{rows}</ul>' if rows else ""


def reason(failure: Failure) -> str:
    """Return why a file failed, without its name, which stands before it already."""
    return failure.reason.removeprefix(f"{PurePath(failure.path).name}: ")


def uploads(results: Iterable[Uploaded]) -> str:
    """Return a line per uploaded file."""
    rows = "".join(
        f'<li class="{"taken" if result.taken else "refused"}">'
        f"<strong>{escaped(shortened(result.name, 120))}</strong>: {escaped(result.detail)}</li>"
        for result in results
    )
    return f'<ul class="uploads">{rows}</ul>' if rows else ""


def problem(message: str) -> str:
    """Return one clear sentence about what went wrong."""
    return f'<p class="error" role="alert">{escaped(message)}</p>'
