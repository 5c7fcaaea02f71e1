"""``refdesk serve``: the browser app, up at once, with the corpus refreshed behind it.

Knows nothing of the page or of how a refresh works.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus.errors import InputError, RefdeskError
from ui.cli.frame import Output, Terminated
from ui.cli.options import common, desk, model_options

if TYPE_CHECKING:
    from assistant.calls import Desk

logger = logging.getLogger(__name__)

STOP_SECONDS = 20.0  # one batch of embedding and its transaction end well within it


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=7860, show_default=True)
@click.option("--refresh/--no-refresh", default=True, help="Refresh the corpus at the start.")
@model_options
@common
@click.pass_obj
def serve(
    output: Output,
    host: str,
    port: int,
    refresh: bool,
    home: Path | None,
    model: dict[str, Any],
) -> None:
    """Open the desk in the browser, until Ctrl-C.

    With --json one document says where it listens, as soon as the home is open.
    """
    from ui.app import serve as serve_page

    _require_free(host, port)
    with desk(home, model, answers=True) as opened:
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        if output.as_json:
            output.document({"address": address, "home": opened.status().home})
            output.stream.flush()
        else:
            click.echo(f"refdesk is on {address} (Ctrl-C ends it)", err=True)
        with (
            _refreshing(opened) if refresh else contextlib.nullcontext(),
            contextlib.suppress(KeyboardInterrupt, Terminated),
        ):
            serve_page(opened, host, port)
        click.echo("Closing the desk.", err=True)


def _require_free(host: str, port: int) -> None:
    """Say that a port is taken before the models load, not after."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise InputError(
                f"port {port} on {host} is in use; choose another with --port"
            ) from error
        raise InputError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error


@contextlib.contextmanager
def _refreshing(opened: Desk) -> Iterator[None]:
    """Refresh in the background; at the end the refresh stops, to go on at the next start."""
    stop = threading.Event()
    thread = threading.Thread(
        target=_refresh, args=(opened, stop), name="refdesk-refresh", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(STOP_SECONDS)


def _refresh(opened: Desk, stop: threading.Event) -> None:
    from index.types import RefreshReport
    from ui.console import report_text

    events = opened.refresh_events()
    try:
        for event in events:
            if stop.is_set():
                return
            if isinstance(event, RefreshReport):
                click.echo(report_text(event), err=True)
    except RefdeskError as error:
        click.echo(f"refdesk: the refresh failed: {error}", err=True)
    except Exception as error:
        logger.exception("the refresh failed")
        click.echo(f"refdesk: the refresh failed: {type(error).__name__}", err=True)
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()
