"""The page without a mouse: what axe-core cannot tell (its rules are in ``test_states``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.test_chat import answered
from tests.ui.scripted import ScriptedDesk

Open = Callable[..., Any]


def focused(page: Any) -> str:
    return str(
        page.evaluate(
            "(() => { const one = document.activeElement;"
            " return one.closest('[id]')?.id + ' ' + one.className; })()"
        )
    )


def test_a_question_is_asked_and_its_source_read_with_keys_only(
    open_page: Open, desk: ScriptedDesk
) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    page.locator("#question textarea").focus()
    page.keyboard.type("Under which licence is DeepSeek-R1?")
    page.keyboard.press("Enter")
    answered(page, 1)
    for _ in range(60):  # backwards from the composer to the first marker of the answer
        page.keyboard.press("Shift+Tab")
        if "citation" in focused(page):
            break
    assert "citation" in focused(page)
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement?.closest('#sources') !== null")
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement?.matches('#chat a.citation')")
    for _ in range(120):  # and on to the views, which are links
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement?.dataset.view") == "corpus":
            break
    page.keyboard.press("Enter")
    page.wait_for_function("document.documentElement.dataset.view === 'corpus'")
