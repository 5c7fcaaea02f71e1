"""Whether what is packed for the model holds the answer, at several budgets.

Of the answerable queries whose gold document is among the best ten passages: how often a gold
string stands in the packed evidence, and which share of the gold sentences does. Needs no
language model; knows nothing of how evidence is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assistant.benchmarks import Query, queries_of
from assistant.evidence import Evidence, pack
from assistant.gather import gather
from assistant.measure.grounded import sampled
from assistant.measure.judging import holds, shows
from assistant.measure.statistics import bootstrap, ratio
from assistant.rewrite import stand_alone
from corpus.errors import InputError
from index.store import Index
from index.vectors import Matrix

BUDGETS = (150, 300, 450, 900)
"""Tokens of evidence."""
DEPTH = 12
FOUND_IN = 10
"""Passages among which the gold document must be for a query to count."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One query whose gold document was found, with what was packed at each budget."""

    query: Query
    evidence: dict[int, Evidence]

    def holds_answer(self, budget: int) -> bool:
        """Whether a gold string stands in the evidence."""
        text = _text(self.evidence[budget])
        return any(holds(text, answer) for answer in self.query.answers)

    def gold_held(self, budget: int) -> int:
        """How many gold sentences stand in the evidence."""
        extracts = self.evidence[budget].extracts
        texts = [(extract.passage.document.id, extract.text) for extract in extracts]
        gold = self.query.gold
        return sum(any(name == i and shows(text, s) for i, text in texts) for name, s in gold)


def evaluate_packing(
    index: Index,
    folder: Path,
    limit: int | None = None,
    budgets: Sequence[int] = BUDGETS,
) -> dict[str, Any]:
    """Answer-string recall and gold sentences held in the evidence, at each budget of tokens."""
    known = [query for query in queries_of(folder) if query.answerable and query.evidence]
    asked = sampled(known, limit)
    if not asked:
        raise InputError(f"No answerable query of {folder} names its evidence.")
    found = [_packed(index, query, budgets) for query in asked]
    packed = [one for one in found if one is not None]
    return {
        "dataset": folder.name,
        "queries": len(asked),
        "found_in_top_10": bootstrap([one is not None for one in found]).counted(),
        "budgets": [_at(packed, budget) for budget in budgets],
        "scores": [
            {"id": one.query.id, **{f"held@{b}": float(one.holds_answer(b)) for b in budgets}}
            for one in packed
            if one.query.answers
        ],
    }


def _packed(index: Index, query: Query, budgets: Sequence[int]) -> Packed | None:
    question = stand_alone(query.text, query.history)
    passages = gather(question, index, DEPTH)
    if not any(passage.document.id in query.evidence for passage in passages[:FOUND_IN]):
        return None
    embedder = index.stores.embedder
    known = cache(lambda texts: embedder.encode(list(texts)))  # the same texts at each budget

    def encode(texts: Sequence[str]) -> Matrix:
        return known(tuple(texts))

    return Packed(query, {b: pack(question, passages, b, encode) for b in budgets})


def _text(evidence: Evidence) -> str:
    return "\n".join(f"{extract.heading}\n{extract.text}" for extract in evidence.extracts)


def _at(packed: Sequence[Packed], budget: int) -> dict[str, Any]:
    stringed = [one for one in packed if one.query.answers]
    gold = [one for one in packed if one.query.gold]
    covered = ratio([one.gold_held(budget) for one in gold], [len(o.query.gold) for o in gold])
    return {
        "tokens": budget,
        "answer_held": bootstrap([one.holds_answer(budget) for one in stringed]).counted(),
        "gold_sentences_held": covered.counted(),
        "tokens_used": bootstrap([one.evidence[budget].tokens for one in packed]).mean,
    }
