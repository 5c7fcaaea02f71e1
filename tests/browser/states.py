"""Every state that the page can be in, each with the way into it, for tests and pictures.

    python -m tests.browser.states FOLDER [--only NAME …]     # a picture of each, in six looks

The desk is a scripted one, so that each state is reached in a second and looks the same each
time. Knows nothing of what a state should look like.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from assistant.types import Event, Turn
from index.types import Progress, RefreshReport, Status
from tests.browser.conftest import ARGUMENTS, serving
from tests.browser.test_chat import answered, ask
from tests.ui.scripted import ScriptedDesk
from tests.ui.sources_desk import SourcesDesk
from ui.cli.serving import EXAMPLES

WIDTHS = (1440, 1024, 390)
SCHEMES = ("light", "dark")
HEIGHTS = {1440: 900, 1024: 768, 390: 844}
SETTLE_MS = 400  # scrolls and colours that fade
SETTLED = "!document.getAnimations().some((one) => one instanceof CSSTransition)"
WAIT_MS = 60_000
LICENCE = "Under which licence is DeepSeek-R1?"


class StatesDesk(SourcesDesk):
    """Asked about the kiosk it cites a PDF; asked anything else it follows the plain script."""

    empty = False
    holding = False

    def stream(self, question: str, history: Sequence[Turn] = (), *given: Any) -> Iterator[Event]:
        if "kiosk" in question:
            yield from super().stream(question, history, *given)
        else:
            yield from ScriptedDesk.stream(self, question, history, *given)

    def status(self) -> Status:
        status = super().status()
        return replace(status, documents=0, chunks=0, failed=()) if self.empty else status

    def refresh_events(self, **given: Any) -> Iterator[Progress | RefreshReport]:
        if self.holding:
            yield Progress("embed", 120, 480, "files", "")
            self.gate.wait(60)
        yield from super().refresh_events(**given)


Show = Callable[[Page, StatesDesk], None]
STATES: dict[str, Show] = {}


def state(show: Show) -> Show:
    """Put a way into a state on the list, under its name."""
    STATES[show.__name__.replace("_", "-")] = show
    return show


# --- asking


@state
def empty(page: Page, desk: StatesDesk) -> None:
    page.wait_for_selector("#welcome button")


@state
def empty_corpus(page: Page, desk: StatesDesk) -> None:
    desk.empty = True
    page.reload()
    page.wait_for_selector("#welcome-text:has-text('still empty')")


@state
def searching(page: Page, desk: StatesDesk) -> None:
    ask(page, "slowly: which licence?")
    page.wait_for_selector("#source-2 mark", state="visible")


@state
def streaming(page: Page, desk: StatesDesk) -> None:
    ask(page, "Let the sentences settle, please")
    page.wait_for_selector("#chat .unsupported")


@state
def answer(page: Page, desk: StatesDesk) -> None:
    ask(page, LICENCE)
    answered(page, 1)


@state
def answer_marked(page: Page, desk: StatesDesk) -> None:
    answer(page, desk)
    page.locator("#chat a.citation").first.click()
    page.mouse.move(0, 0)


@state
def follow_up(page: Page, desk: StatesDesk) -> None:
    answer(page, desk)
    ask(page, "And QwQ-32B?")
    answered(page, 2)
    page.wait_for_selector("#follow-ups button")


@state
def thinking(page: Page, desk: StatesDesk) -> None:
    answer(page, desk)
    page.click("#chat .thinking summary")


@state
def translated(page: Page, desk: StatesDesk) -> None:
    page.click("#settings-button")
    page.check("input[name='language'][value='zh']")
    page.click(".settings-close")
    answer(page, desk)


@state
def peeked(page: Page, desk: StatesDesk) -> None:
    answer(page, desk)
    page.locator("#chat a.citation").first.hover()
    page.wait_for_selector("#peek", state="visible")


@state
def refusal(page: Page, desk: StatesDesk) -> None:
    ask(page, "Who won the World Cup of 1998?")
    answered(page, 1)


@state
def asked_back(page: Page, desk: StatesDesk) -> None:
    ask(page, "When does the clinic open?")
    answered(page, 1)


@state
def sides(page: Page, desk: StatesDesk) -> None:
    ask(page, "Where do they differ?")
    answered(page, 1)


@state
def table(page: Page, desk: StatesDesk) -> None:
    ask(page, "a table, please")
    answered(page, 1)


@state
def chart(page: Page, desk: StatesDesk) -> None:
    ask(page, "Compare scores")
    answered(page, 1)
    page.wait_for_selector("#chat figure.chart")


@state
def error(page: Page, desk: StatesDesk) -> None:
    ask(page, "broken")
    page.wait_for_selector("#chat .error")


@state
def stopped(page: Page, desk: StatesDesk) -> None:
    ask(page, "endless")
    page.wait_for_selector("#chat .draft:has-text('word')")
    page.click("button#stop")
    page.wait_for_selector("#chat .stopped")


@state
def in_line(page: Page, desk: StatesDesk) -> None:
    for _ in range(2):
        other = page.context.new_page()
        other.goto(page.url)
        ask(other, "Which licence, slowly?")
        other.wait_for_selector("#source-1")
    ask(page, "Which licence?")
    page.wait_for_selector("#live .progress:has-text('Next in line')")


@state
def editing(page: Page, desk: StatesDesk) -> None:
    answer(page, desk)
    page.click("#chat [data-act=edit]")
    page.wait_for_selector("#edit-bar .edit-bar")


@state
def thumb_down(page: Page, desk: StatesDesk) -> None:
    answer(page, desk)
    page.click("[data-thumb=down]")
    page.wait_for_selector(".reasons", state="visible")


# --- sources and why


@state
def sources(page: Page, desk: StatesDesk) -> None:
    ask(page, "When does the kiosk open?")
    answered(page, 1)


@state
def unused(page: Page, desk: StatesDesk) -> None:
    sources(page, desk)
    page.click("#sources .unused summary")
    page.locator("#source-5").scroll_into_view_if_needed()


@state
def reader(page: Page, desk: StatesDesk) -> None:
    _read(page, desk, 2)


@state
def reader_pdf(page: Page, desk: StatesDesk) -> None:
    _read(page, desk, 1)
    page.wait_for_function("() => document.querySelector('[data-page=\"7\"] img').naturalWidth")


def _read(page: Page, desk: StatesDesk, number: int) -> None:
    sources(page, desk)
    page.locator(f"#chat a.citation[data-n='{number}']").click()
    page.click(f"#source-{number} a.here")
    page.wait_for_selector(".reader article.reading")
    page.mouse.move(0, 0)


@state
def why(page: Page, desk: StatesDesk) -> None:
    answer(page, desk)
    _explain(page)


@state
def why_refused(page: Page, desk: StatesDesk) -> None:
    refusal(page, desk)
    _explain(page)


def _explain(page: Page) -> None:
    page.locator("#trace summary").first.click()
    for fold in page.locator("#trace details:not([open]) > summary").all():
        if fold.is_visible():
            fold.click()
    page.locator("#trace").evaluate("e => e.scrollIntoView()")


# --- conversations and settings


@state
def drawer(page: Page, desk: StatesDesk) -> None:
    answer(page, desk)
    page.click("#new")
    page.wait_for_selector("#welcome", state="visible")
    ask(page, "And QwQ-32B?")
    answered(page, 1)
    _open_drawer(page)


@state
def drawer_empty(page: Page, desk: StatesDesk) -> None:
    _open_drawer(page)


@state
def drawer_nothing_found(page: Page, desk: StatesDesk) -> None:
    drawer(page, desk)
    page.fill("#talk-search input, #talk-search textarea", "no such words")
    page.wait_for_selector("#talk-list .empty")


@state
def drawer_deleted(page: Page, desk: StatesDesk) -> None:
    drawer(page, desk)
    page.locator("#talk-list .delete").last.click()
    page.wait_for_selector("#talk-list .deleted")


def _open_drawer(page: Page) -> None:
    page.click("#talks-open")
    page.wait_for_selector("#talk-list .talk, #talk-list .empty", state="visible")


@state
def export(page: Page, desk: StatesDesk) -> None:
    answer(page, desk)
    page.click("#talk-tools details:has(ul) summary")


@state
def share(page: Page, desk: StatesDesk) -> None:
    answer(page, desk)
    page.click("#talk-tools details:has(.sharing) summary")
    page.click("[data-act=share-talk]")
    page.wait_for_selector("#talk-tools a.shared")


@state
def shared_page(page: Page, desk: StatesDesk) -> None:
    share(page, desk)
    page.goto(page.locator("#talk-tools a.shared").evaluate("a => a.href"))


@state
def settings(page: Page, desk: StatesDesk) -> None:
    page.click("#settings-button")
    page.wait_for_selector("#settings-model .model")


# --- the corpus


@state
def corpus(page: Page, desk: StatesDesk) -> None:
    _view(page, "corpus")


@state
def corpus_none(page: Page, desk: StatesDesk) -> None:
    _view(page, "corpus")
    page.fill("#corpus-table .shelf-search", "no such thing")
    page.wait_for_selector("#corpus-table .empty")


@state
def refreshing(page: Page, desk: StatesDesk) -> None:
    desk.holding = True
    _view(page, "corpus")
    page.click("#refresh")
    page.wait_for_selector("#refresh-report progress")


@state
def dry_run(page: Page, desk: StatesDesk) -> None:
    _view(page, "corpus")
    page.click("#compare")
    page.wait_for_selector("#refresh-report:has-text('a.md')")


@state
def uploaded(page: Page, desk: StatesDesk) -> None:
    _view(page, "corpus")
    folder = Path(tempfile.mkdtemp())
    files = [folder / "a.md", folder / "run.md.exe"]
    for file in files:
        file.write_text("# A note\n")
    page.set_input_files("#upload input[type=file]", files)
    page.wait_for_selector("#refresh-report:has-text('a.md: in the corpus')")


@state
def pages_added(page: Page, desk: StatesDesk) -> None:
    _view(page, "corpus")
    page.fill(
        "#add-url textarea, #add-url input",
        "https://ok.test/a https://gone.test/b http://private.test/c",
    )
    page.click("#add-url-send")
    page.wait_for_selector("#add-url-report:has-text('in the corpus as')")


@state
def document(page: Page, desk: StatesDesk) -> None:
    page.goto(page.url.split("#")[0] + "document?id=curated/r1")


@state
def document_missing(page: Page, desk: StatesDesk) -> None:
    page.goto(page.url.split("#")[0] + "document?id=missing")


# --- the models


@state
def models(page: Page, desk: StatesDesk) -> None:
    _view(page, "models")


@state
def models_none(page: Page, desk: StatesDesk) -> None:
    _view(page, "models")
    page.fill("#models-table .shelf-search", "no such thing")
    page.wait_for_selector("#models-table .empty")


@state
def releases(page: Page, desk: StatesDesk) -> None:
    _view(page, "models", "?show=releases")


@state
def scores(page: Page, desk: StatesDesk) -> None:
    _view(page, "models", "?show=scores")


@state
def licences(page: Page, desk: StatesDesk) -> None:
    _view(page, "models", "?show=licences")


@state
def card(page: Page, desk: StatesDesk) -> None:
    page.goto(page.url.split("#")[0] + "card?id=deepseek-r1")
    page.wait_for_selector("h1")


def _view(page: Page, name: str, query: str = "") -> None:
    page.wait_for_selector("#status-line .fact")
    page.evaluate("(hash) => { location.hash = hash }", f"{name}{query}")
    page.wait_for_selector(f"#{name}-view .shelf-summary")


# --- the tour


def look(page: Page, scheme: Any) -> None:
    """Change the colours of a page that is open, and wait until they have changed."""
    page.bring_to_front()  # behind another tab a transition may stand still half-way
    page.emulate_media(color_scheme=scheme)
    page.wait_for_timeout(SETTLE_MS)
    page.wait_for_function(SETTLED, polling=50)


Watch = Callable[[Page], None]


@contextmanager
def entered(
    browser: Browser,
    address: str,
    desk: StatesDesk,
    name: str,
    width: int = 1440,
    watch: Watch = lambda page: None,
) -> Iterator[Page]:
    """A visitor of its own in the state; everything is let go at the end."""
    desk.gate.clear()
    size = {"width": width, "height": HEIGHTS[width]}
    context = browser.new_context(viewport=size, color_scheme="light", has_touch=width < 500)
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    watch(page)
    try:
        page.goto(address)
        page.wait_for_selector("#question textarea")
        STATES[name](page, desk)
        page.wait_for_timeout(SETTLE_MS)
        yield page
    finally:
        desk.gate.set()
        desk.empty = desk.holding = False
        desk.pages.clear()
        context.close()


@contextmanager
def states_desk() -> Iterator[tuple[StatesDesk, str]]:
    """The desk and the address of its app."""
    with tempfile.TemporaryDirectory() as home:
        desk = StatesDesk(Path(home))
        with serving(desk, EXAMPLES) as address:
            yield desk, address
            desk.gate.set()


def photograph(browser: Browser, address: str, desk: StatesDesk, name: str, folder: Path) -> None:
    """Take a state's picture in every look."""
    for width in WIDTHS:
        with entered(browser, address, desk, name, width) as page:
            for scheme in SCHEMES:
                look(page, scheme)
                page.screenshot(path=folder / f"{name}-{width}-{scheme}.png")


def main() -> None:
    """Take every picture that is asked for."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("folder", type=Path)
    options.add_argument("--only", nargs="+", choices=STATES, default=list(STATES), metavar="NAME")
    given = options.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with states_desk() as (desk, address), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for name in given.only:
            photograph(browser, address, desk, name, given.folder)
        browser.close()


if __name__ == "__main__":
    main()
