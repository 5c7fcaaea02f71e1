"""Two reports as one: the outcome is what somebody sees who compares before and after."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.merged import merged
from index.types import Failure, RefreshReport

CONTENTS = st.dictionaries(st.sampled_from("abcde"), st.integers(0, 2), max_size=5)


def report(before: dict[str, int], after: dict[str, int]) -> RefreshReport:
    """The report of a refresh without renames."""
    return RefreshReport(
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(i for i in after if i in before and before[i] != after[i])),
        removed=tuple(sorted(before.keys() - after.keys())),
        unchanged=sum(before.get(i) == v for i, v in after.items()),
    )


@given(CONTENTS, CONTENTS, CONTENTS)
def test_documents_that_differ_are_told_and_no_others_are_but_those_that_changed_back(
    first: dict[str, int], second: dict[str, int], third: dict[str, int]
) -> None:
    told, direct = merged(report(first, second), report(second, third)), report(first, third)
    assert told.added == direct.added
    assert told.removed == direct.removed
    assert set(direct.changed) <= set(told.changed) <= first.keys() & third.keys()
    assert told.unchanged == len(third) - len(told.added) - len(told.changed)


def test_a_file_that_moves_twice_moved_from_its_first_place() -> None:
    told = merged(RefreshReport(renamed=(("a", "b"),)), RefreshReport(renamed=(("b", "c"),)))
    assert told.renamed == (("a", "c"),)


def test_a_new_file_that_is_renamed_is_new_under_its_last_name() -> None:
    told = merged(RefreshReport(added=("a",)), RefreshReport(renamed=(("a", "b"),)))
    assert (told.added, told.renamed) == (("b",), ())


def test_a_renamed_file_that_goes_is_removed_under_the_name_it_had() -> None:
    told = merged(RefreshReport(renamed=(("a", "b"),)), RefreshReport(removed=("b",)))
    assert (told.removed, told.renamed) == (("a",), ())


def test_only_failures_that_are_left_are_told_and_work_is_added_up() -> None:
    passing, lasting = Failure("a", "a", "locked"), Failure("b", "b", "damaged")
    first = RefreshReport(failed=(passing, lasting), embedded=2, chunks=3, seconds=1.0)
    told = merged(first, RefreshReport(failed=(lasting,), embedded=1, chunks=1, seconds=0.5))
    assert told.failed == (lasting,)
    assert (told.embedded, told.chunks, told.seconds) == (3, 4, 1.5)
