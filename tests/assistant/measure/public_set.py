"""A small set in the layout of the public ones, indexed with the word-hash embedder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.benchmarks import documents_of
from index.store import Index
from tests.index.hash_embedder import HashEmbedder

CORPUS = (
    {"_id": "heron", "title": "Heron", "text": "The heron stands in water. It eats fish."},
    {"_id": "granite", "title": "Granite", "text": "Granite is a rock. It holds quartz."},
    {"_id": "tax", "title": "Tax", "text": "The value added tax rate is 19 percent."},
)
QUERIES = (
    {"_id": "q1", "text": "What does the heron eat?", "answers": ["fish"], "answerable": True,
     "evidence": [{"doc": "heron", "sentences": ["It eats fish ."]}]},
    {"_id": "q2", "text": "What does granite hold?", "answers": ["quartz"], "answerable": True,
     "evidence": [{"doc": "granite", "sentences": ["It holds quartz ."]}]},
    {"_id": "q3", "text": "What does the stork eat?", "answers": [], "answerable": False,
     "type": "unanswerable", "evidence": []},
    {"_id": "q4", "text": "And its rate?", "answers": ["19 percent"], "answerable": True,
     "history": [{"role": "user", "text": "What about the value added tax?"}],
     "rewrite": "What is the rate of the value added tax?", "evidence": ["tax"]},
)  # fmt: skip
QRELS = (("q1", "heron"), ("q2", "granite"), ("q4", "tax"))


def write_set(
    folder: Path,
    corpus: Sequence[dict[str, Any]] = CORPUS,
    queries: Sequence[dict[str, Any]] = QUERIES,
    qrels: Sequence[tuple[str, str]] = QRELS,
) -> Path:
    """The set in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("corpus", corpus), ("queries", queries)):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    grades = "".join(f"{query}\t{document}\t1\n" for query, document in qrels)
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + grades, encoding="utf-8")
    return folder


@contextmanager
def indexed(folder: Path, home: Path) -> Iterator[Index]:
    """An index of the set's documents."""
    with Index.open(home, HashEmbedder(), curated=False) as index:
        index.put(documents_of(folder))
        yield index
