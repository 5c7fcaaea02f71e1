"""The fields that a query may name: what kind of value each holds, and how it is shown.

Names are those of the cards' schema; ``benchmarks.NAME`` is a field for every benchmark.
Knows nothing of SQL statements or of questions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from corpus.card_text import parameters
from corpus.cards import ModelCard
from corpus.errors import InputError

Kind = Literal["text", "number", "date", "flag", "set"]
BENCHMARK = "benchmarks."


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a card: its name, kind of value, column in the record, and label."""

    name: str
    kind: Kind
    column: str
    label: str
    show: Callable[[Any], str] = str

    @property
    def benchmark(self) -> str | None:
        """The benchmark whose score this field is, or None."""
        return self.name.removeprefix(BENCHMARK) if self.name.startswith(BENCHMARK) else None

    def value(self, card: ModelCard) -> Any:
        """The card's value; None when no source told."""
        if self.name == "licence_name":
            return card.licence_spdx or card.licence
        if self.benchmark is not None:
            return card.benchmarks.get(self.benchmark)
        return getattr(card, self.name)


def tokens(count: float) -> str:
    """A number of tokens with thousands parted: 131,072."""
    return f"{count:,.0f}"


FIELDS = {
    field.name: field
    for field in (
        Field("id", "text", "id", "Id"),
        Field("name", "text", "name", "Model"),
        Field("family", "text", "family", "Family"),
        Field("developer", "text", "developer", "Developer"),
        Field("country", "text", "country", "Country"),
        Field("release_date", "date", "released_from", "Released"),
        Field("total_params_b", "number", "total_params_b", "Total parameters", parameters),
        Field("active_params_b", "number", "active_params_b", "Active parameters", parameters),
        Field("architecture", "text", "architecture", "Architecture"),
        Field("context_tokens_approx", "number", "context_tokens", "Context (tokens)", tokens),
        Field("licence", "text", "licence", "Licence"),
        Field("licence_spdx", "text", "licence_spdx", "SPDX licence"),
        Field("licence_name", "text", "coalesce(licence_spdx, licence)", "Licence"),
        Field("licence_class", "text", "licence_class", "Kind of licence"),
        Field("open_weights", "flag", "open_weights", "Open weights"),
        Field("modalities", "set", "", "Modalities"),
        Field("base_model", "text", "base_model", "Based on"),
    )
}


def field_of(name: str) -> Field:
    """The field called ``name``; raises InputError for one that the cards do not have."""
    if name.startswith(BENCHMARK) and len(name) > len(BENCHMARK):
        benchmark = name.removeprefix(BENCHMARK)
        return Field(name, "number", "score", benchmark, lambda score: f"{score:g}")
    if name not in FIELDS:
        raise InputError(f"There is no field {name!r}; use {', '.join(FIELDS)} or benchmarks.NAME.")
    return FIELDS[name]
