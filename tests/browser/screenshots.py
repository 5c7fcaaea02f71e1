"""Take the README's screenshot from the real app over the real corpus.

    python -m tests.browser.screenshots docs/screenshot.png [--dark] [--home FOLDER] QUESTION…

The questions are asked one after the other and the first marker of the last answer is
activated. The home's corpus must have been refreshed before.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from assistant import Assistant
from tests.browser.conftest import ARGUMENTS, serving
from tests.browser.test_chat import answered, ask

ANSWER_MS = 300_000


def main() -> None:
    """Ask, wait, click and photograph."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("picture", type=Path)
    options.add_argument("questions", nargs="+", metavar="QUESTION")
    options.add_argument("--home", type=Path)
    options.add_argument("--dark", action="store_true")
    options.add_argument("--width", type=int, default=1280)
    options.add_argument("--height", type=int, default=860)
    given = options.parse_args()
    with Assistant.open(given.home) as desk, serving(desk) as address, sync_playwright() as p:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = p.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page(
            viewport={"width": given.width, "height": given.height},
            color_scheme="dark" if given.dark else "light",
            device_scale_factor=2,
        )
        page.set_default_timeout(ANSWER_MS)
        page.goto(address)
        converse(page, given.questions)
        given.picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=given.picture)
        browser.close()


def converse(page: Page, questions: list[str]) -> None:
    """Ask every question and open the first source of the last answer."""
    page.wait_for_selector("#question textarea")
    for turn, question in enumerate(questions, start=1):
        ask(page, question)
        answered(page, turn)
    marker = page.locator(f"#chat .turn[data-turn='{len(questions)}'] a.citation").first
    if marker.count():
        marker.click()
    page.mouse.move(0, 0)
    page.wait_for_timeout(800)  # the smooth scroll


if __name__ == "__main__":
    main()
