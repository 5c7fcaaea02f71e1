"""Why this answer, why no answer: under every turn, in plain words, left as the reader left it."""

from __future__ import annotations

from typing import Any

from tests.browser.test_chat import answered, ask
from tests.ui.scripted import ScriptedDesk


def test_every_turn_keeps_its_own_explanation(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "Which licence?")
    answered(page, 1)
    page.wait_for_selector("#trace details.why")
    page.click("#trace summary")
    assert "2 of 3 drafted sentences" in page.locator("#trace .why-said").inner_text()
    assert page.locator("#trace .time-bar").is_visible()
    ask(page, "Who won the World Cup?")
    answered(page, 2)
    page.wait_for_selector("#trace summary:has-text('Why no answer')")
    assert "12\xa0% likely; 40\xa0% were needed" in page.locator("#trace .why-said").inner_text()
    earlier = page.locator("#past .turn[data-turn='1'] details.why")
    assert not earlier.locator("dl").is_visible()
    earlier.locator("summary").focus()
    page.keyboard.press("Enter")
    assert "Under which licence" in earlier.locator("dl").inner_text()
    assert page.locator("#past details.why, #live details.why").count() == 1


def test_the_explanation_fits_a_phone(open_page: Any, desk: ScriptedDesk) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    ask(page, "Which licence?")
    answered(page, 1)
    page.wait_for_selector("#trace details.why")
    page.click("#trace summary")
    assert page.locator("#trace table.rows").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
