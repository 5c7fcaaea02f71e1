"""Answers over a public set's own documents: right, refused, cited, and by what.

An answerable question is right when its answer holds a gold string (``correct``) or says mostly
what a long gold answer says (``overlapping``, see ``assistant.measure.judging``); an
unanswerable one when it is refused. Knows nothing of how answers are made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.benchmarks import Query, queries_of
from assistant.evaluate import Asked, Outcome, Question, Report, evaluate_questions, refused
from assistant.measure.abstention import abstention
from assistant.measure.compare import compared
from assistant.measure.given import asserted, exactly_matches
from assistant.measure.judging import holds, overlaps, shows, token_f1
from assistant.measure.statistics import SEED, Measure, bootstrap, ratio
from assistant.types import Answer, Turn
from corpus.types import Document

Progress = Callable[[Outcome], None]
PREMISE = "premise"
"""Key of an answer's trace: it says that the question takes something false for granted."""


@dataclass(frozen=True, slots=True)
class Run:
    """How a set is put to a desk.

    ``limit`` takes a fixed sample, half of it unanswerable where the set has both. ``recalled``
    counts what a memory answered; ``before`` is told of each query before it is asked.
    """

    limit: int | None = None
    progress: Progress | None = None
    recalled: Callable[[], int] | None = None
    before: Callable[[Query], None] | None = None


def evaluate_grounded(
    desk: Asked, folder: Path, run: Run | None = None, baseline: Asked | None = None
) -> dict[str, Any]:
    """Answer a folder's queries over the documents that ``desk`` holds, and judge the answers.

    With ``baseline`` the same queries are put to it, and ``difference`` is ours minus its.
    """
    run = run or Run()
    queries = sampled(queries_of(folder), run.limit)
    figures = _figures(desk, queries, run)
    report = {"dataset": folder.name, "sample": _told(queries, run.limit), **figures}
    if baseline is not None:
        plain = _figures(baseline, queries, run)
        report["baseline"] = plain
        report["difference"] = compared(plain["questions"], figures["questions"])["measures"]
    return report


def sampled(queries: Sequence[Query], limit: int | None) -> list[Query]:
    """A fixed sample, half unanswerable where both kinds are there, in the folder's order.

    Drawn by a seeded hash of the id, so that a smaller sample is part of a larger one.
    """
    if limit is None or limit >= len(queries):
        return list(queries)
    drawn = sorted(queries, key=_draw)
    no = [query for query in drawn if not query.answerable]
    yes = [query for query in drawn if query.answerable]
    unanswerable = min(len(no), max(limit // 2, limit - len(yes)))
    chosen = {query.id for query in (*no[:unanswerable], *yes[: limit - unanswerable])}
    return [query for query in queries if query.id in chosen]


def _draw(query: Query) -> str:
    return hashlib.sha256(f"{SEED}:{query.id}".encode()).hexdigest()


def _told(queries: Sequence[Query], limit: int | None) -> dict[str, Any]:
    answerable = sum(query.answerable for query in queries)
    return {
        "questions": len(queries),
        "answerable": answerable,
        "unanswerable": len(queries) - answerable,
        "limit": limit,
        "seed": SEED,
    }


def _figures(desk: Asked, queries: Sequence[Query], run: Run) -> dict[str, Any]:
    by_id = {query.id: query for query in queries}
    report = evaluate_questions(
        _Announced(desk, iter(queries), run.before) if run.before else desk,
        [_as_question(query) for query in queries],
        run.progress,
        judge=lambda question, answer: is_right(by_id[question.id], answer),
        recalled=run.recalled,
    )
    judged = [judgement(query, o) for query, o in zip(queries, report.outcomes, strict=True)]
    return {
        **report.to_dict(),
        **_measures(judged),
        "answerability": _by_type(judged),
        "abstention": abstention(report.outcomes),
        "questions": _rows(report, judged),
    }


@dataclass(frozen=True, slots=True)
class _Announced:
    """A desk of which somebody is told each query before it is asked."""

    desk: Asked
    queries: Iterator[Query]
    before: Callable[[Query], None]

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        self.before(next(self.queries))
        return self.desk.ask(question, history)

    def document(self, document_id: str) -> Document | None:
        return self.desk.document(document_id)


def _as_question(query: Query) -> Question:
    history = [{"role": turn.role, "text": turn.text} for turn in query.history]
    return Question.model_validate(
        {
            "id": query.id,
            "question": query.text,
            "history": history,
            "type": query.type,
            "must_contain": [list(query.answers)] if query.answers else [],
            "answerable": query.answerable,
        }
    )


def is_right(query: Query, answer: Answer) -> bool:
    """The judge of public sets."""
    if not query.answerable or answer.status != "answered":
        return not query.answerable and refused(answer)
    text = shown_text(answer)
    if query.contested:
        return exactly_matches(text, query.answers, query.wrong_answers, query.every_answer)
    return overlaps(text, query.answers, query.text)


def shown_text(answer: Answer | None) -> str:
    """What an answer says, without its citation markers; "" for a refusal."""
    if answer is None or answer.status != "answered":
        return ""
    table = answer.table.rows if answer.table else ()
    cells = (str(cell) for row in table for cell in row)
    return " ".join((*(sentence.text for sentence in answer.sentences), *cells))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one answer is worth; counts are of shown sentences, citations and gold sentences."""

    query: Query
    answered: bool
    refused: bool
    clarified: bool
    corrected: bool
    correct: bool
    overlapping: bool
    exact: bool
    f1: float
    asserted: tuple[str, ...]
    sentences: int
    cited_sentences: int
    citations: int
    gold_citations: int
    covered: int

    def scores(self) -> dict[str, float]:
        """The figures of this question that two runs can be compared by."""
        query = self.query
        scores: dict[str, float] = {}
        if query.answerable and query.answers:
            scores |= {"correct": self.correct, "overlapping": self.overlapping, "f1": self.f1}
        if query.contested:
            scores["exact_match"] = self.exact
        if query.wrong_answers:
            scores["wrong_asserted"] = bool(self.asserted)
        if self.sentences:
            scores["cited_sentences"] = self.cited_sentences / self.sentences
        if self.citations and query.evidence:
            scores["citation_precision"] = self.gold_citations / self.citations
        if query.gold:
            scores["citation_recall"] = self.covered / len(query.gold)
        return {name: float(score) for name, score in scores.items()}


def judgement(query: Query, outcome: Outcome) -> Judgement:
    """Judge one outcome; a failure answers nothing and refuses nothing."""
    answer, text = outcome.answer, shown_text(outcome.answer)
    answered = bool(text)
    sentences = answer.sentences if answer and answered else ()
    quotes = [(c.document_id, c.quote) for c in answer.citations] if answer and answered else []
    return Judgement(
        query=query,
        answered=answered,
        refused=refused(answer),
        clarified=bool(answer and answer.clarification),
        corrected=bool(answer and PREMISE in answer.trace),
        correct=any(holds(text, gold) for gold in query.answers),
        overlapping=bool(text) and overlaps(text, query.answers, query.text),
        exact=exactly_matches(text, query.answers, query.wrong_answers, query.every_answer),
        f1=token_f1(text, query.answers),
        asserted=tuple(asserted(answer, query.wrong_answers)) if answer else (),
        sentences=len(sentences),
        cited_sentences=sum(bool(sentence.citations) for sentence in sentences),
        citations=len(quotes),
        gold_citations=sum(_is_gold(query, *quote) for quote in quotes),
        covered=sum(_is_covered(sentence, quotes) for sentence in query.gold),
    )


def _is_gold(query: Query, document_id: str, quote: str) -> bool:
    """Whether a citation's quote shows a gold sentence, or stands in a gold document.

    The document decides where the set names no sentences.
    """
    if not query.gold:
        return document_id in query.evidence
    return any(name == document_id and shows(quote, text) for name, text in query.gold)


def _is_covered(gold: tuple[str, str], quotes: Sequence[tuple[str, str]]) -> bool:
    return any(name == gold[0] and shows(quote, gold[1]) for name, quote in quotes)


def _measures(judged: Sequence[Judgement]) -> dict[str, Any]:
    """Every figure with its interval; None where the set has nothing to measure it by."""
    yes = [j for j in judged if j.query.answerable]
    no = [j for j in judged if not j.query.answerable]
    gold = [j for j in yes if j.query.answers]
    traps = [j for j in judged if j.query.wrong_answers]
    cited = [j for j in judged if j.query.evidence and j.query.answerable]
    known = {
        "accuracy": bootstrap([_right(j) for j in judged]),
        "correct": bootstrap([j.correct for j in gold]),
        "correct_or_overlapping": bootstrap([j.overlapping for j in gold]),
        "f1": bootstrap([j.f1 for j in gold]),
        "refused_unanswerable": bootstrap([j.refused for j in no]),
        "false_refusals": bootstrap([j.refused for j in yes]),
        "asserted_on_unanswerable": bootstrap([j.answered for j in no]),
        "exact_match": bootstrap([j.exact for j in judged if j.query.contested]),
        "wrong_asserted": bootstrap([bool(j.asserted) for j in traps]),
        "cited_sentences": _share(judged, "cited_sentences", "sentences"),
        "citation_precision": _share(cited, "gold_citations", "citations"),
        "citation_recall": _recall([j for j in yes if j.query.gold]),
    }
    return {name: measure.counted() for name, measure in known.items()}


def _right(judged: Judgement) -> bool:
    """The same verdict as ``is_right``, from what was counted."""
    if not judged.query.answerable:
        return judged.refused
    return judged.exact if judged.query.contested else judged.overlapping


def _share(judged: Sequence[Judgement], part: str, whole: str) -> Measure:
    return ratio([getattr(j, part) for j in judged], [getattr(j, whole) for j in judged])


def _recall(judged: Sequence[Judgement]) -> Measure:
    return ratio([j.covered for j in judged], [len(j.query.gold) for j in judged])


def _by_type(judged: Sequence[Judgement]) -> list[dict[str, Any]]:
    """Refusals, questions asked back and premises put right, per type of question."""
    return [
        {
            "type": kind,
            "questions": len(group),
            "refused": sum(j.refused for j in group),
            "clarified": sum(j.clarified for j in group),
            "corrected": sum(j.corrected for j in group),
        }
        for kind in sorted({j.query.type for j in judged})
        if (group := [j for j in judged if j.query.type == kind])
    ]


def _rows(report: Report, judged: Sequence[Judgement]) -> list[dict[str, Any]]:
    rows = report.to_dict()["questions"]
    return [
        {**row, "answerable": j.query.answerable, "asserted": list(j.asserted),
         "scores": {**row["scores"], **j.scores()}}
        for row, j in zip(rows, judged, strict=True)
    ]  # fmt: skip
