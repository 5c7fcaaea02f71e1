"""``refdesk saved``: questions that are asked again after a refresh, and what changed.

Knows nothing of how they are asked again or compared.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli.frame import Output
from ui.cli.options import common, desk, model_options

if TYPE_CHECKING:
    from assistant.saved.types import AnswerChange, Asking, DatedAnswer, SavedQuestion

STATUS = {"answered": "answered", "not_in_corpus": "not in the corpus"}


@click.group(invoke_without_command=True)
@common
@click.pass_context
def saved(context: click.Context, home: Path | None) -> None:
    """List the questions that are asked again, and what changed in their answers.

    A served desk asks them by itself after each refresh that may change their answers, one at a
    time and after people's questions. Without one: refdesk saved check --due.
    """
    output: Output = context.obj
    if context.invoked_subcommand is not None:
        context.meta["home"] = home  # refdesk saved --home FOLDER add "…"
        return
    with desk(home) as opened:
        questions = opened.saved.all()
    _show(output, questions)


@saved.command()
@click.argument("question")
@model_options
@common
@click.pass_context
def add(context: click.Context, question: str, home: Path | None, model: dict[str, Any]) -> None:
    """Keep QUESTION, and the answer that it has today to compare with.

    Whoever can open the served desk in a browser sees it there.
    """
    output: Output = context.obj
    with desk(_home(context, home), model, answers=True) as opened:
        one = opened.saved.add(question)
    if output.as_json:
        output.document(_data(one))
        return
    click.echo(_lines(one))


@saved.command()
@click.argument("question_id", metavar="ID")
@common
@click.pass_context
def remove(context: click.Context, question_id: str, home: Path | None) -> None:
    """Ask a question no more.

    Its answers are kept for 30 days, and come back when it is added again.
    """
    output: Output = context.obj
    with desk(_home(context, home)) as opened:
        opened.saved.remove(question_id)
    if output.as_json:
        output.document({"removed": question_id})
    else:
        click.echo(f"{question_id} is asked no more.")


@saved.command()
@click.option("--due", is_flag=True, help="Only those whose answers a refresh may have changed.")
@model_options
@common
@click.pass_context
def check(context: click.Context, due: bool, home: Path | None, model: dict[str, Any]) -> None:
    """Ask all saved questions again now, and say what changed."""
    output: Output = context.obj
    with desk(_home(context, home), model, answers=True) as opened:
        before = {one.id: _newest(one) for one in opened.saved.all(most=1)}
        questions = _watched(opened.saved.check_events(due_only=due))
    new = [one for one in questions if _newest(one) > before.get(one.id, 0)]
    failed = [one for one in questions if one.due and one.note]
    if output.as_json:
        output.document(
            {"changed": [one.id for one in new], "failed": [one.id for one in failed],
             "questions": [_data(one) for one in questions]}
        )  # fmt: skip
        return
    for one in [*new, *(one for one in failed if one not in new)]:
        click.echo(_lines(one) + "\n")
    click.echo(f"{len(questions)} saved, {len(new)} changed, {len(failed)} could not be asked.")


def change_lines(change: AnswerChange) -> list[str]:
    """A changed answer as refdesk news tells it."""
    from ui.console import one_line

    lines = [f"{change.when[:10]}  answer  {one_line(change.question, 100)}"]
    return lines + [f"    {one_line(one.text, 300)}" for one in change.changes]


def _home(context: click.Context, home: Path | None) -> Path | None:
    return home or context.meta.get("home")


def _newest(one: SavedQuestion) -> int:
    return one.answers[0].key if one.answers else 0


def _data(one: SavedQuestion) -> dict[str, Any]:
    """A question as JSON; its answers are those of refdesk ask --json."""
    fields = asdict(one)
    del fields["unseen"]  # of a visitor of the browser
    fields["owner"] = "visitor" if one.owner else "desk"  # not the digest of the cookie
    return fields


def _show(output: Output, questions: list[SavedQuestion]) -> None:
    if output.as_json:
        output.document({"questions": [_data(one) for one in questions]})
        return
    click.echo("\n\n".join(map(_lines, questions)) or "No saved questions.")


def _lines(one: SavedQuestion) -> str:
    from ui.console import one_line

    lines = [f"{one.id}  {one_line(one.question, 200)}"]
    if one.answers:
        newest = one.answers[0]
        lines.append(f"    {STATUS[newest.answer.status]}: {one_line(newest.answer.text, 300)}")
    if (changed := one.changed) is not None:
        lines += _changed(changed)
    if one.note:
        lines.append(f"    {(one.checked or one.created)[:10]}  {one_line(one.note, 300)}")
    if one.due:
        lines.append("    The documents have changed since: refdesk saved check --due")
    return "\n".join(lines)


def _changed(answer: DatedAnswer) -> list[str]:
    from ui.console import one_line

    told = [f"      {one_line(change.text, 300)}" for change in answer.changes]
    return [f"    changed on {answer.made[:10]}:", *told]


def _watched(
    events: Generator[Asking, None, list[SavedQuestion]],
) -> list[SavedQuestion]:
    """Follow a check with a bar on a terminal's stderr; what it gives in the end."""
    from tqdm import tqdm

    from assistant.saved.steps import finished
    from ui.console import one_line

    with tqdm(desc="ask", unit=" questions", leave=False, disable=None) as bar:

        def tell(step: Asking) -> None:
            bar.total = step.total
            bar.set_postfix_str(one_line(step.question, 40), refresh=False)
            bar.update(step.done - bar.n)
            bar.refresh()

        return finished(events, tell)
