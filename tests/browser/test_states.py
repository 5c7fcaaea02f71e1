"""Every state of the page: no violation of axe-core, nothing wider than the window, no complaint.

On a desk in light and dark, and on a phone; ``tests.browser.states`` has the states, and takes
pictures of them. Keyboard-only use is tried by hand: axe cannot tell that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.axe import axe, violations
from tests.browser.conftest import Watched
from tests.browser.states import STATES, StatesDesk, entered, look, states_desk

LOOKS = {1440: ("light", "dark"), 390: ("light",)}


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[StatesDesk, str]]:
    """The desk of the states, and its address."""
    with states_desk() as served:
        yield served


@pytest.fixture(scope="module")
def source() -> str:
    """The source of axe-core."""
    return axe()


@pytest.mark.parametrize("width", LOOKS)
@pytest.mark.parametrize("name", STATES)
def test_a_state_is_usable_by_all_fits_its_window_and_complains_of_nothing(
    browser: Any, place: tuple[StatesDesk, str], source: str, name: str, width: int
) -> None:
    desk, address = place
    watched = Watched(address)
    with entered(browser, address, desk, name, width, watched.watch) as page:
        for scheme in LOOKS[width]:
            look(page, scheme)
            assert violations(page, source) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    missing = f"404: {address}document?id=missing"
    assert [one for one in watched.problems if not _of_missing(one, missing)] == []


def _of_missing(problem: str, told: str) -> bool:
    """Whether it is the page that is missing on purpose, and what Chromium says of that."""
    return problem == told or "the server responded with a status of 404" in problem
