"""A refresh in a process of its own, for a test that kills it: HOME FOLDER [FOLDER...]."""

from __future__ import annotations

import sys
from pathlib import Path

from index import fill, refresh
from index.home import acquire
from index.store import Index
from tests.index.hash_embedder import HashEmbedder


def main(home: Path, folders: list[Path]) -> None:
    """Own the home, then refresh it; a line for each event, DONE at the end."""
    lock = acquire(home)
    if lock is None:
        sys.exit("the home has an owner")
    with lock, Index.open(home, HashEmbedder(), curated=False) as index:
        for folder in folders:
            index.add_source(folder)
        # many groups, so many moments at which to die
        refresh.SHELF_CHUNKS = refresh.GROUP_CHUNKS = fill.GROUP_CHUNKS = 8
        for event in index.refresh_events():
            print(type(event).__name__, flush=True)
        print("DONE", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(argument) for argument in sys.argv[2:]])
