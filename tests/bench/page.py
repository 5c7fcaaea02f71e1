"""Weigh the browser page: bytes, requests, time until a question can be typed, and memory.

    python -m tests.bench.page [--loads 5] [--questions 100] [--home FOLDER [--model NAME]]

The desk is the tests' scripted one, so that only the page and the server are weighed, not a
model; with ``--home`` it is the real one over that home. Prints one JSON document. Knows nothing
of what a good figure is.
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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from assistant import Assistant
from assistant.settings import DEFAULT_MODEL, Settings
from tests.browser.conftest import ARGUMENTS, serving
from tests.browser.test_chat import answered, ask
from tests.ui.scripted import ScriptedDesk

QUESTION = "Under which licence is DeepSeek-R1?"
# From the cards, from the documents, with a long table, followed up, and refused.
REAL_QUESTIONS = (
    "Under which licence is DeepSeek-R1?",
    "And its code?",
    "How far did Nvidia's share price fall on 27 January 2025?",
    "Which Chinese models over 100B are under MIT?",
    "Why did Italy block DeepSeek?",
    "How much did the final training run of DeepSeek-V3 cost?",
    "Compare QwQ-32B and DeepSeek-R1",
    "What does open weight mean?",
    "Who won the World Cup of 1998?",
    "What happened to DeepSeek in January 2025?",
)
ANSWER_MS = 300_000
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


def asked(page: Page, questions: int, texts: Sequence[str]) -> dict[str, list[float]]:
    """Megabytes of the page's script heap, and of the server, after each tenth question."""
    wire = page.context.new_cdp_session(page)
    wire.send("Performance.enable")
    heap, held = [], []
    for number in range(1, questions + 1):
        ask(page, texts[number % len(texts)])
        answered(page, number)
        if number % 10 == 0:
            held.append(resident())
            wire.send("HeapProfiler.collectGarbage")
            metrics = wire.send("Performance.getMetrics")["metrics"]
            used = next(m["value"] for m in metrics if m["name"] == "JSHeapUsedSize")
            heap.append(round(used / MB, 1))
    return {"script_heap_mb_by_ten_questions": heap, "server_mb_by_ten_questions": held}


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


def weigh(
    browser: Browser, address: str, loads: int, questions: int, texts: Sequence[str]
) -> dict[str, Any]:
    """Every figure; visitors are sent to a scripted desk only, for a real one takes an hour."""
    runs = [first_page(browser, address) for _ in range(loads)]
    page = browser.new_context().new_page()
    page.set_default_timeout(ANSWER_MS)
    page.goto(address)
    told = {"first_page": {key: round(statistics.median(r[key] for r in runs), 2)
                           for key in runs[0]}}  # fmt: skip
    told |= asked(page, questions, texts)
    if texts == (QUESTION,):
        told["server_mb_by_ten_visitors"] = visits(browser, address, questions)
    return told


@contextmanager
def chosen(home: Path | None, model: str) -> Iterator[tuple[Any, Sequence[str]]]:
    """The desk that is weighed, warm, and what it is asked."""
    if home is None:
        yield ScriptedDesk(Path(tempfile.mkdtemp())), (QUESTION,)
        return
    with Assistant.open(settings=Settings(home=home, model=model)) as desk:
        desk.warm_up()
        yield desk, REAL_QUESTIONS


def main() -> None:
    """Serve, weigh and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--loads", type=int, default=5)
    options.add_argument("--questions", type=int, default=100)
    options.add_argument("--home", type=Path)
    options.add_argument("--model", default=DEFAULT_MODEL)
    given = options.parse_args()
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with (
        chosen(given.home, given.model) as (desk, texts),
        serving(desk) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        figures = weigh(browser, address, given.loads, given.questions, texts)
        print(json.dumps(figures, indent=2))
        browser.close()


if __name__ == "__main__":
    main()
