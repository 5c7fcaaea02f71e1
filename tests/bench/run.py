"""``make bench``: refdesk over a folder of documents, beside LlamaIndex on the same machine.

One run, one language model file, one embedder, the same documents and questions:

1. a first refresh, beside the embedder alone on the same texts; a second refresh; an edit;
2. the questions through refdesk: right answers, seconds per stage, prompt size;
3. the same questions (or N spread over them) through LlamaIndex's CitationQueryEngine.

Ratios within the run are what counts: the machine may be slow or busy.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.desk import Assistant
from assistant.evaluate import Question, evaluate_questions, is_right, read_questions
from assistant.llm import LanguageModel, open_language_model
from assistant.settings import Settings
from assistant.types import Turn
from corpus.errors import ParseError
from corpus.sources import list_folder, load
from corpus.types import Document
from index.embed import Embedder
from index.prepare import Origin, prepare
from index.store import Index
from index.types import RefreshReport
from index.weights import ensure
from tests.bench.baseline import BaselineAnswer, adapt_embedder, run_baseline

HERE = Path(__file__).resolve().parent
DOCUMENTS = HERE.parents[2] / "shared" / "documents"
QUESTIONS = HERE / "questions" / "documents.jsonl"
READ_TIMEOUT = 900.0
"""Seconds the baseline may wait for a token: its prompts are long."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in the shape that the baseline takes."""

    id: str
    question: str
    history: Sequence[Turn]


def main() -> None:
    """Run the parts asked for and print one JSON document; progress goes to stderr."""
    options = _options()
    settings = Settings(curated=False)
    embedder = Embedder(ensure(settings.embedder, settings.weights))
    model = ensure(options.model or settings.model, settings.weights)
    llm = open_language_model(gguf=model, read_timeout=READ_TIMEOUT)
    questions = read_questions(options.questions)
    figures: dict[str, Any] = {"documents": str(options.documents), "model": model.name}
    with tempfile.TemporaryDirectory(prefix="refdesk-bench-") as folder:
        copy = Path(shutil.copytree(options.documents, Path(folder) / "documents"))
        documents = _documents(copy)
        with Index.open(Path(folder) / "home", embedder, curated=False) as index:
            index.add_source(copy)
            figures["refresh"] = _stage("refresh", lambda: _refreshes(index, copy, documents))
            desk = Assistant(index, llm, settings)
            desk.warm_up()
            figures["refdesk"] = _stage("refdesk", lambda: _refdesk(desk, questions))
        if options.baseline != 0:
            asked = _spread(questions, options.baseline or len(questions))
            figures["baseline"] = _stage(
                "baseline", lambda: _baseline(documents, llm, embedder, asked)
            )
            figures["comparison"] = _comparison(figures, asked)
    llm.close()
    json.dump(figures, sys.stdout, ensure_ascii=False, indent=1)
    print()


def _spread(questions: Sequence[Question], number: int) -> list[Question]:
    """``number`` questions at even distances, so that every part of the file is there."""
    step = max(1.0, len(questions) / max(number, 1))
    return [questions[int(i * step)] for i in range(min(number, len(questions)))]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--documents", type=Path, default=DOCUMENTS)
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--model", help="name in weights.toml or path of a .gguf file")
    parser.add_argument("--baseline", type=int, metavar="N", help="ask only N, spread (0: skip it)")
    options = parser.parse_args()
    if not options.documents.is_dir():
        parser.error(f"{options.documents} is not a folder; name one with --documents")
    return options


def _stage(name: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    print(f"{name} …", file=sys.stderr, flush=True)
    started = time.perf_counter()
    figures = work()
    print(f"{name}: {time.perf_counter() - started:.1f} s", file=sys.stderr, flush=True)
    return figures


def _documents(folder: Path) -> list[Document]:
    documents = []
    for file in list_folder(folder, folder.name):
        try:
            documents.append(load(file))
        except ParseError as error:
            print(error, file=sys.stderr)
    return documents


# --- refresh ---------------------------------------------------------------------------------


def _refreshes(index: Index, folder: Path, documents: Sequence[Document]) -> dict[str, Any]:
    index.stores.embedder.encode(["warm up"])
    first = index.refresh()
    alone = _embedder_alone(index, documents)
    second = index.refresh()
    edited = _edit_one(folder)
    return {
        "first": _figures_of(first),
        "chunks_per_second": round(first.chunks / first.seconds, 2),
        "embedder_alone_chunks_per_second": round(alone, 2),
        "share_of_embedder": round(first.chunks / first.seconds / alone, 3) if alone else None,
        "second": _figures_of(second),
        "after_edit_of_one_file": _figures_of(index.refresh()) if edited else None,
    }


def _edit_one(folder: Path) -> Path | None:
    """Add a sentence to the first .md file, else the first .txt; None where there is neither."""
    plain = [path for suffix in ("md", "txt") for path in sorted(folder.rglob(f"*.{suffix}"))]
    if not plain:
        return None
    with plain[0].open("ab") as file:
        file.write(b"\n\nA sentence added by the benchmark.\n")
    return plain[0]


def _embedder_alone(index: Index, documents: Sequence[Document]) -> float:
    """Chunks a second when the embedder is given all the same texts at once."""
    origin = Origin(source=None, size=0, mtime=0.0, recipe="")
    prepared = [prepare(document, origin) for document in documents]
    texts = [piece.embedding_text for one in prepared for piece in one.chunks]
    started = time.perf_counter()
    index.stores.embedder.encode(texts)
    return len(texts) / (time.perf_counter() - started)


def _figures_of(report: RefreshReport) -> dict[str, Any]:
    return {
        "added": len(report.added),
        "changed": len(report.changed),
        "removed": len(report.removed),
        "unchanged": report.unchanged,
        "failed": [f"{failure.path}: {failure.reason}" for failure in report.failed],
        "chunks": report.chunks,
        "embedded": report.embedded,
        "seconds": round(report.seconds, 2),
        "embedding_seconds": round(report.embedding_seconds, 2),
    }


# --- questions -------------------------------------------------------------------------------


def _refdesk(desk: Assistant, questions: Sequence[Question]) -> dict[str, Any]:
    report = evaluate_questions(desk, questions).to_dict()
    traces = [row["answer"]["trace"] for row in report["questions"] if row["answer"]]
    tokens = [trace["evidence_tokens"] for trace in traces]
    prompts = [t for trace in traces if (t := trace.get("prompt_tokens"))]
    return report | {
        "median_evidence_tokens": _median(tokens),
        "median_prompt_tokens": _median(prompts),
    }


def _median(values: Sequence[float]) -> float | None:
    """The median to 1/100; None where every question failed."""
    return round(statistics.median(values), 2) if values else None


def _baseline(
    documents: Sequence[Document],
    llm: LanguageModel,
    embedder: Embedder,
    questions: Sequence[Question],
) -> dict[str, Any]:
    def tell(answer: BaselineAnswer) -> None:
        print(f"  {answer.id}: {answer.seconds:.1f} s", file=sys.stderr, flush=True)

    run = run_baseline(
        [(document.info.title, document.text) for document in documents],
        llm.as_llamaindex(),
        adapt_embedder(embedder),
        [Asked(q.id, q.question, q.turns()) for q in questions],
        on_answer=tell,
    )
    rows = [_judged(q, answer) for q, answer in zip(questions, run.answers, strict=True)]
    prompts = [a.prompt_tokens for a in run.answers if a.prompt_tokens]
    return {
        "total": len(rows),
        "right": sum(row["right"] for row in rows),
        "median_seconds": _median([row["seconds"] for row in rows]),
        "median_prompt_tokens": _median(prompts),
        "nodes": run.nodes,
        "index_seconds": round(run.index_seconds, 1),
        "questions": rows,
    }


def _judged(question: Question, answer: BaselineAnswer) -> dict[str, Any]:
    from assistant.abstain import declines

    right = is_right(question, answer.text, refused=declines(answer.text) and not _shows(answer))
    return {
        "id": question.id,
        "right": right,
        "seconds": round(answer.seconds, 2),
        "prompt_tokens": answer.prompt_tokens,
        "text": answer.text,
        "error": answer.error,
    }


def _shows(answer: BaselineAnswer) -> bool:
    """A long text that declines in passing still shows an answer."""
    return len(answer.text) > 400


def _comparison(figures: dict[str, Any], asked: Sequence[Question]) -> dict[str, Any]:
    """Both systems on the questions that both were asked."""
    ids = {question.id for question in asked}
    ours = [row for row in figures["refdesk"]["questions"] if row["id"] in ids]
    seconds = [row["answer"]["timings"]["total"] for row in ours if row["answer"]]
    theirs = figures["baseline"]
    ours_median, theirs_median = _median(seconds), theirs["median_seconds"]
    return {
        "questions": len(asked),
        "refdesk_right": sum(row["right"] for row in ours),
        "baseline_right": theirs["right"],
        "refdesk_median_seconds": ours_median,
        "baseline_median_seconds": theirs_median,
        "speed_ratio": round(theirs_median / ours_median, 2)
        if ours_median and theirs_median
        else None,
    }


if __name__ == "__main__":
    main()
