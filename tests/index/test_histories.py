"""Any history of adds, edits, renames, deletes and reopenings ends as a fresh build would."""

from __future__ import annotations

import shutil
import tempfile
from itertools import islice
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from index import chunk_record
from index.prepare import ID_SEPARATOR
from index.store import Index
from tests.index.hash_embedder import HashEmbedder
from tests.index.snapshot import fresh_snapshot, snapshot

NAMES = st.sampled_from(["a.txt", "b.txt", "sub/c.txt", "d.md", "e.md"])
# Few texts and paragraphs, so that copies, swaps and returns to an old version are common.
PARAGRAPHS = st.lists(
    st.sampled_from([f"{f'{word} ' * 130}end." for word in ("alpha", "beta", "模型", "gamma")]),
    min_size=1,
    max_size=4,
)


class Histories(RuleBasedStateMachine):
    """A folder and an index of it; a refresh must always catch up."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.folder = self.root / "notes"
        (self.folder / "sub").mkdir(parents=True)
        self.fresh = 0
        self.abandoned = False
        self.open()
        self.index.add_source(self.folder)

    def open(self) -> None:
        self.index = Index.open(self.root / "home", HashEmbedder(), curated=False)

    def teardown(self) -> None:
        self.index.close()
        shutil.rmtree(self.root)

    @rule(name=NAMES, paragraphs=PARAGRAPHS)
    def write(self, name: str, paragraphs: list[str]) -> None:
        (self.folder / name).write_text("\n\n".join(paragraphs), encoding="utf-8")

    @rule(old=NAMES, new=NAMES)
    def rename(self, old: str, new: str) -> None:
        if (self.folder / old).exists():
            (self.folder / old).replace(self.folder / new)

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    @rule(first=NAMES, second=NAMES)
    def copy(self, first: str, second: str) -> None:
        if first != second and (self.folder / first).exists():
            shutil.copy(self.folder / first, self.folder / second)

    @rule()
    def reopen(self) -> None:
        self.index.close()
        self.open()

    @rule(steps=st.integers(1, 6))
    def abandon_a_refresh(self, steps: int) -> None:
        events = self.index.refresh_events()
        for _ in islice(events, steps):
            self.agree()
        events.close()  # type: ignore[attr-defined]
        self.abandoned = True

    @rule()
    def refresh_and_compare(self) -> None:
        report = self.index.refresh()
        assert report.failed == ()
        assert report.repaired == () or self.abandoned
        self.abandoned = False
        self.fresh += 1
        assert snapshot(self.index) == fresh_snapshot(
            self.root / f"fresh-{self.fresh}", self.folder
        )
        again = self.index.refresh()
        assert (again.added, again.changed, again.removed, again.embedded) == ((), (), (), 0)

    @invariant()
    def stores_agree(self) -> None:
        status = self.index.status()
        if not self.abandoned:
            assert status.pending == ()
        self.agree()

    def agree(self) -> None:
        """Whatever lacks a vector, or has one too many, is marked; no mark: they agree."""
        with self.index.stores.db.reading() as db:
            wanted = {vector_id: document for vector_id, document, _ in chunk_record.wanted(db)}
        stored = self.index.stores.vectors.ids()
        apart = {wanted[i] for i in wanted.keys() - stored}
        apart |= {i.rsplit(ID_SEPARATOR, 2)[0] for i in stored - wanted.keys()}
        assert apart <= set(self.index.status().pending)


Histories.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestHistories = Histories.TestCase
