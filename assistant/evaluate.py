"""Measuring a desk on a file of questions.

A question is right when the answer holds everything that it must and nothing that it must
not; an unanswerable one is right when it is refused, or when its false premise is put right (it
holds one of ``corrects``). A crash counts as wrong: it does not
vanish from the mean (as in ir_measures). Knows nothing of how answers are made.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from assistant.attribution.quantities import missing_quantities
from assistant.measure.statistics import bootstrap, percentiles
from assistant.types import Answer, Turn
from corpus.errors import InputError, RefdeskError
from corpus.types import Document

STAGES = ("rewrite", "search", "first_evidence", "first_token", "draft", "check", "total")
"""What the latency figures tell of, in seconds."""


class Asked(Protocol):
    """What is measured: any desk, also a plain one to compare with."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The answer to ``question``."""

    def document(self, document_id: str) -> Document | None:
        """One document with its text, or None."""


def _text_of_turn(value: Any) -> Any:
    if isinstance(value, dict) and "content" in value and "text" not in value:
        return {"role": value.get("role"), "text": value["content"]}
    return value


class HistoryTurn(BaseModel):
    """A turn of a question's history: role and text (or OpenAI's ``content``)."""

    role: Literal["user", "assistant"]
    text: str


class Question(BaseModel):
    """One line of a question file (the contract is in ARCHITECTURE.md)."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: str
    question: str
    history: list[Annotated[HistoryTurn, BeforeValidator(_text_of_turn)]] = []
    type: str = "fact"
    must_contain: list[str | list[str]] = []
    must_not_contain: list[str] = []
    answerable: bool = True
    corrects: list[str] = []

    def turns(self) -> tuple[Turn, ...]:
        """The history as the desk takes it."""
        return tuple(Turn(turn.role, turn.text) for turn in self.history)


Judge = Callable[[Question, Answer], bool]
"""Whether an answer is right."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one question; ``answer`` is None when the desk failed.

    ``remembered`` counts the calls to the model that a memory answered in its place: the
    seconds of such a question say nothing.
    """

    question: Question
    right: bool
    answer: Answer | None
    error: str | None = None
    invalid_quotes: int = 0
    unbacked_numbers: int = 0
    remembered: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """Right answers of a group."""

    right: int
    total: int

    @property
    def share(self) -> float:
        """Right over total; 0 for an empty group."""
        return self.right / self.total if self.total else 0.0


@dataclass(slots=True)
class Report:
    """All outcomes of one run, and the figures drawn from them."""

    outcomes: list[Outcome] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract of ``refdesk eval FILE.jsonl --json``."""
        groups = sorted({o.question.type for o in self.outcomes})
        answerable = [o for o in self.outcomes if o.question.answerable]
        others = [o for o in self.outcomes if not o.question.answerable]
        return {
            "total": len(self.outcomes),
            "right": sum(o.right for o in self.outcomes),
            "accuracy": _tally(self.outcomes).share,
            "types": [self._row(kind) for kind in groups],
            "refusal_rate": _refused(others),
            "false_refusal_rate": _refused(answerable),
            "intervals": self._intervals(),
            "citations": self._citations(),
            "latency": self._latency(),
            "remembered": sum(o.remembered > 0 for o in self.outcomes),
            "questions": [_question_row(outcome) for outcome in self.outcomes],
        }

    def _intervals(self) -> dict[str, dict[str, Any] | None]:
        """The shares above with 95 % bootstrap intervals; None where nothing was asked."""
        answerable = [o for o in self.outcomes if o.question.answerable]
        others = [o for o in self.outcomes if not o.question.answerable]
        return {
            "accuracy": bootstrap([o.right for o in self.outcomes]).counted(),
            "answerable_right": bootstrap([o.right for o in answerable]).counted(),
            "refused_unanswerable": bootstrap([refused(o.answer) for o in others]).counted(),
            "false_refusals": bootstrap([refused(o.answer) for o in answerable]).counted(),
        }

    def _row(self, kind: str) -> dict[str, Any]:
        tally = _tally([o for o in self.outcomes if o.question.type == kind])
        return {"type": kind, "right": tally.right, "total": tally.total, "accuracy": tally.share}

    def _citations(self) -> dict[str, Any]:
        answers = [o.answer for o in self.outcomes if o.answer]
        total = sum(len(answer.citations) for answer in answers)
        invalid = sum(o.invalid_quotes for o in self.outcomes)
        shown = [s for a in answers if a.status == "answered" for s in a.sentences]
        return {
            "total": total,
            "invalid": invalid,
            "validity": (total - invalid) / total if total else 1.0,
            "unbacked_numbers": sum(o.unbacked_numbers for o in self.outcomes),
            "sentences": len(shown),
            "cited_sentences": sum(bool(s.citations) for s in shown),
        }

    def _latency(self) -> dict[str, dict[str, float | None]]:
        """Seconds per stage, of the answers that no memory made quick."""
        answers = [o.answer for o in self.outcomes if o.answer and not o.remembered]
        timings = [asdict(answer.timings) for answer in answers]
        return {stage: percentiles([t.get(stage) for t in timings]) for stage in STAGES}


def _tally(outcomes: Sequence[Outcome]) -> Tally:
    return Tally(sum(o.right for o in outcomes), len(outcomes))


def _refused(outcomes: Sequence[Outcome]) -> float | None:
    return sum(refused(o.answer) for o in outcomes) / len(outcomes) if outcomes else None


def _question_row(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.question.id,
        "type": outcome.question.type,
        "right": outcome.right,
        "error": outcome.error,
        "remembered": outcome.remembered,
        "scores": scores_of(outcome),
        "answer": outcome.answer.to_dict() if outcome.answer else None,
    }


def scores_of(outcome: Outcome) -> dict[str, float]:
    """The figures of one question that two runs can be compared by."""
    answer = outcome.answer
    scores = {"right": float(outcome.right), "refused": float(refused(answer))}
    if answer and not outcome.remembered:
        scores["seconds"] = answer.timings.total
    return scores


def refused(answer: Answer | None) -> bool:
    """Whether the desk said that it has no answer; a failure is none."""
    return answer is not None and answer.status == "not_in_corpus"


def read_questions(path: Path) -> list[Question]:
    """The questions of a JSON-lines file. Raises InputError naming the first bad line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"Cannot read questions from {path}: {error}.") from error
    numbered = ((n, line) for n, line in enumerate(lines, start=1) if line.strip())
    return [_parse_question(path, number, line) for number, line in numbered]


def _parse_question(path: Path, number: int, line: str) -> Question:
    try:
        return Question.model_validate(json.loads(line))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"{path}, line {number}: {where}: {first['msg']}.") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {number} is not JSON: {error}.") from error


def evaluate_questions(
    desk: Asked,
    questions: Sequence[Question],
    progress: Callable[[Outcome], None] | None = None,
    *,
    judge: Judge | None = None,
    recalled: Callable[[], int] | None = None,
) -> Report:
    """Ask every question and judge the answers; ``progress`` is told of each outcome.

    ``judge`` says whether an answer is right, ``recalled`` how often a memory has answered in
    the model's place so far.
    """
    report = Report()
    for outcome in _outcomes(desk, questions, judge or judged_by_strings, recalled or (lambda: 0)):
        report.outcomes.append(outcome)
        if progress:
            progress(outcome)
    return report


def _outcomes(
    desk: Asked, questions: Sequence[Question], judge: Judge, recalled: Callable[[], int]
) -> Iterator[Outcome]:
    for question in questions:
        before = recalled()
        try:
            outcome = _judged(desk, question, judge)
        except RefdeskError as error:
            outcome = Outcome(question, False, None, str(error))
        except Exception as error:  # a crash is a wrong answer; the run goes on
            outcome = Outcome(question, False, None, f"{type(error).__name__}: {error}")
        yield replace(outcome, remembered=recalled() - before)


def _judged(desk: Asked, question: Question, judge: Judge) -> Outcome:
    answer = desk.ask(question.question, question.turns())
    return Outcome(
        question,
        judge(question, answer),
        answer,
        invalid_quotes=_invalid_quotes(desk, answer),
        unbacked_numbers=_unbacked_numbers(desk, answer),
    )


def judged_by_strings(question: Question, answer: Answer) -> bool:
    """The judge of question files: what an answer must hold, and must not."""
    return is_right(question, answer.text, refused=refused(answer))


_MARKER = re.compile(r"\[\d{1,3}\]")
# "7" is found neither in "70" nor in "3.7", "7.5" or "7,000".
_NUMBER_START = r"(?<!\d)(?<!\d[.,])"
_NUMBER_END = r"(?![.,]?\d)"


def is_right(question: Question, text: str, *, refused: bool) -> bool:
    """The judge: what an answer must hold, what it must not, and whether it may refuse."""
    text = _plain(_MARKER.sub("", text))  # "[7]" names a source, it is not the number 7
    if not question.answerable:
        corrected = any(_found(text, s) for s in question.corrects)
        return refused or (
            corrected and not any(_found(text, s) for s in question.must_not_contain)
        )
    holds = all(_holds(text, wanted) for wanted in question.must_contain)
    return holds and not refused and not any(_found(text, s) for s in question.must_not_contain)


def _holds(text: str, wanted: str | list[str]) -> bool:
    choices = [wanted] if isinstance(wanted, str) else wanted
    return any(_found(text, choice) for choice in choices)


def _found(text: str, wanted: str) -> bool:
    """Whether ``wanted`` is in ``text``, its outer numbers not as part of longer ones."""
    wanted = _plain(wanted)
    before = _NUMBER_START if wanted[:1].isdecimal() else ""
    after = _NUMBER_END if wanted[-1:].isdecimal() else ""
    return re.search(before + re.escape(wanted) + after, text) is not None


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _invalid_quotes(desk: Asked, answer: Answer) -> int:
    """Citations whose quote is not exactly its document's text at that place."""
    documents = {c.document_id: desk.document(c.document_id) for c in answer.citations}
    return sum(
        (document := documents[c.document_id]) is None or document.text[c.start : c.end] != c.quote
        for c in answer.citations
    )


PASSAGE_REACH = 1500
"""Characters either side of a quote that count as the passage it stands in."""


def _unbacked_numbers(desk: Asked, answer: Answer) -> int:
    """Numbers of cited sentences that stand in none of their quotes' surroundings."""
    quotes = {citation.number: citation for citation in answer.citations}
    missing = 0
    for sentence in answer.sentences:
        if sentence.citations:
            cited = [quotes[n] for n in sentence.citations]
            around = "\n".join(_around(desk, c) for c in cited)
            missing += len(missing_quantities(sentence.text, around))
    return missing


def _around(desk: Asked, citation: Any) -> str:
    document = desk.document(citation.document_id)
    text = document.text if document else ""
    start = max(0, citation.start - PASSAGE_REACH)
    return (
        f"{citation.title} {citation.published or ''} {text[start : citation.end + PASSAGE_REACH]}"
    )
