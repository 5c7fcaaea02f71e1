"""The curve over thresholds, worked by hand on four questions."""

from typing import Any

import pytest

from assistant.evaluate import Outcome, Question
from assistant.measure.abstention import abstention
from assistant.types import Answer


def outcome(probability: float | None, *, answerable: bool, right: bool) -> Outcome:
    """A question that was answered with a probability."""
    question = Question(id="q", question="q", answerable=answerable)
    decision = {"probability": probability}
    trace: dict[str, Any] = {} if probability is None else {"answerable": decision}
    return Outcome(question, right, Answer("answered", "q", "q", "text", trace=trace))


OUTCOMES = [
    outcome(0.9, answerable=True, right=True),
    outcome(0.6, answerable=True, right=False),
    outcome(0.4, answerable=True, right=True),
    outcome(0.5, answerable=False, right=False),
    outcome(None, answerable=True, right=True),
]


def test_each_threshold_tells_what_it_would_refuse() -> None:
    curve = abstention(OUTCOMES)
    assert curve is not None
    at = {row["threshold"]: row for row in curve["thresholds"]}
    assert at[0.5]["false_refusals"]["mean"] == pytest.approx(1 / 3, abs=1e-4)
    assert at[0.5]["refused"]["mean"] == 0.0
    assert at[0.55]["refused"]["mean"] == 1.0
    assert at[0.55]["right_of_answered"] == 0.5
    assert at[0.95]["right_of_answered"] is None
    assert (curve["questions"], curve["without_probability"]) == (4, 1)


def test_area_and_risk_follow_the_order_of_the_probabilities() -> None:
    curve = abstention(OUTCOMES)
    assert curve is not None
    assert curve["auc"]["mean"] == pytest.approx(2 / 3, abs=1e-4)
    assert curve["risk_coverage"]["risk"][-1] == 0.5
    assert curve["risk_coverage"]["area"] == pytest.approx(
        (0 + 1 / 2 + 2 / 3 + 1 / 2) / 4, abs=1e-4
    )


def test_without_probabilities_there_is_no_curve() -> None:
    assert abstention([outcome(None, answerable=True, right=True)]) is None
