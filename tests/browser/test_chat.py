"""The chat in a real browser, driven by a scripted desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.ui.scripted import APACHE, LICENCE, SIZE, ScriptedDesk

VISIBLE_IN_WINDOW = """element => {
  const box = element.getBoundingClientRect();
  return box.height > 0 && box.bottom > 0 && box.top < window.innerHeight;
}"""


def ask(page: Any, question: str) -> None:
    """Type a question and send it with Enter."""
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")


def answered(page: Any, turn: int) -> None:
    """Wait until a turn is over and the next question can be asked."""
    page.wait_for_selector(f"#chat .turn[data-turn='{turn}'][aria-busy=false]")
    page.wait_for_selector("#send", state="visible")


def quote_in_view(page: Any, number: int) -> str:
    """Return the quote marked in ``#source-N``, which must be in the window."""
    mark = page.locator(f"#source-{number} mark")
    page.wait_for_function(
        f"() => ({VISIBLE_IN_WINDOW})(document.querySelector('#source-{number} mark'))"
    )
    return str(mark.inner_text())


def test_every_promised_element_is_in_the_page(page: Any) -> None:
    for name in (
        "question send stop chat sources trace corpus-table models-table refresh upload"
    ).split():
        assert page.locator(f"#{name}").count() == 1, name


def test_evidence_shows_before_the_first_word(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "slowly: which licence?")
    page.wait_for_selector("#source-2 mark", state="visible")
    assert page.locator("#source-2 mark").inner_text() == LICENCE
    assert page.locator("#chat .draft, #chat .answer").count() == 0
    desk.gate.set()
    answered(page, 1)
    assert "under the MIT licence" in page.locator("#chat .answer").inner_text()


def test_the_draft_is_shown_as_unchecked_and_then_replaced(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "Show the draft: which licence?")
    page.wait_for_selector("#chat .draft")
    page.wait_for_function("() => document.querySelector('.draft').innerText.includes('MIT')")
    assert "checked when complete" in page.locator("#chat").inner_text()
    assert page.locator("#chat a.citation").count() == 0
    desk.gate.set()
    answered(page, 1)
    assert page.locator("#chat .draft").count() == 0
    assert page.locator("#chat a.citation").count() == 2


def test_a_marker_opens_the_quote_in_its_passage(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "Which licence?")
    answered(page, 1)
    page.click("#chat a.citation[data-n='2']")
    assert quote_in_view(page, 2) == SIZE
    assert "active" in (page.locator("#source-2").get_attribute("class") or "")
    page.focus("#chat a.citation[data-n='1']")
    page.keyboard.press("Enter")
    assert quote_in_view(page, 1) == LICENCE
    assert page.locator(".source.active").count() == 1
    assert page.url.endswith("/")  # the address does not gather #source-N
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.n") == "1"


def test_a_marker_of_an_earlier_answer_shows_that_answers_sources(
    page: Any, desk: ScriptedDesk
) -> None:
    ask(page, "Which licence?")
    answered(page, 1)
    ask(page, "And QwQ-32B?")
    answered(page, 2)
    assert page.locator("#source-1 mark").inner_text() == APACHE
    page.click("#chat a.citation[data-turn='1'][data-n='1']")
    assert quote_in_view(page, 1) == LICENCE
    page.click("#chat a.citation[data-turn='2'][data-n='1'] >> nth=0")
    assert quote_in_view(page, 1) == APACHE
    assert page.locator("#source-1").count() == 1


def test_on_a_phone_a_marker_scrolls_to_its_quote_and_back(
    open_page: Callable[..., Any], desk: ScriptedDesk
) -> None:
    page = open_page(viewport={"width": 390, "height": 500})
    ask(page, "Which licence?")
    answered(page, 1)
    in_window = f"selector => ({VISIBLE_IN_WINDOW})(document.querySelector(selector))"
    page.locator("#chat a.citation[data-n='2']").scroll_into_view_if_needed()
    assert page.evaluate(in_window, "#source-2 mark") is False
    page.click("#chat a.citation[data-n='2']")
    assert quote_in_view(page, 2) == SIZE
    page.click("#source-2 .back")
    page.wait_for_function(f"() => ({in_window})('#chat a.citation[data-n=\"2\"]')")


# Presses Enter in the composer in the moment in which a turn is drawn as stopped.
AT_ONCE = """() => new MutationObserver((_, observer) => {
  if (!document.querySelector("#live .stopped")) return;
  observer.disconnect();
  const key = new KeyboardEvent("keypress", { key: "Enter", bubbles: true });
  document.querySelector("#question textarea").dispatchEvent(key);
}).observe(document, { childList: true, subtree: true })"""


def test_what_is_asked_as_soon_as_an_answer_is_stopped_is_answered(
    page: Any, desk: ScriptedDesk
) -> None:
    ask(page, "endless")
    page.wait_for_selector("#chat .draft")
    page.fill("#question textarea", "Which licence?")
    page.evaluate(AT_ONCE)
    page.click("#stop")
    answered(page, 2)
    assert "MIT" in page.locator("#chat .turn[data-turn='2'] .answer").inner_text()


def test_a_question_sent_twice_at_once_is_asked_once(page: Any, desk: ScriptedDesk) -> None:
    page.fill("#question textarea", "Which licence?")
    page.dblclick("#send")
    answered(page, 1)
    ask(page, "And QwQ-32B?")
    answered(page, 2)
    assert [question for question, _ in desk.asked] == ["Which licence?", "And QwQ-32B?"]


def test_stop_ends_the_stream_and_frees_the_desk(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "endless")
    page.wait_for_selector("#chat .draft")
    assert page.locator("#send").is_visible() is False
    page.click("#stop")
    answered(page, 1)
    assert "Stopped" in page.locator("#chat").inner_text()
    assert desk.closed == ["endless"]
    assert page.locator("#stop").is_visible() is False
    ask(page, "Which licence?")
    answered(page, 2)
    assert desk.asked[-1] == ("Which licence?", ())


def test_closing_the_page_frees_the_desk(open_page: Callable[..., Any], desk: ScriptedDesk) -> None:
    leaving, staying = open_page(), open_page()
    ask(leaving, "endless")
    leaving.wait_for_selector("#chat .draft")
    leaving.close()
    for _ in range(200):
        if desk.closed:
            break
        staying.wait_for_timeout(50)
    assert desk.closed == ["endless"]


def test_an_unsupported_sentence_is_marked_and_not_cited(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "Which licence?")
    answered(page, 1)
    unsupported = page.locator("#chat .unsupported")
    assert "not supported by the sources" in unsupported.inner_text()
    assert unsupported.locator("a").count() == 0


def test_a_refusal_is_calm_and_shows_the_nearest_passage(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "Who won the World Cup?")
    answered(page, 1)
    assert "does not say" in page.locator("#chat .refusal").inner_text()
    page.click("#chat .refusal a.citation")
    assert quote_in_view(page, 1) == "The licence allows commercial use"


def test_an_error_is_one_sentence_and_the_question_is_kept(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "broken")
    answered(page, 1)
    assert page.locator("#chat .error").inner_text() == (
        "The model server does not answer; start it or choose another."
    )
    page.wait_for_function("() => document.querySelector('#question textarea').value === 'broken'")


def test_follow_ups_carry_the_conversation_of_their_visitor_only(
    open_page: Callable[..., Any], desk: ScriptedDesk
) -> None:
    one, two = open_page(), open_page()
    ask(one, "Which licence?")
    answered(one, 1)
    ask(two, "And QwQ-32B?")
    answered(two, 1)
    assert desk.asked[-1] == ("And QwQ-32B?", ())
    ask(one, "And the size?")
    answered(one, 2)
    question, history = desk.asked[-1]
    assert question == "And the size?"
    assert history[0].text == "Which licence?"
    assert "QwQ" not in one.locator("#chat").inner_text()


def test_two_visitors_are_answered_at_the_same_time(
    open_page: Callable[..., Any], desk: ScriptedDesk
) -> None:
    one, two = open_page(), open_page()
    ask(one, "endless")
    one.wait_for_selector("#chat .draft")
    ask(two, "Which licence?")
    answered(two, 1)
    one.click("#stop")
    answered(one, 1)


def test_a_new_conversation_forgets_the_old_one(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "Which licence?")
    answered(page, 1)
    page.click("#new")
    page.wait_for_selector("#welcome", state="visible")
    assert page.locator("#chat .turn").count() == 0
    page.wait_for_function("() => !document.querySelector('#sources .source')")
    ask(page, "And QwQ-32B?")
    answered(page, 1)
    assert desk.asked[-1] == ("And QwQ-32B?", ())


def test_an_example_is_asked_with_one_click(page: Any, desk: ScriptedDesk) -> None:
    page.click("button.example")
    answered(page, 1)
    assert desk.asked[-1][0] == "Under which licence was DeepSeek-R1 released?"


def test_trace_and_thinking_stay_as_the_reader_left_them(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "Which licence?")
    answered(page, 1)
    assert page.locator("#trace dl").is_visible() is False
    page.click("#trace summary")
    assert "412" in page.locator("#trace dl").inner_text()
    page.click("#chat .thinking summary")
    ask(page, "And QwQ-32B?")
    answered(page, 2)
    assert page.locator("#chat .thinking > div").is_visible()
    assert page.locator("#trace dl").is_visible()


def test_the_corpus_and_the_models_are_listed_and_can_be_filtered(page: Any) -> None:
    page.click("#views a[data-view=corpus]")
    page.locator("#corpus-table li", has_text="DeepSeek-R1: what was released").wait_for()
    page.fill("#corpus-table .shelf-search", "no such thing")
    page.locator("#corpus-table .empty", has_text="No documents fit").wait_for()
    page.fill("#corpus-table .shelf-search", "deepseek mit")
    page.locator("#corpus-table .holdings").wait_for()
    assert page.locator("#corpus-table .holdings li").count() == 1
    page.click("#views a[data-view=models]")
    page.fill("#models-table .shelf-search", "qwq-32b apache")
    page.locator("#models-table td", has_text=re.compile("^QwQ-32B$")).wait_for()
    assert page.locator("#corpus-table").is_visible() is False


def test_refresh_reports_what_it_did(page: Any) -> None:
    page.click("#refresh")
    page.wait_for_selector("#refresh-report:has-text('1 added, 3 unchanged')")
    page.wait_for_function("() => !document.querySelector('#refresh').disabled")


def test_each_uploaded_file_is_kept_and_refreshed_or_refused(
    page: Any, desk: ScriptedDesk, note: Path
) -> None:
    bad = note.with_name("run.md.exe")
    bad.write_text("x")
    page.set_input_files("#upload input[type=file]", [str(bad), str(note)])
    page.wait_for_selector("#refresh-report:has-text('note.md: in the corpus')")
    assert "run.md.exe: Files of kind “.exe” cannot be read" in (
        page.locator("#refresh-report").inner_text()
    )
    kept = desk.home / "uploads"
    assert (kept / "note.md").read_text() == note.read_text()
    assert desk.added == [str(kept)]
    assert [path.name for path in kept.iterdir()] == ["note.md"]


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_is_wider_than_the_window(
    open_page: Callable[..., Any], desk: ScriptedDesk, width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    ask(page, "And QwQ-32B?")
    answered(page, 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.click("#chat a.citation >> nth=0")
    assert quote_in_view(page, 1) == APACHE


def test_a_source_can_be_read_in_full_at_its_quote(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "Which licence?")
    answered(page, 1)
    page.click("#source-1 a.here")
    with page.expect_popup() as opened:
        page.get_by_text("open in a tab").click()
    document = opened.value
    assert document.locator("h1").inner_text() == "DeepSeek-R1: what was released"
    assert document.locator("#quote").inner_text() == LICENCE
    assert document.evaluate(f"({VISIBLE_IN_WINDOW})(document.getElementById('quote'))")


def test_a_page_learns_of_a_refresh_that_another_visitor_made(
    open_page: Callable[..., Any], desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = open_page(), open_page()
    two.wait_for_selector("#status-line:has-text('2 documents')")
    grown = replace(desk.status(), documents=3)
    monkeypatch.setattr(desk, "status", lambda: grown)
    one.click("#refresh")
    two.wait_for_selector("#status-line:has-text('3 documents')")


def test_hostile_text_stays_text(page: Any, desk: ScriptedDesk) -> None:
    payload = '<img src=x onerror="window.hacked=1"> ${window.hacked=1} {{this}} **b** broken'
    ask(page, payload)
    answered(page, 1)
    assert page.locator("#chat .asked").inner_text().endswith(payload)
    assert page.evaluate("window.hacked") is None
