"""Saved questions in a real browser: kept below an answer, asked again, marked where they changed.

The stores, the refresh, the asking again and the comparing are real; only the model is scripted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.desk import Assistant
from assistant.llm import Message
from assistant.settings import Settings
from index.store import Index
from tests.browser.axe import axe, violations
from tests.browser.conftest import Watched, serving
from tests.browser.test_chat import answered, ask
from tests.browser.test_injection import FOREIGN, PAYLOADS
from tests.index.hash_embedder import HashEmbedder
from tests.scripted import ScriptedLanguageModel

QUESTION = "How many parameters does Zephyr have?"
PULSE_MS = 30_000  # a page looks every 4 s, the desk asks within 3


def drafted(messages: Sequence[Message]) -> str:
    """What a good model would say of the evidence."""
    seen = "\n".join(message.content for message in messages)
    return f"Zephyr has {'13B' if '13B' in seen else '7B'} parameters."


def zephyr(size: str) -> str:
    return f"# Zephyr\n\nZephyr is a model by Northwind Labs. Zephyr has {size} parameters.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "zephyr.md").write_text(zephyr("7B"), encoding="utf-8")
    return documents


@pytest.fixture
def saved_desk(home: Path, folder: Path) -> Iterator[Assistant]:
    with Index.open(home, HashEmbedder(), curated=False) as index:
        model: Any = ScriptedLanguageModel([drafted] * 50, probabilities=[0.95] * 200)
        desk = Assistant(index, model, Settings(home=home, curated=False, watch=False))
        desk.add(str(folder))
        desk.refresh()
        yield desk
        desk.close()


@pytest.fixture
def visit(browser: Any, saved_desk: Assistant) -> Iterator[Callable[..., Any]]:
    """Open the app as a visitor of its own; at the end nothing may have gone wrong."""
    with serving(saved_desk) as address:
        watched, contexts = Watched(address), []

        def open_one(**options: Any) -> Any:
            context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
            contexts.append(context)
            page = context.new_page()
            page.set_default_timeout(PULSE_MS)
            watched.watch(page)
            page.goto(address)
            page.wait_for_selector("#question textarea")
            return page

        yield open_one
        for context in contexts:
            context.close()
        assert watched.problems == []


def keep(page: Any) -> None:
    """Ask, and keep asking."""
    ask(page, QUESTION)
    answered(page, 1)
    page.click("#live .tool-keep")
    page.wait_for_selector("#live .tool-keep[aria-pressed='true']")


def go(page: Any, view: str) -> None:
    page.click(f"#views a[data-view='{view}']")
    page.wait_for_selector(f"#{view}-view:visible")


def change(page: Any, tmp_path: Path) -> None:
    """Upload a document that gives another value, in place of the one that gave the first."""
    (tmp_path / "documents" / "zephyr.md").unlink()
    upload = tmp_path / "zephyr.md"
    upload.write_text(zephyr("13B"), encoding="utf-8")
    page.set_input_files("#upload input[type=file]", str(upload))
    page.wait_for_selector("#refresh-report:has-text('zephyr.md: in the corpus')")


def test_a_kept_question_is_asked_after_an_upload_and_marked_until_it_was_looked_at(
    visit: Callable[..., Any], tmp_path: Path, folder: Path
) -> None:
    page, stranger = visit(), visit()
    keep(page)
    assert page.locator("#views .badge").count() == 0
    change(page, tmp_path)
    page.wait_for_selector("#views .badge:has-text('1')")
    go(page, "saved")
    saved = page.locator("#saved-list .saved")
    assert saved.locator("h3").inner_text() == f"{QUESTION} changed"
    assert saved.locator(".saved-answer").inner_text() == "Zephyr has 13B parameters. [1]"
    told = saved.locator(".saved-changes li").all_inner_texts()
    assert told[0] == "The value changed from 7B to 13B."
    assert any("quote it rested on is gone" in one for one in told)
    saved.locator("summary:has-text('1 earlier answer')").click()
    assert "7B" in saved.locator(".saved-earlier").inner_text()
    with page.context.expect_page() as opened:
        saved.locator("a.saved-number").click()
    assert "13B" in opened.value.locator("mark").inner_text()
    go(page, "ask")
    page.wait_for_selector("#views .badge", state="detached")
    assert stranger.locator("#saved-list .saved").count() == 0, "nobody else's business"


def test_an_answer_that_was_missing_is_found_again_in_the_feed(
    visit: Callable[..., Any], tmp_path: Path, folder: Path
) -> None:
    (folder / "zephyr.md").unlink()
    page = visit()
    page.click("#refresh")
    page.wait_for_selector("#refresh-report:has-text('removed')")
    go(page, "saved")
    page.fill(".saved-form input", QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector("#saved-list .saved-answer.refused")
    assert page.locator(".saved-form input").input_value() == ""
    (folder / "zephyr.md").write_text(zephyr("7B"), encoding="utf-8")
    page.click("#refresh")
    page.wait_for_selector("#saved-list .saved[data-unseen]")
    said = page.locator(".saved-changes li").first.inner_text()
    assert said == "It was not in the corpus and is answered now: “Zephyr has 7B parameters”."
    feed = page.locator("#saved-list a[href*='news.atom']").get_attribute("href")
    assert said in page.request.get(page.url.split("#")[0].rstrip("/") + feed).text()
    assert said not in page.request.get(page.url.split("#")[0].rstrip("/") + "/news.atom").text()


def test_a_question_is_kept_and_taken_back_with_keys_only(visit: Callable[..., Any]) -> None:
    page = visit()
    ask(page, QUESTION)
    answered(page, 1)
    page.locator("#live .tool-keep").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#live .tool-keep[aria-pressed='true']:has-text('Kept')")
    page.locator("#views a[data-view='saved']").focus()
    page.keyboard.press("Enter")
    page.locator("#saved-view [data-act='unsave']").press("Enter")  # the list may be drawn anew
    page.wait_for_selector("#saved-list .empty")
    page.wait_for_function("document.activeElement?.id === 'saved-title'")
    go(page, "ask")
    page.wait_for_selector("#live .tool-keep[aria-pressed='false']:has-text('Keep asking')")
    page.locator("#live .tool-keep").press("Space")
    page.wait_for_selector("#live .tool-keep[aria-pressed='true']")
    page.locator("#live .tool-keep").press("Space")
    page.wait_for_selector("#live .tool-keep[aria-pressed='false']")


def test_a_question_of_the_list_is_asked_in_the_conversation(visit: Callable[..., Any]) -> None:
    page = visit()
    keep(page)
    page.reload()
    go(page, "saved")
    page.click("#saved-view [data-act='ask']")
    page.wait_for_selector("#ask-view:visible")
    answered(page, 2)


def test_script_in_a_saved_question_stays_text(
    visit: Callable[..., Any], saved_desk: Assistant
) -> None:
    page = visit()
    for payload in PAYLOADS.values():
        saved_desk.saved.add(f"Of {payload}?", later=True)
    go(page, "saved")
    page.wait_for_function(
        "n => document.querySelectorAll('#saved-list .saved').length === n", arg=len(PAYLOADS)
    )
    shown = page.locator("#saved-list").inner_text()
    assert all(" ".join(f"Of {one}?".split()) in " ".join(shown.split())
               for one in PAYLOADS.values())  # fmt: skip
    assert page.locator("#saved-list").locator(FOREIGN).count() == 0
    assert page.evaluate("window.hacked") is None


LIGHT = {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}}
DARK = {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}}
PHONE = {"color_scheme": "light", "viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.mark.parametrize("look", [LIGHT, DARK, PHONE], ids=["light", "dark", "phone"])
def test_the_view_has_no_accessibility_violations(
    visit: Callable[..., Any],
    look: dict[str, Any],
    tmp_path: Path,
    folder: Path,
) -> None:
    page = visit(**look)
    keep(page)
    change(page, tmp_path)
    page.wait_for_selector("#views .badge")
    go(page, "saved")
    for fold in page.locator("#saved-view summary").all():
        fold.click()
    page.wait_for_timeout(500)
    assert violations(page, axe()) == []
