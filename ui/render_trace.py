"""Turn the trace of an answer into HTML: why it says what it says, or why it was refused.

Every string of a document, a model or a visitor goes through ``escaped``. Pure functions; knows
nothing of Gradio, of the assistant or of how an answer is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.types import Timings
from ui.markup import escaped, moment, shortened, words
from ui.render_table import shown
from ui.views import TurnView

MAX_TRACE_ROWS = 50


def trace(turn: TurnView | None) -> str:
    """Return, folded, how the last answer was made: question, time per stage, model, prompt."""
    if turn is None or turn.answer is None:
        return ""
    answer = turn.answer
    facts: dict[str, object] = {"Searched for": answer.standalone_question}
    facts |= _stages(answer.timings)
    facts |= {"Model": answer.model or "none", "Corpus as of": moment(answer.as_of) or "unknown"}
    plain = {key: value for key, value in answer.trace.items() if value not in (None, "", [], {})}
    facts |= {key: value for key, value in plain.items() if not _is_rows(value)}
    lists = "".join(_trace_rows(key, value) for key, value in plain.items() if _is_rows(value))
    rows = "".join(
        f'<dt>{escaped(_label(name))}</dt><dd dir="auto">{escaped(_plain(value))}</dd>'
        for name, value in facts.items()
    )
    return (
        f'<details data-fold="trace"><summary>How this answer was made</summary>'
        f"<dl>{rows}</dl>{lists}</details>"
    )


def _is_rows(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(row, Mapping) for row in value)


def _trace_rows(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """Return a list of records (passages, gates) as a small table."""
    rows = rows[:MAX_TRACE_ROWS]
    columns = list(dict.fromkeys(str(key) for row in rows for key in row))
    head = "".join(f'<th scope="col">{escaped(words(column))}</th>' for column in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{escaped(_plain(row.get(column)))}</td>' for column in columns)}</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table class="rows"><caption>{escaped(_label(name))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _label(name: str) -> str:
    label = words(name)
    return label[:1].upper() + label[1:]


def _stages(timings: Timings) -> dict[str, object]:
    stages: Mapping[str, float | None] = {
        "Rewriting the question": timings.rewrite or None,
        "Searching": timings.search or None,
        "First evidence after": timings.first_evidence,
        "First word after": timings.first_token,
        "Checked answer after": timings.total or None,
    }
    return {name: f"{value:.2f} s" for name, value in stages.items() if value is not None}


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, Mapping):
        return shortened("; ".join(f"{words(str(k))}: {_plain(v)}" for k, v in value.items()))
    if isinstance(value, list | tuple):
        return shortened("; ".join(_plain(item) for item in value))
    return shown(value)
