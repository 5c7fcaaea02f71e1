"""Sides, questions back, tools and plain text of a turn, by pure functions."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from assistant.types import Disagreement, Sentence, Side, Table
from index.types import Status
from tests.ui.scripted import licence_answer, qwq_answer, refusal
from ui import render, render_tools
from ui.answer_chart import answer_chart
from ui.plain_text import turn_text
from ui.render_sides import stated_sentences
from ui.views import TurnView

HOSTILE = '"><img src=x onerror=alert(1)>'
SIDES = Disagreement((Side("3,559", (1,), 2, "2020-04-01", "Census"), Side("3,600", (2,))))


def differing(*told: Sentence):  # type: ignore[no-untyped-def]
    answer = licence_answer("?")
    return replace(answer, sentences=(*answer.sentences, *told), disagreements=(SIDES,))


def test_sides_stand_in_place_of_the_sentences_that_tell_them() -> None:
    answer = differing(Sentence("They differ: “3,559”.", (1,)), Sentence("“3,600”.", (2,)))
    assert stated_sentences(answer) == answer.sentences[:3]
    html = render.answer_block(answer, 1)
    assert html.count("3,559") == 1
    assert "Census · 2020-04-01 · 2 sources" in re.sub(r"<[^>]+>", "", html)


def test_sentences_are_kept_where_the_sides_are_not_told_in_them() -> None:
    answer = differing(Sentence("Something else.", (1,)), Sentence("“3,600”.", (2,)))
    assert stated_sentences(answer) == answer.sentences
    assert 'class="sides"' not in render.answer_block(answer, 1)


def test_a_question_back_offers_its_readings_as_questions() -> None:
    back = f"Which clinic do you mean: {HOSTILE}, Mercy Clinic or another?"
    answer = replace(refusal("What does the clinic offer?"), text=back, clarification=back)
    html = render.answer_block(answer, 1)
    assert 'data-question="What does Mercy Clinic offer?"' in html
    assert "<img" not in html
    assert "Passages that may be meant" in html


def test_only_the_last_turn_can_be_asked_again() -> None:
    turn = TurnView(3, "?", "done", answer=licence_answer("?"))
    assert 'data-act="retry" data-turn="3"' in render.turn_article(turn)
    assert 'data-act="retry"' not in render.conversation((turn,))
    assert 'data-act="edit" data-turn="3"' in render.conversation((turn,))


def test_a_running_turn_has_no_tools() -> None:
    assert "turn-tools" not in render.turn_article(TurnView(1, "?", "drafting", draft="x"))


def test_the_first_screen_says_what_the_desk_is_about_and_what_it_holds() -> None:
    held = Status(667, 3000, 3000, 419, (), (), None, "home", "e")
    own = replace(held, documents=1, models=0)
    curated = render_tools.welcome(("Why?",), held, curated=True)
    assert "open-weight AI models" in curated and 'data-question="Why?"' in curated
    assert "from 248 documents and 419 model cards on this machine" in curated
    mine = render_tools.welcome((), own, curated=False)
    assert "Ask your documents" in mine and "from 1 document on this machine" in mine
    empty = render_tools.welcome((), replace(own, documents=0), curated=False)
    assert "still empty" in empty and "none-yet" in empty and "none-yet" not in curated


def test_a_refusal_says_what_can_be_done_and_only_the_last_one() -> None:
    turn = TurnView(1, "?", "done", answer=refusal("?"))
    assert "data-settings" in render.turn_article(turn)
    assert "data-settings" not in render.conversation((turn,))
    asked_back = replace(refusal("?"), clarification="Which one?")
    for answer in (licence_answer("?"), asked_back):
        assert "data-settings" not in render.turn_article(TurnView(1, "?", "done", answer=answer))


def test_tools_and_suggestions_escape_what_they_show() -> None:
    answer = replace(licence_answer(HOSTILE), sentences=(), text=HOSTILE)
    turn = TurnView(1, HOSTILE, "done", answer=answer)
    for html in (
        render_tools.turn_tools(turn, last=True),
        render_tools.edit_bar(turn),
        render_tools.suggestions((HOSTILE,), 1),
        render_tools.welcome((HOSTILE,), None, curated=False),
    ):
        assert "<img" not in html


def test_the_text_of_a_turn_has_its_table_and_its_references() -> None:
    text = turn_text(TurnView(1, "?", "done", answer=qwq_answer("?")))
    assert text.startswith("QwQ-32B is under Apache 2.0. [1]")
    assert "QwQ-32B\t32,500,000,000\tApache-2.0" in text
    assert "[1] QwQ-32B. Alibaba (Qwen). 2025-03-06. https://huggingface.co/Qwen/QwQ-32B." in text


def test_a_refusal_is_copied_with_its_nearest_passages() -> None:
    assert "Nearest passages:\n[1]" in turn_text(TurnView(1, "?", "done", answer=refusal("?")))


@pytest.mark.parametrize(
    ("table", "drawn"),
    [
        (Table(("", "A", "B"), (("MMLU", "80", "90"), ("MATH", "1", "2")),
               query={"shape": "compare"}), "Scores"),
        (Table(("", "A", "B"), (("Total parameters", "8B", "9B"), ("MMLU", "80", "not known")),
               query={"shape": "compare"}), ""),
        (Table(("Model", "Released"), (("A", "2024-01"), ("B", "2024-05"), ("C", "2025")),
               query={"shape": "timeline"}), "Releases"),
        (Table(("Model", "Released"), (("A", "2024-01"), ("B", None)),
               query={"shape": "timeline"}), ""),
        (Table(("Licence", "Models"), (("MIT", 30), ("Apache-2.0", 50), ("Other", 2)),
               query={"shape": "group"}), "Models by licence"),
        (Table(("Model", "Total parameters (B)"), (("A", 3), ("B", 2.5), ("C", 1)),
               query={"shape": "list", "sort": {"field": "total_params_b"}}), "Total parameters"),
        (Table(("Model", "Licence"), (("A", "MIT"), ("B", "MIT"), ("C", "MIT")),
               query={"shape": "list"}), ""),
        (Table((), ()), ""),
    ],
)  # fmt: skip
def test_a_chart_is_drawn_where_it_says_more_than_the_table(table: Table, drawn: str) -> None:
    figure = answer_chart(table)
    assert bool(figure) == bool(drawn)
    assert drawn in figure
