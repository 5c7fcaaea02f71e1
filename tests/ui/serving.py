"""The real server on a free loopback port, for clients that speak to it over a socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.ui.scripted import ScriptedDesk
from ui.api import Access
from ui.app import serve


@contextmanager
def serving(
    desk: Any, examples: tuple[str, ...] = (), access: Access | None = None
) -> Iterator[str]:
    """Serve ``desk`` and yield its address, which ends in a slash."""
    stop, ready = threading.Event(), threading.Event()
    address: list[str] = []

    def on_ready(url: str) -> None:
        address.append(url)
        ready.set()

    work = threading.Thread(
        target=serve,
        args=(desk, "127.0.0.1", 0, examples, on_ready, stop),
        kwargs={"access": access},
        daemon=True,
    )
    work.start()
    try:
        assert ready.wait(120), "the app did not start"
        yield address[0]
    finally:
        stop.set()
        work.join(20)
        assert not work.is_alive(), "the app did not stop"


def until(condition: Callable[[], object], seconds: float = 60) -> bool:
    """Wait until ``condition`` holds; whether it came to hold."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not condition():
        time.sleep(0.02)
    return bool(condition())


class Served(ScriptedDesk):
    """The scripted desk, whose search can break."""

    def search(self, query: str, limit: int = 10) -> list[Any]:
        if "crash" in query:
            raise ZeroDivisionError("secret detail")
        return super().search(query, limit)
