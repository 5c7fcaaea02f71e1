"""``refdesk weights``: the model files that are known, those that are here, and fetching one.

Knows nothing of where they come from or how they are checked.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli.frame import Output
from ui.cli.options import common, read_settings

if TYPE_CHECKING:
    from index.weights import WeightsRow


@click.group(invoke_without_command=True)
@common
@click.pass_context
def weights(context: click.Context, home: Path | None) -> None:
    """List the model files that are known by name, or fetch one."""
    if context.invoked_subcommand is not None:
        return
    from index.weights import listing

    output: Output = context.obj
    folder = read_settings(home).weights
    rows = listing(folder)
    if output.as_json:
        output.document({"folder": str(folder), "models": [asdict(row) for row in rows]})
        return
    click.echo(_table(rows))
    click.echo(f"\nFolder: {folder}\nFetch one with: refdesk weights pull NAME")


@weights.command()
@click.argument("name")
@common
@click.pass_obj
def pull(output: Output, name: str, home: Path | None) -> None:
    """Fetch the model NAME, checked by its sha256."""
    from index.weights import ensure, terminal_progress

    with terminal_progress() as progress:
        path = ensure(name, read_settings(home).weights, progress=progress)
    if output.as_json:
        output.document({"name": name, "path": str(path)})
    else:
        click.echo(f"{name} is here: {path}")


def _table(rows: list[WeightsRow]) -> str:
    from ui.console import table

    head = ("here", "name", "kind", "parameters", "size", "memory", "licence", "developer")
    cells = [
        (
            "yes" if row.here else "",
            row.name,
            row.kind,
            row.parameters,
            f"{row.size / 1e9:.2f} GB" if row.size else "",
            f"{row.ram_gb} GB" if row.ram_gb else "",
            row.licence,
            row.developer,
        )
        for row in rows
    ]
    return table(head, cells)
