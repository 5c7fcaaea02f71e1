"""What the page shows, as HTML: structure, escaping, and nothing that a document can forge."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from assistant.types import Answer, Citation, Sentence, Table
from index.types import Failure, Progress, RefreshReport, Status
from tests.ui.scripted import APACHE, LICENCE, cite, document, licence_answer, refusal
from ui import markup, render, render_corpus, render_sources, render_trace
from ui.line import Place
from ui.render_corpus import Uploaded
from ui.views import SourceCard, TurnView, in_context

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    '" onfocus="alert(1)" autofocus="',
    "</mark></blockquote><iframe src=https://evil.example></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "${alert(1)} {{constructor.constructor('alert(1)')()}}",
    "[x](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "<style>body{display:none}</style>",
    "&lt;script&gt; &#60;b&#62;",
    "\u202ereversed\u202c \x00\x1b[31m",
]
UNSAFE_URLS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "vbscript:x",
    "//evil.example/x",
    "/relative",
    "http://",
    "https://[bad",
    "https://x\x00.example/",
    "",
]
ALLOWED_TAGS = set(
    "a article blockquote button caption dd details div dl dt fieldset form h3 header input label"
    " legend li mark p path progress section span strong summary svg table tbody td textarea th"
    " thead tr ul".split()
)


class Tags(HTMLParser):
    """Collects tags, attributes and text, and checks that tags nest."""

    def __init__(self, html: str, *, void: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self.void = {"input", "meta"} if void else {"input"}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile_turn(payload: str) -> TurnView:
    citation = Citation(1, payload, payload, payload, 0, 1, payload, payload, payload, 3)
    answer = Answer(
        status="answered",
        question=payload,
        standalone_question=payload + "?",
        text=payload,
        sentences=(Sentence(payload, (1,)), Sentence(payload, (), "unsupported")),
        citations=(citation,),
        table=Table((payload,), ((payload,), ([payload],)), ((1,),)),
        nearest=(citation,),
        thinking=payload,
        model=payload,
        as_of=payload,
        notice=payload,
        trace={payload: payload, "nested": {payload: [payload]}},
    )
    card = SourceCard(citation, payload, payload)
    return TurnView(1, payload, "done", payload + "?", payload, payload, (card,), answer, payload)


def card_of_model(payload: str, number: int) -> SourceCard:
    """A cited model card; many of them are listed in short."""
    document_id = f"{payload}{number}"
    cited = Citation(
        number, document_id, payload, payload, 0, 1, payload, payload, kind="model_card"
    )
    return SourceCard(cited)


def everything(payload: str) -> str:
    turn = hostile_turn(payload)
    answer = turn.answer
    assert answer is not None
    refused = replace(answer, status="not_in_corpus")
    plain = replace(answer, sentences=(), text=payload + " [1]")
    status = Status(1, 1, 1, 1, (), (), payload, payload, payload)
    views = [
        turn,
        replace(turn, answer=refused),
        replace(turn, cards=tuple(card_of_model(payload, n) for n in range(1, 30))),
        replace(turn, answer=plain),
        replace(turn, answer=None, phase="drafting"),
        replace(turn, answer=None, phase="stopped"),
        replace(turn, answer=None, phase="failed"),
    ]
    pages = [render.turn_article(view) for view in views]
    pages += [render_sources.sources_panel((view,)) for view in views]
    pages += [
        render_trace.trace(turn),
        render_corpus.status_line(status),
        render_corpus.progress(Progress("parse", 1, 2, payload, payload)),
        render_corpus.report(RefreshReport(failed=(Failure(payload, payload, payload),))),
        render_corpus.uploads([Uploaded(payload, False, payload)]),
        render_corpus.problem(payload),
    ]
    return "".join(pages)


@pytest.mark.parametrize("payload", HOSTILE)
def test_no_payload_makes_a_tag_or_an_attribute(payload: str) -> None:
    hostile, plain = Tags(everything(payload)), Tags(everything("plain"))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in plain.tags]
    assert [set(attrs) for _, attrs in hostile.tags] == [set(attrs) for _, attrs in plain.tags]
    assert {tag for tag, _ in hostile.tags} <= ALLOWED_TAGS


@pytest.mark.parametrize("payload", HOSTILE[:-1])
def test_a_payload_is_shown_as_the_text_it_is(payload: str) -> None:
    assert payload in Tags(render.turn_article(TurnView(1, payload))).text


def test_control_and_direction_characters_are_dropped() -> None:
    assert markup.escaped("a\u202eb\x00c\x1bd\ne") == "abcd\ne"


@pytest.mark.parametrize("url", UNSAFE_URLS)
def test_unsafe_addresses_make_no_link(url: str) -> None:
    assert markup.link(url, "open") == ""
    card = SourceCard(replace(cite(1, "curated/r1", LICENCE), url=url))
    tags = Tags(render_sources.source_card(card, 1, with_id=True)).tags
    assert [attrs["class"] for tag, attrs in tags if tag == "a"] == ["here"]


def test_a_link_to_the_original_opens_apart_and_tells_nothing() -> None:
    ((tag, attrs),) = Tags(markup.link("https://example.org/a?b=1&c='x'", "open")).tags
    assert tag == "a"
    assert attrs["href"] == "https://example.org/a?b=1&c='x'"
    assert attrs["target"] == "_blank"
    assert {"noopener", "noreferrer"} <= set((attrs["rel"] or "").split())


def markers(html: str) -> list[dict[str, str | None]]:
    return [
        attrs for tag, attrs in Tags(html).tags if tag == "a" and attrs.get("class") == "citation"
    ]


def answered(answer: Answer, number: int = 1) -> TurnView:
    cards = tuple(
        in_context(citation, document(citation.document_id))
        for citation in answer.citations or answer.nearest
    )
    return TurnView(number, answer.question, "done", answer=answer, cards=cards)


def test_a_marker_names_its_source_and_shows_its_quote() -> None:
    first = markers(render.turn_article(answered(licence_answer("Which licence?"))))[0]
    assert first["data-n"] == "1"
    assert first["href"] == "#source-1"
    assert first["data-quote"] == LICENCE
    assert first["data-title"] == "DeepSeek-R1: what was released"
    assert first["data-from"] == "DeepSeek · 2025-01-20 · page 2"


def test_every_supported_sentence_has_its_markers_and_no_other() -> None:
    html = render.turn_article(answered(licence_answer("Which licence?")))
    assert [mark["data-n"] for mark in markers(html)] == ["1", "2"]


def test_an_unsupported_sentence_is_marked_in_words_and_never_cited() -> None:
    sentence = Sentence("It flies.", (1,), "unsupported")  # a marker here would be a lie
    answer = replace(licence_answer("?"), sentences=(sentence,))
    html = render.turn_article(answered(answer))
    assert 'class="sentence unsupported"' in html
    assert render.UNSUPPORTED_NOTE in html
    assert markers(html) == []


def test_a_number_without_a_citation_makes_no_marker() -> None:
    answer = replace(licence_answer("?"), sentences=(Sentence("Yes.", (9,)),))
    assert markers(render.turn_article(answered(answer))) == []


def test_text_without_sentences_has_its_numbers_linked() -> None:
    answer = replace(licence_answer("?"), sentences=(), text="Yes [1], no [7] <b>")
    html = render.turn_article(answered(answer))
    assert [mark["data-n"] for mark in markers(html)] == ["1"]
    assert "no [7] &lt;b&gt;" in html


def test_a_refusal_shows_the_nearest_passages_as_not_answering() -> None:
    turn = answered(refusal("Who won?"))
    html = render.turn_article(turn)
    assert 'class="answer refusal"' in html
    assert "which do not answer it" in html
    assert [mark["data-n"] for mark in markers(html)] == ["1"]
    assert "Nearest to" in render_sources.sources_panel((turn,))


def test_a_refusal_without_text_or_passages_still_says_so() -> None:
    turn = answered(replace(refusal("Who?"), text="", nearest=()))
    assert "does not hold the answer" in render.turn_article(turn)
    assert "no sources" in render_sources.sources_panel((turn,))


def test_the_quote_stands_in_a_mark_inside_its_passage() -> None:
    html = render_sources.sources_panel((answered(licence_answer("?")),))
    assert re.search(rf"[A-Za-z.] <mark>{re.escape(LICENCE)}</mark> The model", html)
    assert 'id="source-1"' in html and 'id="source-2"' in html


def test_only_the_last_turn_has_source_ids_so_that_they_are_unique() -> None:
    first, second = answered(licence_answer("?"), 1), answered(refusal("?"), 2)
    tags = Tags(render_sources.sources_panel((first, second))).tags
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert ids == ["source-1"]
    sections = [attrs for tag, attrs in tags if tag == "section"]
    assert [("hidden" in attrs, attrs["data-turn"]) for attrs in sections] == [
        (True, "1"),
        (False, "2"),
    ]


def test_a_turn_without_sources_hides_those_of_earlier_turns() -> None:
    earlier = answered(licence_answer("?"), 1)
    html = render_sources.sources_panel((earlier, TurnView(2, "next", "searching")))
    assert "Looking for passages" in html
    assert ' id="' not in html


def test_a_table_cites_each_row() -> None:
    citation = cite(1, "models/qwq-32b", APACHE)
    answer = replace(
        licence_answer("?"),
        citations=(citation,),
        sentences=(),
        text="",
        table=Table(("model", "total_parameters"), (("QwQ", 32_500_000_000), ("X", None)), ((1,),)),
    )
    html = render.turn_article(answered(answer))
    assert "total parameters" in html and "32,500,000,000" in html and "–" in html
    assert len(markers(html)) == 1


def test_chinese_sentences_are_joined_without_spaces() -> None:
    sentences = (
        Sentence("它有三版。"),
        Sentence("都开源。"),
        Sentence("It is free."),
        Sentence("Yes."),
    )
    html = render.turn_article(answered(replace(licence_answer("?"), sentences=sentences)))
    assert "它有三版。都开源。It is free. Yes." in Tags(html).text


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (Place(1), "Next in line."),
        (Place(1, 7.0), "Next in line, about 5 s."),
        (Place(2, 19.0), "2nd in line, about 20 s."),
        (Place(3, 89.0), "3rd in line, about 90 s."),
        (Place(11, 150.0), "11th in line, about 2 min."),
        (Place(21), "21st in line."),
    ],
)
def test_who_waits_is_told_the_place_in_line(place: Place, told: str) -> None:
    html = render.turn_article(TurnView(1, "?", "waiting", place=place))
    assert told in html


def test_a_draft_is_marked_as_unchecked() -> None:
    html = render.turn_article(TurnView(1, "?", "drafting", draft="The licence"))
    assert 'class="draft' in html and "checked when complete" in html
    stopped = render.turn_article(TurnView(1, "?", "stopped", draft="The licence"))
    assert "Nothing here was checked" in stopped


def test_thinking_is_folded_and_outside_the_answer() -> None:
    html = render.turn_article(answered(licence_answer("?")))
    fold = html.index('<details class="thinking"')
    assert fold < html.index("named in the second source") < html.index("</details>")
    assert html.index("</details>") < html.index('<div class="answer">')


@pytest.mark.parametrize(
    ("iso", "shown"),
    [
        ("2026-11-23T14:13:07+00:00", "2026-11-23 14:13 UTC"),
        ("2026-11-23T01:30:00+02:00", "2026-11-22 23:30 UTC"),
        ("2026-11-23T14:13:07", "2026-11-23 14:13 UTC"),
        ("2026-11-23", "2026-11-23"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ("soon", "soon"),
        (None, ""),
    ],
)
def test_times_are_told_in_utc(iso: str | None, shown: str) -> None:
    assert markup.moment(iso) == shown


def test_a_report_names_each_failure_with_its_reason() -> None:
    failed = (Failure("docs/x.pdf", "/srv/desk/x.pdf", "x.pdf: it is encrypted"),)
    text = Tags(render_corpus.report(RefreshReport(added=("a", "b"), failed=failed))).text
    assert "2 added" in text and "docs/x.pdf: it is encrypted" in text
    assert "/srv/desk" not in text


def test_progress_without_a_total_has_no_bar() -> None:
    assert "<progress" not in render_corpus.progress(Progress("scan", 3, 0, "files"))
    assert 'value="5"' in render_corpus.progress(Progress("scan", 7, 5, "files"))
