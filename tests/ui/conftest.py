"""One scripted desk for the tests of each interface for programs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ui.serving import Served, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, str]]:
    """A served desk and its address."""
    desk = Served(tmp_path_factory.mktemp("home"))
    with serving(desk) as address:
        yield desk, address


@pytest.fixture
def desk(served: tuple[Served, str]) -> Iterator[Served]:
    """The served desk, of which nothing has been asked yet."""
    served[0].asked.clear()
    served[0].closed.clear()
    served[0].gate.clear()
    yield served[0]
    served[0].gate.set()
