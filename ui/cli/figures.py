"""Figures of a measurement as lines for a terminal, and the progress bar while they are made."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.evaluate import Outcome

MEASURE = {"mean", "low", "high"}
PER_QUESTION = ("questions", "scores")
"""Lists with a row per question: those are for --json."""


@contextlib.contextmanager
def progress_bar(total: int) -> Iterator[Callable[[Outcome], None]]:
    """A progress bar with ETA and the score so far."""
    from tqdm import tqdm

    right = 0
    with tqdm(
        total=total, unit=" questions", dynamic_ncols=True, leave=False,
        disable=not sys.stderr.isatty(),
    ) as bar:  # fmt: skip

        def progress(outcome: Outcome) -> None:
            nonlocal right
            right += outcome.right
            bar.set_postfix_str(f"{right} right", refresh=False)
            bar.update()

        yield progress


def summary(figures: Mapping[str, Any], indent: str = "") -> str:
    """Figures as indented lines; the full answers are for --json."""
    lines = []
    for name, value in figures.items():
        if name in PER_QUESTION and isinstance(value, list):
            wrong = [str(row["id"]) for row in value if not row.get("right", True)]
            lines += [f"{indent}{'wrong':<23} {', '.join(wrong) or 'none'}"] if wrong else []
        elif isinstance(value, dict) and not value.keys() >= MEASURE:
            lines += [f"{indent}{name}", summary(value, indent + "  ")]
        elif isinstance(value, list):
            lines += [f"{indent}{name}", *(f"{indent}  {_row(row)}" for row in value)]
        else:
            lines.append(f"{indent}{name:<23} {_figure(value)}")
    return "\n".join(lines)


def _row(row: Any) -> str:
    if isinstance(row, dict):
        return "  ".join(f"{name} {_figure(value)}" for name, value in row.items())
    return _figure(row)


def _figure(value: Any) -> str:
    if isinstance(value, dict) and value.keys() >= MEASURE:
        counted = f", n {value['n']}" if "n" in value else ""
        return f"{value['mean']:.3f} ({value['low']:.3f} to {value['high']:.3f}{counted})"
    return f"{value:.3f}" if isinstance(value, float) else "-" if value is None else str(value)
