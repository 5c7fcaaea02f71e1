"""Labels become links, in time that grows with the text, whatever a document holds."""

from __future__ import annotations

import pytest

from tests.growth import growth
from ui.source_links import linked

ADDRESSES = {"A report": "https://example.org/a"}


def test_the_spaces_around_a_label_stay_outside_its_link() -> None:
    found = linked("So it is (source:  A report ; other).", ADDRESSES)
    assert ">A report</a> ; other)." in found
    assert found.startswith("So it is (source:  <a ")


@pytest.mark.parametrize("is_table", [False, True])
@pytest.mark.parametrize("opening", ["(source:", "(source: a", ""])
def test_a_run_of_spaces_costs_time_in_proportion(opening: str, is_table: bool) -> None:
    assert growth(lambda n: linked(opening + " " * n, ADDRESSES, is_table=is_table), 16_000) < 10
    assert growth(lambda n: linked(f"(source:{' ' * n})", ADDRESSES), 16_000) < 10
