"""The command line: ``refdesk COMMAND``. Entry point ``ui.cli:main``.

One module per group of commands; heavy imports wait inside them, so that ``--help`` is
quick. Knows nothing of what the commands do.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

import click

from ui.cli.answering import ask, chat, search
from ui.cli.catalogue import catalogue
from ui.cli.collection import add, refresh, status
from ui.cli.corpus import corpus
from ui.cli.doctor import doctor
from ui.cli.feedback import feedback
from ui.cli.frame import Group, Terminated
from ui.cli.measuring import bench, evaluate
from ui.cli.models import weights
from ui.cli.saved import saved
from ui.cli.serving import serve
from ui.cli.tools import mcp
from ui.cli.upkeep import backup, news, remove, restore

__all__ = ["cli", "main"]


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="refdesk", prog_name="refdesk")
def cli() -> None:
    """Answers from open documents on your own machine, every sentence with a checked citation."""


for command in (
    serve, ask, chat, search, add, remove, refresh, status, news, saved, catalogue, weights, corpus,
    evaluate, bench, feedback, mcp, backup, restore, doctor,
):  # fmt: skip
    cli.add_command(command)


def main() -> None:
    """Run the command line in a process of its own."""
    signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if "--json" in sys.argv:
        _keep_native_output_off_stdout()
    cli.main()


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


def _keep_native_output_off_stdout() -> None:
    """Point descriptor 1 to stderr: native libraries write there past ``sys.stdout``."""
    private = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = os.fdopen(private, "w", encoding=sys.stdout.encoding, errors="strict")
