"""What a question was understood to say: the reading that the rules fill and ``decide`` uses.

Knows nothing of how it is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from index.catalogue import Condition, Sort


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Values of the catalogue that a name in a question may stand for several of."""

    families: tuple[str, ...]
    base_models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Than:
    """A comparison with a model's own value: "larger than QwQ-32B"."""

    field: str
    operator: Literal["<", ">"]
    model: str


@dataclass(slots=True)
class Reading:
    """What a question was understood to say; ``left`` are the words that were not."""

    conditions: list[Condition] = field(default_factory=list)
    than: list[Than] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    families: list[str] = field(default_factory=list)
    benchmarks: list[str] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)
    sort: Sort | None = None
    limit: int | None = None
    ranked: bool = False
    count: bool = False
    timeline: bool = False
    compare: bool = False
    grouped: bool = False
    most_of: bool = False
    heads: list[str] = field(default_factory=list)
    lists: bool = False
    target: bool = False
    plural: bool = False
    yes_no: bool = False
    topics: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def add_benchmark(self, name: str) -> None:
        """Note a benchmark, once."""
        if name not in self.benchmarks:
            self.benchmarks.append(name)
