"""Saved questions and news as HTML: what strangers wrote stays text, links lead to the quotes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.saved.questions import NEW_ANSWER
from assistant.saved.types import Change, DatedAnswer, SavedQuestion
from index.types import NewsItem
from tests.ui.scripted import licence_answer, refusal, table_answer
from tests.ui.test_render import HOSTILE, Tags
from ui import render_news, render_saved, render_tools
from ui.markup import Span, document_href
from ui.views import TurnView

ANSWER = licence_answer("q")
NOW = DatedAnswer(9, "2026-11-30T10:00:00Z", ANSWER, (Change("value", "From MIT to GPL."),))
BEFORE = DatedAnswer(3, "2026-11-01T10:00:00Z", refusal("q"))
SAVED = SavedQuestion(
    "ab12", "Which licence?", "ann", "2026-11-01T10:00:00Z", "2026-11-30T10:00:00Z", NEW_ANSWER,
    unseen=True, answers=(NOW, BEFORE),
)  # fmt: skip


@pytest.mark.parametrize("payload", HOSTILE)
def test_what_strangers_wrote_stays_text(payload: str) -> None:
    citation = replace(ANSWER.citations[0], title=payload, quote=payload, document_id=payload)
    answer = replace(ANSWER, text=f"{payload} [1]", citations=(citation,))
    dated = replace(NOW, answer=answer, changes=(Change("value", payload),))
    saved = replace(SAVED, id=payload, question=payload, note=payload,
                    answers=(dated, dated))  # fmt: skip
    plain = render_saved.saved_list([replace(SAVED, answers=(NOW, NOW), note="Asked.")])
    item = NewsItem(payload, payload, "document", "added", "2026-01-02T00:00:00Z", payload, 0, 5)
    for html in (
        render_saved.saved_list([saved], "secret"),
        render_news.whats_new([item] * 6, payload),
        render_tools.turn_tools(TurnView(1, payload, answer=replace(answer,
                                standalone_question=payload)), last=True),
    ):  # fmt: skip
        seen = Tags(html)
        assert not {"script", "img", "svg", "iframe", "style"} & {tag for tag, _ in seen.tags}
        assert not any(name.startswith("on") for _, attrs in seen.tags for name in attrs)
    assert "<article" in plain


def test_a_row_tells_the_answer_its_source_the_change_and_what_was_before() -> None:
    html = render_saved.saved_list([SAVED])
    seen = Tags(html)
    cited = ANSWER.citations[0]
    href = document_href(cited.document_id, Span(cited.start, cited.end), cited.quote)
    assert ("a", href) in {(tag, attrs.get("href")) for tag, attrs in seen.tags}
    for said in (
        "Which licence?",
        "changed",
        "From MIT to GPL.",
        "1 earlier answer",
        "Stop asking",
    ):
        assert said in seen.text
    assert NEW_ANSWER not in seen.text, "what changed stands there already"
    assert 'data-newest="9"' in html


def test_the_desks_question_cannot_be_stopped_by_a_visitor() -> None:
    html = render_saved.saved_list([replace(SAVED, owner="")])
    assert "saved for everybody" in html
    assert "Stop asking" not in html and "data-own" not in html


def test_what_waits_says_so_and_a_table_is_counted() -> None:
    waiting = replace(SAVED, answers=(), due=True, note="")
    assert "Waiting to be asked." in render_saved.saved_list([waiting])
    failed = replace(SAVED, due=True, note="Could not be asked again: no model.")
    assert "Could not be asked again: no model." in render_saved.saved_list([failed])
    table = replace(NOW, answer=table_answer("q"))
    assert "(a table of 61 rows)" in render_saved.saved_list([replace(SAVED, answers=(table,))])
    assert "Nothing is saved yet" in render_saved.saved_list([])


def test_an_answer_can_be_kept_but_not_a_question_back() -> None:
    turn = TurnView(1, "and its licence?", phase="done", answer=ANSWER)
    html = render_tools.turn_tools(turn, last=True)
    assert f'data-question="{ANSWER.standalone_question}"' in html
    asked = replace(turn, answer=replace(ANSWER, clarification="Which one?"))
    assert "tool-keep" not in render_tools.turn_tools(asked, last=True)


def test_news_are_counted_folded_and_bounded() -> None:
    kinds = ["added"] * 150 + ["changed", "removed"]
    items = [NewsItem(f"d/{n}", f"Title {n}", "document", what, "2026-01-02T00:00:00Z", "q", 0, 1)
             for n, what in enumerate(kinds)]  # fmt: skip
    text = Tags(render_news.whats_new(items, "2026-01-01T00:00:00Z")).text
    assert "150 new, 1 changed, 1 gone" in text
    assert "96 more" in text and "The newest 100 are listed." in text
    assert "Title 99" in text and "Title 100" not in text
    assert render_news.whats_new([], "2026-01-01T00:00:00Z") == ""
