"""Turn the state of the corpus, a refresh and uploads into HTML, by pure functions.

Knows nothing of Gradio, of the stores or of how a refresh works.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from index.types import Failure, Progress, RefreshReport, Status
from ui.markup import escaped, shortened

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
    return f'<span data-version="{escaped("" if busy else version(status))}">' + (
        f"{_facts(status, working)}</span>"
    )


def version(status: Status) -> str:
    """Return what changes whenever the lists of documents or models may have."""
    parts = (status.as_of, status.documents, status.chunks, len(status.failed), len(status.pending))
    return "/".join(map(str, parts))


def _facts(status: Status, working: str) -> str:
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
