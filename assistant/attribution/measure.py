"""How often the verdict on a claim is that of the people who judged it.

Reads a folder of claims (``queries.jsonl`` with ``text``, ``supported`` and ``evidence``, the
ids of documents in ``corpus.jsonl``), checks each claim against its documents and counts.
Knows nothing of retrieval or of drafting.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.attribution.check import check
from assistant.attribution.verdicts import Entailment, Similarity
from assistant.attribution.windows import open_passage
from assistant.lexical import content_terms
from corpus.errors import InputError
from corpus.types import Chunk, DocumentInfo
from index.types import Passage

OVERLAPS = tuple(step / 20 for step in range(4, 20))
"""Thresholds among which the word-overlap baseline may pick its best, seeing the verdicts."""
RESAMPLES = 1000
LONGEST_DOCUMENT = 8000
"""Characters of a document that are read."""
_MARKER = re.compile(r"(?:\[\d{1,3}\])+")


@dataclass(frozen=True, slots=True)
class _Claim:
    text: str
    question: str
    supported: bool
    label: str
    group: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class _Judged:
    claim: _Claim
    supported: bool
    score: float
    overlap: float
    seconds: float


def evaluate_attribution(
    folder: Path,
    similarity: Similarity | None = None,
    entailment: Entailment | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """Balanced accuracy of ``check`` on a folder of judged claims, with word overlap's beside it.

    Intervals are 95 %, bootstrapped over the claims' groups. ``overlap`` is the baseline: the
    share of content words that the documents hold, at the threshold that is best for this
    very folder. Claims without a verdict, or whose documents are missing or not shown to the
    judges (``has_passage``), are left out. ``limit`` takes so many claims, evenly spread.
    Raises InputError when the folder holds no claims.
    """
    claims = list(_claims(Path(folder)))
    if not claims:
        raise InputError(f"{folder} holds no judged claims (queries.jsonl with 'supported').")
    step = 1 if limit is None else max(1, len(claims) // max(1, limit))
    judged = [_judge(claim, similarity, entailment) for claim in claims[::step][:limit]]
    return _figures(judged)


def _claims(folder: Path) -> Iterator[_Claim]:
    documents = {str(row["_id"]): row for row in _rows(folder / "corpus.jsonl")}
    for row in _rows(folder / "queries.jsonl"):
        if not isinstance(row.get("supported"), bool) or row.get("has_passage") is False:
            continue
        ids = dict.fromkeys(
            str(item["doc"] if isinstance(item, dict) else item) for item in row["evidence"]
        )
        passages = tuple(_passage(documents[id]) for id in ids if id in documents)
        if passages:
            text = " ".join(_MARKER.sub("", row["text"]).split())
            label = str(row.get("label") or row["supported"])
            group = str(row.get("group") or row["_id"])
            question = str(row.get("question") or "")
            yield _Claim(text, question, row["supported"], label, group, passages)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines if line.strip())
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read as JSON lines: {error}") from error


def _passage(row: dict[str, Any]) -> Passage:
    text = str(row["text"])[:LONGEST_DOCUMENT]
    info = DocumentInfo(id=str(row["_id"]), title=str(row.get("title") or ""))
    return Passage(info, Chunk(info.id, 0, 0, len(text)), text)


def _judge(claim: _Claim, similarity: Similarity | None, entailment: Entailment | None) -> _Judged:
    started = time.perf_counter()
    support = check(claim.text, claim.passages, claim.question, similarity, entailment=entailment)
    seconds = time.perf_counter() - started
    return _Judged(claim, support.supported, support.score, _overlap(claim), seconds)


def _overlap(claim: _Claim) -> float:
    """Share of the claim's content terms that its documents hold."""
    terms = set(content_terms(claim.text))
    known = {term for passage in claim.passages for term in open_passage(passage).stated.terms}
    return len(terms & known) / len(terms) if terms else 0.0


def _figures(judged: Sequence[_Judged]) -> dict[str, Any]:
    truth = np.array([row.claim.supported for row in judged])
    ours = np.array([row.supported for row in judged])
    overlaps = np.array([row.overlap for row in judged])
    groups = np.array([row.claim.group for row in judged])
    threshold = max(OVERLAPS, key=lambda least: _balanced(truth, overlaps >= least))
    plain = overlaps >= threshold
    labels = sorted({row.claim.label for row in judged})
    return {
        "claims": len(judged),
        "supported_share": round(float(truth.mean()), 4),
        "balanced_accuracy": _interval(truth, ours, groups),
        "word_overlap": {"threshold": threshold, **_interval(truth, plain, groups)},
        "labels": {label: _label(judged, label) for label in labels},
        "ms_per_sentence": round(1000 * median(row.seconds for row in judged), 2),
    }


def _label(judged: Sequence[_Judged], label: str) -> dict[str, Any]:
    rows = [row for row in judged if row.claim.label == label]
    right = sum(row.supported == row.claim.supported for row in rows)
    return {"claims": len(rows), "accuracy": round(right / len(rows), 4)}


def _balanced(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    """Mean of the accuracies on supported and unsupported; of one where the other is absent."""
    shares = [float((said[truth == kind] == kind).mean()) for kind in (True, False)
              if (truth == kind).any()]  # fmt: skip
    return sum(shares) / len(shares) if shares else 0.0


def _interval(
    truth: NDArray[np.bool_], said: NDArray[np.bool_], groups: NDArray[np.str_]
) -> dict[str, float]:
    """Mean and 95 % bootstrap interval; whole groups are drawn, since their claims are alike."""
    rows = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    random = np.random.default_rng(0)
    drawn = []
    for _ in range(RESAMPLES):
        sample = np.concatenate([rows[i] for i in random.integers(0, len(rows), len(rows))])
        drawn.append(_balanced(truth[sample], said[sample]))
    low, high = np.percentile(drawn, [2.5, 97.5])
    mean = _balanced(truth, said)
    return {"mean": round(mean, 4), "low": round(float(low), 4), "high": round(float(high), 4)}
