"""Measuring retrieval and grounded answers on folders in BEIR's layout.

A folder holds corpus.jsonl (``_id``, ``title``, ``text``), queries.jsonl (``_id``, ``text``,
for grounded answers also ``answers``, ``answerable``, ``evidence``, ``history``) and
qrels.tsv (query, document, grade; or TREC's four columns), as in Thakur et al. 2021 (BEIR).
Each folder is indexed once into a home of its own and re-indexed only where it changed.
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.calls import Desk
from assistant.evaluate import Outcome, Question, Report, evaluate_questions
from assistant.lexical import content_terms
from assistant.rewrite import stand_alone
from assistant.types import Turn
from corpus.errors import InputError
from corpus.types import Block, Document, DocumentInfo
from index.store import Index

DEPTH = 100
PASSAGES_PER_DOCUMENT = 3
"""Passages fetched per ranked document, so that 100 distinct documents are reached."""
RESAMPLES = 1000
SEED = 20261123


@dataclass(frozen=True, slots=True)
class Query:
    """One line of queries.jsonl."""

    id: str
    text: str
    answers: tuple[str, ...] = ()
    answerable: bool = True
    evidence: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    type: str = "grounded"


@dataclass(frozen=True, slots=True)
class Measure:
    """A mean over queries with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """The JSON contract's ``mean``, ``low``, ``high``."""
        return {"mean": self.mean, "low": self.low, "high": self.high}


def documents_of(folder: Path) -> Iterator[Document]:
    """The documents of corpus.jsonl; each one's text is one paragraph block per line."""
    for row in _rows(folder / "corpus.jsonl", "_id"):
        text = str(row.get("text") or row.get("title") or "")
        digest = hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()
        info = DocumentInfo(id=str(row["_id"]), title=str(row.get("title") or ""))
        yield Document(info, text, _paragraphs(text), (), digest)


def _paragraphs(text: str) -> tuple[Block, ...]:
    blocks, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            blocks.append(Block("paragraph", start, start + len(line)))
        start += len(line) + 1
    return tuple(blocks)


def queries_of(folder: Path) -> list[Query]:
    """The queries of queries.jsonl."""
    return [_query(row) for row in _rows(folder / "queries.jsonl", "_id", "text")]


def _query(row: Mapping[str, Any]) -> Query:
    evidence = (e["doc"] if isinstance(e, dict) else e for e in row.get("evidence") or ())
    history = (Turn(t["role"], t.get("text") or t.get("content") or "")
               for t in row.get("history") or ())  # fmt: skip
    return Query(
        id=str(row["_id"]),
        text=str(row["text"]),
        answers=tuple(map(str, row.get("answers") or ())),
        answerable=bool(row.get("answerable", True)),
        evidence=tuple(map(str, evidence)),
        history=tuple(history),
        type=str(row.get("type") or "grounded"),
    )


def judgements_of(folder: Path) -> dict[str, dict[str, int]]:
    """Grades by query and document, from qrels.tsv (or BEIR's qrels/test.tsv)."""
    paths = [p for p in (folder / "qrels.tsv", folder / "qrels" / "test.tsv") if p.is_file()]
    if not paths:
        raise InputError(f"{folder} has no qrels.tsv: relevance labels are needed.")
    judged: dict[str, dict[str, int]] = {}
    with paths[0].open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t"):
            columns = row[0].split() if len(row) == 1 else row  # TREC's files have spaces
            if len(columns) in (3, 4) and (grade := _grade(columns[-1])) is not None:
                judged.setdefault(columns[0], {})[columns[-2]] = grade
    return judged


def _grade(text: str) -> int | None:
    """The grade, also written as "1.0"; None for a header, which has none."""
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return None


def _rows(path: Path, *needed: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file. Raises InputError where one lacks a ``needed`` key."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _row(f"{path}, line {number}", json.loads(line), needed)
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}.") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not JSON lines: {error}.") from error


def _row(where: str, row: Any, needed: Sequence[str]) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise InputError(f"{where} is not a JSON object.")
    for key in needed:
        if key not in row:
            raise InputError(f"{where} has no {key}.")
    return row


# --- retrieval -------------------------------------------------------------------------------


def evaluate_retrieval(index: Index, folder: Path) -> dict[str, Any]:
    """nDCG@10, recall@10 and recall@100 of ``index`` (holding the folder's corpus)."""
    judged = judgements_of(folder)
    queries = [query for query in queries_of(folder) if query.id in judged]
    if not queries:
        raise InputError(f"No query of {folder} has a relevance label.")
    scores = [_judge(_ranking(index, query), judged[query.id]) for query in queries]
    names = ("ndcg@10", "recall@10", "recall@100")
    columns = zip(names, np.array(scores).T, strict=True)
    measures = {name: bootstrap(column).to_dict() for name, column in columns}
    return {"dataset": folder.name, "queries": len(queries), **measures}


def _ranking(index: Index, query: Query) -> list[str]:
    """Document ids, best first, each at the rank of its best passage."""
    text = stand_alone(query.text, query.history)
    found = index.search(text, DEPTH * PASSAGES_PER_DOCUMENT)
    return list(dict.fromkeys(passage.document.id for passage in found))[:DEPTH]


def _judge(ranking: list[str], grades: dict[str, int]) -> tuple[float, float, float]:
    relevant = {document for document, grade in grades.items() if grade > 0}

    def recall(depth: int) -> float:
        return len(relevant.intersection(ranking[:depth])) / len(relevant) if relevant else 0.0

    return ndcg(ranking, grades, 10), recall(10), recall(100)


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], depth: int) -> float:
    """Normalised discounted cumulative gain with linear gains (Järvelin and Kekäläinen 2002).

    The same definition as trec_eval's ``ndcg_cut``; 0 when nothing relevant exists.
    """
    gains = [max(grades.get(document, 0), 0) for document in ranking[:depth]]
    ideal = sorted((max(grade, 0) for grade in grades.values()), reverse=True)[:depth]
    best = _discounted(ideal)
    return _discounted(gains) / best if best else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return float(sum(gain / np.log2(rank + 2) for rank, gain in enumerate(gains)))


def bootstrap(values: Sequence[float] | np.ndarray[Any, Any]) -> Measure:
    """Mean with a 95 % percentile bootstrap interval (1,000 resamples, fixed seed)."""
    sample = np.asarray(values, dtype=float)
    if not sample.size:
        return Measure(0.0, 0.0, 0.0)
    generator = np.random.default_rng(SEED)
    means = generator.choice(sample, (RESAMPLES, sample.size)).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Measure(*(round(float(x), 4) for x in (sample.mean(), low, high)))


# --- grounded answers ------------------------------------------------------------------------


def evaluate_grounded(
    desk: Desk,
    folder: Path,
    limit: int | None = None,
    progress: Callable[[Outcome], None] | None = None,
) -> dict[str, Any]:
    """Answer a folder's queries over its own corpus, held by ``desk``.

    ``limit`` takes a fixed random sample. Beside the question report: token F1 against the
    best gold answer (as SQuAD defines it), and the share of cited documents that are gold.
    """
    queries = queries_of(folder)
    if limit is not None and limit < len(queries):
        queries = random.Random(SEED).sample(queries, limit)  # noqa: S311 - not a secret
    report = evaluate_questions(desk, [_as_question(query) for query in queries], progress)
    return {"dataset": folder.name, **report.to_dict(), **_gold_measures(queries, report)}


def _as_question(query: Query) -> Question:
    history = [{"role": turn.role, "text": turn.text} for turn in query.history]
    return Question.model_validate(
        {
            "id": query.id,
            "question": query.text,
            "history": history,
            "type": query.type,
            "must_contain": [list(query.answers)] if query.answers else [],
            "answerable": query.answerable,
        }
    )


def _gold_measures(queries: Sequence[Query], report: Report) -> dict[str, Any]:
    pairs = list(zip(queries, report.outcomes, strict=True))
    overlaps = [_f1(_text(o), query.answers) for query, o in pairs if query.answers]
    precision = [share for q, o in pairs if q.evidence and (share := _gold_share(o, q)) is not None]
    return {
        "accuracy": bootstrap([float(o.right) for _, o in pairs]).to_dict(),
        "f1": bootstrap(overlaps).to_dict(),
        "citation_precision": bootstrap(precision).to_dict(),
    }


def _text(outcome: Outcome) -> str:
    answered = outcome.answer and outcome.answer.status == "answered"
    return " ".join(s.text for s in outcome.answer.sentences) if answered and outcome.answer else ""


def _f1(text: str, answers: Sequence[str]) -> float:
    return max((_token_f1(text, answer) for answer in answers), default=0.0)


def _token_f1(text: str, gold: str) -> float:
    given, wanted = Counter(content_terms(text)), Counter(content_terms(gold))
    shared = sum((given & wanted).values())
    return 2 * shared / (given.total() + wanted.total()) if shared else 0.0


def _gold_share(outcome: Outcome, query: Query) -> float | None:
    cited = outcome.answer.citations if outcome.answer else ()
    if not cited:
        return None
    return sum(c.document_id in query.evidence for c in cited) / len(cited)
