"""The settings: kept in the browser, in force for the next question, undone by one button."""

from __future__ import annotations

from typing import Any

from assistant.options import AskOptions
from tests.browser.test_chat import answered, ask
from tests.ui.scripted import ScriptedDesk


def dark(page: Any) -> bool:
    return bool(page.evaluate("document.body.classList.contains('dark')"))


def test_settings_hold_for_the_next_question_and_outlast_a_reload(
    page: Any, desk: ScriptedDesk
) -> None:
    desk.options.clear()
    assert not page.locator("#settings").is_visible()
    page.focus("#settings-button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#settings-model .model")
    assert page.evaluate("document.activeElement.id") == "set-strictness"
    assert page.locator("#set-strictness-told").inner_text() == "40\xa0% likely at least"
    page.keyboard.press("Home")
    assert page.locator("#set-strictness-told").inner_text() == "never asks"
    page.locator("#set-evidence").fill("600")
    page.keyboard.press("Escape")
    assert not page.locator("#settings").is_visible()
    assert page.evaluate("document.activeElement.id") == "settings-button"
    ask(page, "Which licence?")
    answered(page, 1)
    page.reload()
    page.wait_for_selector("#question textarea")
    page.click("#settings-button")
    assert page.input_value("#set-evidence") == "600"
    page.wait_for_selector(".settings-reset")
    page.click(".settings-reset")
    assert page.input_value("#set-evidence") == "320"
    page.click(".settings-close")
    ask(page, "Which licence?")
    answered(page, 2)
    assert desk.options == [AskOptions(600, 0.0), AskOptions()]


def test_a_chosen_theme_overrules_the_system_also_after_a_reload(open_page: Any) -> None:
    page = open_page(color_scheme="light")
    assert not dark(page)
    page.click("#settings-button")
    page.check("input[name='theme'][value='dark']")
    page.wait_for_function("document.body.classList.contains('dark')")
    page.reload()
    page.wait_for_selector("#question textarea")
    page.wait_for_function("document.body.classList.contains('dark')")
    page.click("#settings-button")
    page.check("input[name='theme'][value='system']")
    page.wait_for_function("!document.body.classList.contains('dark')")


def test_the_settings_fit_a_phone(open_page: Any) -> None:
    page = open_page(viewport={"width": 390, "height": 700}, has_touch=True)
    page.click("#settings-button")
    page.wait_for_selector("#settings-model .model")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator("#settings").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["height"] <= 700
    for target in (".settings-close", "#set-strictness", ".settings-reset"):
        assert page.locator(target).bounding_box()["height"] >= 44
