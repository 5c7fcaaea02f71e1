"""``refdesk mcp``: the desk as tools for a program that starts this process.

The client is answered at once; the desk opens meanwhile, and the tools wait for it. Knows
nothing of the tools.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus.errors import InputError, RefdeskError
from ui.cli.frame import Output, Terminated
from ui.cli.options import common, desk, model_options, read_settings

if TYPE_CHECKING:
    from ui.api import Programs

CLOSE_SECONDS = 30.0  # models that are just being loaded must not be cut off


@click.command()
@click.option("--refresh/--no-refresh", default=True, help="Refresh the corpus at the start.")
@model_options
@common
@click.pass_obj
def mcp(output: Output, refresh: bool, home: Path | None, model: dict[str, Any]) -> None:
    """Serve the desk's tools on stdin and stdout (Model Context Protocol).

    For desktop clients and agents that start a process; see docs/programs.md.
    """
    from ui.mcp_door import MISSING, available

    if output.as_json:
        raise click.UsageError("mcp always speaks JSON to its client; leave out --json")
    if not available():
        raise InputError(MISSING)
    if sys.stdin.isatty():
        click.echo("refdesk mcp speaks to the program that starts it; Ctrl-C ends it.", err=True)
    settings = read_settings(home, model)
    with contextlib.suppress(KeyboardInterrupt, Terminated), _opening(home, model, refresh) as soon:
        _serve(soon, tools_refresh=settings.tools_refresh)


def _serve(soon: Future[Programs], *, tools_refresh: bool) -> None:
    import anyio

    from ui.mcp_server import build_mcp

    async def opened() -> Programs:
        return await asyncio.shield(asyncio.wrap_future(soon))

    anyio.run(build_mcp(opened, refresh=tools_refresh).run_stdio_async)


@contextlib.contextmanager
def _opening(home: Path | None, model: dict[str, Any], refresh: bool) -> Iterator[Future[Programs]]:
    """The desk that opens in a thread of its own, and is closed there at the end."""
    soon: Future[Programs] = Future()
    soon.set_running_or_notify_cancel()
    ended = threading.Event()
    thread = threading.Thread(
        target=_keep_open,
        args=(home, model, refresh, soon, ended),
        name="refdesk-desk",
        daemon=True,
    )
    thread.start()
    try:
        yield soon
    finally:
        ended.set()
        thread.join(CLOSE_SECONDS)


def _keep_open(
    home: Path | None,
    model: dict[str, Any],
    refresh: bool,
    soon: Future[Programs],
    ended: threading.Event,
) -> None:
    from assistant.desk import Assistant
    from ui.api import Programs
    from ui.refreshing import Refresher

    try:
        with (
            desk(home, model, answers=True) as opened,
            contextlib.closing(Refresher(opened)) as refresher,
        ):
            if refresh and isinstance(opened, Assistant):  # an owner refreshes by itself
                refresher.request()
            soon.set_result(Programs(opened, refresher))
            with contextlib.suppress(RefdeskError):  # the first question says it again
                opened.warm_up()
            ended.wait()
    except (RefdeskError, click.ClickException) as error:
        _fail(soon, error)


def _fail(soon: Future[Programs], error: RefdeskError | click.ClickException) -> None:
    """Tell the tools why there is no desk; the client shows it with the first call."""
    line = error.format_message() if isinstance(error, click.ClickException) else str(error)
    click.echo(f"refdesk: {line}", err=True)
    if not soon.done():
        soon.set_exception(RefdeskError(line))
