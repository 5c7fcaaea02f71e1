"""Model cards on a terminal: a table, and what was counted and left out.

Knows nothing of how cards are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ui.console import one_line
from ui.console_table import NOT_KNOWN, fitted

if TYPE_CHECKING:
    from index.catalogue import Result

LONGEST_CELL = 48
SHORT_HEADS = {
    "total_params_b": "Total", "active_params_b": "Active", "context_tokens_approx": "Context",
    "open_weights": "Open",
}  # fmt: skip


def catalogue_text(result: Result, columns: Sequence[str], width: int | None = None) -> str:
    """The models found as a table of at most ``width`` columns, or their number per group."""
    told = [summary(result)]
    if result.query.group_by is not None:
        rows = [[one_line(value, LONGEST_CELL), str(count)] for value, count in result.groups]
        table = fitted((head_of(result.query.group_by), "Models"), rows, width)
    else:
        fields = ("name", *(name for name in columns if name != "name"))
        rows = [[shown(name, row.value(name)) for name in fields] for row in result.rows]
        table = fitted([head_of(name) for name in fields], rows, width)
    if table.left_out:
        told.append(f"No room for {', '.join(table.left_out)}; choose with --columns.")
    return "\n\n".join(part for part in (table.text if rows else "", "\n".join(told)) if part)


def summary(result: Result) -> str:
    """How many models match, which are shown, and how many an unknown value left out."""
    from index.catalogue import describe
    from index.catalogue.words import label

    conditions = describe(replace(result.query, sort=None, limit=None, group_by=None, shape="list"))
    models = "1 model matches" if result.matched == 1 else f"{result.matched} models match"
    parts = [f"{models} ({one_line(conditions, 300)})"]
    if len(result.rows) < result.matched:
        parts.append(f"{len(result.rows)} shown")
    parts += [f"{count} more left out: {one_line(label(name), 60)} unknown"
              for name, count in result.unknown]  # fmt: skip
    return "; ".join(parts) + "."


def head_of(name: str) -> str:
    """A column's head: the field's label, short where its values are."""
    from index.catalogue import field_of

    return one_line(SHORT_HEADS.get(name) or field_of(name).label, LONGEST_CELL)


def shown(name: str, value: Any) -> str:
    """A field's value as a reader writes it; a dash where no source told."""
    from index.catalogue import field_of

    if value is None:
        return NOT_KNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    return one_line(field_of(name).show(value), LONGEST_CELL)
