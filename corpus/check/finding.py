"""What a check of the corpus reports: findings, and the counts of what was looked at.

Knows nothing of the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing to correct: in which file, where in it (line, card or field), by which rule."""

    severity: Severity
    file: str
    place: str
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What the corpus holds; ``sources`` are distinct addresses."""

    cards: int
    documents: int
    words: int
    sources: int


@dataclass(frozen=True, slots=True)
class Findings:
    """The result of a check, errors before warnings, in the order of files and lines."""

    counts: Counts
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What must be corrected."""
        return tuple(found for found in self.findings if found.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What should be looked at."""
        return tuple(found for found in self.findings if found.severity == "warning")
