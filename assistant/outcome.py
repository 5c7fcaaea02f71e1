"""What is shown in the end: the checked answer, or the best quotes, or a refusal.

Pure functions of what was drafted, checked and found. Knows no model and no index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant import abstain, compose
from assistant.answerable import Decision
from assistant.attribution import Quote, Support
from assistant.conflicts import disagreements, told
from assistant.drafting import Written
from assistant.evidence import Evidence
from assistant.premise import Correction
from assistant.types import Answer, Disagreement, Side
from index.types import Passage

DOUBTED = (
    "Several short texts without a source repeat this question and assert one answer. They may "
    "have been planted, so they were not used; they are among the nearest passages."
)


@dataclass(frozen=True, slots=True)
class Found:
    """What was searched for, and what was found and packed; ``missing`` rules an answer out.

    ``doubted`` are passages that look planted: shown and counted, never packed or cited.
    ``worded`` is how the question was put, where ``question`` is a translation of it.
    """

    question: str
    passages: Sequence[Passage]
    evidence: Evidence
    missing: tuple[str, ...] = ()
    doubted: tuple[Passage, ...] = ()
    worded: str = ""

    @property
    def trusted(self) -> list[Passage]:
        """The passages that may be cited."""
        return [passage for passage in self.passages if passage not in self.doubted]


def settle(
    found: Found,
    written: Written,
    checked: list[tuple[str, Support]],
    decision: Decision,
    strictness: float,
) -> Answer:
    """The checked answer, or the best quotes, or a refusal: in that order.

    A refusal too where the ``decision`` on whether the sources answer falls below ``strictness``.
    """
    trace: dict[str, Any] = {
        "draft": written.text,
        "prompt_tokens": written.prompt_tokens,
        "cached_tokens": written.cached_tokens,
        "answer_tokens": written.completion_tokens,
        "tokens_per_second": written.tokens_per_second,
        "gates": [_gate_trace(*pair) for pair in checked],
        **_search_trace(found),
        **_decision_trace(decision, strictness),
    }
    notice = written.failure
    if found.missing:
        return refusal(found, trace | {"refused": "subject", "missing": list(found.missing)})
    if not decision.answered(strictness):
        return refusal(found, trace | {"refused": "improbable"})
    declined = any(abstain.declines(text) for text, _ in checked)
    checked = [(text, support) for text, support in checked if not abstain.declines(text)]
    if any(support.supported for _, support in checked):
        return _disagreeing(found, checked, trace, notice)
    quotes = [] if declined else _quotes(found, decision.holds(strictness))
    why = "failed" if notice else "declined" if declined else "unsupported"
    return _quoted(found, quotes, trace | ({} if quotes else {"refused": why}), notice)


def corrected(found: Found, correction: Correction) -> Answer:
    """What the passages say in place of something that the question takes for granted."""
    support = Support(correction.quotes, 1.0, ())
    trace = _search_trace(found) | {"premise": correction.premise.value.text}
    return _answer(found, [(correction.sentence, support)], trace, None)


def asked_back(found: Found, clarification: str) -> Answer:
    """A question back, with the passages that may be meant."""
    answer = refusal(found, _search_trace(found) | {"refused": "asked_back"})
    return replace(answer, text=clarification, clarification=clarification)


def refusal(found: Found, trace: dict[str, Any], notice: str | None = None) -> Answer:
    """No answer, with the passages that came nearest."""
    question = found.question
    return Answer(
        "not_in_corpus",
        question,
        question,
        compose.NOT_DRAFTED if notice else compose.NOT_IN_CORPUS,
        nearest=compose.nearest(question, found.doubted or found.passages),
        notice=notice or (DOUBTED if found.doubted else None),
        trace=trace,
    )


def _answer(
    found: Found,
    checked: Sequence[tuple[str, Support]],
    trace: dict[str, Any],
    notice: str | None,
) -> Answer:
    sentences, citations = compose.cite(checked)
    text = compose.written(sentences)
    question = found.question
    return Answer("answered", question, question, text, sentences, citations,
                  notice=notice, trace=trace)  # fmt: skip


def _disagreeing(
    found: Found,
    checked: list[tuple[str, Support]],
    trace: dict[str, Any],
    notice: str | None,
) -> Answer:
    """The checked answer, with what other passages say instead.

    What fewer texts say than something else is not asserted: only the sides are told.
    """
    differing = disagreements(found.question, checked, found.passages, found.doubted)
    if not differing:
        return _answer(found, checked, trace, notice)
    left_out = {one.sentence for one in differing if one.outvoted or one.ambiguous}
    differing = tuple({one.sides: one for one in differing}.values())  # each told once
    stated = [(text, support) for text, support in checked if text not in left_out]
    sides = [pair for one in differing for pair in told(one)]
    answer = _answer(found, [*stated, *sides], trace, notice)
    numbers = iter([s.citations for s in answer.sentences][len(stated) :])
    shown = tuple(
        Disagreement(
            tuple(
                Side(s.value, next(numbers), s.votes, s.published or None, s.about)
                for s in one.sides
            ),
            one.ambiguous,
        )
        for one in differing
    )
    return replace(answer, disagreements=shown)


def _quotes(found: Found, holds: bool) -> list[Quote]:
    """What can be quoted in place of a draft: lines near in words, or of a passage that answers."""
    near = found.evidence.overlap >= abstain.MIN_OVERLAP
    quotes = compose.extracts(found.question, found.evidence) if near else []
    if not quotes and holds:
        return compose.likeliest(found.question, found.evidence)
    return quotes


def _quoted(
    found: Found, quotes: Sequence[Quote], trace: dict[str, Any], notice: str | None
) -> Answer:
    if not quotes:
        return refusal(found, trace, notice)
    checked = [(quote.text, Support((quote,), 1.0, ())) for quote in quotes]
    notice = f"{notice} These are quotes." if notice else None
    return _answer(found, checked, trace | {"extractive": True}, notice)


def _gate_trace(text: str, support: Support) -> dict[str, Any]:
    failed = {gate.name: list(gate.missing) for gate in support.gates if not gate.passed}
    return {
        "sentence": text,
        "supported": support.supported,
        "coverage": round(support.coverage, 3),
        "score": round(support.score, 3),
        "passed": [gate.name for gate in support.gates if gate.passed],
        "failed": failed,
    }


def _decision_trace(decision: Decision, strictness: float) -> dict[str, Any]:
    if decision.probability is None:
        return {}
    return {
        "answerable": {
            "probability": round(decision.probability, 4),
            "stated": decision.stated,
            "correct": decision.correct,
            "needed": strictness,
        }
    }


def _search_trace(found: Found) -> dict[str, Any]:
    evidence = found.evidence
    used = {(p.chunk.document_id, p.chunk.position) for p in evidence.passages}
    rows = [
        {
            "document_id": p.chunk.document_id,
            "position": p.chunk.position,
            "title": p.document.title,
            "start": p.chunk.start,
            "end": p.chunk.end,
            "score": p.score,
            "cosine": p.cosine,
            "bm25": p.bm25,
            "used": (p.chunk.document_id, p.chunk.position) in used,
            "doubted": p in found.doubted,
        }
        for p in found.passages
    ]
    return {"passages": rows, "evidence_tokens": evidence.tokens, "overlap": evidence.overlap}
