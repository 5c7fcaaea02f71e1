"""Why an answer says what it says, or why there is none, in plain words.

Reads what ``Answer.trace`` tells and expects it in any state: an older version, or a stored
conversation, may lack parts of it. Pure functions; knows nothing of HTML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.types import Answer, Citation, Timings

Row = Mapping[str, Any]

FAILED = {
    "numbers": "a number that the passage does not state",
    "units": "another unit than the passage",
    "sizes": "a size that the passage does not state",
    "dates": "a date that the passage does not state",
    "money": "an amount that the passage does not state",
    "names": "a name that the passage lacks",
    "subject": "the passage is about something else",
    "rivals": "the passage tells it of something else",
    "belongs": "a number that belongs to something else",
    "columns": "a number from another column of the table",
    "negation": "the passage denies it",
    "direction": "the passage says the reverse",
    "strength": "the passage says it less strongly",
    "overlap": "too little of its wording stands in any passage",
    "entailment": "the entailment model does not see it follow",
    "verified": "asked again, the model did not find it in the quote",
    "order": "the passage gives orders to a model",
}
"""What a gate found wrong, in a reader's words."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of the time that an answer took."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A drafted sentence: whether it was kept, and what spoke against it or for it."""

    text: str
    supported: bool
    reasons: tuple[str, ...]
    passed: int = 0
    coverage: float | None = None


@dataclass(frozen=True, slots=True)
class Considered:
    """A passage that the search found: its scores, and what became of it."""

    title: str
    meaning: float | None
    words: float | None
    combined: float | None
    read: bool
    cited: tuple[int, ...]
    doubted: bool


def reasons(answer: Answer) -> list[str]:
    """The whole matter in a few sentences, the most important first."""
    said = [_refused(answer) if answer.status == "not_in_corpus" else _answered(answer)]
    said.append(_odds(answer))
    if any(passage.doubted for passage in considered(answer)):
        said.append("Passages that looked planted were left aside.")
    return [sentence for sentence in said if sentence]


def plan(answer: Answer) -> str:
    """Where the answer was looked for."""
    trace = answer.trace
    catalogue, searched = bool(trace.get("catalogue")), bool(rows(trace.get("passages")))
    if trace.get("timeline"):
        return "A search for dated events, put in order without the language model."
    if catalogue and searched:
        return "A query over the model cards, and a search of the passages for the rest."
    if catalogue:
        return "An exact query over the model cards; the language model was not needed."
    if searched:
        return "A search of all passages, by meaning and by words."
    return "Nothing had to be looked up."


def _answered(answer: Answer) -> str:
    trace = answer.trace
    if premise := trace.get("premise"):
        return (
            f"The question takes something for granted ({premise}) that the sources tell"
            " otherwise; their words are quoted."
        )
    if trace.get("extractive"):
        return "No drafted sentence stood up to its check, so the best quotes are shown instead."
    sentences = judged(answer)
    if not sentences:
        return plan(answer) if trace.get("catalogue") or trace.get("timeline") else ""
    kept = sum(sentence.supported for sentence in sentences)
    if kept == len(sentences):
        one = "The drafted sentence was" if kept == 1 else f"All {kept} drafted sentences were"
        return f"{one} found in the sources and cited."
    return (
        f"{kept} of {len(sentences)} drafted sentences were found in the sources and cited; the"
        " others were not, and carry no citation."
    )


def _refused(answer: Answer) -> str:
    trace = answer.trace
    match trace.get("refused"):
        case "subject":
            names = ", ".join(str(name) for name in _sequence(trace.get("missing")))
            return f"No passage that was found mentions {names}, so nothing was drafted."
        case "improbable":
            return "The nearest passage does not answer exactly this question."
        case "declined":
            return "The model read the nearest passages and found that they do not tell."
        case "unsupported":
            return "An answer was drafted, but none of its sentences was found in the sources."
        case "failed":
            return "The language model could not write, and no passage comes near enough to quote."
        case "asked_back":
            return "The question could mean several things, so it was asked back."
    if trace.get("catalogue"):
        return "The query over the model cards found no model that fits."
    return "" if answer.clarification else "Nothing that was found answers this question."


def _odds(answer: Answer) -> str:
    """The probability that the sources answer, against what was needed."""
    found = answer.trace.get("answerable")
    probability, needed = _fraction(found, "probability"), _fraction(found, "needed")
    if probability is None:
        return ""
    told = f"That the sources answer it was judged {percent(probability)} likely"
    return f"{told}." if needed is None else f"{told}; {percent(needed)} were needed."


def percent(share: float) -> str:
    """A share as a reader writes it; never 0 % or 100 % for what is merely near."""
    if 0 < share < 0.01:
        return "under 1\xa0%"
    if 0.99 < share < 1:
        return "over 99\xa0%"
    return f"{share:.0%}".replace("%", "\xa0%")


def odds(answer: Answer) -> tuple[float, float] | None:
    """The probability that the sources answer and the least that was needed, if both are known."""
    found = answer.trace.get("answerable")
    probability, needed = _fraction(found, "probability"), _fraction(found, "needed")
    return None if probability is None or needed is None else (probability, needed)


def stages(timings: Timings) -> list[Stage]:
    """The parts of the time, in order; what no stage claims comes last."""
    told = [
        Stage("Understanding the question", timings.rewrite),
        Stage("Searching", timings.search),
        Stage("Judging the passages", timings.judge or 0.0),
        Stage("Reading and writing", timings.draft or 0.0),
        Stage("Checking", timings.check or 0.0),
    ]
    rest = timings.total - sum(stage.seconds for stage in told)
    if rest > 0.05:
        told.append(Stage("Other", rest))
    return [stage for stage in told if stage.seconds >= 0.005]


def judged(answer: Answer) -> list[Judged]:
    """Every drafted sentence with what its check found."""
    return [_judged(row) for row in rows(answer.trace.get("gates"))]


def _judged(row: Row) -> Judged:
    failed = row.get("failed")
    failed = failed if isinstance(failed, Mapping) else {}
    supported = bool(row.get("supported", not failed))
    told = tuple(_failure(str(name), missing) for name, missing in failed.items())
    return Judged(
        str(row.get("sentence", "")),
        supported,
        told,
        len(_sequence(row.get("passed"))),
        _fraction(row, "coverage"),
    )


def _failure(gate: str, missing: object) -> str:
    what = FAILED.get(gate, gate)
    named = ", ".join(str(word) for word in _sequence(missing))
    return f"{what}: {named}" if named else what


def considered(answer: Answer) -> list[Considered]:
    """The passages that the search found, best first."""
    cited = answer.citations if answer.status == "answered" else ()
    return [
        Considered(
            title=str(row.get("title") or row.get("document_id") or ""),
            meaning=_number(row.get("cosine")),
            words=_number(row.get("bm25")),
            combined=_number(row.get("score")),
            read=bool(row.get("used")),
            cited=tuple(citation.number for citation in cited if _is_from(citation, row)),
            doubted=bool(row.get("doubted")),
        )
        for row in rows(answer.trace.get("passages"))
    ]


def _is_from(citation: Citation, row: Row) -> bool:
    start, end = _number(row.get("start")), _number(row.get("end"))
    if start is None or end is None or citation.document_id != row.get("document_id"):
        return False
    return citation.start < end and start < citation.end


def rows(value: object) -> list[Row]:
    """The records of a list; [] where it is anything else."""
    return [row for row in _sequence(value) if isinstance(row, Mapping)]


def _sequence(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None
    return float(value)


def _fraction(found: object, key: str) -> float | None:
    value = _number(found.get(key)) if isinstance(found, Mapping) else None
    return None if value is None else min(max(value, 0.0), 1.0)
