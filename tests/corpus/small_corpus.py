"""A corpus of one card and one document that is right, for tests to break."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from corpus.check import Finding, check

TODAY = date(2026, 11, 23)
README = "https://github.com/maker/Heron-7/blob/0123abc/README.md"
CARD: dict[str, Any] = {
    "id": "heron-7",
    "name": "Heron-7",
    "aliases": ["Heron Seven"],
    "family": "Heron",
    "release_date": "2025-01-20",
    "total_params_b": 671,
    "active_params_b": 37,
    "architecture": "MoE",
    "context_length": "128K",
    "context_tokens_approx": 128000,
    "modalities": ["text"],
    "licence": "MIT",
    "licence_spdx": "MIT",
    "licence_class": "permissive",
    "open_weights": True,
    "weights_repo": "maker/Heron-7",
    "gguf_repo": None,
    "base_model": None,
    "benchmarks": {"AIME24": 79.8, "MMLU": 90.8, "Codeforces rating": 2029},
    "benchmark_note": None,
    "notes": ["Heron-7 was trained with reinforcement learning."],
    "sources": [{"url": README, "supports": "everything"}],
}
FACTS = (
    "Heron-7 has 671B parameters in total and 37B active parameters (source: README).\n\n"
    "Heron-7 has a context of 128K tokens (source: README).\n\n"
    "The maker released Heron-7 on 20 January 2025 under the MIT licence (source: README).\n\n"
    "Heron-7 scores 79.8 on AIME 2024 and 90.8 on MMLU (source: README)."
)
FILLER = " ".join(
    f"The {kind} of a {thing} is described here for newcomers in plain and patient words."
    for kind in ("shape", "origin", "meaning", "use", "limit")
    for thing in ("model", "licence", "benchmark", "weight", "lab")
)


@dataclass
class SmallCorpus:
    """Cards and documents that ``findings`` writes to folders and checks."""

    folder: Path
    cards: list[dict[str, Any]] = field(default_factory=lambda: [dict(CARD)])
    documents: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start with the one document."""
        self.documents = self.documents or {"heron.md": document()}

    def card(self, **changes: Any) -> None:
        """Change fields of the first card."""
        self.cards[0] = self.cards[0] | changes

    def write(self) -> tuple[Path, Path]:
        """Write both folders."""
        documents, models = self.folder / "documents", self.folder / "models"
        documents.mkdir(exist_ok=True)
        models.mkdir(exist_ok=True)
        for name, text in self.documents.items():
            (documents / name).write_text(text, encoding="utf-8")
        file = {"developer": "Maker", "country": None, "models": self.cards}
        (models / "maker.yaml").write_text(yaml.safe_dump(file), encoding="utf-8")
        return documents, models

    def findings(self) -> list[Finding]:
        """What the check says of it."""
        return list(check(*self.write(), today=TODAY).findings)

    def rules(self) -> set[tuple[str, str]]:
        """Severity and rule of each finding."""
        return {(found.severity, found.rule) for found in self.findings()}


def document(
    facts: str = FACTS,
    *,
    name: str = "heron",
    title: str = "Heron-7, a model",
    heading: str | None = None,
    models: str = "[heron-7]",
    sources: str = f"\n  README: {README}",
    published: str = "2026-11-23",
    filler: str = FILLER,
) -> str:
    """A document around ``facts``."""
    return (
        f"---\nid: {name}\ntitle: '{title}'\npublisher: refdesk\nurl: null\n"
        f"published: {published}\nlanguage: en\nlicence: CC-BY-4.0\nmodels: {models}\n"
        f"sources:{sources}\n---\n\n# {heading or title}\n\n{facts}\n\n{filler}\n"
    )
