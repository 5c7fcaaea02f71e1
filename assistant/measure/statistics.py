"""Means, shares and their uncertainty. Knows nothing of what is measured.

Every interval is a 95 % percentile bootstrap over questions, 1,000 resamples with a fixed seed
(Efron and Tibshirani 1993), so that the same results always give the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

RESAMPLES = 1000
SEED = 20261123

Array = np.ndarray[Any, Any]
Numbers = Sequence[float] | Array


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure over ``n`` questions with its 95 % bootstrap interval; None where n is 0."""

    mean: float
    low: float
    high: float
    n: int = 0

    def to_dict(self) -> dict[str, float]:
        """The JSON contract's ``mean``, ``low``, ``high``."""
        return {"mean": self.mean, "low": self.low, "high": self.high}

    def counted(self) -> dict[str, Any] | None:
        """The same with ``n``; None where nothing was measured: 0 would be a claim."""
        return {**self.to_dict(), "n": self.n} if self.n else None


def bootstrap(values: Numbers) -> Measure:
    """The mean of ``values``."""
    sample = np.asarray(values, dtype=float)
    return ratio(sample, np.ones_like(sample))


def ratio(parts: Numbers, wholes: Numbers) -> Measure:
    """Sum of ``parts`` over sum of ``wholes``, resampled by question; ``n`` sums the wholes."""
    above, below = np.asarray(parts, dtype=float), np.asarray(wholes, dtype=float)

    def share(rows: Array) -> Array:
        totals = np.asarray(below[rows].sum(axis=-1))
        shares: Array = np.full(totals.shape, np.nan)
        np.divide(above[rows].sum(axis=-1), totals, where=totals > 0, out=shares)
        return shares

    return _measured(share, below.size, int(below.sum()))


def difference(first: Numbers, second: Numbers) -> Measure:
    """Mean of ``second`` minus ``first``, paired by question."""
    return bootstrap(np.asarray(second, dtype=float) - np.asarray(first, dtype=float))


def area_under_curve(scores: Numbers, positive: Sequence[bool]) -> Measure:
    """How often a positive scores above a negative (ROC AUC; ties count one half)."""
    values, labels = np.asarray(scores, dtype=float), np.asarray(positive, dtype=bool)
    if not labels.any() or labels.all():
        return Measure(0.0, 0.0, 0.0)

    def areas(rows: Array) -> Array:
        return np.array([_auc(values[row], labels[row]) for row in np.atleast_2d(rows)])

    return _measured(areas, values.size, values.size)


def _auc(values: Array, labels: Array) -> float:
    above, below = values[labels], np.sort(values[~labels])
    if not above.size or not below.size:
        return float("nan")
    wins = np.searchsorted(below, above, "left") + np.searchsorted(below, above, "right")
    return float(wins.mean() / 2 / below.size)


def _measured(statistic: Callable[[Array], Array], size: int, n: int) -> Measure:
    """``statistic`` of all questions, and its interval over resampled ones."""
    if not size or not n:
        return Measure(0.0, 0.0, 0.0)
    generator = np.random.default_rng(SEED)
    resampled = statistic(generator.integers(0, size, (RESAMPLES, size)))
    low, high = np.nanpercentile(resampled, [2.5, 97.5])
    whole = float(np.atleast_1d(statistic(np.arange(size)))[0])
    return Measure(round(whole, 4), round(float(low), 4), round(float(high), 4), n)


def percentiles(values: Sequence[float | None]) -> dict[str, float | None]:
    """Median and 95th percentile of the values that are known."""
    known = [value for value in values if value is not None]
    if not known:
        return {"p50": None, "p95": None}
    p50, p95 = np.percentile(known, [50, 95])
    return {"p50": round(float(p50), 4), "p95": round(float(p95), 4)}
