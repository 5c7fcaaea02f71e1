"""The table behind ``refdesk weights``: one row per known model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from index.weights.known import Kind, ModelEntry, known
from index.weights.stored import is_here

# Beside the model file: Python, torch, the embedder, Chroma and a 4,096-token context.
BASE_RAM_GB = 2.0


@dataclass(frozen=True, slots=True)
class WeightsRow:
    """``size`` in bytes (None: unknown); ``ram_gb``: memory of a machine that runs it well."""

    name: str
    kind: Kind
    family: str
    developer: str
    parameters: str
    licence: str
    size: int | None
    here: bool
    ram_gb: int | None
    reasoning: str
    repo: str


def listing(folder: Path) -> list[WeightsRow]:
    """Every known model and whether ``folder`` holds it; touches no network, hashes nothing."""
    return [_row(entry, folder) for entry in known()]


def _row(entry: ModelEntry, folder: Path) -> WeightsRow:
    return WeightsRow(
        name=entry.name,
        kind=entry.kind,
        family=entry.family,
        developer=entry.developer,
        parameters=entry.parameters,
        licence=entry.licence,
        size=entry.size,
        here=is_here(entry, folder),
        ram_gb=recommended_ram_gb(entry.size),
        reasoning=entry.reasoning,
        repo=entry.repo,
    )


def recommended_ram_gb(size: int | None) -> int | None:
    """Whole gigabytes of memory for a model file of ``size`` bytes, everything included."""
    return None if size is None else math.ceil(size * 1.1 / 1e9 + BASE_RAM_GB)
