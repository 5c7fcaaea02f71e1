"""What the server holds for an open page does not grow with what was asked on it."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

from gradio.state_holder import SessionState

from tests.browser.conftest import serving
from tests.browser.test_chat import answered, ask
from tests.ui.scripted import ScriptedDesk


def sessions() -> dict[int, SessionState]:
    """What Gradio holds for each open page, of every server in this process."""
    return {id(one): one for one in gc.get_objects() if isinstance(one, SessionState)}


def test_the_server_holds_one_value_for_each_component_of_a_page(
    browser: Any, tmp_path: Path
) -> None:
    before = set(sessions())
    with serving(ScriptedDesk(tmp_path)) as address:
        page = browser.new_context().new_page()
        page.goto(address)
        held = []
        for number in range(1, 6):
            ask(page, "Under which licence is DeepSeek-R1?")
            answered(page, number)
            (own,) = [one for key, one in sessions().items() if key not in before]
            held.append((len(own.config_values), len(own.blocks_config.blocks)))
        page.context.close()
    assert held[-1] == held[0]
