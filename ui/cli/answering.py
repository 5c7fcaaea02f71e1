"""``refdesk ask``, ``chat`` and ``search``: a question from the terminal.

Knows nothing of how answers are made or drawn.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.options import LANGUAGES, LEAST_EVIDENCE, MOST_EVIDENCE, AskOptions
from ui.cli.frame import Output
from ui.cli.options import common, desk, model_options

if TYPE_CHECKING:
    from assistant.calls import Desk
    from assistant.types import Answer, Turn
    from ui.console import AnswerView

MAX_HISTORY_BYTES = 1_000_000  # what the owner's service takes; a long conversation is far less

CHAT_HELP = """\
/new          forget the conversation
/sources N    show at most N references (0: none, no number: all)
/help         this list
/quit         leave (or Ctrl-D); Ctrl-C stops the answer"""


@click.command()
@click.argument("question")
@click.option(
    "--history",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help='Earlier turns: a JSON list of {"role": "user"|"assistant", "text": "…"}.',
)
@click.option(
    "--evidence-tokens",
    type=click.IntRange(LEAST_EVIDENCE, MOST_EVIDENCE),
    help="Budget for packed evidence (REFDESK_EVIDENCE_TOKENS).",
)
@click.option(
    "--strictness",
    type=click.FloatRange(0, 1),
    help="Least probability that the sources answer; below it, a refusal (REFDESK_STRICTNESS).",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    help="Tell the answer once more in this language; the model's translation is not checked.",
)
@model_options
@common
@click.pass_obj
def ask(
    output: Output,
    question: str,
    history: Path | None,
    evidence_tokens: int | None,
    strictness: float | None,
    language: str | None,
    home: Path | None,
    model: dict[str, Any],
) -> None:
    """Answer QUESTION from the corpus, with checked citations."""
    question, options = _clean(question), AskOptions(evidence_tokens, strictness, language)
    turns = read_history(history) if history else ()
    with desk(home, model, answers=True) as opened:
        if output.as_json:
            output.document(opened.ask(question, turns, options).to_dict())
            return
        _warn_if_empty(opened)
        _stream(opened, question, turns, output, options=options)


@click.command()
@model_options
@common
@click.pass_obj
def chat(output: Output, home: Path | None, model: dict[str, Any]) -> None:
    """Ask one question after another; follow-ups keep their context."""
    if output.as_json:
        raise click.UsageError("chat is for people; use: refdesk ask --history FILE --json")
    with contextlib.suppress(ImportError):  # line editing and history, where the platform has it
        import readline  # noqa: F401
    with desk(home, model, answers=True) as opened:
        _warn_if_empty(opened)
        click.echo("Ask a question, or /help.", err=True)
        _Conversation(opened, output).run()


@click.command()
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@common
@click.pass_obj
def search(output: Output, query: str, limit: int, home: Path | None) -> None:
    """List the passages nearest to QUERY, best first."""
    from dataclasses import asdict

    from ui.console import passages_text

    query = _clean(query)
    with desk(home) as opened:
        passages = opened.search(query, limit)
        if output.as_json:
            output.document({"query": query, "passages": [asdict(p) for p in passages]})
            return
        _warn_if_empty(opened)
    click.echo(passages_text(passages))


def read_history(path: Path) -> tuple[Turn, ...]:
    """The turns of a history file. Raises BadParameter that names the first bad one."""
    try:
        if path.stat().st_size > MAX_HISTORY_BYTES:
            raise click.BadParameter(f"{path} is over {MAX_HISTORY_BYTES:,} bytes")
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"{path} is not readable JSON: {error}") from error
    if not isinstance(data, list):
        raise click.BadParameter(f"{path} must hold a JSON list of turns")
    return tuple(_turn(path, number, item) for number, item in enumerate(data, start=1))


def _turn(path: Path, number: int, item: Any) -> Turn:
    from assistant.types import Turn

    fields = item if isinstance(item, dict) else {}
    role, text = fields.get("role"), fields.get("text", fields.get("content"))
    if role not in ("user", "assistant") or not isinstance(text, str):
        raise click.BadParameter(
            f'{path}, turn {number}: expected {{"role": "user" or "assistant", "text": "…"}}'
        )
    return Turn(role, text)


class _Conversation:
    """The loop of ``chat``: reads lines, keeps the history, obeys the slash commands."""

    def __init__(self, opened: Desk, output: Output) -> None:
        self._desk = opened
        self._output = output
        self._history: list[Turn] = []
        self._sources: int | None = None

    def run(self) -> None:
        """Read and answer until /quit or the end of the input."""
        while (line := self._read()) is not None:
            if line.startswith("/"):
                if line == "/quit":
                    return
                self._obey(line)
            elif line:
                self._answer(line)

    def _read(self) -> str | None:
        try:
            prompt = "\n> " if sys.stdin.isatty() else ""
            return input(prompt).strip().encode("utf-8", "replace").decode("utf-8")
        except EOFError:
            return None
        except KeyboardInterrupt:
            click.echo("(/quit or Ctrl-D leaves)", err=True)
            return ""

    def _obey(self, line: str) -> None:
        name, _, argument = line.partition(" ")
        if name == "/new":
            self._history.clear()
            click.echo("New conversation.", err=True)
        elif name == "/sources" and (argument.isdecimal() or not argument):
            self._sources = int(argument) if argument else None
        else:
            click.echo(CHAT_HELP, err=True)

    def _answer(self, question: str) -> None:
        from assistant.types import Turn
        from corpus.errors import RefdeskError

        try:
            answer = _stream(
                self._desk, question, self._history, self._output, sources=self._sources
            )
        except KeyboardInterrupt:
            click.echo("(stopped)", err=True)
        except RefdeskError as error:
            click.echo(f"refdesk: {error}", err=True)
        else:
            self._history += [Turn("user", question), Turn("assistant", answer.text)]


def _stream(
    opened: Desk,
    question: str,
    history: Sequence[Turn],
    output: Output,
    sources: int | None = None,
    options: AskOptions | None = None,
) -> Answer:
    """Show an answer as it comes. Closing the events makes the model stop."""
    from assistant.types import Answered
    from corpus.errors import ModelError
    from ui.console import AnswerView

    view: AnswerView = AnswerView(output.stream, sources)
    answer: Answer | None = None
    events = opened.stream(question, history, options)
    try:
        for event in events:
            view.show(event)
            if isinstance(event, Answered):
                answer = event.answer
    except KeyboardInterrupt:
        view.interrupted()
        raise
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()
    if answer is None:
        raise ModelError("the answer ended before it was checked; ask again")
    return answer


def _clean(text: str) -> str:
    """The text of an argument, whose undecodable bytes Python keeps as half surrogates."""
    cleaned = text.encode("utf-8", "replace").decode("utf-8").strip()
    if not cleaned:
        raise click.UsageError("the question is empty")
    return cleaned


def _warn_if_empty(opened: Desk) -> None:
    if opened.status().documents == 0:
        click.echo("refdesk: nothing is indexed yet; run: refdesk refresh", err=True)
