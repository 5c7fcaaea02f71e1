"""Kills refreshes with SIGKILL at random moments, over random histories of a folder.

Run ``python -m tests.bench.crashes --histories 300``. A history is some rounds of adding,
editing, renaming, copying and deleting files, each followed by a refresh in a process of its
own that is killed at a random moment (real SQLite, real Chroma; the embedder hashes words, so
that a refresh is made of writes and not of arithmetic). In a third of the rounds the embedder is
another one than in the round before, so that kills fall into a re-index too. After each kill
another process opens the home and reads everything: each document must be one that the folder held
at some time, each passage found must stand in its document, and one embedder must have made all
cosines of a search. Some kills fall upon the damage of the kill before.
At the end one more refresh must make the index equal to a fresh build: documents, passages,
full text and vectors; nothing orphaned, doubled or lost.

Processes are forked from one that has the libraries loaded but no store open.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

from index import fill, refresh, vectors
from index.prepare import text_to_embed
from index.store import Index
from index.transfer import TextEmbedder
from index.types import Passage
from tests.index.hash_embedder import HashEmbedder
from tests.index.other_embedder import OtherEmbedder
from tests.index.snapshot import fresh_snapshot, snapshot

FORK = multiprocessing.get_context("fork")
NAMES = [f"{stem}{suffix}" for stem in ("a", "b", "sub/c", "sub/d") for suffix in (".txt", ".md")]
NAMES += [f"n{number}.txt" for number in range(12)]
WORDS = ("alpha", "beta", "gamma", "delta", "模型")
ROUNDS = 4
# A refresh of a disturbed folder has 3 to 15 events, 5 to 60 ms apart.
MOST_EVENTS = 12
LONGEST_WAIT = 0.05
GROUP = 6  # chunks stored together: many groups, so many moments at which to die
SYNCED = 8  # vectors after which Chroma writes its graph, so that kills fall into that too
PATIENCE = 120.0
EMBEDDERS: tuple[TextEmbedder, ...] = (HashEmbedder(), OtherEmbedder())
SWITCHES = 1 / 3  # share of the rounds that have another embedder than the one before


@dataclass(slots=True)
class Outcome:
    """What became of the histories; ``wrong`` says what went wrong in which.

    ``interrupted`` kills came before the end of the refresh, ``damaged`` ones left stores that
    disagreed.
    """

    histories: int = 0
    kills: int = 0
    interrupted: int = 0
    damaged: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Look:
    """What was found in a home: a ``problem``, if any, and whether its stores disagreed."""

    problem: str | None = None
    damaged: bool = False


@dataclass(slots=True)
class History:
    """A folder that changes, its home, and every text that each file has held."""

    root: Path
    rng: random.Random
    texts: dict[str, set[str]] = field(default_factory=dict)
    embedder: TextEmbedder = EMBEDDERS[0]

    @property
    def folder(self) -> Path:
        """The folder that is indexed."""
        return self.root / "notes"

    @property
    def home(self) -> Path:
        """The home of the index."""
        return self.root / "home"

    def disturb(self) -> None:
        """Some random changes to the files."""
        if self.rng.random() < SWITCHES:
            self.embedder = next(e for e in EMBEDDERS if e is not self.embedder)
        acts = (self.write, self.write, self.edit, self.rename, self.copy, self.delete)
        for _ in range(self.rng.randint(1, 10)):
            self.rng.choice(acts)()

    def write(self) -> None:
        """A new file, or new text in an old one."""
        words = [self.rng.choice(WORDS) for _ in range(130)]
        parts = [f"{' '.join(words)} {self.rng.random()}" for _ in range(self.rng.randint(1, 8))]
        self.hold(self.rng.choice(NAMES), "\n\n".join(parts))

    def edit(self) -> None:
        """One paragraph more, the others as they were."""
        if name := self.some():
            self.hold(name, f"{self.read(name)}\n\n{self.rng.choice(WORDS)} {self.rng.random()}")

    def rename(self) -> None:
        """A file under another name, which it may take from another file."""
        if name := self.some():
            text = self.read(name)
            (self.folder / name).unlink()
            self.hold(self.rng.choice(NAMES), text)

    def copy(self) -> None:
        """The same bytes in two places."""
        if name := self.some():
            self.hold(self.rng.choice(NAMES), self.read(name))

    def delete(self) -> None:
        """One file less."""
        if name := self.some():
            (self.folder / name).unlink()

    def some(self) -> str | None:
        """The name of some file that is there."""
        there = [name for name in NAMES if (self.folder / name).exists()]
        return self.rng.choice(there) if there else None

    def read(self, name: str) -> str:
        """What a file holds now."""
        return (self.folder / name).read_text(encoding="utf-8")

    def hold(self, name: str, text: str) -> None:
        """Give a file its text, and remember it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.texts.setdefault(name, set()).add(text)


def opened(history: History) -> Index:
    """The index of a history, which can load either embedder."""
    return Index.open(history.home, history.embedder, curated=False, former=_find)


def _find(made_by: str) -> TextEmbedder:
    return EMBEDDERS[1] if made_by else EMBEDDERS[0]


def run(histories: int, seed: int, told: Callable[[str], None]) -> Outcome:
    """Play the histories one after another."""
    outcome, started = Outcome(), time.perf_counter()
    vectors.HNSW = {**vectors.HNSW, "sync_threshold": SYNCED, "batch_size": SYNCED}
    for number in range(histories):
        with tempfile.TemporaryDirectory(prefix="refdesk-crash-") as root:
            history = History(Path(root), random.Random(f"{seed} {number}"))
            _play(history, outcome, f"history {number} of seed {seed}")
        outcome.histories += 1
        outcome.seconds = round(time.perf_counter() - started, 1)
        told(
            f"{outcome.histories}: {outcome.kills} kills, {outcome.interrupted} before the end, "
            f"{outcome.damaged} left damage; {len(outcome.wrong)} wrong"
        )
    return outcome


def _play(history: History, outcome: Outcome, name: str) -> None:
    history.folder.mkdir()
    for _ in range(ROUNDS):
        history.disturb()
        outcome.interrupted += _kill_a_refresh(history)
        outcome.kills += 1
        _note(outcome, name, _in_process(_read_everything, history))
    _note(outcome, name, _in_process(_finish, history))


def _note(outcome: Outcome, name: str, look: Look) -> None:
    outcome.damaged += look.damaged
    if look.problem:
        outcome.wrong.append(f"{name}: {look.problem}")


def _kill_a_refresh(history: History) -> bool:
    """Kill a refresh some moments after its nth event; whether it was still at work."""
    events, wait = history.rng.randint(1, MOST_EVENTS), history.rng.uniform(0.0, LONGEST_WAIT)
    here, there = FORK.Pipe(duplex=False)
    child = FORK.Process(target=_refresh, args=(history, there), daemon=True)
    child.start()
    there.close()
    seen = []
    try:
        seen = list(islice(iter(here.recv, "done"), events))
        time.sleep(wait)
        child.kill()
        while True:
            seen.append(here.recv())
    except EOFError:
        pass
    child.join(PATIENCE)
    return "done" not in seen


def _refresh(history: History, there: Connection) -> None:
    refresh.SHELF_CHUNKS = refresh.GROUP_CHUNKS = fill.GROUP_CHUNKS = GROUP
    with opened(history) as index:
        index.add_source(history.folder)
        for event in index.refresh_events():
            there.send(type(event).__name__)
    there.send("done")


def _in_process(look: Callable[[History], Look], history: History) -> Look:
    """What ``look`` finds, in a process of its own."""
    here, there = FORK.Pipe(duplex=False)
    child = FORK.Process(target=_tell, args=(look, history, there), daemon=True)
    child.start()
    there.close()
    try:
        if not here.poll(PATIENCE):
            child.kill()
            return Look(f"{look.__name__} did not end")
        found: Look = here.recv()
    except EOFError:
        found = Look(f"{look.__name__} died")
    child.join(PATIENCE)
    return found


def _tell(look: Callable[[History], Look], history: History, there: Connection) -> None:
    try:
        there.send(look(history))
    except Exception:  # the end of this process: told to the parent, which counts it
        there.send(Look(traceback.format_exc(limit=-4)))


def _read_everything(history: History) -> Look:
    """What cannot be read, or never was in the folder."""
    with opened(history) as index:
        status = index.status()
        damaged = bool(status.pending or status.reindex) or status.vectors != status.chunks
        for info in index.documents():
            document = index.document(info.id)
            name = info.id.partition("/")[2]
            if document is None or document.text.strip() not in history.texts.get(name, ()):
                return Look(f"{info.id} holds what its file never held", damaged)
        for word in WORDS:
            if _mixed(index, word):
                return Look("a search mixed the vectors of two embedders", damaged)
        for found in (passage for word in WORDS for passage in index.search(word)):
            whole = index.document(found.document.id)
            span = found.chunk
            if whole is None or whole.text[span.start : span.end] != found.text:
                return Look(f"a passage found does not stand in {found.document.id}", damaged)
    return Look(damaged=damaged)


def _mixed(index: Index, question: str) -> bool:
    """Whether no embedder alone has made all cosines of a search."""
    found = [(p.cosine, _embedded(index, p)) for p in index.search(question) if p.cosine]
    return bool(found) and not any(
        all(abs(c - float(e.encode_query(question) @ e.encode_query(text))) < 0.002
            for c, text in found)
        for e in EMBEDDERS
    )  # fmt: skip


def _embedded(index: Index, passage: Passage) -> str:
    document = index.document(passage.document.id)
    return text_to_embed(document, passage.chunk) if document else ""


def _finish(history: History) -> Look:
    """Refresh once more; in what the index then differs from a fresh build."""
    with opened(history) as index:
        index.add_source(history.folder)
        report = index.refresh()
        if report.failed:
            return Look(f"failed: {report.failed}")
        found = snapshot(index)
    expected = fresh_snapshot(history.root / "fresh", history.folder, embedder=history.embedder)
    names = [part.name for part in fields(found)]
    parts = [name for name in names if getattr(found, name) != getattr(expected, name)]
    return Look(f"differs from a fresh build in {', '.join(parts)}" if parts else None)


def main() -> None:
    """Play the histories; the exit status says whether all ended well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    outcome = run(given.histories, given.seed, lambda line: print(line, file=sys.stderr))
    print(json.dumps(asdict(outcome), indent=2, ensure_ascii=False))
    sys.exit(bool(outcome.wrong))


if __name__ == "__main__":
    main()
