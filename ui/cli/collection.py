"""``refdesk add``, ``refresh`` and ``status``: what the desk answers from.

Knows nothing of parsing or of stores.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpus.errors import InputError
from ui.cli.frame import Output
from ui.cli.options import common, desk

if TYPE_CHECKING:
    from assistant.calls import Desk
    from index.types import Changes


@click.command()
@click.argument("location", metavar="PATH|URL")
@common
@click.pass_obj
def add(output: Output, location: str, home: Path | None) -> None:
    """Declare a folder, a file or a web page as a source; refresh brings it in.

    A page is asked for again at each refresh, and keeps its last good version when that
    fails. Only public addresses are fetched, and what robots.txt allows.
    """
    if "://" not in location:  # the owner may run in another folder
        location = str(Path(location).expanduser().absolute())
    with desk(home) as opened:
        source = opened.add(location)
    if output.as_json:
        output.document(asdict(source))
    else:
        click.echo(f"Added {source.kind} {source.name}: {source.location}")
        click.echo("Bring it in with: refdesk refresh")


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@common
@click.pass_obj
def refresh(output: Output, dry_run: bool, home: Path | None) -> None:
    """Bring the index up to date with its sources.

    Files that cannot be read are listed with the reason, keep their last good version, and
    do not make the command fail.
    """
    from ui.console import report_text, show_refresh

    with desk(home) as opened:
        if dry_run:
            _show_changes(output, opened.compare())
            return
        report = show_refresh(opened.refresh_events())
    if output.as_json:
        output.document(asdict(report))
    else:
        click.echo(report_text(report))


def _show_changes(output: Output, changes: Changes) -> None:
    from ui.console import changes_text

    if output.as_json:
        output.document(asdict(changes))
    else:
        click.echo(changes_text(changes))


@click.command()
@click.option("--document", "document_id", metavar="ID", help="Show one document with its text.")
@common
@click.pass_obj
def status(output: Output, document_id: str | None, home: Path | None) -> None:
    """Show what is indexed, how old it is, and what failed."""
    from ui.console import status_text

    with desk(home) as opened:
        if document_id is not None:
            _show_document(output, opened, document_id)
            return
        state = opened.status()
    if output.as_json:
        output.document(asdict(state))
    else:
        click.echo(status_text(state))


def _show_document(output: Output, opened: Desk, document_id: str) -> None:
    from ui.console import printable

    document = opened.document(document_id)
    if document is None:
        raise InputError(f"no document has the id {document_id!r}; refdesk search shows ids")
    if output.as_json:
        fields = {**asdict(document), **asdict(document.info)}
        del fields["info"]
        output.document(fields)
        return
    known = {name: value for name, value in asdict(document.info).items() if value}
    for name, value in known.items():
        click.echo(f"{name:<12}{printable(str(value))}")
    click.echo()
    click.echo(printable(document.text))
