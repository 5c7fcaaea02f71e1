"""Searches while documents are refreshed: errors, mixed versions, and what a search then takes.

Run ``REFDESK_WEIGHTS=... python -m tests.bench.readers``. A folder of 500 files made of the
curated corpus is indexed with the real embedder. Searches are timed at rest, then again while
a refresh replaces every file by its next edition: every eight words, and so each passage, name
the edition that they are of. No search may fail, find passages of two editions of one document, or
find a passage that is not whole.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.engine import share_cores
from assistant.settings import DEFAULT_EMBEDDER, Settings
from corpus.curated import curated_files
from corpus.sources import load
from index.embed import Embedder
from index.store import Index
from index.types import Passage
from index.weights import ensure

QUESTIONS = (
    "Which licence does DeepSeek-R1 use?", "share price of Nvidia in January 2025",
    "What does open weight mean?", "export controls on chips", "mixture of experts",
    "Italy blocks DeepSeek", "training cost of V3", "distilled models", "EU AI Act obligations",
    "context length of Qwen", "safety evaluation of open models", "Mistral releases",
)  # fmt: skip
EDITION = re.compile(r"\bEdition(\d+)\b")
SOME_WORDS = re.compile(r"\S+(?:[ \t]+\S+){0,7}")  # so many words on a line name their edition once


@dataclass(slots=True)
class Readings:
    """Milliseconds of each search, and what was wrong with which."""

    milliseconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Count, median and 95th percentile in milliseconds, and what was wrong."""
        times = sorted(self.milliseconds)
        return {
            "searches": len(times),
            "p50_ms": round(statistics.median(times), 1),
            "p95_ms": round(times[int(0.95 * (len(times) - 1))], 1),
            "wrong": self.wrong[:10],
        }


def write_edition(folder: Path, texts: list[str], edition: int) -> None:
    """Give every file its text with the edition named again and again."""
    for number, text in enumerate(texts):
        marked = SOME_WORDS.sub(rf"Edition{edition} \g<0>", text)
        (folder / f"{number:04}.txt").write_text(marked, encoding="utf-8")


def texts_of(count: int) -> list[str]:
    """Texts of the curated documents, again from the start when there are too few."""
    bodies = [load(file).text for file in curated_files()]
    return [f"{bodies[i % len(bodies)]}\n\nCopy {i}." for i in range(count)]


def search_once(index: Index, number: int, readings: Readings) -> None:
    """Time one search and look at what it found."""
    started = time.perf_counter()
    try:
        found = index.search(QUESTIONS[number % len(QUESTIONS)])
    except Exception as error:  # what the bench is there to count
        readings.wrong.append(f"{type(error).__name__}: {error}")
        return
    readings.milliseconds.append((time.perf_counter() - started) * 1000)
    if problem := mixed(found):
        readings.wrong.append(problem)


def mixed(found: list[Passage]) -> str | None:
    """What is wrong with the passages of one search, or None."""
    editions: dict[str, set[str]] = defaultdict(set)
    for passage in found:
        named = EDITION.findall(passage.text)
        if not named:
            return f"{passage.document.id}: a passage that names no edition: {passage.text[:60]!r}"
        editions[passage.document.id].update(named)
    both = [document for document, named in editions.items() if len(named) > 1]
    return f"two editions at once of {both[0]}" if both else None


def read_while(index: Index, searches: int, busy: threading.Event | None, readers: int) -> Readings:
    """Search from some threads, ``searches`` times and for as long as ``busy`` is set."""
    readings, guard, done = Readings(), threading.Lock(), [0]

    def read() -> None:
        while True:
            with guard:
                number = done[0]
                if number >= searches and not (busy and busy.is_set()):
                    return
                done[0] += 1
            search_once(index, number, readings)

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return readings


def measure(documents: int, searches: int, readers: int, embedder: Embedder) -> dict[str, Any]:
    """One run on a fresh home."""
    with tempfile.TemporaryDirectory(prefix="refdesk-readers-") as root:
        folder = Path(root) / "notes"
        folder.mkdir()
        texts = texts_of(documents)
        write_edition(folder, texts, 1)
        with Index.open(Path(root) / "home", embedder, curated=False) as index:
            index.add_source(folder)
            first = index.refresh()
            idle = read_while(index, searches, None, readers)
            write_edition(folder, texts, 2)
            busy = threading.Event()
            busy.set()
            reports = []

            def replace() -> None:
                try:
                    reports.append(index.refresh())
                finally:
                    busy.clear()

            thread = threading.Thread(target=replace)
            thread.start()
            during = read_while(index, searches, busy, readers)
            thread.join()
    return {
        "documents": documents,
        "readers": readers,
        "chunks": first.chunks,
        "replaced": len(reports[0].changed) if reports else 0,
        "first_refresh_s": round(first.seconds, 1),
        "first_refresh_embedding_s": round(first.embedding_seconds, 1),
        "refresh_beside_readers_s": round(reports[0].seconds, 1) if reports else None,
        "idle": idle.summary(),
        "during": during.summary(),
    }


def main() -> None:
    """Measure and print; the exit status says whether every search was right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--searches", type=int, default=1000)
    parser.add_argument("--readers", type=int, default=2)
    given = parser.parse_args()
    share_cores()
    embedder = Embedder(ensure(DEFAULT_EMBEDDER, Settings().weights))
    embedder.load()
    outcome = measure(given.documents, given.searches, given.readers, embedder)
    print(json.dumps(outcome, indent=2))
    sys.exit(bool(outcome["idle"]["wrong"] or outcome["during"]["wrong"]))


if __name__ == "__main__":
    main()
