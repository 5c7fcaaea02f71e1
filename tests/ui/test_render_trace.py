"""Why an answer says what it says, as HTML: plain words, figures, and nothing forged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.types import Timings
from tests.ui.scripted import licence_answer, refusal
from tests.ui.test_render import HOSTILE, Tags, answered
from ui import render, render_trace


def test_the_trace_of_the_last_answer_is_folded_and_told_in_plain_words() -> None:
    html = render_trace.trace(answered(licence_answer("?")))
    assert html.startswith("<details") and " open" not in html.split(">")[0]
    text = Tags(html).text
    assert "2 of 3 drafted sentences were found in the sources" in text
    assert "86\xa0% likely; 40\xa0% were needed" in text
    assert render_trace.trace(None) == ""


def test_the_trace_names_question_stages_model_and_tokens() -> None:
    text = Tags(render_trace.trace(answered(licence_answer("?")))).text
    for part in ("Under which licence", "Searching 0.02 s", "1.2 s", "scripted", "412",
                 "96 of them remembered", "Evidence tokens305", "38, 17.2 a second"):  # fmt: skip
        assert part in text, part


def test_each_sentence_tells_what_its_checks_found() -> None:
    html = render_trace.trace(answered(licence_answer("?")))
    assert html.count('class="kept"') == 2 and html.count('class="dropped"') == 1
    text = Tags(html).text
    assert "all 3 checks passed; 80\xa0% of its words" in text
    assert "Not supported: too little of its wording stands in any passage" in text


def test_each_passage_tells_its_scores_and_what_became_of_it() -> None:
    text = Tags(render_trace.trace(answered(licence_answer("?")))).text
    assert "DeepSeek-R1: what was released0.6885.80.91cited [1][2]" in text
    assert "QwQ-32B0.41–0.44not read" in text


def test_a_refusal_tells_what_was_lacking_and_by_how_much() -> None:
    html = render_trace.trace(answered(refusal("Who won?")))
    text = Tags(html).text
    assert "Why no answer?" in text
    assert "does not answer exactly this question" in text
    assert "12\xa0% likely; 40\xa0% were needed" in text
    assert 'class="odds short"' in html and "left:40.0%" in html


def test_values_nobody_has_words_for_are_shown_and_empty_ones_left_out() -> None:
    answer = replace(
        licence_answer("?"), trace={"new_thing": {"x": [1, 2.0]}, "none": [], "void": None}
    )
    text = Tags(render_trace.trace(answered(answer))).text
    assert "New thingx: 1; 2" in text
    assert "None" not in text and "Void" not in text


def test_an_earlier_turn_carries_its_own_explanation() -> None:
    turns = (answered(licence_answer("?"), 1), answered(refusal("Who?"), 2))
    folds = [attrs.get("data-fold") for tag, attrs in Tags(render.conversation(turns)).tags
             if tag == "details" and attrs.get("class") == "why"]  # fmt: skip
    assert folds == ["why-1", "why-2"]
    assert 'class="why"' not in render.turn_article(turns[0])


@pytest.mark.parametrize("payload", HOSTILE)
def test_no_payload_of_a_trace_makes_a_tag(payload: str) -> None:
    def html(text: str) -> str:
        trace = {
            "refused": text,
            "missing": [text],
            "premise": text,
            "gates": [
                {"sentence": text, "failed": {text: [text], "names": [text]}},
                {"sentence": text, "supported": True, "passed": [text], "failed": text},
            ],
            "passages": [{"title": text, "document_id": text, "cosine": text, "score": 1}],
            "answerable": {"probability": text, "needed": text},
            "catalogue": {"described": text},
            "prompt_tokens": text,
            "cached_tokens": text,
            "answer_tokens": text,
            "tokens_per_second": text,
            "evidence_tokens": text,
            text: text,
        }
        answer = replace(licence_answer(text), model=text, standalone_question=text, trace=trace)
        refused = replace(answer, status="not_in_corpus")
        return "".join(render_trace.trace(answered(one)) for one in (answer, refused))

    hostile, plain = Tags(html(payload)), Tags(html("plain"))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in plain.tags]
    assert [set(attrs) for _, attrs in hostile.tags] == [set(attrs) for _, attrs in plain.tags]


@pytest.mark.parametrize(
    "odd",
    [
        {"gates": 3, "passages": "x", "answerable": [1]},
        {"gates": [1, None], "passages": [None], "answerable": {"probability": float("nan")}},
        {"answerable": {"probability": 7, "needed": -1}, "catalogue": [], "missing": 3},
    ],
)
def test_a_trace_of_another_shape_breaks_nothing(odd: dict[str, object]) -> None:
    answer = replace(licence_answer("?"), trace=odd, timings=Timings())
    assert Tags(render_trace.trace(answered(answer))).text
    assert Tags(render_trace.trace(answered(replace(answer, status="not_in_corpus")))).text
