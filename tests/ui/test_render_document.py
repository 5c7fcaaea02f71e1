"""A document's own page: the quote marked where it stands, pages named, nothing forged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.types import Block, Document, DocumentInfo, Page
from tests.ui.test_render import HOSTILE, Tags
from ui import render_document
from ui.markup import Span, document_href
from ui.render_document import document_page, missing_page

TEXT = "Licences\n\nThe weights are MIT.\n\nModel | Size\nR1 | 671B\n\nThe end."
DOCUMENT = Document(
    DocumentInfo("docs/a b.md", "A & B", url="https://example.org/a"),
    TEXT,
    (
        Block("heading", 0, 8, level=1),
        Block("paragraph", 10, 30),
        Block("table", 32, 54),
        Block("paragraph", 56, 64),
    ),
    (Page(1, 0, 31), Page(2, 31, len(TEXT))),
    "0" * 64,
)


def page(document: Document = DOCUMENT, quote: str | None = None) -> str:
    if quote is None:
        return document_page(document, "")
    start = document.text.index(quote)
    return document_page(document, "", Span(start, start + len(quote)))


def test_the_quote_is_marked_once_and_can_be_jumped_to() -> None:
    assert 'The weights are <mark id="quote">MIT</mark>.' in page(quote="MIT")


def test_a_quote_over_two_blocks_is_marked_in_both() -> None:
    html = page(quote="MIT.\n\nModel | Size")
    assert '<mark id="quote">MIT.</mark>' in html
    assert "<mark>Model | Size</mark>" in html
    assert html.count('id="quote"') == 1


def test_blocks_keep_their_kind_and_pages_their_number() -> None:
    html = page()
    assert "<h2" in html and '<pre class="table">' in html
    assert html.index('id="page-1"') < html.index("Licences</h2>")
    assert html.index("MIT.") < html.index('id="page-2"') < html.index("Model | Size")
    assert "<mark" not in html


def test_every_character_of_every_block_is_shown() -> None:
    shown = Tags(page(quote="671B"), void=True).text
    for block in DOCUMENT.blocks:
        assert TEXT[block.start : block.end] in shown


@pytest.mark.parametrize("span", [(-5, 3), (60, 10**12), (9, 2), (10**9, 10**9 + 1), (-9, -2)])
def test_any_range_in_the_address_is_harmless(span: tuple[int, int]) -> None:
    assert "The weights" in Tags(document_page(DOCUMENT, "", Span(*span)), void=True).text


def test_a_long_document_is_shown_around_its_quote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_document, "WINDOW_CHARS", 20)
    html = page(quote="671B")
    assert '<mark id="quote">671B</mark>' in html
    assert "Licences</h2>" not in html
    assert "of 64 are shown" in html


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_hostile_document_makes_no_tag(payload: str) -> None:
    hostile = replace(
        DOCUMENT,
        info=DocumentInfo(
            *[payload] * 3, "document", *[payload] * 6, (payload,), ((payload, payload),)
        ),
        text=payload,
        blocks=(Block("paragraph", 0, len(payload)),),
        pages=(),
    )
    plain = replace(
        hostile, info=DocumentInfo("x", "x", sources=(("x", "x"),)), text="x", blocks=()
    )
    tags = [tag for tag, _ in Tags(document_page(hostile, "", Span(0, 1)), void=True).tags]
    assert tags == [tag for tag, _ in Tags(document_page(plain, "", Span(0, 1)), void=True).tags]


def test_the_address_carries_any_id_and_the_quote() -> None:
    assert document_href("docs/a b&c#d") == "/document?id=docs%2Fa%20b%26c%23d"
    assert document_href("x", Span(3, 9)) == "/document?id=x&start=3&end=9#quote"


# --- the sources that a document names ----------------------------------------------------

SOURCES = (("DeepSeek README", "https://github.com/deepseek-ai/x"), ("nist.gov", "https://nist.gov/"),
           ("bad", "javascript:alert(1)"))  # fmt: skip
SOURCED = (
    "R1 is MIT (source: DeepSeek README). Two say so (sources: nist.gov; DeepSeek README). "
    "Nobody knows (source: elsewhere; bad)."
)


def sourced(text: str = SOURCED, block: Block | None = None) -> Document:
    blocks = (block or Block("paragraph", 0, len(text)),)
    return Document(DocumentInfo("d", "D", sources=SOURCES), text, blocks, (), "0" * 64)


def origins(html: str) -> list[tuple[str | None, str | None]]:
    tags = Tags(html, void=True).tags
    return [(a["href"], a["rel"]) for tag, a in tags if tag == "a" and a.get("class") == "origin"]


def test_a_source_named_in_the_text_leads_to_its_address() -> None:
    html = document_page(sourced(), "")
    body = html.partition('<section class="sources">')[0]
    assert [href for href, _ in origins(body + "</main></body></html>")] == [
        SOURCES[0][1], SOURCES[1][1], SOURCES[0][1],
    ]  # fmt: skip
    assert {rel for _, rel in origins(html)} == {"noopener noreferrer nofollow"}
    assert 'target="_blank"' in body
    assert "(source: elsewhere; bad)" in body, "what has no web address stays text"


def test_all_sources_are_listed_at_the_foot() -> None:
    foot = document_page(sourced(), "").partition('<section class="sources">')[2]
    for label, address in SOURCES[:2]:
        assert f'href="{address}"' in foot and label in foot
    assert "javascript:" not in [href for href, _ in origins(document_page(sourced(), ""))]
    assert '<section class="sources">' not in page()


def test_a_quote_with_its_source_is_marked_and_linked() -> None:
    quote = "R1 is MIT (source: DeepSeek README)."
    html = document_page(sourced(), "", Span(0, len(quote)))
    marked = html[html.index("<mark") : html.index("</mark>")]
    assert f'href="{SOURCES[0][1]}"' in marked
    cut = document_page(sourced(), "", Span(0, 25))  # the mark ends inside the label
    assert SOURCED[:25] in Tags(cut, void=True).text


def test_the_cells_of_a_table_that_name_sources_are_linked() -> None:
    text = "Model | Source\nR1 | DeepSeek README; nist.gov\nnist.gov says | bad"
    table = Block("table", 0, len(text), header_end=14)
    html = document_page(sourced(text, table), "")
    body = html.partition('<section class="sources">')[0] + "</main></body></html>"
    assert [href for href, _ in origins(body)] == [SOURCES[0][1], SOURCES[1][1]]
    assert text in Tags(html, void=True).text


def test_every_page_of_its_own_leads_back_to_the_desk() -> None:
    for html in (page(), missing_page("It is gone.", "")):
        assert html.index('<a href="/">refdesk</a>') < html.index("<h1")
