"""Follow-up questions: what is found for the last turn, by our rewriting and by a person's.

``rewritten`` searches for the question as we show it, ``in_context`` also with words of the
talk, as the desk does.

Needs a folder whose queries have a ``history``, and a ``rewrite`` where a person wrote one. Knows
nothing of how a question is rewritten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.benchmarks import Query, judge, judgements_of, measures, queries_of, ranking
from assistant.llm import LanguageModel
from assistant.measure.statistics import difference
from assistant.prompts import rewrite_messages
from assistant.rewrite import stand_alone
from assistant.second_opinions import SecondOpinions
from assistant.types import Turn
from corpus.errors import InputError
from index.store import Index

Rewrite = Callable[[str, Sequence[Turn]], str]
"""The question as it stands alone, of the question and what was said before."""
RULES_ONLY: Rewrite = stand_alone
"""Rewriting without a language model."""
OURS = "in_context"
GAIN = ("recall@5", "ndcg@10")


def rewriter(llm: LanguageModel | None) -> Rewrite:
    """How the desk rewrites: by rules, and with ``llm`` where they find nothing."""
    if llm is None:
        return RULES_ONLY
    opinions = SecondOpinions(llm)

    def by_model(text: str, turns: Sequence[Turn]) -> str:
        return opinions.complete(rewrite_messages(text, turns))

    return lambda question, history: stand_alone(question, history, by_model)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One follow-up in its wordings, and the measures of what is found by each way."""

    query: Query
    wordings: dict[str, str]
    scores: dict[str, dict[str, float]]

    def to_dict(self) -> dict[str, Any]:
        """A row of the report; ``scores`` are the desk's."""
        ours = {"id": self.query.id, **self.wordings, "scores": self.scores[OURS]}
        return {**ours, "last_turn_scores": self.scores["last_turn"]}


def evaluate_followups(index: Index, folder: Path, rewrite: Rewrite) -> dict[str, Any]:
    """Recall@5 and nDCG@10 of each wording over ``index``, which holds the folder's corpus.

    ``all`` are the questions with a history and a relevance label, ``with_human_rewrite`` those
    of them that a person reworded.
    """
    grades = judgements_of(folder)
    asked = [query for query in queries_of(folder) if query.history and query.id in grades]
    if not asked:
        raise InputError(f"No query of {folder} has both a history and a relevance label.")
    found = []
    for query in asked:
        wordings = _wordings(query, rewrite)
        rankings = {name: ranking(index, text) for name, text in wordings.items()}
        rankings[OURS] = ranking(index, wordings["rewritten"], query.history)
        scores = {name: judge(ids, grades[query.id]) for name, ids in rankings.items()}
        found.append(FollowUp(query, wordings, scores))
    human = [one for one in found if "human" in one.wordings]
    return {
        "dataset": folder.name,
        "queries": len(found),
        "unchanged": sum(one.wordings["rewritten"] == one.query.text for one in found),
        "all": _figures(found, ("last_turn", "rewritten", OURS)),
        "with_human_rewrite": _figures(human, ("last_turn", "rewritten", OURS, "human")),
        "questions": [one.to_dict() for one in found],
    }


def _wordings(query: Query, rewrite: Rewrite) -> dict[str, str]:
    ours = {"last_turn": query.text, "rewritten": rewrite(query.text, query.history)}
    return {**ours, "human": query.rewrite} if query.rewrite else ours


def _figures(found: Sequence[FollowUp], names: Sequence[str]) -> dict[str, Any]:
    if not found:
        return {"queries": 0}
    columns = {name: [one.scores[name] for one in found] for name in names}
    last, ours = columns["last_turn"], columns[OURS]
    gains = {
        measure: difference([r[measure] for r in last], [r[measure] for r in ours]).to_dict()
        for measure in GAIN
    }
    described = {name: measures(rows) for name, rows in columns.items()}
    return {"queries": len(found), **described, f"{OURS}_gains": gains}
