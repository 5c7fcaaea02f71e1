"""Sources in a real browser: the card over a marker, the reader, pages, what was not used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.conftest import serving
from tests.browser.test_chat import answered, ask
from tests.ui.scripted import LICENCE
from tests.ui.sources_desk import HOSTILE, LONG_QUOTE, PDF_QUOTE, QUOTE_TOP, SourcesDesk

IN_VIEW = """(element) => {
  const frame = document.querySelector('.reader-body').getBoundingClientRect();
  const box = element.getBoundingClientRect();
  return box.height > 0 && box.top >= frame.top && box.bottom <= frame.bottom;
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SourcesDesk, str]]:
    """The desk with a PDF, and the address of its app."""
    desk = SourcesDesk(tmp_path_factory.mktemp("home"))
    with serving(desk) as address:
        yield desk, address


@pytest.fixture
def talk(page: Any) -> Any:
    """A page with one answer."""
    ask(page, "When does the kiosk open?")
    answered(page, 1)
    return page


def marker(page: Any, number: int) -> Any:
    return page.locator(f"#chat a.citation[data-n='{number}']")


def read(page: Any, number: int) -> Any:
    """Open the reader from a source card and return what it shows."""
    marker(page, number).click()
    page.click(f"#source-{number} a.here")
    page.wait_for_selector(".reader article.reading")
    return page.locator(".reader article.reading")


def in_view(page: Any, selector: str) -> None:
    """Wait until the first visible element of ``selector`` stands in the reader's window."""
    page.wait_for_function(
        f"([selector]) => [...document.querySelectorAll(selector)].some({IN_VIEW})", arg=[selector]
    )


# --- the card over a marker


def test_a_card_tells_the_source_under_the_mouse_and_can_be_entered(talk: Any) -> None:
    marker(talk, 1).hover()
    card = talk.locator("#peek")
    card.wait_for(state="visible")
    for part in ("The timetable of the kiosk", PDF_QUOTE, "The Kiosk · 2024-05 · page 7"):
        assert part in card.inner_text()
    assert marker(talk, 1).get_attribute("aria-describedby") == "peek"
    assert card.get_attribute("role") == "tooltip"
    card.hover()
    talk.wait_for_timeout(400)
    assert card.is_visible(), "it stays while the mouse is on it"
    talk.mouse.move(5, 5)
    card.wait_for(state="hidden")


def test_the_card_opens_for_the_keyboard_and_escape_closes_only_it(talk: Any) -> None:
    marker(talk, 1).focus()
    talk.keyboard.press("Tab")
    card = talk.locator("#peek")
    card.wait_for(state="visible")
    assert LICENCE in card.inner_text()
    talk.keyboard.press("Escape")
    card.wait_for(state="hidden")
    assert talk.evaluate("document.activeElement.dataset.n") == "2", "the focus stays"
    assert marker(talk, 2).get_attribute("aria-describedby") is None


def test_hostile_text_in_the_card_stays_text(talk: Any) -> None:
    marker(talk, 3).hover()
    talk.locator("#peek").wait_for(state="visible")
    assert HOSTILE in talk.locator("#peek").inner_text()
    assert talk.evaluate("window.hacked") is None
    assert talk.locator("#peek img, #peek svg").count() == 0


# --- the reader


def test_the_reader_opens_at_the_quote_and_escape_leads_back(talk: Any) -> None:
    shown = read(talk, 2)
    in_view(talk, ".reader mark")
    assert shown.locator("mark").inner_text() == LICENCE
    head = shown.locator("header").inner_text()
    for part in ("DeepSeek-R1: what was released", "DeepSeek", "2025-01-20"):
        assert part in head
    assert shown.get_by_text("open the original").get_attribute("href").startswith("https://")
    tab = shown.get_by_text("open in a tab").get_attribute("href")
    assert tab.startswith("/document?id=curated%2Fr1&start=")
    assert talk.locator("#chat .answer").is_visible(), "beside the chat"
    talk.keyboard.press("Escape")
    talk.locator(".reader").wait_for(state="hidden")
    assert talk.evaluate("document.activeElement.dataset.n") == "2"
    assert talk.locator("#source-2").is_visible()


def test_the_reader_goes_from_source_to_source(talk: Any) -> None:
    read(talk, 1)
    assert talk.locator(".reader-place").inner_text() == "Source 1 of 6"
    talk.click("[data-step='1']")
    talk.wait_for_function(
        "() => document.querySelector('.reader mark')?.innerText.includes('MIT')"
    )
    assert talk.locator(".reader-place").inner_text() == "Source 2 of 6"
    talk.click("[data-step='-1']")
    talk.wait_for_selector(".reader .leaf .spot")
    assert talk.locator("[data-step='-1']").get_attribute("aria-disabled") == "true"
    marker(talk, 2).click()  # it follows the markers, too
    talk.wait_for_function(
        "() => document.querySelector('.reader mark')?.innerText.includes('MIT')"
    )
    talk.click(".reader-close")
    assert talk.evaluate("document.activeElement.dataset.n") == "2"


def test_the_browsers_back_leads_from_the_reader_to_the_answer(talk: Any) -> None:
    read(talk, 2)
    address = talk.url
    talk.go_back()
    talk.locator(".reader").wait_for(state="hidden")
    assert talk.url == address and talk.locator("#chat .answer").is_visible()


def test_a_new_question_shows_its_own_sources(talk: Any) -> None:
    read(talk, 2)
    ask(talk, "And now?")
    answered(talk, 2)
    assert talk.locator(".reader").is_hidden()
    assert talk.locator("#source-1").is_visible()


def test_a_very_long_document_opens_at_its_quote_and_shows_more_both_ways(talk: Any) -> None:
    shown = read(talk, 4)
    in_view(talk, ".reader mark")
    assert shown.locator("mark").inner_text() == LONG_QUOTE
    assert len(shown.inner_text()) < 60_000
    lines = shown.locator("p.prewrap").count()
    top = shown.locator("mark").bounding_box()["y"]
    talk.locator(".reader-more[data-side=before]").evaluate("button => button.click()")
    talk.wait_for_function(f"() => document.querySelectorAll('.reader p.prewrap').length > {lines}")
    assert abs(shown.locator("mark").bounding_box()["y"] - top) < 2, "what is read stays in place"
    talk.locator(".reader-more[data-side=after]").evaluate("button => button.click()")
    talk.wait_for_function(
        f"() => document.querySelectorAll('.reader p.prewrap').length > {lines + 350}"
    )
    numbers = [int(line.split()[1]) for line in shown.locator("p.prewrap").all_inner_texts()]
    assert numbers == list(range(numbers[0], numbers[-1] + 1)), "nothing is left out or told twice"
    assert talk.locator(".reader-more").count() == 2


def test_hostile_text_in_the_reader_stays_text(talk: Any) -> None:
    shown = read(talk, 3)
    assert shown.locator("mark").inner_text() == HOSTILE
    assert talk.evaluate("window.hacked") is None
    assert shown.locator("img, svg, script").count() == 0


# --- a PDF's pages


def test_a_pdf_opens_at_its_page_with_the_mark_over_the_quote(talk: Any) -> None:
    shown = read(talk, 1)
    leaf = shown.locator(".leaf[data-page='7']")
    in_view(talk, ".leaf[data-page='7'] .spot")
    assert shown.locator(".leaf .spot").count() == leaf.locator(".spot").count() == 3
    talk.wait_for_function(
        "() => document.querySelector('[data-page=\"7\"] img').naturalWidth > 900"
    )
    sheet = leaf.locator(".sheet").bounding_box()
    for line, spot in enumerate(leaf.locator(".spot").all()):
        box = spot.bounding_box()
        baseline = sheet["y"] + sheet["height"] * (842 - QUOTE_TOP + 12 * line) / 842
        assert box["y"] < baseline - 2 < box["y"] + box["height"] < baseline + 8
        assert abs(box["x"] - sheet["x"] - sheet["width"] * 72 / 595) < 3
    assert "page 7" in shown.locator(".meta").inner_text()
    shown.get_by_role("button", name="Text").click()
    in_view(talk, ".reader-text mark")
    assert " ".join(shown.locator(".reader-text mark").all_inner_texts()) == PDF_QUOTE
    assert leaf.is_hidden()
    shown.get_by_role("button", name="Page").click()
    in_view(talk, ".leaf[data-page='7'] .spot")


def test_earlier_and_later_pages_can_be_shown(talk: Any) -> None:
    shown = read(talk, 1)
    assert shown.locator(".leaf").count() == 7
    talk.locator(".reader-more[data-side=before] >> visible=true").click()
    talk.wait_for_selector(".leaf[data-page='1']")
    talk.locator(".reader-pages .reader-more[data-side=after]").click()
    talk.wait_for_selector(".leaf[data-page='12']")
    pages = [leaf.get_attribute("data-page") for leaf in shown.locator(".leaf").all()]
    assert pages == [str(number) for number in range(1, 13)]
    assert talk.locator(".reader-pages .reader-more").count() == 0


# --- what was not used


def test_passages_that_were_not_used_are_folded_below_the_cited_ones(talk: Any) -> None:
    fold = talk.locator("#sources .unused")
    assert fold.locator("summary").inner_text() == "Also found (2)"
    assert talk.locator("#source-5").is_hidden()
    fold.locator("summary").click()
    card = talk.locator("#source-5")
    assert (
        "Plain text of page 2, line 3" in card.inner_text() and "score 0.421" in card.inner_text()
    )
    card.locator("a.here").click()
    talk.wait_for_selector(".leaf[data-page='2'] .spot")
    talk.keyboard.press("Escape")
    assert talk.evaluate("document.activeElement.className") == "here", "it has no marker"


# --- a phone


def test_on_a_phone_the_reader_is_a_sheet_that_keeps_the_focus(
    open_page: Callable[..., Any],
) -> None:
    page = open_page(viewport={"width": 390, "height": 800}, has_touch=True)
    ask(page, "When does the kiosk open?")
    answered(page, 1)
    read(page, 1)
    in_view(page, ".leaf[data-page='7'] .spot")
    box = page.locator(".reader").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 800)
    assert page.locator(".reader").get_attribute("aria-modal") == "true"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.reader') !== null")
    for button in page.locator(".reader-bar button").all():
        assert button.bounding_box()["height"] >= 44
    page.click(".reader-close")
    page.locator(".reader").wait_for(state="hidden")
    assert page.evaluate("document.activeElement.dataset.n") == "1"
