"""Intervals hold what they should, and agree with a reference implementation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from assistant.measure.statistics import area_under_curve, bootstrap, difference, percentiles, ratio


def test_an_interval_holds_the_mean_and_narrows_with_more_data() -> None:
    few, many = bootstrap([0.0, 1.0] * 10), bootstrap([0.0, 1.0] * 1000)
    assert few.low <= few.mean == 0.5 <= few.high
    assert many.high - many.low < few.high - few.low
    assert (few.n, many.n) == (20, 2000)


def test_nothing_measured_is_not_zero() -> None:
    assert bootstrap([]).counted() is None
    assert ratio([0], [0]).counted() is None
    assert bootstrap([0.0]).counted() == {"mean": 0.0, "low": 0.0, "high": 0.0, "n": 1}


def test_a_ratio_weighs_questions_by_what_they_have() -> None:
    measure = ratio([3, 0], [3, 1])
    assert measure.mean == 0.75
    assert (measure.low, measure.high, measure.n) == (0.0, 1.0, 4)


def test_a_paired_difference_is_narrower_than_the_two_intervals() -> None:
    noise = np.random.default_rng(1).normal(size=200)
    gain = difference(noise, noise + 0.1)
    assert gain.low == pytest.approx(0.1) == gain.high
    assert bootstrap(noise).high - bootstrap(noise).low > 0.1


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_area_equals_scikit_learn(rows: list[tuple[int, bool]]) -> None:
    scores, labels = [float(score) for score, _ in rows], [label for _, label in rows]
    area = area_under_curve(scores, labels)
    if len(set(labels)) == 1:
        assert area.counted() is None
    else:
        assert area.mean == pytest.approx(roc_auc_score(labels, scores), abs=1e-4)
        assert area.low <= area.mean <= area.high


def test_percentiles_leave_out_what_is_unknown() -> None:
    assert percentiles([1.0, None, 3.0])["p50"] == 2.0
    assert percentiles([None]) == {"p50": None, "p95": None}
