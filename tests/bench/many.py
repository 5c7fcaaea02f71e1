"""How long a refresh takes over many small files: nothing new, one new file, 500 new files.

Run ``REFDESK_WEIGHTS=... python -m tests.bench.many``. The files' words are drawn at random
from the curated corpus, about 40 to a file, so that each is one passage. Times are seconds of
``Index.refresh``, medians of ``--runs``; the embedder's own speed is measured on the same texts
in the same run.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from assistant.engine import share_cores
from assistant.settings import DEFAULT_EMBEDDER, Settings
from corpus.curated import curated_files
from corpus.sources import load
from index.embed import Embedder
from index.store import Index
from index.weights import ensure

WORDS_A_FILE = 40
A_FOLDER = 500  # files


def write(folder: Path, numbers: range, words: list[str], rng: random.Random) -> list[str]:
    """Write the files with these numbers; their texts."""
    texts = []
    for number in numbers:
        path = folder / f"{number // A_FOLDER:03}" / f"{number:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        texts.append(f"Note{number} {' '.join(rng.choices(words, k=WORDS_A_FILE))}.")
        path.write_text(texts[-1], encoding="utf-8")
    return texts


def one_new(index: Index, folder: Path, number: int) -> float:
    """Seconds from the writing of one file until a search finds it."""
    started = time.perf_counter()
    path = folder / f"new{number}.txt"
    path.write_text(f"Zanzibar{number} is the name of this note about quokkas.", encoding="utf-8")
    index.refresh()
    found = index.search(f"zanzibar{number} quokkas", 1)
    assert found and found[0].document.path == str(path)
    return time.perf_counter() - started


def measure(files: int, more: int, runs: int, embedder: Embedder) -> dict[str, Any]:
    """One run on a fresh home."""
    rng = random.Random(1)
    words = " ".join(load(file).text for file in curated_files()).split()
    with tempfile.TemporaryDirectory(prefix="refdesk-many-") as root:
        folder = Path(root) / "notes"
        write(folder, range(files), words, rng)
        with Index.open(Path(root) / "home", embedder, curated=False) as index:
            index.add_source(folder)
            first = index.refresh()
            nothing = [index.refresh().seconds for _ in range(runs)]
            single = [one_new(index, folder, number) for number in range(runs)]
            texts = write(folder, range(files, files + more), words, rng)
            added = index.refresh()
            status = index.status()
    started = time.perf_counter()
    embedder.encode(texts)
    alone = time.perf_counter() - started
    return {
        "files": files,
        "first_refresh_s": round(first.seconds, 1),
        "no_op_s": round(statistics.median(nothing), 3),
        "one_new_file_s": round(statistics.median(single), 3),
        "more_files": len(added.added),
        "documents_per_s": round(more / added.seconds, 1),
        "embedder_alone_texts_per_s": round(more / alone, 1),
        "share_of_the_embedder": round(alone / added.seconds, 2),
        "vectors_equal_chunks": status.vectors == status.chunks,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--more", type=int, default=500)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    share_cores()
    embedder = Embedder(ensure(DEFAULT_EMBEDDER, Settings().weights))
    embedder.load()
    print(json.dumps(measure(given.files, given.more, given.runs, embedder), indent=2))


if __name__ == "__main__":
    main()
