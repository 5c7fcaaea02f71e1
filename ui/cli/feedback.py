"""``refdesk feedback``: what visitors said of answers, to read or to measure with.

Knows nothing of how it is given or kept.
"""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli.frame import Output
from ui.cli.options import common, read_settings
from ui.markup import flat, readable, shortened

if TYPE_CHECKING:
    from ui.feedback import Rated

NOTHING_TO_CHECK = "{count} left out: they do not tell what a right answer would be."


@click.command()
@click.option(
    "--questions", is_flag=True, help="Write lines for refdesk eval: the questions, asked again."
)
@common
@click.pass_obj
def feedback(output: Output, questions: bool, home: Path | None) -> None:
    """List the thumbs that answers got in the browser, with their reasons.

    refdesk feedback --questions > FILE.jsonl; refdesk eval FILE.jsonl asks those questions again,
    each with what was said before it, and counts as right what the visitors asked for.
    """
    rated = _kept(read_settings(home).home)
    if questions:
        _write_questions(output, rated)
    elif output.as_json:
        output.document({"feedback": [one.to_dict() for one in rated]})
    else:
        click.echo("\n".join(map(_line, rated)) or "No feedback yet.")


def _kept(home: Path) -> list[Rated]:
    """The feedback of a home; none where nobody has asked in the browser yet."""
    from ui.talks import FILE_NAME, Talks

    if not (home / FILE_NAME).exists():
        return []
    with closing(Talks(home)) as talks:
        return talks.rated()


def _write_questions(output: Output, rated: list[Rated]) -> None:
    from ui.feedback import question_line

    found = [question_line(one) for one in rated]
    lines = [line for line in found if line is not None]
    if output.as_json:
        output.document({"questions": lines, "left_out": len(found) - len(lines)})
        return
    for line in lines:
        click.echo(json.dumps(line, ensure_ascii=False))
    if len(lines) < len(found):
        click.echo(NOTHING_TO_CHECK.format(count=len(found) - len(lines)), err=True)


def _line(rated: Rated) -> str:
    from ui.feedback import REASONS

    given = rated.feedback
    parts = [given.rating, f"“{shortened(flat(rated.question), 100)}”"]
    parts += [REASONS[given.reason]] if given.reason else []
    parts += [f"right: {flat(given.expected)}"] if given.expected else []
    parts += [flat(given.comment)] if given.comment else []
    return readable("  ".join(parts))
