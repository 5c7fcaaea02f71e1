"""How the cost of work grows with its input: a ratio within one run, not seconds."""

from __future__ import annotations

import time
from collections.abc import Callable

FLOOR = 0.005
"""Processor seconds below which a measurement is noise."""


def growth(work: Callable[[int], object], size: int) -> float:
    """Processor time at four times ``size`` over that at ``size``, the best of three each.

    About 4 for linear work, 16 for quadratic, 64 for cubic.
    """
    return _best(work, 4 * size) / max(_best(work, size), FLOOR)


def _best(work: Callable[[int], object], size: int) -> float:
    return min(_once(work, size) for _ in range(3))


def _once(work: Callable[[int], object], size: int) -> float:
    started = time.process_time()
    work(size)
    return time.process_time() - started
