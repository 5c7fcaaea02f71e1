"""What the server gives to the reader: only documents of the index, only unchanged files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from assistant.types import Answer
from corpus.errors import ParseError
from corpus.parse.pdf_view import Sought, boxes, page_image, page_shapes
from tests.ui.scripted import ScriptedDesk
from tests.ui.sources_desk import PDF_QUOTE, QUOTE_TOP, SourcesDesk
from ui import reader, render
from ui.markup import Span
from ui.render_sources import sources_panel
from ui.views import TurnView, source_cards

PAPER = "files/paper.pdf"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> SourcesDesk:
    return SourcesDesk(tmp_path_factory.mktemp("home"))


def client(desk: ScriptedDesk) -> TestClient:
    def image(request: Request) -> Response:
        return reader.page_image(desk, request)

    app = Starlette()
    app.add_route("/image", image)
    return TestClient(app)


def shown(desk: SourcesDesk, part: str = "reader") -> str:
    cited = desk.answer.citations[0]
    body = reader.reader_page(desk, PAPER, Span(cited.start, cited.end), part).body
    return bytes(body).decode()


def test_a_page_is_a_png_that_the_browser_may_keep(desk: SourcesDesk) -> None:
    with client(desk) as http:
        first = http.get("/image", params={"id": PAPER, "number": "7"})
        assert first.status_code == 200
        assert first.content.startswith(b"\x89PNG\r\n") and len(first.content) < 500_000
        again = http.get("/image", params={"id": PAPER, "number": "7"},
                         headers={"If-None-Match": first.headers["etag"]})  # fmt: skip
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "asked",
    [{"id": PAPER, "number": "13"}, {"id": PAPER, "number": "0"}, {"id": PAPER, "number": "-1"},
     {"id": PAPER, "number": "٣٣"}, {"id": PAPER, "number": "9" * 400}, {"id": PAPER}, {},
     {"id": "../../etc/passwd", "number": "1"}, {"id": "/etc/passwd.pdf", "number": "1"},
     {"id": "curated/r1", "number": "1"}, {"path": "/tmp/paper.pdf", "number": "1"}],
)  # fmt: skip
def test_nothing_else_can_be_asked_for(desk: SourcesDesk, asked: dict[str, str]) -> None:
    with client(desk) as http:
        assert http.get("/image", params=asked).status_code == 404


@pytest.mark.parametrize(
    ("state", "said"), [("changed", "has changed since"), ("gone", "not where it was")]
)
def test_a_file_that_is_not_the_same_is_not_shown_and_said(
    desk: SourcesDesk, monkeypatch: pytest.MonkeyPatch, state: Any, said: str
) -> None:
    now = {PAPER: replace(desk.originals[PAPER], state=state)}
    monkeypatch.setattr(desk, "originals", now)
    with client(desk) as http:
        assert http.get("/image", params={"id": PAPER, "number": "7"}).status_code == 404
    html = shown(desk)
    assert said in html and "<img" not in html
    assert PDF_QUOTE[:30] in html, "its text is shown"


def test_the_quote_is_marked_on_its_page_only(desk: SourcesDesk) -> None:
    html = shown(desk)
    leaf = html.index('data-page="7"><div')
    assert leaf < html.index('class="spot"') < html.index('data-page="8"><div')
    assert html.count('class="spot"') == 3


def test_a_quote_is_found_over_line_ends_and_hyphens(desk: SourcesDesk) -> None:
    found = boxes(desk.file, 7, Sought(PDF_QUOTE))
    assert [round(842 - 842 * box.top - 842 * box.height) for box in found] == pytest.approx(
        [QUOTE_TOP - 12 * line for line in range(3)], abs=4
    )
    assert boxes(desk.file, 6, Sought(PDF_QUOTE)) == ()
    assert boxes(desk.file, 7, Sought("Nothing of the kind stands here.")) == ()


def test_of_equal_texts_the_one_at_its_place_is_marked(desk: SourcesDesk) -> None:
    first, last = (boxes(desk.file, 7, Sought("without a point", before=n)) for n in (0, 10_000))
    assert first[0].top < last[0].top


def test_what_is_no_pdf_any_more_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"%PDF-1.4 cut short")
    for fails in (lambda: page_shapes(file), lambda: page_image(file, 1)):
        with pytest.raises(ParseError, match="cannot be opened"):
            fails()


def test_a_stored_answer_is_shown_with_the_same_numbers_and_quotes(desk: SourcesDesk) -> None:
    kept = Answer.from_dict(json.loads(json.dumps(desk.answer.to_dict())))

    def panel(answer: Answer, from_desk: ScriptedDesk) -> str:
        cards = source_cards(from_desk, answer.citations)
        return sources_panel((TurnView(1, "q", "done", answer=answer, cards=cards),))

    assert render.answer_block(kept, 1) == render.answer_block(desk.answer, 1)
    assert panel(kept, desk) == panel(desk.answer, desk)
    elsewhere = panel(kept, ScriptedDesk(desk.home))  # the documents are gone
    for cited in (*kept.citations, *kept.unused):
        assert f'id="source-{cited.number}"' in elsewhere
    assert elsewhere.count("<mark>") == 6
