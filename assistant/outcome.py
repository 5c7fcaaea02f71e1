"""What is shown in the end: the checked answer, or the best quotes, or a refusal.

Pure functions of what was drafted, checked and found. Knows no model and no index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant import abstain, compose
from assistant.attribution import Support
from assistant.drafting import Written
from assistant.evidence import Evidence
from assistant.types import Answer
from index.types import Passage


@dataclass(frozen=True, slots=True)
class Found:
    """What was searched for, and what was found and packed; ``missing`` rules an answer out."""

    question: str
    passages: Sequence[Passage]
    evidence: Evidence
    missing: tuple[str, ...] = ()


def settle(found: Found, written: Written, checked: list[tuple[str, Support]]) -> Answer:
    """The checked answer, or the best quotes, or a refusal: in that order."""
    trace: dict[str, Any] = {
        "draft": written.text,
        "prompt_tokens": written.prompt_tokens,
        "cached_tokens": written.cached_tokens,
        "gates": [_gate_trace(*pair) for pair in checked],
        **_search_trace(found),
    }
    notice = written.failure
    if found.missing:
        return refusal(found, trace | {"missing": list(found.missing)})
    declined = any(abstain.declines(text) for text, _ in checked)
    checked = [(text, support) for text, support in checked if not abstain.declines(text)]
    if any(support.supported for _, support in checked):
        return _answer(found, checked, trace, notice)
    if declined or found.evidence.overlap < abstain.MIN_OVERLAP:
        return refusal(found, trace, notice)
    return _quoted(found, trace, notice)


def refusal(found: Found, trace: dict[str, Any], notice: str | None = None) -> Answer:
    """No answer, with the passages that came nearest."""
    question = found.question
    return Answer(
        "not_in_corpus",
        question,
        question,
        compose.NOT_DRAFTED if notice else compose.NOT_IN_CORPUS,
        nearest=compose.nearest(question, found.passages),
        notice=notice,
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


def _quoted(found: Found, trace: dict[str, Any], notice: str | None) -> Answer:
    quotes = compose.extracts(found.question, found.evidence)
    if not quotes:
        return refusal(found, trace, notice)
    checked = [(quote.text, Support((quote,), 1.0, ())) for quote in quotes]
    notice = f"{notice} These are quotes." if notice else None
    return _answer(found, checked, trace | {"extractive": True}, notice)


def _gate_trace(text: str, support: Support) -> dict[str, Any]:
    failed = {gate.name: list(gate.missing) for gate in support.gates if not gate.passed}
    return {"sentence": text, "coverage": round(support.coverage, 3), "failed": failed}


def _search_trace(found: Found) -> dict[str, Any]:
    evidence = found.evidence
    used = {(p.chunk.document_id, p.chunk.position) for p in evidence.passages}
    rows = [
        {
            "document_id": p.chunk.document_id,
            "position": p.chunk.position,
            "score": p.score,
            "cosine": p.cosine,
            "bm25": p.bm25,
            "used": (p.chunk.document_id, p.chunk.position) in used,
        }
        for p in found.passages
    ]
    return {"passages": rows, "evidence_tokens": evidence.tokens, "overlap": evidence.overlap}
