"""Take the README's screenshots from the real app over the real corpus.

    python -m tests.browser.screenshots docs/pictures [--home FOLDER] [--only NAME …]

Each scene is a visitor of its own who asks, opens and clicks as a person would. The home's corpus
must have been refreshed before. Nothing in the pictures is made up or retouched.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from assistant import Assistant
from tests.browser.conftest import ARGUMENTS, serving
from tests.browser.test_chat import answered, ask

ANSWER_MS = 300_000
LICENCE = "Under which licence was DeepSeek-R1 released?"
COST = "How much did the final training run of DeepSeek-V3 cost?"
MODELS = "Which Chinese models over 500B are under MIT?"


@dataclass(frozen=True)
class Scene:
    """What is asked and done before the picture is taken, and on what kind of screen."""

    name: str
    questions: tuple[str, ...]
    act: Callable[[Page], None]
    dark: bool = False
    size: tuple[int, int] = (1280, 860)


def show_source(page: Page) -> None:
    """Go to the passage behind the first number of the last answer."""
    page.locator("#chat .turn a.citation").last.click()
    page.mouse.move(0, 0)
    page.wait_for_timeout(800)  # the smooth scroll


def read_source(page: Page) -> None:
    """Open the whole document beside the chat, at the quote."""
    page.locator("#sources .source a.here").first.click()
    page.wait_for_selector("#reader mark")
    page.mouse.move(0, 0)
    page.wait_for_timeout(800)


def explain(page: Page) -> None:
    """Unfold why the last answer says what it says."""
    page.locator("#trace summary").first.click()
    page.locator("#trace").scroll_into_view_if_needed()
    page.wait_for_timeout(800)


def to_top(page: Page) -> None:
    """Show the last question and what follows."""
    page.locator("#chat .turn").last.scroll_into_view_if_needed()
    page.wait_for_timeout(500)


def draw_releases(page: Page) -> None:
    """Open the picture of all releases."""
    page.click("#views a[data-view='models']")
    page.get_by_text("Releases", exact=True).click()
    page.wait_for_selector("#models-view svg")
    page.wait_for_timeout(500)


SCENES = (
    Scene("answer", (COST,), show_source),
    Scene("dark", (LICENCE, "And its code?"), show_source, dark=True),
    Scene("phone", (LICENCE,), to_top, size=(390, 844)),
    Scene("reader", (COST,), read_source),
    Scene("why", (COST,), explain, size=(1280, 1100)),
    Scene("catalogue", (MODELS,), to_top),
    Scene("releases", (), draw_releases),
)


def main() -> None:
    """Take every picture that is asked for."""
    names = [scene.name for scene in SCENES]
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("folder", type=Path)
    options.add_argument("--home", type=Path)
    options.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME")
    given = options.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with Assistant.open(given.home) as desk, serving(desk) as address, sync_playwright() as p:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = p.chromium.launch(executable_path=path, args=ARGUMENTS)
        for scene in SCENES:
            if scene.name in given.only:
                take(browser, address, scene, given.folder / f"{scene.name}.png")
        browser.close()


def take(browser: Browser, address: str, scene: Scene, picture: Path) -> None:
    """Ask and act in a fresh window, then photograph it."""
    width, height = scene.size
    page = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scene.dark else "light",
        device_scale_factor=1.5,
    ).new_page()
    page.set_default_timeout(ANSWER_MS)
    page.goto(address)
    page.wait_for_selector("#question textarea")
    for turn, question in enumerate(scene.questions, start=1):
        ask(page, question)
        answered(page, turn)
    scene.act(page)
    page.screenshot(path=picture)
    page.context.close()


if __name__ == "__main__":
    main()
