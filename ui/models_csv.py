"""The model cards that a list shows, as CSV: every field, every score, every source.

Knows nothing of pages; how a value becomes a cell is ``ui.csv_table``'s affair.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.types import Citation, Table
from corpus.cards import ModelCard
from ui.csv_table import csv_text

FIELDS = (
    "name", "id", "developer", "country", "family", "release_date", "total_params_b",
    "active_params_b", "architecture", "context_tokens_approx", "modalities", "licence",
    "licence_spdx", "licence_class", "open_weights", "base_model", "weights_repo", "gguf_repo",
)  # fmt: skip


def models_csv(cards: Sequence[ModelCard]) -> str:
    """The cards as CSV that a spreadsheet opens (UTF-8 with its mark)."""
    benchmarks = sorted({name for card in cards for name in card.benchmarks}, key=str.casefold)
    cited: list[Citation] = []
    rows, numbers = [], []
    for card in cards:
        own = range(len(cited) + 1, len(cited) + 1 + len(card.sources))
        cited += [
            Citation(number, card.document_id, card.name, "", 0, 0, url=source.url)
            for number, source in zip(own, card.sources, strict=True)
        ]
        fields = [getattr(card, name) for name in FIELDS]
        rows.append((*fields, *(card.benchmarks.get(name) for name in benchmarks)))
        numbers.append(tuple(own))
    table = Table((*FIELDS, *benchmarks), tuple(rows), tuple(numbers))
    return "\ufeff" + csv_text(table, cited)
