"""``refdesk serve``: the browser app, up at once, with the corpus refreshed behind it.

Knows nothing of the page or of how a refresh works.
"""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path
from typing import Any

import click

from corpus.errors import InputError
from ui.cli.frame import Output, Terminated
from ui.cli.options import common, desk, model_options

PORT = click.IntRange(0, 65535)

# Shown on the empty page where the curated corpus, which answers them, is in use.
EXAMPLES = (
    "Which licence does DeepSeek-R1 use?",
    "How long is the context of QwQ-32B?",
    "How far did Nvidia's share price fall on 27 January 2025?",
    "What does open weight mean?",
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=PORT, default=7860, show_default=True, help="0: any that is free.")
@click.option("--refresh/--no-refresh", default=True, help="Refresh the corpus at the start.")
@click.option("--watch/--no-watch", default=None, help="Refresh by itself when files change.")
@model_options
@common
@click.pass_obj
def serve(
    output: Output,
    host: str,
    port: int,
    refresh: bool,
    watch: bool | None,
    home: Path | None,
    model: dict[str, Any],
) -> None:
    """Open the desk in the browser, until Ctrl-C.

    With --json one document gives the address, as soon as the page answers.
    """
    from ui.api import Access
    from ui.app import serve as serve_page

    _require_free(host, port)

    def announce(address: str) -> None:
        if output.as_json:
            output.document({"address": address})
            output.stream.flush()
        else:
            click.echo(f"refdesk is on {address} (Ctrl-C ends it)", err=True)

    with desk(home, model, answers=True) as opened:
        with contextlib.suppress(KeyboardInterrupt, Terminated):
            serve_page(
                opened,
                host,
                port,
                examples=EXAMPLES if opened.settings.curated else (),
                on_ready=announce,
                refresh=refresh,
                watch=opened.settings.watch if watch is None else watch,
                access=Access(opened.settings.serve_key, opened.settings.tools_refresh),
            )
        click.echo("Closing the desk.", err=True)


def _require_free(host: str, port: int) -> None:
    """Say that a port is taken before a gigabyte of weights is fetched, not after."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        raise InputError(f"port {port} on {host} is in use; choose another with --port")
