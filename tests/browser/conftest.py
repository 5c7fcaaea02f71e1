"""A real browser on the real app; everything that either asks for is recorded.

Every page that a test opens is checked at its end: no error on the console, no failed
request, and no request to anything but the app itself. Every served app is checked, too: the
server has looked up no name and called no other machine.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.outgoing import nothing_leaves
from tests.ui.scripted import ScriptedDesk
from ui.app import serve

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WAIT_MS = 20_000


@contextmanager
def serving(desk: Any, examples: tuple[str, ...] = ()) -> Iterator[str]:
    """Serve ``desk`` on a free loopback port and yield its address; nothing leaves the machine."""
    with nothing_leaves(), _serving(desk, examples) as address:
        yield address


@contextmanager
def _serving(desk: Any, examples: tuple[str, ...]) -> Iterator[str]:
    stop, ready = threading.Event(), threading.Event()
    address: list[str] = []

    def on_ready(url: str) -> None:
        address.append(url)
        ready.set()

    thread = threading.Thread(
        target=serve, args=(desk, "127.0.0.1", 0, examples, on_ready, stop), daemon=True
    )
    thread.start()
    try:
        assert ready.wait(120), "the app did not start"
        yield address[0]
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive(), "the app did not stop"


@dataclass
class Watched:
    """What a page complained about and whom it called."""

    origin: str
    problems: list[str] = field(default_factory=list)
    left: set[Any] = field(default_factory=set)

    def watch(self, page: Any) -> None:
        """Record the page's console errors, exceptions, failed and foreign requests."""
        page.on("console", self._hear)
        page.on("pageerror", lambda e: self._note(True, f"exception: {e}"))
        page.on("request", lambda r: self._note(self._foreign(r.url), f"foreign: {r.url}"))
        page.on("response", lambda r: self._note(r.status >= 400, f"{r.status}: {r.url}"))
        page.on("websocket", lambda w: self._note(self._foreign(w.url), f"foreign: {w.url}"))

    def _hear(self, message: Any) -> None:
        """Note an error, but for the lines by which Gradio says that a page is left."""
        if message.text.startswith("AbortError: signal is aborted without reason"):
            self.left.add(message.page)
            return
        lost = "Unexpected error Connection errored out" in message.text
        expected = lost and message.page in self.left
        self._note(message.type == "error" and not expected, f"console: {message.text}")

    def _foreign(self, url: str) -> bool:
        parts = urlsplit(url)
        own = urlsplit(self.origin).netloc
        return parts.scheme not in ("data", "blob", "about") and parts.netloc != own

    def _note(self, problem: bool, text: str) -> None:
        if problem:
            self.problems.append(text)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, without a window."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_api.sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        except sync_api.Error as error:
            pytest.skip(f"no Chromium: {str(error).splitlines()[0]}")
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ScriptedDesk, str]]:
    """The scripted desk and the address of its app."""
    desk = ScriptedDesk(tmp_path_factory.mktemp("home"))
    with serving(desk, ("Under which licence was DeepSeek-R1 released?",)) as address:
        yield desk, address


@pytest.fixture
def desk(served: tuple[ScriptedDesk, str]) -> Iterator[ScriptedDesk]:
    """The scripted desk, its gate shut and its record empty."""
    desk, _ = served
    desk.gate.clear()
    desk.asked.clear()
    desk.closed.clear()
    yield desk
    desk.gate.set()


@pytest.fixture
def open_page(browser: Any, served: tuple[ScriptedDesk, str]) -> Iterator[Callable[..., Any]]:
    """Open the app as a visitor of its own; at the end nothing may have gone wrong."""
    _, address = served
    watched = Watched(address)
    contexts = []

    def open_one(**options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        watched.watch(page)
        page.goto(address)
        page.wait_for_selector("#question textarea")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert watched.problems == []


@pytest.fixture
def page(open_page: Callable[..., Any]) -> Any:
    """One visitor's page."""
    return open_page()


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """A small document to upload."""
    path = tmp_path / "note.md"
    path.write_text("# A note\n\nThe desk is open until nine.\n")
    return path
