"""How long a refresh still takes: only what its own step can tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.pace import Pace
from index.types import Changes, Failure, Progress, Reindex, Status
from ui.console import status_text
from ui.pace import about, standing_changes
from ui.render_corpus import changes, progress

STATUS = Status(9, 4000, 1000, 0, (), (), "2026-12-01", "/home", "new@2")


class Clock:
    """A clock that the test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def paced(*steps: tuple[float, str, int]) -> float | None:
    """What is left after (second, stage, done of 1000) steps."""
    clock = Clock()
    pace = Pace(clock)
    for second, stage, done in steps:
        clock.now = second
        pace.note(Progress(stage, done, 1000, "bytes"))  # type: ignore[arg-type]
    return pace.left()


def test_what_is_left_follows_from_what_came_after_the_first_batch() -> None:
    assert paced((0, "embed", 0), (9, "embed", 50), (19, "embed", 300)) == pytest.approx(28)
    assert paced((0, "embed", 100), (9, "embed", 200), (19, "embed", 300)) == pytest.approx(70)
    assert paced((0, "embed", 0), (50, "embed", 500), (90, "embed", 1000)) == 0


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [(0, "embed", 500)],
        [(0, "embed", 0), (50, "embed", 500)],
        [(0, "embed", 0), (10, "embed", 400), (11, "embed", 500)],
        [(0, "embed", 0), (60, "embed", 10), (120, "embed", 20)],
        [(0, "parse", 0), (30, "parse", 400), (60, "parse", 900), (61, "embed", 0)],
        [(0, "embed", 100), (60, "embed", 600), (90, "embed", 900), (99, "embed", 10)],
    ],
)
def test_nothing_is_said_while_too_little_is_known(steps: list[tuple[float, str, int]]) -> None:
    assert paced(*steps) is None


def test_times_are_said_no_finer_than_they_are_known() -> None:
    said = [about(s) for s in (0, 9, 14, 61, 100, 1800, 9000)]
    assert said == ["a few seconds", "a few seconds", "about 10 s", "about 60 s", "about 2 min",
                    "about 30 min", "about 2.5 h"]  # fmt: skip
    assert "about 40 s left in this step" in progress(Progress("embed", 1, 2, "bytes"), 41)


def test_the_changes_of_a_dry_run_are_counted_and_named() -> None:
    html = changes(
        Changes(("a/<new>.md",), ("b",), (("old", "new"),), ("gone",),
                (Failure("f", "f.pdf", "f.pdf: it is encrypted"),), 5, 2_500_000)
    )  # fmt: skip
    assert "1 new, 1 changed, 1 renamed, 1 gone; 5 unchanged, 2.5 MB to read." in html
    assert "a/&lt;new&gt;.md" in html and "old → new" in html and "it is encrypted" in html
    assert "would change nothing: 1 document unchanged." in changes(Changes(unchanged=1))


def test_a_long_list_of_changes_is_bounded() -> None:
    html = changes(Changes(tuple(f"d/{n}" for n in range(5000))))
    assert html.count("<li>") == 201 and "and 4,800 more" in html


def test_a_change_of_embedder_is_told_with_how_far_it_is() -> None:
    under_way = Reindex("old@1", "former", 1000, 4000, running=True, seconds_left=45)
    told = standing_changes(replace(STATUS, reindex=under_way))
    assert told == ["1,000 of 4,000 passages have vectors of the new embedder (25 %), "
                    "about 40 s left; until then the vectors of old@1 answer"]  # fmt: skip
    left = replace(under_way, running=False, answers="words", reason="old@1 is gone")
    text = status_text(replace(STATUS, reindex=left, outdated=3, pending=("d",)))
    assert "(25 %), the next refresh goes on; until then words" in text
    assert "old@1 is gone" in text and "3 documents were read by another version" in text
    assert "still to embed" not in text


def test_a_home_without_changes_tells_of_none() -> None:
    assert standing_changes(STATUS) == [] and "re-index" not in status_text(STATUS)
