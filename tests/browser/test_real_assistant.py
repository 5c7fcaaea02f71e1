"""The whole way in a real browser: real documents, embedder, index and language model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.settings import Settings
from tests.browser.conftest import Watched, serving
from tests.browser.test_chat import answered, ask, quote_in_view
from tests.conftest import SMALL_MODEL

LICENCE = "The Harbour model is released under the Apache 2.0 licence."
DOCUMENTS = {
    "harbour.md": f"# Harbour\n\n## Licence\n\n{LICENCE} Commercial use is allowed.\n\n"
    "## Size\n\nThe Harbour model has 14 billion parameters.\n",
    "lantern.md": "# Lantern\n\n## Licence\n\nThe Lantern model is released under the MIT "
    "licence.\n\n## Size\n\nThe Lantern model has 3 billion parameters.\n",
}


@pytest.fixture(scope="module")
def address(weights_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app over a small folder, with the 0.5B model."""
    folder, home = tmp_path_factory.mktemp("folder"), tmp_path_factory.mktemp("home")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text)
    settings = Settings(home=home, weights=weights_dir, model=SMALL_MODEL, curated=False)
    with Assistant.open(settings=settings) as desk:
        desk.add(str(folder))
        desk.refresh()
        with serving(desk) as url:
            yield url


def test_a_question_is_answered_and_its_quote_opened(
    address: str, browser: Any, tmp_path: Path
) -> None:
    watched = Watched(address)
    page = browser.new_page()
    page.set_default_timeout(120_000)  # the model loads behind the page
    watched.watch(page)
    page.goto(address)
    page.wait_for_selector("#status-line:has-text('2 documents')")
    ask(page, "Under which licence is the Harbour model released?")
    page.wait_for_selector("#source-1 mark")
    answered(page, 1)
    assert "Apache" in page.locator("#chat .answer").inner_text()
    page.click("#chat a.citation >> nth=0")
    assert quote_in_view(page, 1) in DOCUMENTS["harbour.md"]
    page.close()
    assert watched.problems == []
