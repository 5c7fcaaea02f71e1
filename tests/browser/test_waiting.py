"""More questions than places: the page tells the place in line, and waiting can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.test_chat import answered, ask
from tests.ui.scripted import ScriptedDesk


def test_who_has_to_wait_sees_the_place_in_line_and_can_stop_or_stay(
    open_page: Callable[..., Any], desk: ScriptedDesk
) -> None:
    *busy, first, second = [open_page() for _ in range(4)]
    for page in busy:
        ask(page, "Which licence, slowly?")
        page.wait_for_selector("#source-1")
    ask(first, "Which licence?")
    first.wait_for_selector("#live .progress:has-text('Next in line')")
    ask(second, "Which licence is it?")
    second.wait_for_selector("#live .progress:has-text('2nd in line')")
    second.fill("#question textarea", "typed while waiting")
    first.click("button#stop")
    first.wait_for_selector("#live .stopped")
    second.wait_for_selector("#live .progress:has-text('Next in line')")
    assert second.input_value("#question textarea") == "typed while waiting"
    desk.gate.set()
    answered(second, 1)
    assert "Which licence?" not in [question for question, _ in desk.asked]
