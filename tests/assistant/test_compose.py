"""Citations lead to the source that a curated sentence names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.attribution import Quote
from assistant.compose import citation
from assistant.evidence import pack
from assistant.prompts import answer_messages
from tests.assistant.passages import passage

SOURCES = (("BIS, 2022", "https://bis.gov/a"), ("R1 README", "https://github.com/x/y"))
TEXT = "The H20 needs a licence (sources: R1 README; BIS, 2022)."


def curated(text: str, sources: tuple[tuple[str, str], ...] = SOURCES):  # type: ignore[no-untyped-def]
    made = passage(text, title="The H20")
    info = replace(made.document, sources=sources, url="https://example.org/page")
    return replace(made, document=info)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (TEXT, "https://github.com/x/y"),
        ("It is old (source: BIS, 2022).", "https://bis.gov/a"),
        ("It is old (source: nobody).", "https://example.org/page"),
        ("It is old.", "https://example.org/page"),
    ],
)
def test_a_citation_leads_to_the_source_that_its_quote_names(text: str, url: str) -> None:
    made = curated(text)
    assert citation(1, Quote(made, 0, len(text), text)).url == url


def test_source_notes_stay_out_of_the_prompt_and_in_the_quote() -> None:
    made = curated(TEXT)
    evidence = pack("Does the H20 need a licence?", [made], 300)
    prompt = answer_messages("Does the H20 need a licence?", evidence)[-1].content
    assert "needs a licence." in prompt
    assert "README" not in prompt
    assert evidence.extracts[0].lines[0].unit.text == TEXT


def test_brackets_of_other_documents_are_kept() -> None:
    made = curated(TEXT, sources=())
    evidence = pack("Does the H20 need a licence?", [made], 300)
    assert "(sources: R1 README; BIS, 2022)" in answer_messages("H20?", evidence)[-1].content
