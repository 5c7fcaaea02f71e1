"""The settings: kept in the browser, in force for the next question, undone by one button."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from assistant.options import AskOptions
from tests.browser.test_chat import answered, ask
from tests.ui.scripted import CHINESE, ScriptedDesk
from tests.ui.test_preferences import LARGE, SMALL, files_of_two_models
from ui.preferences import Speeds


@pytest.fixture
def two_models(desk: ScriptedDesk, tmp_path: Path) -> Iterator[None]:
    """The files of two models lie here, and the small one answers."""
    before = desk.settings
    files_of_two_models(tmp_path)
    desk.settings = before.model_copy(update={"weights": tmp_path, "model": SMALL})
    yield
    desk.settings = before


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


@pytest.mark.usefixtures("two_models")
def test_another_model_can_be_chosen_for_everybody(open_page: Any, desk: ScriptedDesk) -> None:
    page, other = open_page(), open_page()
    page.click("#settings-button")
    page.locator(".models-here button").click()
    page.wait_for_selector("#settings-model .working:has-text('is loading')")
    assert desk.settings.model == SMALL
    desk.gate.set()
    page.wait_for_selector(f"#settings-model .note:has-text('{LARGE} answers from now on')")
    assert page.locator("#settings-model .model strong").inner_text() == LARGE
    other.click("#settings-button")
    other.wait_for_selector(f"#settings-model .model:has-text('{LARGE}')")
    assert f"Let {SMALL} answer" in str(
        other.locator(".models-here button").get_attribute("aria-label")
    )


@pytest.mark.usefixtures("two_models")
def test_a_model_that_cannot_load_is_told_of_and_the_old_one_stays(
    page: Any, desk: ScriptedDesk
) -> None:
    desk.gate.set()
    page.click("#settings-button")
    page.wait_for_selector(".models-here button")
    page.evaluate("refdesk.act('use-model', {name: 'broken <img src=x onerror=alert(1)>'})")
    page.wait_for_selector("#settings-model .error:has-text('It cannot be loaded')")
    assert page.locator("#settings-model .model strong").inner_text() == SMALL
    assert page.locator("#settings-model img").count() == 0


@pytest.mark.usefixtures("two_models")
def test_only_the_desks_own_machine_may_choose(desk: ScriptedDesk) -> None:
    from ui.settings_panel import ModelChoice
    from ui.shared import Shared

    with closing(Shared.of(desk, at_home=False)) as shared:
        choice = ModelChoice(shared, Speeds())
        assert "data-act" not in choice.show()
        event = gr.EventData(None, {"name": LARGE})
        assert ["on the desk’s machine" in said for said in choice.use(event)] == [True]
    assert desk.settings.model == SMALL


def test_the_answer_is_told_once_more_in_the_language_that_is_chosen(
    page: Any, desk: ScriptedDesk
) -> None:
    page.click("#settings-button")
    page.check("input[name='language'][value='zh']")
    page.click(".settings-close")
    page.reload()
    page.wait_for_selector("#question textarea")
    ask(page, "Which licence?")
    answered(page, 1)
    told = page.locator("#chat .translation[lang='zh']")
    assert CHINESE in told.inner_text()
    assert "not checked" in page.locator("#chat .note.translated").inner_text()
    told.locator("a.citation").first.click()
    page.wait_for_selector("#source-1.active")
    page.click("#settings-button")
    assert page.is_checked("input[name='language'][value='zh']")
    page.click(".settings-reset")
    assert page.is_checked("input[name='language'][value='']")
    page.click(".settings-close")
    ask(page, "Which licence?")
    answered(page, 2)
    assert page.locator("#chat .turn[data-turn='2'] .translation").count() == 0
