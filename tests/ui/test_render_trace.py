"""Why an answer says what it says, as HTML."""

from __future__ import annotations

from dataclasses import replace

from tests.ui.scripted import licence_answer
from tests.ui.test_render import answered
from ui import render_trace


def test_the_trace_shows_records_as_a_table_and_leaves_empty_values_out() -> None:
    answer = replace(
        licence_answer("?"),
        trace={"passages": [{"document_id": "a", "cosine": 0.68840}, {"bm25": 5.8}], "none": []},
        as_of="2026-11-23T14:13:07+00:00",
    )
    html = render_trace.trace(answered(answer))
    assert "<caption>Passages</caption>" in html
    for part in ("document id", "cosine", "bm25", "0.688", "2026-11-23 14:13 UTC"):
        assert part in html
    assert "None" not in html


def test_the_trace_names_question_stages_model_and_prompt() -> None:
    html = render_trace.trace(answered(licence_answer("?")))
    for part in ("Under which licence", "0.02 s", "1.20 s", "scripted", "Prompt tokens", "412"):
        assert part in html
    assert html.startswith("<details") and " open" not in html.split(">")[0]
    assert render_trace.trace(None) == ""
