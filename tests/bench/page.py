"""Weigh the browser page: bytes, requests, time until a question can be typed, and memory.

    python -m tests.bench.page [--loads 5] [--questions 100]

The desk is the tests' scripted one, so that only the page and the server are weighed, not a
model. Prints one JSON document. Knows nothing of what a good figure is.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, serving
from tests.browser.test_chat import answered, ask
from tests.ui.scripted import ScriptedDesk

QUESTION = "Under which licence is DeepSeek-R1?"
MB = 1 << 20
SETTLE_MS = 1500
"""The page listens to the server for ever, so that its network is never idle."""


def first_page(browser: Browser, address: str) -> dict[str, float]:
    """One visit with an empty cache: bytes over the wire, requests, seconds until typing works."""
    context = browser.new_context()
    page = context.new_page()
    wire = context.new_cdp_session(page)
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    wire.send("Network.enable")
    started = time.perf_counter()
    page.goto(address)
    page.fill("#question textarea", "x")
    seconds = time.perf_counter() - started
    page.wait_for_selector("#status-line:has-text('documents')")
    page.wait_for_timeout(SETTLE_MS)
    context.close()
    return {"bytes": sum(sizes), "requests": len(sizes), "seconds_to_typing": seconds}


def asked(page: Page, questions: int) -> list[float]:
    """Megabytes of the page's script heap after each tenth question."""
    wire = page.context.new_cdp_session(page)
    wire.send("Performance.enable")
    heap = []
    for number in range(1, questions + 1):
        ask(page, QUESTION)
        answered(page, number)
        if number % 10 == 0:
            wire.send("HeapProfiler.collectGarbage")
            metrics = wire.send("Performance.getMetrics")["metrics"]
            used = next(m["value"] for m in metrics if m["name"] == "JSHeapUsedSize")
            heap.append(round(used / MB, 1))
    return heap


def resident() -> float:
    """Megabytes of memory that this process, the server, holds (Linux)."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / MB, 1)


def visits(browser: Browser, address: str, questions: int) -> list[float]:
    """The server's megabytes after each tenth visitor, who asks one question and leaves."""
    held = []
    for number in range(1, questions + 1):
        context = browser.new_context()
        page = context.new_page()
        page.goto(address)
        ask(page, QUESTION)
        answered(page, 1)
        context.close()
        if number % 10 == 0:
            held.append(resident())
    return held


def weigh(browser: Browser, address: str, loads: int, questions: int) -> dict[str, Any]:
    """Every figure."""
    runs = [first_page(browser, address) for _ in range(loads)]
    page = browser.new_context().new_page()
    page.goto(address)
    return {
        "first_page": {key: round(statistics.median(r[key] for r in runs), 2) for key in runs[0]},
        "script_heap_mb_by_ten_questions": asked(page, questions),
        "server_mb_by_ten_visitors": visits(browser, address, questions),
    }


def main() -> None:
    """Serve, weigh and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--loads", type=int, default=5)
    options.add_argument("--questions", type=int, default=100)
    given = options.parse_args()
    path = shutil.which("chromium") or shutil.which("google-chrome")
    desk = ScriptedDesk(Path(tempfile.mkdtemp()))
    with serving(desk) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        print(json.dumps(weigh(browser, address, given.loads, given.questions), indent=2))
        browser.close()


if __name__ == "__main__":
    main()
