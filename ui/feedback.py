"""What a visitor says of an answer: a thumb, a reason, the right answer; and what it is good for.

``question_line`` makes of it a line that ``refdesk eval FILE.jsonl`` reads. Knows nothing of
where it is kept or how it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from assistant.types import Answer, Turn

Rating = Literal["up", "down"]

MAX_COMMENT = 1000  # characters
MAX_EXPECTED = 200
REASONS: Mapping[str, str] = {
    "wrong": "It is wrong",
    "incomplete": "Something is missing",
    "sources": "The sources do not say this",
    "refuse": "The documents do not answer this",
    "answerable": "The documents do answer this",
    "unclear": "Hard to understand",
    "other": "Something else",
}
"""The ready reasons for a thumb down, by the name they are kept under."""
OF_ANSWERS = ("wrong", "incomplete", "sources", "refuse", "unclear", "other")
OF_REFUSALS = ("answerable", "unclear", "other")


@dataclass(frozen=True, slots=True)
class Feedback:
    """A thumb with an optional reason; ``expected`` is the right answer in a few words."""

    rating: Rating
    reason: str = ""
    comment: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Rated:
    """Feedback with what it was given on, as it stood then."""

    id: str
    question: str
    history: tuple[Turn, ...]
    answer: Answer
    feedback: Feedback
    changed: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``refdesk feedback --json``."""
        return {
            "id": self.id,
            **asdict(self.feedback),
            "changed": self.changed,
            "question": self.question,
            "history": [asdict(turn) for turn in self.history],
            "answer": self.answer.to_dict(),
        }


def feedback_from(rating: str, reason: str = "", comment: str = "", expected: str = "") -> (
    Feedback | None
):  # fmt: skip
    """Feedback as a page sent it, within its bounds; None where there is no thumb (any more)."""
    if rating == "up":
        return Feedback("up", comment=_bounded(comment, MAX_COMMENT))
    if rating != "down":
        return None
    return Feedback(
        "down",
        reason if reason in REASONS else "",
        _bounded(comment, MAX_COMMENT),
        _bounded(expected, MAX_EXPECTED),
    )


def _bounded(text: str, limit: int) -> str:
    return text.strip()[:limit]


def question_line(rated: Rated) -> dict[str, Any] | None:
    """What the desk must do with this question, as ``refdesk eval`` takes it; None if unknown.

    A liked refusal, or "the documents do not answer this": refuse. A liked answer, or "they do
    answer this": answer. The right answer, where it was given: hold it. "Wrong" without it: do
    not say the same sentences again.
    """
    wanted = _wanted(rated)
    if wanted is None:
        return None
    return {
        "id": rated.id,
        "question": rated.question,
        "history": [asdict(turn) for turn in rated.history],
        "type": f"thumb_{rated.feedback.rating}",
        **wanted,
    }


def _wanted(rated: Rated) -> dict[str, Any] | None:
    feedback, refused = rated.feedback, rated.answer.status == "not_in_corpus"
    if feedback.expected:
        return {"answerable": True, "must_contain": [feedback.expected]}
    if feedback.rating == "up":
        return {"answerable": not refused}
    if feedback.reason == "refuse":
        return {"answerable": False}
    if feedback.reason == "answerable":
        return {"answerable": True}
    said = [s.text for s in rated.answer.sentences if s.verdict == "supported"]
    if feedback.reason in ("wrong", "sources") and said and not refused:
        return {"answerable": True, "must_not_contain": said}
    return None
