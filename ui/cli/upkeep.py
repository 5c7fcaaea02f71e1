"""``refdesk remove``, ``news``, ``backup`` and ``restore``: what a desk's keeper does.

Knows nothing of stores or of what a backup holds.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from ui.cli.frame import Output
from ui.cli.options import common, desk, read_settings

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("source", metavar="NAME")
@common
@click.pass_obj
def remove(output: Output, source: str, home: Path | None) -> None:
    """Withdraw a source; the next refresh takes its documents out.

    NAME is what refdesk status calls it. The files themselves are left alone.
    """
    with desk(home) as opened:
        opened.remove(source)
    if output.as_json:
        output.document({"removed": source})
    else:
        click.echo(f"Withdrew {source}. Take its documents out with: refdesk refresh")


@click.command()
@click.option("--since", metavar="DATE", required=True, help="Like 2026-01-31, or with a time.")
@common
@click.pass_obj
def news(output: Output, since: str, home: Path | None) -> None:
    """Tell what came, changed or went since a date, each with a quote of its own.

    Answers of saved questions that changed are told first.
    """
    from ui.cli.saved import change_lines
    from ui.console import one_line

    with desk(home) as opened:
        items = opened.news(since)
        changes = opened.saved.changes(since)
    if output.as_json:
        told = {"news": [asdict(item) for item in items], "saved": [asdict(c) for c in changes]}
        output.document({"since": since, **told})
        return
    for change in changes:
        click.echo("\n".join(change_lines(change)))
    for item in items:
        by = f" ({one_line(item.publisher, 60)})" if item.publisher else ""
        click.echo(f"{item.when[:10]}  {item.what:<8}{one_line(item.title, 100)}{by}")
        if item.what != "removed":
            click.echo(f"    “{one_line(item.quote, 200)}”")
        click.echo(f"    {one_line(item.url or item.document_id, 200)}")
    if not items and not changes:
        click.echo(f"Nothing has come, changed or gone since {since}.")


@click.command()
@click.argument("file", type=FILE)
@common
@click.pass_obj
def backup(output: Output, file: Path, home: Path | None) -> None:
    """Write the whole home to one ZIP file, also while a desk is served from it.

    Documents, sources, conversations, uploads and kept pages are in it. Vectors are not: the
    first refresh after a restore makes them again. Model files are not in the home.
    """
    from index.backup import backup as write

    made = write(read_settings(home).home, file.expanduser().absolute())
    if output.as_json:
        output.document({"file": str(file), **asdict(made)})
    else:
        click.echo(f"Wrote {file}: {made.documents} documents, {made.size / 1e6:.1f} MB.")


@click.command()
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Put what the home holds aside first.")
@common
@click.pass_obj
def restore(output: Output, file: Path, replace: bool, home: Path | None) -> None:
    """Make the home what a backup holds. No desk may be running on it."""
    from index.backup import restore as read

    made, aside = read(file.expanduser().absolute(), read_settings(home).home, replace=replace)
    if output.as_json:
        output.document({**asdict(made), "aside": str(aside) if aside else None})
        return
    click.echo(f"Restored {made.documents} documents of {made.created}.")
    if aside:
        click.echo(f"What was there before is in {aside}")
    click.echo("Make the vectors again with: refdesk refresh")
