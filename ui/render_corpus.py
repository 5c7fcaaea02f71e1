"""Turn the state of the corpus, a refresh and uploads into HTML, by pure functions.

Knows nothing of Gradio, of the stores or of how a refresh works.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from index.types import Changes, Failure, Progress, RefreshReport, Status
from ui.markup import counted, document_href, escaped, shortened
from ui.pace import about, share

MOST_CHANGES = 200  # documents named of each kind of change

_STAGES = {
    "fetch": "Fetching from the web",
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
    document_id: str = ""


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
        counted(status.documents, "document"),
        counted(status.chunks, "passage"),
        *([counted(status.models, "model")] if status.models else []),
    ]
    if working:
        return _row([*facts, working])
    if status.reindex is not None:
        facts.append(f"{share(status.reindex)} % indexed by the new embedder")
    if status.as_of:
        facts.append(f"as of {escaped(status.as_of[:10])}")
    if status.failed:
        facts.append(f"{len(status.failed)} could not be read")
    return _row(facts)


def _row(facts: Iterable[str]) -> str:
    """Facts in a row, of which none breaks within itself."""
    return " · ".join(f'<span class="fact">{fact}</span>' for fact in facts)


def _working(step: Progress | None) -> str:
    if step is None:
        return "refreshing…"
    share = f" {100 * min(step.done, step.total) // step.total} %" if step.total > 0 else "…"
    return _STAGES[step.stage].lower() + share


def starting() -> str:
    """Return what is shown until the first sign of progress."""
    return '<p role="status">Starting the refresh…</p>'


def comparing() -> str:
    """Return what is shown while the sources are compared with the record."""
    return '<p role="status" class="working">Comparing the sources with the corpus…</p>'


def progress(step: Progress, left: float | None = None) -> str:
    """Return how far a refresh is, as a bar and a line; ``left`` are seconds of this step."""
    done = min(step.done, step.total)
    bar = f'<progress max="{step.total:d}" value="{done:d}"></progress>' if step.total > 0 else ""
    detail = f" · {escaped(shortened(step.detail, 80))}" if step.detail else ""
    amount = f"{done:,} of {step.total:,} {escaped(step.unit)}" if step.total > 0 else ""
    remaining = f" · {about(left)} left in this step" if left is not None else ""
    return f'<p role="status">{_STAGES[step.stage]} {bar} {amount}{detail}{remaining}</p>'


def changes(found: Changes) -> str:
    """Return what a refresh would do: counts, and the documents of each kind, folded."""
    moved = [f"{old} → {new}" for old, new in found.renamed]
    groups = (("new", found.added), ("changed", found.changed), ("renamed", moved),
              ("gone", found.removed))  # fmt: skip
    counts = [f"{len(ids):,} {name}" for name, ids in groups if ids]
    if not counts:
        said = f"A refresh would change nothing: {counted(found.unchanged, 'document')} unchanged."
        return f'<p role="status">{said}</p>' + failures(found.failed) + _notes(found.notes)
    size = f", {_size(found.to_read)} to read" if found.to_read else ""
    said = f"A refresh would bring {', '.join(counts)}; {found.unchanged:,} unchanged{size}."
    folds = "".join(_fold(name, ids) for name, ids in groups if ids)
    left = failures(found.failed) + _notes(found.notes)
    return f'<p role="status">{escaped(said)}</p>{folds}{left}'


def _fold(name: str, ids: Sequence[str]) -> str:
    rows = "".join(f"<li>{escaped(shortened(i, 160))}</li>" for i in ids[:MOST_CHANGES])
    more = f"<li>and {len(ids) - MOST_CHANGES:,} more</li>" if len(ids) > MOST_CHANGES else ""
    return (
        f'<details class="changes" data-fold="changes-{name}"><summary>{len(ids):,} {name}'
        f"</summary><ul>{rows}{more}</ul></details>"
    )


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{max(1, count // 1000):,} kB"


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
    left = failures(outcome.failed) + _notes(outcome.notes)
    return f'<p role="status">Refreshed{took}: {said or "nothing found"}.</p>{left}'


def _notes(notes: Iterable[str]) -> str:
    """What was left out on purpose, a line each."""
    return "".join(f"<p>{escaped(shortened(note, 300))}.</p>" for note in notes)


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
        f"<strong>{_uploaded(result)}</strong>: {escaped(result.detail)}</li>"
        for result in results
    )
    return f'<ul class="uploads">{rows}</ul>' if rows else ""


def _uploaded(result: Uploaded) -> str:
    """The name of an uploaded file, leading to the document that it has become."""
    name = escaped(shortened(result.name, 120))
    if not result.document_id:
        return name
    href = escaped(document_href(result.document_id))
    return f'<a class="here" href="{href}" target="_blank">{name}</a>'


def problem(message: str) -> str:
    """Return one clear sentence about what went wrong."""
    return f'<p class="error" role="alert">{escaped(message)}</p>'
