"""What every command has in common: its exit code, its one line of error, its output.

    0 ok    1 failed    2 bad usage    130 stopped with Ctrl-C    143 told to end

With ``--json`` stdout carries exactly one JSON document, whatever a library prints. Knows
nothing of what the commands do.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

import click

from corpus.errors import RefdeskError

FAILED, USAGE, INTERRUPTED, TERMINATED = 1, 2, 130, 143


class Terminated(BaseException):
    """The process was asked to end (SIGTERM)."""


@dataclass(slots=True)
class Output:
    """Where a command's result goes, and whether as JSON."""

    stream: TextIO
    as_json: bool

    def document(self, value: Any) -> None:
        """Write the one JSON document of this command."""
        text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
        try:
            text.encode(self.stream.encoding or "utf-8")
        except UnicodeEncodeError:  # a C locale, or half a surrogate pair in a file name
            text = json.dumps(value, indent=2, default=str)
        click.echo(text, file=self.stream)

    def line(self, value: Any) -> None:
        """Write one line of JSON, of a command that goes on."""
        click.echo(json.dumps(value, default=str), file=self.stream)
        self.stream.flush()

    @property
    def is_terminal(self) -> bool:
        """Whether a person is looking at the result as it comes."""
        return not self.as_json and self.stream.isatty()


class Group(click.Group):
    """The command group: turns every way of ending into an exit code and at most one line."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command that ``args`` name and exit with its code."""
        words = list(sys.argv[1:] if args is None else args)
        with _reserved_stdout("--json" in words) as output:
            code = self._run(words, output, complete_var)
        sys.exit(code)

    def _run(self, words: list[str], output: Output, complete_var: str | None) -> int:
        try:
            code = super().main(words, "refdesk", complete_var, standalone_mode=False, obj=output)
            output.stream.flush()
            return code if isinstance(code, int) else 0
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True)  # the help, as it is laid out
            return error.exit_code
        except click.ClickException as error:
            return _fail(output, error.exit_code, _usage_line(error))
        except RefdeskError as error:
            return _fail(output, FAILED, str(error))
        except (KeyboardInterrupt, click.Abort):
            return INTERRUPTED
        except Terminated:
            return TERMINATED
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                return _reader_left()
            return _fail(output, FAILED, _unexpected(error))


def verbosity(verbose: bool) -> None:
    """Log to stderr: warnings of ours, or with ``verbose`` everything from INFO up."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.ERROR,
        format="%(levelname).1s %(name)s: %(message)s" if verbose else "refdesk: %(message)s",
        force=True,
    )
    if not verbose:
        for package in ("ui", "assistant", "index", "corpus"):
            logging.getLogger(package).setLevel(logging.WARNING)


@contextlib.contextmanager
def _reserved_stdout(as_json: bool) -> Iterator[Output]:
    """Keep stdout for the JSON document: what anything else prints goes to stderr."""
    if not as_json:
        yield Output(sys.stdout, as_json=False)
        return
    stdout = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        yield Output(stdout, as_json=True)


def _fail(output: Output, code: int, line: str) -> int:
    line = " ".join(line.split())
    with contextlib.suppress(BrokenPipeError):
        click.echo(f"refdesk: {line}", err=True)
        if output.as_json:
            output.document({"error": line})
    return code


def _usage_line(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = f" (see: {context.command_path} --help)" if context else ""
    return error.format_message() + hint


def _unexpected(error: Exception) -> str:
    if os.environ.get("REFDESK_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
    text = str(error).strip().splitlines()
    detail = f": {text[0]}" if text else ""
    return f"unexpected {type(error).__name__}{detail}; REFDESK_DEBUG=1 shows where"


def _reader_left() -> int:
    """``refdesk … | head``: the reader has what it wanted; say nothing, now or at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with contextlib.suppress(OSError, ValueError):
        os.dup2(nowhere, sys.stdout.fileno())
    return FAILED
