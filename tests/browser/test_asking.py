"""Asking in a real browser: settling, asking back, sides, tools of a turn, what may follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.test_chat import answered, ask
from tests.ui.scripted import ScriptedDesk
from tests.ui.scripted_asking import LICENSED, POPULAR, SIZED

TEXT_OF = "selector => document.querySelector(selector)?.innerText ?? ''"


def shows(page: Any, selector: str, text: str) -> None:
    """Wait until an element shows a text."""
    page.locator(selector, has_text=text).first.wait_for()


def test_checked_sentences_settle_while_the_rest_is_written(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "settle: which licence?")
    shows(page, "#chat .sentence.unsupported", POPULAR)
    settled = page.locator("#chat .sentence").first
    assert settled.inner_text().startswith(LICENSED)
    assert settled.locator("a.citation").inner_text() == "[1]"
    assert "It has 6" in page.locator("#chat .draft").inner_text()
    assert page.locator("#source-1 mark").inner_text().startswith("The code and the model weights")
    assert "not supported" in page.locator("#chat .unsupported").inner_text()
    place = settled.bounding_box()
    desk.gate.set()
    answered(page, 1)
    assert page.locator("#chat .draft").count() == 0
    assert settled.bounding_box() == place, "a settled sentence must not move"
    assert SIZED in page.locator("#chat .answer").inner_text()


def test_a_settled_sentence_can_be_followed_to_its_source_before_the_answer_is_done(
    page: Any, desk: ScriptedDesk
) -> None:
    ask(page, "settle early: which licence?")
    page.locator("#chat a.citation").first.click()
    page.locator("#source-1.active").wait_for()
    desk.gate.set()
    answered(page, 1)
    assert page.locator("#source-1.active").count() == 1


def test_a_stopped_draft_keeps_what_was_checked(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "settle: which licence?")
    shows(page, "#chat .sentence.unsupported", POPULAR)
    page.click("#stop")
    answered(page, 1)
    assert "Only what has a number was checked" in page.locator("#chat").inner_text()
    assert page.locator("#chat a.citation").count() == 1


def test_a_screen_reader_hears_the_answer_once(page: Any, desk: ScriptedDesk) -> None:
    page.evaluate("""() => {
      window.heard = [];
      new MutationObserver(() => window.heard.push(document.getElementById('announcer').innerText))
        .observe(document.getElementById('announcer'), { childList: true });
    }""")
    ask(page, "Show the draft: which licence?")
    page.wait_for_selector("#chat .draft")
    desk.gate.set()
    answered(page, 1)
    page.wait_for_function("() => window.heard.some(text => text.startsWith('Answer 1'))")
    heard = page.evaluate("window.heard")
    assert sum("DeepSeek-R1 is under the MIT licence." in text for text in heard) == 1
    assert page.locator("#chat [aria-live]").count() == 0


def test_what_is_asked_back_can_be_chosen(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "What does the clinic offer?")
    answered(page, 1)
    assert "Which clinic do you mean" in page.locator("#chat .asks-back").inner_text()
    assert page.locator("#chat .refusal").count() == 0
    page.click("#chat .asks-back button:has-text('Mercy Clinic')")
    answered(page, 2)
    question, history = desk.asked[-1]
    assert question == "What does Mercy Clinic offer?"
    assert history[0].text == "What does the clinic offer?"


def test_sides_that_differ_stand_beside_each_other(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "When do sources differ?")
    answered(page, 1)
    sides = page.locator("#chat .sides li")
    assert sides.count() == 2
    assert "6 March 2025" in sides.nth(0).inner_text()
    assert "2 sources" in sides.nth(1).inner_text()
    assert "20 January <b>2025</b>" in sides.nth(1).inner_text()
    assert page.locator("#chat .sentence").count() == 0, "told once, not twice"
    sides.nth(1).locator("a.citation").click()
    page.locator("#source-2.active").wait_for()


def test_an_answer_is_copied_with_its_references(
    open_page: Callable[..., Any], desk: ScriptedDesk
) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    ask(page, "Which licence?")
    answered(page, 1)
    page.click("#chat .tool-copy")
    shows(page, "#chat .tool-copy", "Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("DeepSeek-R1 is under the MIT licence. [1] It has 671 billion")
    assert "(not supported by the sources)" in text
    assert "[1] DeepSeek-R1: what was released. DeepSeek. 2025-01-20. page 2." in text


def test_retry_asks_again_in_place_of_the_last_answer(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "And QwQ-32B?")
    answered(page, 1)
    ask(page, "Which licence?")
    answered(page, 2)
    assert page.locator("#chat .tool-retry").count() == 1
    page.click("#chat .tool-retry")
    for _ in range(100):
        if len(desk.asked) == 3:
            break
        page.wait_for_timeout(50)
    answered(page, 2)
    assert page.locator("#chat .turn").count() == 2
    assert [question for question, _ in desk.asked] == ["And QwQ-32B?"] + 2 * ["Which licence?"]
    assert desk.asked[1][1] == desk.asked[2][1], "the dropped answer is no history"


def test_an_edited_question_drops_its_turn_and_later_ones(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "And QwQ-32B?")
    answered(page, 1)
    ask(page, "Which licence?")
    answered(page, 2)
    ask(page, "Who won the World Cup?")
    answered(page, 3)
    page.click("#chat .turn[data-turn='2'] .tool-edit")
    shows(page, "#edit-bar", "Which licence?")
    page.wait_for_function("() => document.activeElement.closest('#question') !== null")
    assert page.locator("#question textarea").input_value() == "Which licence?"
    assert page.locator("#chat .turn.to-drop").count() == 2
    assert page.evaluate("""() => {
      const box = document.querySelector('#edit-bar').getBoundingClientRect();
      return box.top >= 0 && box.bottom <= window.innerHeight;
    }"""), "what is being edited must be in the window"
    ask(page, "Which licence exactly?")
    page.wait_for_selector("#live .turn[data-turn='2']")
    answered(page, 2)
    assert page.locator("#chat .turn").count() == 2
    assert page.locator("#edit-bar .edit-bar").count() == 0
    question, history = desk.asked[-1]
    assert question == "Which licence exactly?"
    assert [turn.text for turn in history if turn.role == "user"] == ["And QwQ-32B?"]


def test_editing_can_be_left_with_escape_and_by_its_button(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "Which licence?")
    answered(page, 1)
    for leave in ("Escape", "button"):
        page.click("#chat .tool-edit")
        shows(page, "#edit-bar", "Which licence?")
        if leave == "Escape":
            page.press("#question textarea", "Escape")
        else:
            page.click("#edit-bar button")
        page.wait_for_function("() => !document.querySelector('#edit-bar .edit-bar')")
        page.wait_for_function("() => document.querySelector('#question textarea').value === ''")
    ask(page, "And QwQ-32B?")
    answered(page, 2)
    assert len(desk.asked[-1][1]) == 2, "nothing was dropped"


def test_tools_rest_while_an_answer_is_made(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "Which licence?")
    answered(page, 1)
    ask(page, "endless")
    page.wait_for_selector("#chat .draft")
    page.wait_for_function("() => document.querySelector('#chat .tool-edit').disabled")
    assert page.locator("#chat .tool:not(:disabled)").count() == 0
    page.click("#stop")
    answered(page, 2)
    page.wait_for_function("() => !document.querySelector('#chat .tool-edit').disabled")
    assert "endless" in desk.closed


def test_questions_that_may_follow_are_asked_with_one_click(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "And QwQ-32B?")
    answered(page, 1)
    page.wait_for_selector("#follow-ups button.suggestion")
    offered = page.locator("#follow-ups button.suggestion").all_inner_texts()
    assert 1 <= len(offered) <= 3
    assert any("QwQ-32B" in text for text in offered)
    page.locator("#follow-ups button.suggestion").first.click()
    answered(page, 2)
    assert desk.asked[-1][0] == offered[0]
    assert len(desk.asked[-1][1]) == 2


def test_a_comparison_of_scores_is_drawn(page: Any, desk: ScriptedDesk) -> None:
    ask(page, "Compare scores")
    answered(page, 1)
    chart = page.locator("#chat figure.chart")
    assert "Scores" in chart.locator("figcaption").inner_text()
    assert chart.locator("text.group").all_text_contents() == ["AIME 2024", "MATH-500"]
    widths = [bar["width"] for bar in chart.locator("rect:not(.track)").evaluate_all(
        "bars => bars.map(bar => ({ width: bar.getBBox().width }))"
    )]  # fmt: skip
    assert max(widths) == widths[3] > widths[2] > widths[1] > widths[0] > 0


def test_an_empty_corpus_says_how_to_fill_it(
    open_page: Callable[..., Any], desk: ScriptedDesk, monkeypatch: Any
) -> None:
    from dataclasses import replace

    empty = replace(desk.status(), documents=0)
    monkeypatch.setattr(desk, "status", lambda: empty)
    page = open_page()
    shows(page, "#welcome-text", "Its corpus is still empty")
    assert page.locator("#welcome-text button").count() == 0
