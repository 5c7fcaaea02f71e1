"""``refdesk corpus``: the documents and model cards that ship with refdesk, checked.

Knows nothing of the rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli.frame import FAILED, Output
from ui.cli.options import common

if TYPE_CHECKING:
    from corpus.check import Finding, Findings
    from corpus.check.coverage import Coverage, Side

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_COLOURS = {"error": "red", "warning": "yellow"}


@click.group()
def corpus() -> None:
    """Look after the documents and model cards that ship with refdesk."""


@corpus.command()
@click.option("--documents", type=_FOLDER, help="Folder of documents (default: refdesk's own).")
@click.option("--models", type=_FOLDER, help="Folder of model cards (default: refdesk's own).")
@click.option(
    "--facts",
    type=_FILE,
    multiple=True,
    metavar="FILE.jsonl",
    help="Say which facts of FILE the corpus holds; may be given again.",
)
@click.option("--only", metavar="TEXT", help="Show only findings of files whose name has TEXT.")
@common
@click.pass_context
def check(
    context: click.Context,
    documents: Path | None,
    models: Path | None,
    facts: tuple[Path, ...],
    only: str | None,
    home: Path | None,
) -> None:
    """Check documents and model cards: schema, sources, figures, length.

    Fails when there is an error, or a fact of --facts that the corpus lacks.
    """
    from corpus.check import check as check_corpus
    from corpus.check.coverage import coverage

    output: Output = context.obj
    result = check_corpus(documents, models)
    covered = coverage(facts, documents, models) if facts else None
    shown = [found for found in result.findings if only is None or only in found.file]
    if output.as_json:
        output.document(_document(result, shown, covered))
    else:
        _print(result, shown, covered)
    context.exit(FAILED if result.errors or (covered and not covered.whole) else 0)


def _document(result: Findings, shown: list[Finding], covered: Coverage | None) -> dict[str, Any]:
    errors, warnings = _split(shown)
    document = {
        "ok": not result.errors and (covered is None or covered.whole),
        "counts": asdict(result.counts),
        "errors": [asdict(found) for found in errors],
        "warnings": [asdict(found) for found in warnings],
    }
    if covered is None:
        return document
    sides = {"models": covered.models, "events": covered.events}
    return document | {"coverage": {name: _side(side) for name, side in sides.items()}}


def _side(side: Side) -> dict[str, Any]:
    missing = [{"id": line.id, "missing": list(line.missing)} for line in side.missing]
    return {"total": side.total, "covered": side.covered, "missing": missing}


def _split(findings: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
    listed = list(findings)
    errors = [found for found in listed if found.severity == "error"]
    return errors, [found for found in listed if found.severity == "warning"]


def _print(result: Findings, shown: list[Finding], covered: Coverage | None) -> None:
    from ui.console import printable

    errors, warnings = _split(shown)
    for found in (*warnings, *errors):  # what must be done stands nearest the summary
        severity = click.style(found.severity, fg=_COLOURS[found.severity])
        line = f"{found.file}, {found.place}: {found.text} [{found.rule}]"
        click.echo(f"{severity}: {printable(line)}")
    if covered is not None:
        for name, side in (("models", covered.models), ("events", covered.events)):
            _print_side(name, side)
    counts = result.counts
    click.echo(
        f"{counts.cards:,} cards, {counts.documents:,} documents, {counts.words:,} words, "
        f"{counts.sources:,} sources: {len(result.errors)} errors, {len(result.warnings)} warnings"
    )


def _print_side(name: str, side: Side) -> None:
    from ui.console import printable

    for line in side.missing:
        for what in line.missing:
            click.echo(printable(f"missing: {line.id}: {what}"))
    if side.total:
        share = 100 * side.covered / side.total
        click.echo(f"Facts on {name}: {side.covered} of {side.total} covered ({share:.1f} %)")
