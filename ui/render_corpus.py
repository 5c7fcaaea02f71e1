"""Turn the state of the corpus, a refresh and uploads into HTML, by pure functions.

Knows nothing of Gradio, of the stores or of how a refresh works.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from corpus.types import DocumentInfo
from index.types import Failure, Progress, RefreshReport, Status
from ui.markup import document_href, escaped, link, shortened

_STAGES = {
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
    return unread + _table(heads, rows, "Filter documents")


def models_table(documents: Iterable[DocumentInfo]) -> str:
    """Return the model cards as a table that the page can filter."""
    rows = [_model_row(info) for info in documents if info.kind == "model_card"]
    if not rows:
        return '<p class="empty">No model cards in this corpus.</p>'
    heads = ("Model", "Developer", "Released", "Licence", "Tags", "Original")
    return _table(heads, rows, "Filter models")


def _document_row(info: DocumentInfo) -> Sequence[str]:
    # The id names the file within its source; the path would tell visitors of this machine.
    path = f'<span class="path">{escaped(shortened(info.id))}</span>'
    return (
        _title(info) + path,
        escaped(shortened(info.publisher or "")),
        escaped(shortened(info.published or "")),
        escaped(shortened(info.language or "")),
        escaped(shortened(info.licence or "")),
        link(info.url, "open"),
    )


def _title(info: DocumentInfo) -> str:
    href = escaped(document_href(info.id))
    return f'<a class="here" href="{href}" target="_blank">{escaped(shortened(info.title))}</a>'


def _model_row(info: DocumentInfo) -> Sequence[str]:
    return (
        _title(info),
        escaped(shortened(info.publisher or "")),
        escaped(shortened(info.published or "")),
        escaped(shortened(info.licence or "")),
        escaped(shortened(", ".join(info.tags))),
        link(info.url, "open"),
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], filter_label: str) -> str:
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in heads)
    body = "".join(
        f"<tr>{''.join(f'<td dir=auto>{cell}</td>' for cell in row)}</tr>" for row in rows
    )
    return (
        f'<p class="filter"><input type="search" class="table-filter" placeholder="{filter_label}"'
        f' aria-label="{filter_label}"> <span class="shown" role="status">{len(rows):,}</span></p>'
        f'<div class="scroll"><table class="rows"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


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
