"""Folders in BEIR's layout, and how well search ranks their documents.

A folder holds corpus.jsonl (``_id``, ``title``, ``text``), queries.jsonl (``_id``, ``text``,
for grounded answers also ``answers``, ``answerable``, ``evidence``, ``history``) and
qrels.tsv (query, document, grade; or TREC's four columns), as in Thakur et al. 2021 (BEIR).
Each folder is indexed once into a home of its own and re-indexed only where it changed.
Answers are measured in ``assistant.measure``; knows nothing of language models.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from assistant.measure.statistics import Measure, bootstrap, difference
from assistant.measure.systems import rankings
from assistant.rewrite import in_context, stand_alone
from assistant.types import Turn
from corpus.errors import InputError
from corpus.types import Block, Document, DocumentInfo
from index.store import Index

DEPTH = 100
PASSAGES_PER_DOCUMENT = 3
"""Passages fetched per ranked document, so that 100 distinct documents are reached."""
Wording = Literal["desk", "last", "human"]
"""How a query with a history is put: by the desk, by its last turn, or by a person."""
MEASURES = ("ndcg@10", "recall@5", "recall@10", "recall@100")


@dataclass(frozen=True, slots=True)
class Query:
    """One line of queries.jsonl.

    ``evidence`` are the ids of gold documents, ``gold`` their sentences (document id, sentence)
    where the set names them; ``wrong_answers`` what its documents assert falsely, ``given`` the
    documents that come with the question, ``rewrite`` a person's stand-alone wording.
    """

    id: str
    text: str
    answers: tuple[str, ...] = ()
    answerable: bool = True
    evidence: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    type: str = "grounded"
    gold: tuple[tuple[str, str], ...] = ()
    wrong_answers: tuple[str, ...] = ()
    every_answer: bool = False
    given: tuple[str, ...] = ()
    rewrite: str = ""

    @property
    def contested(self) -> bool:
        """Whether only all answers, or no wrong one, will do: its documents disagree."""
        return bool(self.wrong_answers) or self.every_answer


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
    evidence = list(row.get("evidence") or ())
    history = (Turn(t["role"], t.get("text") or t.get("content") or "")
               for t in row.get("history") or ())  # fmt: skip
    return Query(
        id=str(row["_id"]),
        text=str(row["text"]),
        answers=tuple(map(str, row.get("answers") or ())),
        answerable=bool(row.get("answerable", True)),
        evidence=tuple(_document_ids(evidence)),
        history=tuple(history),
        type=str(row.get("type") or "grounded"),
        gold=tuple(_gold_sentences(evidence)),
        wrong_answers=tuple(map(str, row.get("wrong_answers") or ())),
        every_answer=bool(row.get("require_all_answers", False)),
        given=tuple(_document_ids(row.get("contexts") or ())),
        rewrite=str(row.get("rewrite") or ""),
    )


def _document_ids(entries: Iterable[Any]) -> Iterator[str]:
    """Ids, written as such or as objects with a ``doc``."""
    return (str(e["doc"] if isinstance(e, dict) else e) for e in entries)


def _gold_sentences(evidence: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """(document id, sentence) of evidence that names its ``sentences`` or its ``fact``."""
    for entry in evidence:
        if isinstance(entry, dict):
            for sentence in entry.get("sentences") or [entry.get("fact")]:
                if sentence:
                    yield str(entry["doc"]), str(sentence)


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


def evaluate_retrieval(index: Index, folder: Path, wording: Wording = "desk") -> dict[str, Any]:
    """nDCG@10, recall@5, @10 and @100 of ``index`` (holding the folder's corpus).

    A query with a history is searched for as the desk does, by its last turn alone, or in a
    person's stand-alone wording where there is one. ``systems`` are search's two parts and their
    equal-weight fusion (RRF) for the same text, and what search gains over each, paired by query.
    """
    judged = judgements_of(folder)
    queries = [query for query in queries_of(folder) if query.id in judged]
    if not queries:
        raise InputError(f"No query of {folder} has a relevance label.")
    rows: dict[str, list[dict[str, float]]] = {}
    for query in queries:
        for name, found in _ranked(index, query, wording).items():
            rows.setdefault(name, []).append(judge(found, judged[query.id]))
    ours = rows.pop("search")
    return {
        "dataset": folder.name,
        "queries": len(queries),
        "wording": wording,
        **measures(ours),
        "systems": {name: _beside(ours, theirs) for name, theirs in rows.items()},
        "scores": [{"id": q.id, **row} for q, row in zip(queries, ours, strict=True)],
    }


def _ranked(index: Index, query: Query, wording: Wording) -> dict[str, list[str]]:
    """Document ids, best first, each at the rank of its best passage, by search and its parts."""
    text = query.rewrite if wording == "human" and query.rewrite else query.text
    history = query.history if wording == "desk" else ()
    text = stand_alone(text, history)
    parts = rankings(index, text, DEPTH * PASSAGES_PER_DOCUMENT)
    named = {name: [chunk.document_id for chunk in found] for name, found in parts.items()}
    others = {name: _distinct(ids) for name, ids in named.items()}
    return {"search": ranking(index, text, history), **others}


def ranking(index: Index, text: str, history: Sequence[Turn] = ()) -> list[str]:
    """Document ids that the desk finds for ``text``, each at the rank of its best passage."""
    found = in_context(index.search, text, history, DEPTH * PASSAGES_PER_DOCUMENT)
    return _distinct([passage.document.id for passage in found])


def _distinct(ids: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(ids))[:DEPTH]


def measures(rows: Sequence[Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """The mean of each measure over queries."""
    return {name: bootstrap([row[name] for row in rows]).to_dict() for name in MEASURES}


def _beside(
    ours: Sequence[Mapping[str, float]], theirs: Sequence[Mapping[str, float]]
) -> dict[str, Any]:
    name = "ndcg@10"
    gain = difference([row[name] for row in theirs], [row[name] for row in ours])
    return {**measures(theirs), f"search_gains_{name}": gain.to_dict()}


def judge(ranking: Sequence[str], grades: Mapping[str, int]) -> dict[str, float]:
    """Every measure of one ranking."""
    relevant = {document for document, grade in grades.items() if grade > 0}

    def recall(depth: int) -> float:
        return len(relevant.intersection(ranking[:depth])) / len(relevant) if relevant else 0.0

    scores = (ndcg(ranking, grades, 10), recall(5), recall(10), recall(100))
    return dict(zip(MEASURES, scores, strict=True))


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


__all__ = [
    "Measure",
    "Query",
    "Wording",
    "bootstrap",
    "documents_of",
    "evaluate_retrieval",
    "judge",
    "judgements_of",
    "measures",
    "ndcg",
    "queries_of",
    "ranking",
]  # fmt: skip
