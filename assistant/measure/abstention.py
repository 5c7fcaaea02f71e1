"""How well a desk's probability tells answerable questions from unanswerable ones.

Drawn from any run whose answers carry the probability in their trace, under ``answerable``. A
curve over thresholds says what a refusal below each would do; what a refused question would
have been answered is not known, so measure right answers with strictness 0. Knows nothing
of how the probability is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.evaluate import Outcome
from assistant.measure.statistics import area_under_curve, bootstrap

ANSWERABLE = "answerable"
"""Key of an answer's trace; the value holds ``probability``."""
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))


@dataclass(frozen=True, slots=True)
class Judged:
    """One question: the desk's probability, whether it can be answered, and was it right."""

    probability: float
    answerable: bool
    right: bool


def probability_of(outcome: Outcome) -> float | None:
    """The desk's probability that it can answer, if it gave one."""
    decision = outcome.answer.trace.get(ANSWERABLE) if outcome.answer else None
    if not isinstance(decision, dict):
        return None
    value = decision.get("probability")
    return float(value) if isinstance(value, int | float) else None


def abstention(outcomes: Sequence[Outcome]) -> dict[str, Any] | None:
    """The curve over thresholds, AUC and risk at each coverage; None without probabilities."""
    found = [(outcome, probability_of(outcome)) for outcome in outcomes]
    judged = [Judged(p, o.question.answerable, o.right) for o, p in found if p is not None]
    if not judged:
        return None
    area = area_under_curve([j.probability for j in judged], [j.answerable for j in judged])
    return {
        "questions": len(judged),
        "without_probability": len(found) - len(judged),
        "auc": area.counted(),
        "thresholds": [at_threshold(judged, threshold) for threshold in THRESHOLDS],
        "risk_coverage": risk_coverage(judged),
    }


def at_threshold(judged: Sequence[Judged], threshold: float) -> dict[str, Any]:
    """Refusals of unanswerable and of answerable questions, if all below were refused."""
    kept = [j for j in judged if j.probability >= threshold]
    return {
        "threshold": threshold,
        "refused": _refused(judged, threshold, answerable=False),
        "false_refusals": _refused(judged, threshold, answerable=True),
        "coverage": round(len(kept) / len(judged), 4),
        "right_of_answered": round(sum(j.right and j.answerable for j in kept) / len(kept), 4)
        if kept
        else None,
    }


def _refused(
    judged: Sequence[Judged], threshold: float, *, answerable: bool
) -> dict[str, Any] | None:
    below = [j.probability < threshold for j in judged if j.answerable == answerable]
    return bootstrap(below).counted()


def risk_coverage(judged: Sequence[Judged]) -> dict[str, Any]:
    """Share of wrong answers among the surest 10 %, 20 % … of questions, and their mean.

    An unanswerable question that is answered is wrong (El-Yaniv and Wiener 2010).
    """
    surest = sorted(judged, key=lambda j: -j.probability)
    wrong = np.cumsum([not (j.right and j.answerable) for j in surest])
    risks = wrong / np.arange(1, len(surest) + 1)
    tenths = [max(1, round(len(surest) * tenth / 10)) for tenth in range(1, 11)]
    return {
        "area": round(float(risks.mean()), 4),
        "risk": [round(float(risks[count - 1]), 4) for count in tenths],
    }
