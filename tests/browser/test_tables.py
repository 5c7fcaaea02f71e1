"""The table of a catalogue answer and the table of models, in a real browser."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_chat import VISIBLE_IN_WINDOW, answered, ask, quote_in_view
from tests.ui.scripted import BIG_CARDS, CARDS, FORMULA, ScriptedDesk, table_answer

IN_VIEW = """element => {
  const box = element.getBoundingClientRect();
  return box.top >= 0 && box.bottom <= window.innerHeight;
}"""
NAMES = [card.name for card in BIG_CARDS] + ["Formula"]
ROWS = "#chat .answer tbody tr:visible"
HEADS = "#chat .answer thead th"


def shown(page: Any, column: int = 0, rows: str = ROWS) -> list[str]:
    """The visible values of a column, without markers."""
    cells: list[str] = page.locator(f"{rows} td:nth-child({column + 1})").evaluate_all(
        "cells => cells.map(cell => cell.firstChild.textContent.replace('\\u2060', '').trim())"
    )
    return cells


def ask_for_table(page: Any) -> None:
    ask(page, "a table please")
    answered(page, 1)
    page.wait_for_selector(ROWS)


def sort_by(page: Any, head: str) -> str:
    """Press the button of a column; returns the order that it then has."""
    page.locator(f"{HEADS} button", has_text=head).click()
    order: str = page.locator(HEADS, has_text=head).get_attribute("aria-sort")
    return order


def test_a_table_stands_under_the_answer_with_the_query_in_words(
    page: Any, desk: ScriptedDesk
) -> None:
    ask_for_table(page)
    answer = page.locator("#chat .answer")
    assert "Query: total parameters over 60B" in answer.inner_text()
    assert shown(page) == NAMES[:20]
    for row in page.locator(ROWS).all():
        assert row.locator("a.citation[data-n]").count() == 1
    number = page.locator(f"{ROWS} td:nth-child(2)").first
    assert number.evaluate("cell => getComputedStyle(cell).textAlign") == "right"


def test_a_long_table_unfolds_and_folds_again(page: Any, desk: ScriptedDesk) -> None:
    ask_for_table(page)
    unfold = page.locator("#chat button.unfold")
    assert unfold.inner_text() == f"Show all {len(NAMES)} rows"
    unfold.click()
    assert shown(page) == NAMES
    assert unfold.get_attribute("aria-expanded") == "true"
    unfold.click()
    assert shown(page) == NAMES[:20]


def test_heads_sort_by_mouse_and_keyboard_with_the_unknown_last(
    page: Any, desk: ScriptedDesk
) -> None:
    ask_for_table(page)
    page.click("#chat button.unfold")
    assert sort_by(page, "Active") == "descending"
    values = shown(page, 2)
    known = [float(value) for value in values if value != "–"]
    assert known == sorted(known, reverse=True)
    assert known and values[len(known) :] == ["–"] * (len(values) - len(known))
    page.keyboard.press("Enter")  # the button has the focus
    values = shown(page, 2)
    assert [float(value) for value in values[: len(known)]] == sorted(known)
    assert set(values[len(known) :]) == {"–"}
    page.keyboard.press("Enter")
    assert shown(page) == NAMES, "the third time undoes it"
    assert sort_by(page, "Model") == "ascending"
    assert shown(page)[0].casefold() == min(name.casefold() for name in NAMES)


def test_the_order_survives_the_next_question(page: Any, desk: ScriptedDesk) -> None:
    ask_for_table(page)
    sort_by(page, "Total")
    before = shown(page)
    ask(page, "Which licence?")
    answered(page, 2)
    table = page.locator("#past .answer tbody tr:visible")
    assert table.count() == 20
    assert shown(page, rows="#past .answer tbody tr:visible") == before
    page.click("#new")
    page.wait_for_selector("#chat .turn", state="detached")
    ask_for_table(page)
    assert shown(page) == NAMES[:20], "a new conversation begins in the order of the answer"


def test_a_row_s_marker_scrolls_to_its_quote_among_many(page: Any, desk: ScriptedDesk) -> None:
    ask_for_table(page)
    page.click("#chat button.unfold")
    assert page.locator("#sources .model-group:visible").count() == 10
    last = len(BIG_CARDS)
    page.click(f"#chat tbody a.citation[data-n='{last}']")
    assert quote_in_view(page, last) == table_answer("?").citations[-1].quote
    assert page.locator("#sources .source.active").count() == 1
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.n") == str(last)
    page.click("#chat tbody a.citation[data-n='3']")
    assert quote_in_view(page, 3) == table_answer("?").citations[2].quote


@pytest.mark.parametrize("width", [1440, 390])
def test_among_hundreds_of_sources_a_marker_still_finds_its_own(
    open_page: Callable[..., Any], desk: ScriptedDesk, width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    ask(page, "the longest table please")
    answered(page, 1)
    page.click("#chat button.unfold")
    assert page.locator(ROWS).count() == len(CARDS) + 1
    assert page.locator("#sources .source[id]").count() == len(CARDS)
    for number in (len(CARDS), 200, 7):
        page.click(f"#chat tbody a.citation[data-n='{number}']")
        assert quote_in_view(page, number) == table_answer("?", CARDS).citations[number - 1].quote
        page.wait_for_timeout(700)  # wherever the scroll ends, the quote is still there
        assert page.evaluate(f"({IN_VIEW})(document.querySelector('#source-{number}'))")


def test_the_way_back_opens_the_row_that_was_folded_away(page: Any, desk: ScriptedDesk) -> None:
    ask_for_table(page)
    page.click("#sources button.unfold")
    page.click("#chat button.unfold")
    page.click("#chat tbody a.citation[data-n='40']")
    page.click("#chat button.unfold")
    page.focus("#source-40")
    page.keyboard.press("Escape")
    page.wait_for_function(
        f"() => ({VISIBLE_IN_WINDOW})(document.querySelector('tbody a.citation[data-n=\"40\"]'))"
    )


def test_the_csv_is_the_whole_table_and_runs_no_formula(
    page: Any, desk: ScriptedDesk, tmp_path: Path
) -> None:
    ask_for_table(page)
    with page.expect_download() as download:
        page.click("#chat a.csv")
    assert download.value.suggested_filename == "refdesk-table.csv"
    path = tmp_path / "table.csv"
    download.value.save_as(path)
    head, *rows = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
    answer = table_answer("?")
    assert answer.table is not None
    assert head == [*answer.table.columns, "Sources"]
    for row, cells, citation in zip(rows, answer.table.rows, answer.citations, strict=False):
        assert row[:-1] == ["" if cell is None else str(cell) for cell in cells]
        assert row[-1] == citation.url
    assert rows[-1][:5] == ["Formula", "-1.5", "", "", f"'{FORMULA}"]
    assert len(rows) == len(answer.table.rows)
    assert page.evaluate("window.hacked") is None


def test_on_a_phone_the_table_scrolls_within_itself_and_its_names_stay(
    open_page: Callable[..., Any], desk: ScriptedDesk
) -> None:
    page = open_page(viewport={"width": 390, "height": 800})
    ask_for_table(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator("#chat .answer .scroll")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    box.focus()
    box.evaluate("box => box.scrollBy(400, 0)")
    marker = page.locator("#chat tbody a.citation").first
    assert marker.evaluate("element => element.getBoundingClientRect().left") >= 0
    marker.click()
    assert quote_in_view(page, 1) == table_answer("?").citations[0].quote
    page.click("#source-1 .back")
    page.wait_for_function(
        f"() => ({VISIBLE_IN_WINDOW})(document.querySelector('#chat a.citation[data-n=\"1\"]'))"
    )
