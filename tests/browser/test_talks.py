"""Conversations in a real browser: reload, list, search, rename, delete, links, exports, thumbs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ui.page
from tests.browser.conftest import serving
from tests.browser.test_chat import answered, ask, quote_in_view
from tests.ui.scripted import APACHE, LICENCE, SIZE, ScriptedDesk
from ui.talks import Talks


def reload(page: Any) -> None:
    """Load the page anew and wait until it shows its conversation."""
    page.reload()
    page.wait_for_selector("#question textarea")
    page.wait_for_selector("#chat .turn")


def open_list(page: Any) -> None:
    """Open the drawer and wait for the list."""
    page.click("#talks-open")
    page.wait_for_selector("#talk-list .talk, #talk-list .empty", state="visible")


def two_talks(page: Any) -> None:
    """Hold two conversations; the second stays open."""
    ask(page, "Which licence?")
    answered(page, 1)
    page.click("#new")
    page.wait_for_selector("#welcome", state="visible")
    ask(page, "And QwQ-32B?")
    answered(page, 1)


def listed(page: Any) -> list[str]:
    """The titles in the list."""
    return [title.strip() for title in page.locator("#talk-list .title").all_inner_texts()]


def test_a_reload_keeps_turns_numbers_and_quotes(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "Which licence?")
    answered(page, 1)
    ask(page, "And QwQ-32B?")
    answered(page, 2)
    before = page.locator("#chat .answer").all_inner_texts()
    reload(page)
    assert page.locator("#chat .answer").all_inner_texts() == before
    assert page.locator("#source-1 mark").inner_text() == APACHE
    page.click("#chat a.citation[data-turn='1'][data-n='2']")
    assert quote_in_view(page, 2) == SIZE
    page.click("#chat .thinking summary")
    assert page.locator("#chat .thinking > div").is_visible()
    assert page.locator("#welcome").is_visible() is False


def test_after_a_reload_follow_ups_carry_the_conversation(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "Which licence?")
    answered(page, 1)
    reload(page)
    ask(page, "And QwQ-32B?")
    answered(page, 2)
    question, history = desk.asked[-1]
    assert question == "And QwQ-32B?"
    assert history[0].text == "Which licence?"
    assert page.locator("#chat .turn").count() == 2
    open_list(page)
    assert listed(page) == ["Which licence?"], "it goes on as the same conversation"


def test_a_reload_while_an_answer_is_written_stops_it_and_keeps_the_question(
    browser: Any, served: tuple[ScriptedDesk, str], desk: ScriptedDesk
) -> None:
    # Not ``open_page``: Gradio says on the console that the stream of a page that goes broke off.
    page = browser.new_context().new_page()
    page.goto(served[1])
    page.wait_for_selector("#question textarea")
    ask(page, "endless")
    page.wait_for_selector("#chat .draft")
    page.wait_for_timeout(200)
    reload(page)
    assert page.locator("#chat .asked").inner_text().endswith("endless")
    assert "Stopped" in page.locator("#chat").inner_text()
    for _ in range(200):
        if desk.closed:
            break
        page.wait_for_timeout(50)
    assert desk.closed == ["endless"]
    ask(page, "Which licence?")
    answered(page, 2)
    page.context.close()


def test_a_page_that_the_server_forgot_goes_on_with_its_conversation(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui.page, "KEPT_SESSIONS", 1)
    desk = ScriptedDesk(tmp_path)
    with serving(desk) as address:
        one, two = (browser.new_context().new_page() for _ in range(2))
        for visitor in (one, two):  # the second one puts the first out of the server's memory
            visitor.goto(address)
            ask(visitor, "Which licence?")
            answered(visitor, 1)
        ask(one, "And QwQ-32B?")
        answered(one, 2)
        assert desk.asked[-1][1][0].text == "Which licence?"
        assert one.locator("#chat .turn").count() == 2
        for visitor in (one, two):
            visitor.context.close()


def test_a_new_tab_begins_afresh_and_lists_the_conversation(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "Which licence?")
    answered(page, 1)
    tab = page.context.new_page()
    tab.goto(page.url)
    tab.wait_for_selector("#welcome", state="visible")
    assert tab.locator("#chat .turn").count() == 0
    open_list(tab)
    assert listed(tab) == ["Which licence?"]
    tab.click("#talk-list .open")
    tab.wait_for_selector("#chat .turn")
    assert tab.locator("#source-1 mark").inner_text() == LICENCE


def test_new_and_open_change_what_a_reload_shows(page: Any, desk: ScriptedDesk) -> None:
    two_talks(page)
    open_list(page)
    assert listed(page) == ["And QwQ-32B?", "Which licence?"]
    page.click("#talk-list .talk:last-child .open")
    page.wait_for_selector("#chat .asked:has-text('Which licence?')")
    reload(page)
    assert "Which licence?" in page.locator("#chat .asked").inner_text()
    page.click("#new")
    page.wait_for_selector("#welcome", state="visible")
    page.reload()
    page.wait_for_selector("#welcome", state="visible")
    assert page.locator("#chat .turn").count() == 0


def test_search_looks_into_questions_and_answers(page: Any, desk: ScriptedDesk) -> None:
    two_talks(page)
    open_list(page)
    page.fill("#talk-search input, #talk-search textarea", "apache")
    page.wait_for_function("() => document.querySelectorAll('#talk-list .talk').length === 1")
    assert listed(page) == ["And QwQ-32B?"]
    assert "Apache 2.0" in page.locator("#talk-list .found").inner_text()
    page.fill("#talk-search input, #talk-search textarea", "no such words")
    page.wait_for_selector("#talk-list .empty")


def test_a_conversation_is_renamed(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "Which licence?")
    answered(page, 1)
    open_list(page)
    name = '<img src=x onerror="window.hacked=1"> & licences'
    page.click("#talk-list summary")
    page.fill("#talk-list input[name=title]", name)
    page.press("#talk-list input[name=title]", "Enter")
    page.wait_for_selector("#talk-list .title:has-text('licences')")
    assert listed(page) == [name]
    assert page.evaluate("window.hacked") is None


def test_a_deleted_conversation_leaves_the_page_and_can_be_brought_back(
    page: Any, desk: ScriptedDesk
) -> None:
    ask(page, "Which licence?")
    answered(page, 1)
    open_list(page)
    page.click("#talk-list .delete")
    page.wait_for_selector("#talk-list .deleted")
    assert listed(page) == []
    page.wait_for_function("() => !document.querySelector('#chat .turn')")
    page.click("#talk-list .deleted button")
    page.wait_for_selector("#talk-list .talk")
    assert listed(page) == ["Which licence?"]


def test_the_drawer_is_worked_by_keyboard(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "Which licence?")
    answered(page, 1)
    assert page.locator("#talk-list").is_visible() is False
    page.focus("#talks-open")
    page.keyboard.press("Enter")
    page.wait_for_selector("#talk-list .talk", state="visible")
    assert page.evaluate("document.activeElement.closest('#talk-search') !== null")
    assert page.get_attribute("#talks-open", "aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "talks-open"
    page.wait_for_selector("#talk-list", state="hidden")


def test_two_visitors_keep_their_own(
    open_page: Callable[..., Any], served: tuple[ScriptedDesk, str], desk: ScriptedDesk
) -> None:
    address = served[1]
    one, two = open_page(), open_page()
    ask(one, "Which licence?")
    ask(two, "And QwQ-32B?")
    answered(one, 1)
    answered(two, 1)
    for page, title in ((one, "Which licence?"), (two, "And QwQ-32B?")):
        reload(page)
        open_list(page)
        assert listed(page) == [title]
    stolen = one.evaluate("sessionStorage.getItem('refdesk-talk')")
    two.goto(f"{address}?talk={stolen}")
    two.wait_for_selector("#welcome", state="visible")
    assert two.locator("#chat .turn").count() == 0
    reply = two.request.get(f"{address}talk/{stolen}/export?format=md")
    assert reply.status == 404 and "licence" not in reply.text()
    assert one.request.get(f"{address}talk/{stolen}/export?format=md").status == 200


def test_the_visitors_cookie_is_out_of_reach(page: Any) -> None:
    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"
    assert len(cookie["value"]) == 43
    assert page.evaluate("document.cookie") == ""
    assert cookie["value"] not in page.url


def test_a_link_is_read_by_another_visitor_until_it_is_withdrawn(
    open_page: Callable[..., Any], desk: ScriptedDesk
) -> None:
    one, two = open_page(), open_page()
    ask(one, "Which licence?")
    answered(one, 1)
    one.click("#talk-tools details:has(.sharing) summary")
    one.click("[data-act=share-talk]")
    link = one.locator("#talk-tools a.shared")
    link.wait_for()
    address = link.evaluate("a => a.href")
    assert two.goto(address).headers["x-robots-tag"].startswith("noindex")
    assert two.locator("h1").inner_text() == "Which licence?"
    assert two.locator("#source-1-1 mark").inner_text() == LICENCE
    two.click("a.citation[data-n='2']")
    assert two.url.endswith("#source-1-2")
    assert two.locator("#source-1-2 mark").inner_text() == SIZE
    assert two.locator("button, script, form").count() == 0
    one.click("[data-act=withdraw-talk]")
    one.wait_for_selector("#talk-tools .sharing:not(:has(a.shared))")
    reply = two.request.get(address)
    assert reply.status == 404 and "withdrawn" in reply.text()


def shown(page: Any) -> tuple[str, list[str], list[str]]:
    """The answer's text on the page with its numbers, and the quotes of its sources."""
    text = page.locator("#chat .answer p").first.inner_text().replace("\u2060", "")
    quotes = page.locator("#sources .source mark").all_inner_texts()
    numbers = page.locator("#sources .source .number").all_inner_texts()
    return " ".join(text.split()), quotes, numbers


def test_an_export_holds_what_was_shown(page: Any, desk: ScriptedDesk, tmp_path: Path) -> None:
    ask(page, "Which licence?")
    answered(page, 1)
    text, quotes, numbers = shown(page)
    files = {}
    for name in ("md", "html", "json", "bib", "csl"):
        if not page.locator("#talk-tools ul").is_visible():
            page.click("#talk-tools details:has(ul) summary")
        with page.expect_download() as download:
            page.click(f"#talk-tools a[href$='format={name}']")
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        files[name] = path
    assert files["md"].name == "refdesk-which-licence.md"
    markdown = files["md"].read_text()
    for sentence in re.split(r"\[\d\]", text):
        assert " ".join(sentence.replace("not supported by the sources", "").split()) in (
            " ".join(markdown.split())
        )
    assert re.findall(r"^\[(\d)\] ", markdown, re.MULTILINE) == numbers
    assert [line[2:] for line in markdown.splitlines() if line.startswith("> ")] == quotes
    told = json.loads(files["json"].read_text())["turns"][0]["answer"]
    assert [citation["quote"] for citation in told["citations"]] == quotes
    assert all(quote in files["bib"].read_text() for quote in quotes)
    (item,) = json.loads(files["csl"].read_text())
    assert all(quote in item["note"] for quote in quotes)
    other = page.context.new_page()
    other.goto(files["html"].as_uri())
    said = other.locator(".answer p").first.inner_text().replace("\u2060", "")
    assert " ".join(said.split()) == text
    assert other.locator(".references mark").all_inner_texts() == quotes


def stored(desk: ScriptedDesk) -> list[tuple[str, str, str, str]]:
    """The feedback in the desk's home."""
    talks = Talks(desk.home)
    try:
        kept = [rated.feedback for rated in talks.rated()]
    finally:
        talks.close()
    return [(one.rating, one.reason, one.comment, one.expected) for one in kept]


def test_a_thumb_and_its_reason_are_kept_and_can_be_changed(page: Any, desk: ScriptedDesk) -> None:
    before = stored(desk)

    def added() -> list[tuple[str, str, str, str]]:
        page.wait_for_timeout(400)
        return stored(desk)[len(before) :]

    ask(page, "Which licence?")
    answered(page, 1)
    page.click("[data-thumb=down]")
    assert added() == [("down", "", "", "")]
    page.click(".reasons span:has-text('It is wrong')")
    page.fill(".reasons [name=expected]", "Apache 2.0")
    page.fill(".reasons [name=comment]", "See <b>page 3</b>.")
    page.click(".reasons button[type=submit]")
    assert added() == [("down", "wrong", "See <b>page 3</b>.", "Apache 2.0")]
    reload(page)
    assert page.get_attribute("[data-thumb=down]", "aria-pressed") == "true"
    page.click("[data-thumb=up]")
    assert added()[0][0] == "up"
    ask(page, "And QwQ-32B?")
    answered(page, 2)
    assert page.get_attribute(".turn[data-turn='1'] [data-thumb=up]", "aria-pressed") == "true"
    page.click(".turn[data-turn='1'] [data-thumb=up]")
    assert added() == []


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_of_it_is_wider_than_the_window(
    open_page: Callable[..., Any], desk: ScriptedDesk, width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    ask(page, "Which licence?")
    answered(page, 1)
    for summary in page.locator("#talk-tools summary").all():
        summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Escape")
    page.click("[data-thumb=down]")
    open_list(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
