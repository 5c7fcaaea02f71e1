"""Exports: every format in full, and text that tries to be a sign of the format."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from assistant.types import Answer, Citation, Sentence
from tests.ui.scripted import (
    APACHE,
    LICENCE,
    SIZE,
    licence_answer,
    qwq_answer,
    refusal,
    table_answer,
)
from ui.export import FORMATS, Exported, file_name
from ui.export_sources import entries
from ui.views import TurnView

TURNS = (
    TurnView(1, "Which licence?", phase="done", answer=licence_answer("Which licence?")),
    TurnView(2, "And QwQ-32B?", phase="done", answer=qwq_answer("And QwQ-32B?")),
    TurnView(3, "Who won?", phase="done", answer=refusal("Who won?")),
    TurnView(4, "endless", phase="stopped"),
)
TALK = Exported("Which licence?", "2026-11-23T10:00:00+00:00", "2026-11-23T10:05:00+00:00", TURNS)
MARKDOWN = f"""# Which licence?

refdesk, 2026-11-23 10:05 UTC

## 1. Which licence?

*Searched for: Under which licence was DeepSeek-R1 released?*

DeepSeek-R1 is under the MIT licence. [1] It has 671 billion parameters. [2] It is the most \
popular model in the world. *(not supported by the sources)*

References:

[1] **DeepSeek-R1: what was released** — DeepSeek, 2025-01-20, page 2, \
<https://github.com/deepseek-ai/DeepSeek-R1>, document curated/r1

> {LICENCE}

[2] **DeepSeek-R1: what was released** — DeepSeek, 2025-01-20, \
<https://github.com/deepseek-ai/DeepSeek-R1>, document curated/r1

> {SIZE}

## 2. And QwQ-32B?

QwQ-32B is under Apache 2.0. [1]

| model | total parameters | licence |
| --- | --- | --- |
| QwQ-32B [1] | 32,500,000,000 | Apache-2.0 |

References:

[1] **QwQ-32B** — Alibaba (Qwen), 2025-03-06, model card, <https://huggingface.co/Qwen/QwQ-32B>, \
document models/qwq-32b

> {APACHE}

## 3. Who won?

The corpus does not say who won the 1998 World Cup.

Nearest passages, which do not answer it:

[1] **DeepSeek-R1: what was released** — DeepSeek, 2025-01-20, \
<https://github.com/deepseek-ai/DeepSeek-R1>, document curated/r1

> The licence allows commercial use

## 4. endless

*Stopped. Nothing here was checked.*
"""
BIBTEX = f"""@misc{{deepseek-r1-what-was-released-2025,
  title = {{{{DeepSeek-R1: what was released}}}},
  author = {{{{DeepSeek}}}},
  publisher = {{DeepSeek}},
  year = {{2025}},
  month = {{1}},
  url = {{https://github.com/deepseek-ai/DeepSeek-R1}},
  note = {{Document curated/r1. [1] in answer 1, page 2: “{LICENCE}” [2] in answer 1: “{SIZE}”}},
}}

@misc{{qwq-32b-2025,
  title = {{{{QwQ-32B}}}},
  author = {{{{Alibaba (Qwen)}}}},
  publisher = {{Alibaba (Qwen)}},
  year = {{2025}},
  month = {{3}},
  url = {{https://huggingface.co/Qwen/QwQ-32B}},
  note = {{Document models/qwq-32b. [1] in answer 2: “{APACHE}”}},
}}
"""
NASTY = "a\\b {c} #1 $5 100% x_y ~z ^2 <b>&amp;</b> [l](http://e.example) `code` *s* | \x07 end"


def nasty_talk() -> Exported:
    """A conversation in which everybody tries to say something to the format."""
    citation = Citation(
        1,
        "files/{}%.pdf",
        NASTY,
        "# " + NASTY + "\n1. one\n- two\n> three",
        0,
        9,
        publisher="}} @misc{evil, " + NASTY,
        published="2025",
        url="https://e.example/a_b?x={1}&y=%7D#c",
    )
    answer = Answer(
        status="answered",
        question=NASTY,
        standalone_question=NASTY,
        text=NASTY,
        sentences=(Sentence("- " + NASTY, (1,)),),
        citations=(citation,),
    )
    turn = TurnView(1, NASTY, phase="done", answer=answer)
    return Exported(NASTY, "2026-11-23", "2026-11-23", (turn,))


def test_markdown_holds_answers_numbers_and_full_references() -> None:
    assert FORMATS["md"].write(TALK) == MARKDOWN


def test_bibtex_has_an_entry_per_document_with_its_quotes() -> None:
    assert FORMATS["bib"].write(TALK) == BIBTEX


def test_csl_json_has_the_fields_that_reference_managers_read() -> None:
    first, second = json.loads(FORMATS["csl"].write(TALK))
    assert first == {
        "id": "deepseek-r1-what-was-released-2025",
        "type": "webpage",
        "title": "DeepSeek-R1: what was released",
        "author": [{"literal": "DeepSeek"}],
        "publisher": "DeepSeek",
        "issued": {"date-parts": [[2025, 1, 20]]},
        "URL": "https://github.com/deepseek-ai/DeepSeek-R1",
        "note": f"Document curated/r1. [1] in answer 1, page 2: “{LICENCE}” "
        f"[2] in answer 1: “{SIZE}”",
    }
    assert second["id"] == "qwq-32b-2025"


def test_json_gives_each_answer_in_the_structure_of_ask() -> None:
    told = json.loads(FORMATS["json"].write(TALK))
    assert [turn["outcome"] for turn in told["turns"]] == ["done", "done", "done", "stopped"]
    for turn, view in zip(told["turns"][:3], TURNS, strict=False):
        assert view.answer is not None
        assert turn["answer"] == json.loads(json.dumps(view.answer.to_dict()))
        assert Answer.from_dict(turn["answer"]) == view.answer


def test_html_needs_nothing_else_and_each_marker_leads_to_its_own_quote() -> None:
    page = FORMATS["html"].write(TALK)
    assert "<script" not in page and "<button" not in page and "<link" not in page
    assert "default-src &#x27;none&#x27;" in page and "noindex" in page
    targets = set(re.findall(r'id="(source-\d+-\d+)"', page))
    links = re.findall(r'class="citation"[^>]* href="#([^"]+)"', page)
    assert targets == {"source-1-1", "source-1-2", "source-2-1", "source-3-1"}
    assert links and set(links) <= targets
    for quote in (LICENCE, SIZE, APACHE):
        assert f"<mark>{quote}</mark>" in page
    assert "/document?" not in page


def test_html_shows_the_whole_of_a_long_table() -> None:
    answer = table_answer("A table")
    assert answer.table is not None
    turn = TurnView(1, "A table", phase="done", answer=answer)
    page = FORMATS["html"].write(replace(TALK, turns=(turn,)))
    assert page.count("<tr") == len(answer.table.rows) + 1
    assert "<button" not in page
    assert ">Total parameters (B)</th>" in page.replace("</span>", "")


def test_no_text_means_anything_to_markdown() -> None:
    markdown = FORMATS["md"].write(nasty_talk())
    for line in markdown.splitlines():
        body = line.removeprefix("# ").removeprefix("## 1. ").removeprefix("> ")
        bare = re.sub(r"\\.", "", body)
        assert not re.search(r"[`|~$]|(?<!^)[#]", bare.split("<https://")[0]), line
        assert "](http" not in bare
    assert "> \\# a\\\\b" in markdown and "\n> 1\\. one\\\n" in markdown
    assert "\n> \\- two\\\n" in markdown and "\n> \\> three" in markdown
    assert "\x07" not in markdown


def test_braces_balance_and_nothing_is_a_command_in_bibtex() -> None:
    bibtex = FORMATS["bib"].write(nasty_talk())
    depth = 0
    for sign in bibtex:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert len(re.findall(r"^@misc\{", bibtex, re.MULTILINE)) == 1
    body = re.sub(r"^  url = .*$", "", bibtex, flags=re.MULTILINE)
    assert not re.search(r"(?<!\\)[#$%&_]", body)
    assert "url = {https://e.example/a_b?x=%7B1%7D&y=%7D#c}" in bibtex


def test_documents_of_one_title_get_keys_of_their_own() -> None:
    first = licence_answer("q").citations[0]
    answer = replace(
        licence_answer("q"),
        citations=tuple(replace(first, number=n, document_id=f"d{n}") for n in (1, 2, 3)),
    )
    keys = [entry.key for entry in entries((TurnView(1, "q", phase="done", answer=answer),))]
    assert keys == [f"deepseek-r1-what-was-released-2025{end}" for end in ("", "-2", "-3")]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Which licence?", "refdesk-which-licence.md"),
        ('"; rm -rf /\r\nX: y', "refdesk-rm-rf-x-y.md"),
        ("../../etc/passwd", "refdesk-etc-passwd.md"),
        ("许可证", "refdesk-conversation.md"),
        ("x" * 500, f"refdesk-{'x' * 60}.md"),
    ],
)
def test_a_file_name_is_plain_letters(title: str, name: str) -> None:
    assert file_name(title, "md") == name
