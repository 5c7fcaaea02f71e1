"""Adding web pages by their addresses, in the browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ui.scripted import ScriptedDesk

FIELD = "#add-url textarea, #add-url input"
SHOTS = os.environ.get("SHOTS")


@pytest.fixture(autouse=True)
def no_pages(desk: ScriptedDesk) -> Iterator[None]:
    desk.pages.clear()
    yield
    desk.pages.clear()


def corpus_view(page: Any) -> Any:
    page.click("a[data-view='corpus']")
    page.wait_for_selector(FIELD)
    return page


def locations(desk: ScriptedDesk) -> list[str]:
    return [source.location for source in desk.pages.values()]


def test_each_address_is_added_or_refused_with_its_reason(page: Any, desk: ScriptedDesk) -> None:
    corpus_view(page)
    page.fill(FIELD, "https://ok.test/a https://gone.test/b http://private.test/c")
    page.click("#add-url-send")
    page.wait_for_selector("#add-url-report:has-text('in the corpus as')")
    said = page.locator("#add-url-report li").all_inner_texts()
    assert said == [
        "https://ok.test/a: in the corpus as “The page's <b>title</b>”",
        "https://gone.test/b: there is no such page (404)",
        "http://private.test/c: private.test leads to 10.0.0.1, which is not a public address",
    ]
    assert page.locator("#add-url-report li.refused").count() == 2
    assert locations(desk) == ["https://ok.test/a"]  # what gave nothing is not kept as a source
    page.wait_for_function("() => !document.querySelector('#add-url-send').disabled")
    left = page.locator(FIELD).input_value()
    assert left == "https://gone.test/b http://private.test/c"  # to be corrected and sent again


def test_address_is_sent_with_the_enter_key_and_needs_no_scheme(
    page: Any, desk: ScriptedDesk
) -> None:
    corpus_view(page)
    page.get_by_label("Add web pages by their addresses").fill("ok.test/report")
    page.keyboard.press("Enter")
    page.wait_for_selector("#add-url-report:has-text('in the corpus')")
    assert locations(desk) == ["https://ok.test/report"]
    page.wait_for_function(f"() => document.querySelector('{FIELD}').value === ''")


def test_path_of_this_machine_is_never_declared(page: Any, desk: ScriptedDesk) -> None:
    corpus_view(page)
    before = list(desk.added)
    page.fill(FIELD, "/etc/passwd-private")
    page.click("#add-url-send")
    page.wait_for_selector("#add-url-report li.refused")
    assert desk.added == before
    assert locations(desk) == []


def test_source_that_was_there_before_is_never_withdrawn(page: Any, desk: ScriptedDesk) -> None:
    desk.add("https://gone.test/old")
    corpus_view(page)
    known = next(iter(desk.pages.values()))

    def again(location: str) -> Any:
        return known

    desk.add, original = again, desk.add  # type: ignore[method-assign]
    try:
        page.fill(FIELD, known.location)
        page.click("#add-url-send")
        page.wait_for_selector("#add-url-report:has-text('no such page')")
    finally:
        desk.add = original  # type: ignore[method-assign]
    assert locations(desk) == ["https://gone.test/old"]


def test_nothing_entered_says_what_to_enter(page: Any, desk: ScriptedDesk) -> None:
    corpus_view(page)
    page.click("#add-url-send")
    page.wait_for_selector("#add-url-report [role=alert]:has-text('Enter the address')")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "light"), (1440, "dark")])
def test_field_fits_the_window(
    open_page: Callable[..., Any], desk: ScriptedDesk, width: int, scheme: str
) -> None:
    page = open_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    corpus_view(page)
    page.fill(FIELD, "https://ok.test/" + "a" * 300 + " https://gone.test/" + "b" * 300)
    page.click("#add-url-send")
    page.wait_for_selector("#add-url-report:has-text('in the corpus')")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#add-url-send").bounding_box()["height"] >= 38
    if SHOTS:
        page.wait_for_timeout(500)
        page.screenshot(path=Path(SHOTS) / f"add-url-{width}-{scheme}.png")
