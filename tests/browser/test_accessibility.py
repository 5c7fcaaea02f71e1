"""axe-core finds no violation in any state of the page, light or dark, on a desk or a phone.

The rules are WCAG 2.2 A and AA. Keyboard-only use is tried by hand: axe cannot tell that.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from tests.browser.test_chat import answered, ask
from tests.ui.scripted import ScriptedDesk

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LIGHT = {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}}
DARK = {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}}
PHONE = {"color_scheme": "light", "viewport": {"width": 390, "height": 844}, "has_touch": True}
LOOKS = pytest.mark.parametrize("look", [LIGHT, DARK, PHONE], ids=["light", "dark", "phone"])


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core."""
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


@pytest.fixture
def violations(axe: str) -> Callable[[Any], list[str]]:
    """Run axe on a page: a line for each violation, with the elements that have it."""

    def run(page: Any) -> list[str]:
        page.evaluate(axe)  # not a script element: the page's own policy refuses foreign ones
        options = {"runOnly": {"type": "tag", "values": TAGS}}
        found = page.evaluate("(options) => axe.run(document, options)", options)
        return [
            f"{one['impact']} {one['id']}: {[node['html'][:160] for node in one['nodes'][:4]]}"
            for one in found["violations"]
        ]

    return run


Check = Callable[[Any], list[str]]
Open = Callable[..., Any]


@LOOKS
def test_the_empty_page(open_page: Open, violations: Check, look: dict[str, Any]) -> None:
    page = open_page(**look)
    page.wait_for_selector("#status-line:has-text('documents')")
    assert violations(page) == []


@LOOKS
def test_an_answer_with_its_sources_and_folds_open(
    open_page: Open, desk: ScriptedDesk, violations: Check, look: dict[str, Any]
) -> None:
    page = open_page(**look)
    ask(page, "Under which licence is DeepSeek-R1?")
    answered(page, 1)
    for fold in page.locator("#chat summary, #trace summary").all():
        if fold.is_visible():
            fold.click()
    page.locator("#chat a.citation").first.click()
    page.wait_for_timeout(500)  # the scroll, and colours that fade
    assert violations(page) == []


@LOOKS
def test_a_refusal(
    open_page: Open, desk: ScriptedDesk, violations: Check, look: dict[str, Any]
) -> None:
    page = open_page(**look)
    ask(page, "Who won the World Cup of 1998?")
    answered(page, 1)
    assert violations(page) == []


@LOOKS
def test_a_table(
    open_page: Open, desk: ScriptedDesk, violations: Check, look: dict[str, Any]
) -> None:
    page = open_page(**look)
    ask(page, "a table, please")
    answered(page, 1)
    assert violations(page) == []


@LOOKS
def test_a_draft_and_an_error(
    open_page: Open, desk: ScriptedDesk, violations: Check, look: dict[str, Any]
) -> None:
    page = open_page(**look)
    ask(page, "broken")
    page.wait_for_selector("#chat .error")
    ask(page, "endless")
    page.wait_for_selector("#chat .draft:has-text('word')")
    page.wait_for_timeout(500)
    assert violations(page) == []
    desk.gate.set()


@LOOKS
@pytest.mark.parametrize("view", ["corpus", "models"])
def test_the_lists(open_page: Open, violations: Check, look: dict[str, Any], view: str) -> None:
    page = open_page(**look)
    page.wait_for_selector("#status-line:has-text('documents')")
    page.click(f"#views a[data-view='{view}']")
    page.wait_for_timeout(500)
    assert violations(page) == []


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
