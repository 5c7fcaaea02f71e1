"""The server goes away and comes back: the page finds it again and goes on where it was."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.browser.test_chat import answered, ask
from tests.ui.scripted import ScriptedDesk
from ui.app import serve

BACK_MS = 60_000


@contextmanager
def up(desk: ScriptedDesk, port: int) -> Iterator[int]:
    """Serve on ``port`` (0: any that is free) and yield the port."""
    stop, ready, address = threading.Event(), threading.Event(), [""]

    def on_ready(url: str) -> None:
        address[0] = url
        ready.set()

    args = (desk, "127.0.0.1", port, (), on_ready, stop)
    thread = threading.Thread(target=serve, args=args, daemon=True)
    thread.start()
    try:
        assert ready.wait(120), "the app did not start"
        yield int(address[0].rstrip("/").rpartition(":")[2])
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive(), "the app did not stop"


def test_after_a_lost_connection_the_page_goes_on_with_talk_and_unsent_question(
    browser: Any, tmp_path: Path
) -> None:
    desk = ScriptedDesk(tmp_path)
    page = browser.new_context().new_page()
    page.set_default_timeout(BACK_MS)
    with up(desk, 0) as port:
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("#question textarea")
        ask(page, "Which licence?")
        answered(page, 1)
    page.get_by_text("Connection to the server was lost").wait_for()
    page.fill("#question textarea", "And QwQ-32B?")
    page.press("#question textarea", "Enter")  # nobody is there to answer it
    page.evaluate("window.before = true")
    with up(desk, port):
        page.wait_for_function("window.before === undefined")  # it has loaded itself anew
        page.wait_for_selector("#chat .turn[data-turn='1'] a.citation")
        page.wait_for_function(
            "document.querySelector('#question textarea')?.value === 'And QwQ-32B?'"
        )
        page.press("#question textarea", "Enter")
        answered(page, 2)
        assert desk.asked[-1][0] == "And QwQ-32B?"
        assert desk.asked[-1][1][0].text == "Which licence?", "the talk before it is known"
        page.context.close()


def test_an_answer_that_broke_off_keeps_its_question(browser: Any, tmp_path: Path) -> None:
    desk = ScriptedDesk(tmp_path)
    page = browser.new_context().new_page()
    page.set_default_timeout(BACK_MS)
    with up(desk, 0) as port:
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("#question textarea")
        ask(page, "endless")
        page.wait_for_selector("#chat .draft")
    desk.gate.set()
    with up(desk, port):
        page.wait_for_selector("#chat .stopped")
        assert page.locator("#chat .asked").inner_text().endswith("endless")
        ask(page, "Which licence?")
        answered(page, 2)
        page.context.close()


def test_a_page_whose_stream_ended_in_good_order_finds_the_new_server(
    browser: Any, tmp_path: Path
) -> None:
    """Gradio's last word on a server that ends may come as a message, not as a broken line."""
    desk, anew = ScriptedDesk(tmp_path), threading.Event()
    page = browser.new_context().new_page()
    page.set_default_timeout(BACK_MS)
    last_word = 'data: {"msg": "unexpected_error", "message": "", "session_not_found": false}\n\n'

    def instead(route: Any, **reply: Any) -> None:
        """Answer for the server, which the page then never misses, until the page loads anew."""
        route.continue_() if anew.is_set() else route.fulfill(**reply)

    with up(desk, 0) as port:
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("#question textarea")
        ask(page, "Which licence?")
        answered(page, 1)
        page.on("framenavigated", lambda _frame: anew.set())
        page.route(
            "**/queue/data*",
            lambda route: instead(route, content_type="text/event-stream", body=last_word),
        )
        page.route(
            "**/run/predict*", lambda route: instead(route, status=500, json={"error": "busy"})
        )
        ask(page, "endless")
        until = time.monotonic() + BACK_MS / 1000
        while len(desk.asked) < 2:
            assert time.monotonic() < until, "the question never came"
            page.wait_for_timeout(50)
    desk.gate.set()
    with up(desk, port):
        page.wait_for_selector("#chat .turn[data-turn='2'] .stopped")
        page.context.close()
