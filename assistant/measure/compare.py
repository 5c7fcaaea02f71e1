"""Two runs over the same questions: what differs, by how much, and which answers flipped.

Works on the JSON that ``refdesk eval --json`` printed; knows nothing of desks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.measure.statistics import bootstrap, difference
from corpus.errors import InputError

Row = Mapping[str, Any]


def compare_files(first: Path, second: Path) -> dict[str, Any]:
    """``compared`` of two results. Raises InputError where they share no question."""
    one, other = _read(first), _read(second)
    found = compared(_rows(one), _rows(other))
    if not found["questions"]:
        raise InputError(f"{first} and {second} have no question in common.")
    return {"a": first.name, "b": second.name, **found}


def compared(first: Sequence[Row], second: Sequence[Row]) -> dict[str, Any]:
    """Each measure of the questions both have: ``a``, ``b``, and ``difference`` (b minus a).

    A measure counts the questions that have it in both runs: an answer refused in one of them
    has no citations to compare.
    """
    one, other = _scores(first), _scores(second)
    common = [key for key in one if key in other]
    names = dict.fromkeys(name for key in common for name in one[key] if name in other[key])
    return {
        "questions": len(common),
        "only_in_a": sum(key not in other for key in one),
        "only_in_b": sum(key not in one for key in other),
        "measures": {name: _paired(name, [(one[k], other[k]) for k in common]) for name in names},
        "flipped": _flipped(one, other, common),
    }


def _paired(name: str, pairs: Sequence[tuple[Row, Row]]) -> dict[str, Any]:
    both = [(float(a[name]), float(b[name])) for a, b in pairs if name in a and name in b]
    first, second = [a for a, _ in both], [b for _, b in both]
    return {
        "a": bootstrap(first).mean,
        "b": bootstrap(second).mean,
        "difference": difference(first, second).counted(),
    }


def _flipped(one: Mapping[str, Row], other: Mapping[str, Row], common: Sequence[str]) -> Any:
    """Ids that became right, and that became wrong."""
    verdicts = [(k, one[k].get("right"), other[k].get("right")) for k in common]
    known = [(k, a, b) for k, a, b in verdicts if a is not None and b is not None]
    return {
        "right_in_b_only": [key for key, a, b in known if b > a],
        "right_in_a_only": [key for key, a, b in known if a > b],
    }


def _scores(rows: Sequence[Row]) -> dict[str, Row]:
    return {str(row["id"]): _numbers(row.get("scores") or row) for row in rows}


def _numbers(scores: Row) -> Row:
    return {name: value for name, value in scores.items()
            if name != "id" and isinstance(value, int | float)}  # fmt: skip


def _rows(result: Mapping[str, Any]) -> list[Row]:
    """A row per question: of answers (``questions``) or of rankings (``scores``)."""
    rows = result.get("questions")
    rows = rows if isinstance(rows, list) else result.get("scores")
    if not isinstance(rows, list) or not all(isinstance(r, dict) and "id" in r for r in rows):
        raise InputError("A result to compare needs its questions: make it with --json.")
    return rows


def _read(path: Path) -> dict[str, Any]:
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is not a result of refdesk eval --json: {error}.") from error
    if not isinstance(result, dict):
        raise InputError(f"{path} is not a result of refdesk eval --json.")
    return result
