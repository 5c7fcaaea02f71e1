"""The whole way in a real browser: real documents, embedder, index and language model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


WAIT_FOR_MODEL_MS = 180_000  # it loads behind the page
# Notes, in order, when the first source, the first drafted word and the checked answer appear.
ORDER = """
    window.order = [];
    new MutationObserver(() => {
      for (const [name, where] of [["source", "#sources .source"], ["draft", "#chat .draft"],
                                   ["answer", "#chat .answer"]]) {
        if (!window.order.includes(name) && document.querySelector(where)) window.order.push(name);
      }
    }).observe(document, { childList: true, subtree: true });
"""


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[[], Any]]:
    """Open the app as a visitor of its own; at the end nothing may have gone wrong."""
    watched, contexts = Watched(address), []

    def open_one() -> Any:
        context = browser.new_context()
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_FOR_MODEL_MS)
        watched.watch(page)
        page.add_init_script(ORDER)
        page.goto(address)
        page.wait_for_selector("#status-line:has-text('documents')")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert watched.problems == []


def reply(page: Any, turn: int) -> str:
    """Return what the desk answered, once it is checked."""
    answered(page, turn)
    return str(page.locator(f"#chat .turn[data-turn='{turn}'] .answer").inner_text())


def test_a_question_is_answered_and_its_quote_opened(visit: Callable[[], Any]) -> None:
    page = visit()
    ask(page, "Under which licence is the Harbour model released?")
    assert "Apache" in reply(page, 1)
    assert page.evaluate("window.order") == ["source", "draft", "answer"]
    page.click("#chat a.citation >> nth=0")
    assert quote_in_view(page, 1) in DOCUMENTS["harbour.md"]


def test_an_answer_that_is_stopped_leaves_the_model_free(visit: Callable[[], Any]) -> None:
    page = visit()
    ask(page, "Under which licence is the Lantern model released?")
    page.wait_for_selector("#sources .source")
    page.click("#stop")
    page.wait_for_selector("#chat .stopped")
    ask(page, "How many parameters does the Harbour model have?")
    assert "14 billion" in reply(page, 2)


def test_two_visitors_at_once_get_their_own_answers(visit: Callable[[], Any]) -> None:
    one, other = visit(), visit()
    ask(one, "Under which licence is the Harbour model released?")
    ask(other, "Under which licence is the Lantern model released?")
    assert "Apache" in reply(one, 1)
    assert "MIT" in reply(other, 1)
    assert one.locator("#chat .turn").count() == other.locator("#chat .turn").count() == 1


def test_an_upload_is_answered_from_while_a_refresh_and_a_talk_go_on(
    visit: Callable[[], Any], tmp_path: Path
) -> None:
    upload = tmp_path / "beacon.md"
    upload.write_text("# Beacon\n\nThe Beacon model was trained on 512 Ascend chips in Turku.\n")
    page = visit()
    ask(page, "How many parameters does the Lantern model have?")
    page.wait_for_selector("#sources .source")
    page.set_input_files("#upload input[type=file]", str(upload))
    assert "3 billion" in reply(page, 1)
    page.wait_for_selector("#refresh-report:has-text('beacon.md: in the corpus')")
    ask(page, "Where was the Beacon model trained?")
    assert "Turku" in reply(page, 2)
    page.click("#chat .turn[data-turn='2'] a.citation >> nth=0")
    assert quote_in_view(page, 1) in upload.read_text()
