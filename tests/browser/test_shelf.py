"""The Corpus and Models views in a real browser: filters, what is new, charts, cards, drops."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from index.types import NewsItem
from tests.ui.scripted import APACHE, INFOS, ScriptedDesk
from ui.markup import Span, document_href

DROP = """
([files, kind]) => {
  const carried = new DataTransfer();
  for (const [name, text] of files) carried.items.add(new File([text], name));
  const where = document.querySelector("#ask-view");
  where.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true,
                                             dataTransfer: carried }));
}
"""  # what a browser does for a file that is dragged from a folder


def view(page: Any, name: str, query: str = "") -> None:
    """Open a view and wait for its list."""
    page.evaluate("(hash) => { location.hash = hash }", f"{name}{'?' if query else ''}{query}")
    page.wait_for_selector(f"#{name}-view .shelf-summary")


def titles(page: Any) -> set[str]:
    """The documents that are listed."""
    return set(page.locator("#corpus-view .what a").all_inner_texts())


def test_files_dropped_anywhere_go_the_way_of_the_button(page: Any, desk: ScriptedDesk) -> None:
    files = [["note.md", "Dropped here."], ["run.exe", "MZ"]]
    page.wait_for_selector("#upload input[type=file]", state="attached")
    page.evaluate(DROP, [files, "dragenter"])
    assert page.locator("#dropzone").is_visible()
    page.evaluate(DROP, [files, "dragleave"])
    assert not page.locator("#dropzone").is_visible()
    page.evaluate(DROP, [files, "dragenter"])
    page.evaluate(DROP, [files, "drop"])
    assert not page.locator("#dropzone").is_visible()
    page.wait_for_selector("#refresh-report:has-text('note.md: in the corpus')")
    assert "run.exe: Files of kind “.exe” cannot be read" in (
        page.locator("#refresh-report").inner_text()
    )
    assert (desk.home / "uploads" / "note.md").read_text() == files[0][1]


def test_text_that_is_dragged_opens_no_zone(page: Any) -> None:
    page.evaluate(
        "() => { const carried = new DataTransfer(); carried.setData('text/plain', 'words');"
        " document.body.dispatchEvent(new DragEvent('dragenter',"
        " { bubbles: true, dataTransfer: carried })); }"
    )
    assert page.locator("#dropzone:visible").count() == 0


def test_a_filter_narrows_the_list_stands_in_the_address_and_can_be_cleared(page: Any) -> None:
    view(page, "models")
    all_models = page.locator("#models-view .shelf-summary").inner_text()
    page.locator("input[name='developer'][value='Mistral AI']").check()
    page.wait_for_function(
        "before => document.querySelector('#models-view .shelf-summary').innerText !== before",
        arg=all_models,
    )
    assert "developer=Mistral" in page.evaluate("location.hash")
    count = page.locator("#models-view .choice:has(:checked) .count").first.inner_text()
    assert page.locator("#models-view .shelf-summary").inner_text().startswith(f"{count} models")
    page.reload()
    page.wait_for_selector("#models-view .choice :checked")
    page.click("#models-view [data-clear]")
    page.wait_for_function(
        "before => document.querySelector('#models-view .shelf-summary').innerText === before",
        arg=all_models,
    )


def test_what_came_since_the_last_visit_is_told_and_can_be_shown_alone(
    open_page: Callable[..., Any], desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = INFOS.values()
    dated = [
        replace(old, first_seen="2026-10-01T08:00:00Z"),
        replace(new, first_seen="2026-11-22T08:00:00Z"),
    ]
    monkeypatch.setattr(desk, "documents", lambda: dated)
    came = NewsItem(new.id, new.title, new.kind, "added", new.first_seen or "", APACHE, 90, 132)
    gone = NewsItem("old/gone.md", "<img src=x>", "document", "removed", "2026-11-21T00:00:00Z",
                    "It said <b>so</b>.", 0, 18)  # fmt: skip
    monkeypatch.setattr(desk, "told", (came, gone))
    page = open_page()
    view(page, "corpus")
    assert page.locator(".whats-new").count() == 0, "nothing is new on a first visit"
    visit = json.dumps({"before": "", "seen": "2026-11-20T12:00:00.000Z"})
    page.add_init_script(f"localStorage.setItem('refdesk-visit', {visit!r})")
    page.reload()
    view(page, "corpus")
    page.wait_for_selector(".whats-new")
    assert page.locator(".whats-new h2").inner_text() == (
        "Since your last visit: 1 new, 1 gone (2026-11-20 12:00 UTC)"
    )
    assert page.locator(".whats-new li").all_inner_texts() == [
        f"new\n{new.title}\n“{APACHE}”".replace("“", "").replace("”", ""),
        "gone\n<img src=x>\nIt said <b>so</b>.",
    ]
    href = page.locator(".whats-new a").first.get_attribute("href")
    assert href == document_href(new.id, Span(90, 132), APACHE)
    assert "1 new since your last visit (2026-11-20" in page.locator(".news").inner_text()
    assert titles(page) == {old.title, new.title}
    page.check(".news input")
    page.wait_for_function("document.querySelectorAll('#corpus-view .what').length === 1")
    assert titles(page) == {new.title}


@pytest.mark.parametrize("show", ["releases", "scores", "licences"])
def test_each_chart_is_a_picture_with_a_name_whose_points_lead_to_cards(
    page: Any, show: str
) -> None:
    view(page, "models", f"show={show}")
    chart = page.locator("#models-view svg[role='img'], #models-view figure svg").first
    assert chart.is_visible()
    if show == "licences":
        return
    link = page.locator("#models-view svg a").first
    address = link.get_attribute("href")
    assert address.startswith("/card?id=")
    page.goto(page.evaluate("href => new URL(href, location.href).href", address))
    assert page.locator("h1").inner_text()
    assert page.locator("table").count() >= 1


def test_a_card_hands_its_question_to_the_composer(page: Any) -> None:
    page.goto(page.evaluate("new URL('/card?id=qwq-32b', location.href).href"))
    assert page.locator("h1").inner_text() == "QwQ-32B"
    page.get_by_text("Ask about it").click()
    page.wait_for_selector("#question textarea")
    page.wait_for_function("document.querySelector('#question textarea').value.includes('QwQ-32B')")
