"""What is said of the time left, against the time that then passes, in replayed refreshes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.pace import Pace
from index.store import Index
from index.types import Progress
from tests.index.hash_embedder import HashEmbedder

GROUP = 4  # batches of a group, the longest texts first
LOADING = 12.0  # seconds that the first batch takes longer: the model is loaded


class Clock:
    """A clock that the test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Batch:
    """Some work done, and the seconds it took."""

    work: int
    seconds: float


def constant(number: int = 64) -> list[Batch]:
    return [Batch(10_000, 8.0) for _ in range(number)]


def of_mixed_lengths(number: int = 64) -> list[Batch]:
    """Groups of long and short texts: the long ones cost a third more for the same work."""
    lengths = (16_000, 12_000, 9_000, 6_000)
    dice = random.Random(7)
    return [
        Batch(work, work * (1.15 - 0.1 * (n % GROUP)) / 1500 * dice.uniform(0.85, 1.15))
        for n in range(number)
        for work in (lengths[n % GROUP],)
    ]


def slower_in_the_second_half(number: int = 64) -> list[Batch]:
    return [Batch(10_000, 8.0 if n < number / 2 else 20.0) for n in range(number)]


def replayed(batches: list[Batch]) -> Iterator[tuple[float, float | None, float]]:
    """(share done, seconds said to be left, seconds that then pass) after each batch."""
    clock = Clock()
    pace = Pace(clock)
    total, done = sum(batch.work for batch in batches), 0
    end = LOADING + sum(batch.seconds for batch in batches)
    pace.note(Progress("embed", 0, total, "bytes"))
    clock.now = LOADING
    for batch in batches:
        done += batch.work
        clock.now += batch.seconds
        pace.note(Progress("embed", done, total, "bytes"))
        yield done / total, pace.left(), end - clock.now


def at(share: float, batches: list[Batch]) -> float:
    """How many times too long what is said at a share of the work is."""
    said, passes = next((s, p) for reached, s, p in replayed(batches) if reached >= share)
    assert said is not None
    return said / passes


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
@pytest.mark.parametrize("batches", [constant(), constant(12), of_mixed_lengths()])
def test_what_is_said_is_within_half_of_what_passes(batches: list[Batch], share: float) -> None:
    assert 1 / 1.5 < at(share, batches) < 1.5


def test_a_constant_pace_is_said_to_the_second_although_the_model_was_loaded() -> None:
    assert at(0.25, constant()) == pytest.approx(1)


def test_a_slowdown_is_known_within_a_group() -> None:
    steps = list(replayed(slower_in_the_second_half()))
    since = [s / p for reached, s, p in steps if reached > 0.5 and s is not None and p > 0]
    assert all(1 / 1.5 < ratio < 1.5 for ratio in since[GROUP:])


def test_nothing_is_said_of_the_first_batch() -> None:
    steps = list(replayed(constant()))
    assert steps[0][1] is None
    assert next(reached for reached, said, _ in steps if said is not None) < 0.1


def test_time_without_progress_counts_as_soon_as_there_is_some() -> None:
    clock = Clock()
    pace = Pace(clock)
    for second, done in ((0, 0), (10, 100), (20, 200), (30, 200), (40, 300)):
        clock.now = second
        pace.note(Progress("embed", done, 1000, "bytes"))
    assert pace.left() == pytest.approx(700 * 30 / 200, rel=0.15)


def test_work_is_what_the_embedder_reads_with_titles_headings_and_table_headers(
    home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    rows = "".join(f"| row {n} of a long table | {n} |\n" for n in range(200))
    table = (
        f"# Heights of towers\n\n## By year\n\n| What stands there | Metres |\n|---|---|\n{rows}"
    )
    (folder / "table.md").write_text(table)
    for n in range(20):
        short = f"# The title of the note with the number {n}\n\n## A heading\n\nFew words, {n}.\n"
        (folder / f"{n}.md").write_text(short)
    embedder = HashEmbedder()
    totals: list[int] = []
    with Index.open(home, embedder, curated=False) as index:
        index.add_source(folder)
        index.refresh(lambda step: totals.append(step.total) if step.stage == "embed" else None)
    assert totals[-1] == pytest.approx(sum(map(len, embedder.texts)), rel=0.1)
