"""A turn as it is kept, and back: question, outcome, and the answer in its JSON structure.

The source cards are not kept: they follow from the answer and the documents. Knows nothing of
where records are kept.
"""

from __future__ import annotations

import json
from typing import Any

from assistant.types import Answer
from corpus.errors import HomeError, InputError
from ui.views import Phase, TurnView

_KEPT_PHASES: tuple[Phase, ...] = ("done", "stopped", "failed")


def written(turn: TurnView) -> str:
    """The record of a turn; one that is still running is kept as stopped."""
    record = {
        "question": turn.question,
        "phase": "stopped" if turn.running else turn.phase,
        "standalone_question": turn.standalone_question,
        "draft": "" if turn.answer else turn.draft,
        "thinking": "" if turn.answer else turn.thinking,
        "error": turn.error,
        "answer": turn.answer.to_dict() if turn.answer else None,
    }
    return json.dumps(record, ensure_ascii=False, default=str)


def read_turn(number: int, text: str) -> TurnView:
    """The turn of a record, without its source cards. Raises HomeError if it is not one."""
    try:
        record = json.loads(text)
        answer = record["answer"]
        phase = record["phase"]
        return TurnView(
            number=number,
            question=record["question"],
            phase=phase if phase in _KEPT_PHASES else "stopped",
            standalone_question=record["standalone_question"],
            draft=record["draft"],
            thinking=record["thinking"],
            answer=None if answer is None else read_answer(answer),
            error=record["error"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise HomeError("A kept conversation cannot be read; it was damaged.") from error


def read_answer(data: dict[str, Any]) -> Answer:
    """The answer of its JSON structure. Raises HomeError if it is none."""
    try:
        return Answer.from_dict(data)
    except InputError as error:
        raise HomeError("A kept answer cannot be read; it was damaged.") from error


def said(turn: TurnView) -> str:
    """What a search over conversations reads of a turn: its question and its answer."""
    return f"{turn.question}\n{turn.answer.text if turn.answer else ''}"
