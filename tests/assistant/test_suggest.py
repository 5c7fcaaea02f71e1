"""Suggestions: made from documents and cards, and only those that the corpus can answer."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.clarify import readings
from assistant.sections import sections, short_title
from assistant.suggest import Suggestions
from assistant.types import Answer, Citation
from corpus.types import Block, Document, DocumentInfo
from index.types import Passage
from tests.ui.scripted import INFOS, TEXTS, ScriptedDesk, cite, qwq_answer, refusal

BODY = "Everybody who works here may read what is written here, and the Board keeps it current. "


def handbook(*headings: str, title: str = "Staff handbook") -> Document:
    """A document with a section per heading."""
    text, blocks = "", []
    for heading in headings:
        blocks.append(Block("heading", len(text), len(text) + len(heading), 2))
        text += f"{heading}\n\n{BODY * 2}\n\n"
    return Document(DocumentInfo("files/h.md", title), text, tuple(blocks), (), "0" * 64)


def topics(*headings: str) -> list[str]:
    return [section.topic for section in sections(handbook(*headings))]


def test_sections_are_asked_for_by_their_headings() -> None:
    found = sections(handbook("Parental leave", "3.2 Travel costs: what is paid"))
    assert [section.question for section in found] == [
        "What does “Staff handbook” say about parental leave?",
        "What does “Staff handbook” say about travel costs?",
    ]


def test_headings_that_say_nothing_alone_are_left_out() -> None:
    said = topics("Introduction", "How it grew", "Leave was extended", "References", "Sick leave")
    assert said == ["sick leave"]


def test_names_and_acronyms_keep_their_capitals() -> None:
    document = handbook("EU rules", "Board meetings")
    assert [section.topic for section in sections(document)] == ["EU rules", "Board meetings"]


def test_a_month_keeps_its_capital_after_its_day() -> None:
    document = handbook("January 2025", title="The week")
    told = replace(document, text=document.text + "It was blocked on 30 January 2025.")
    assert [section.topic for section in sections(told)] == ["January 2025"]


def test_a_document_without_headings_is_asked_about_what_it_names() -> None:
    text = "We met Ada Lovelace and thanked her. In June we met Babbage, and Babbage spoke."
    document = Document(DocumentInfo("files/n.txt", "Minutes of June"), text, (), (), "0" * 64)
    assert [section.topic for section in sections(document)] == ["Babbage"]


def test_a_long_title_is_cut_at_its_colon() -> None:
    assert short_title("Context length explained: from 4K to 10M") == "Context length explained"
    assert short_title("Annex: tables") == "Annex: tables"
    assert len(short_title("word " * 60)) <= 70


def test_a_cited_model_is_asked_about_what_was_not_asked_yet(tmp_path: Path) -> None:
    found = Suggestions(ScriptedDesk(tmp_path)).follow_ups(
        qwq_answer("Which licence does QwQ-32B use?"), ["Which licence does QwQ-32B use?"]
    )
    assert 1 <= len(found) <= 3
    assert not any(re.search("licen", question) for question in found)
    assert "How long is the context of QwQ-32B?" in found


def test_what_the_catalogue_cannot_answer_is_not_offered(tmp_path: Path) -> None:
    class Empty(ScriptedDesk):
        def catalogue(self, query):  # type: ignore[no-untyped-def]
            return replace(super().catalogue(query), rows=(), groups=(), matched=0)

        def search(self, query: str, limit: int = 10) -> list[Passage]:
            return []

    assert Suggestions(Empty(tmp_path)).follow_ups(qwq_answer("QwQ?"), ["QwQ?"]) == ()


class Handbooks(ScriptedDesk):
    """A folder of one handbook; the search finds it, or does not."""

    book = handbook("Parental leave", "Travel costs", "Sick pay")
    finds = True

    def documents(self) -> list[DocumentInfo]:
        return [self.book.info]

    def document(self, document_id: str) -> Document | None:
        return self.book if document_id == self.book.info.id else None

    def search(self, query: str, limit: int = 10) -> list[Passage]:
        if not self.finds:
            return []
        from corpus.types import Chunk

        end = len(self.book.text)
        return [Passage(self.book.info, Chunk(self.book.info.id, 0, 0, end), self.book.text)]


def told_of_leave() -> Answer:
    quote = Handbooks.book.text[18:60]
    cited = Citation(1, "files/h.md", "Staff handbook", quote, 18, 60)
    return Answer("answered", "Leave?", "Leave?", quote, citations=(cited,))


def test_other_sections_of_a_cited_document_are_offered(tmp_path: Path) -> None:
    assert Suggestions(Handbooks(tmp_path)).follow_ups(told_of_leave(), ["Leave?"]) == (
        "What does “Staff handbook” say about travel costs?",
        "What does “Staff handbook” say about sick pay?",
    )


def test_a_section_that_no_search_finds_is_not_offered(tmp_path: Path) -> None:
    desk = Handbooks(tmp_path)
    desk.finds = False
    assert Suggestions(desk).follow_ups(told_of_leave(), ["Leave?"]) == ()


def test_examples_are_made_of_the_readers_own_documents(tmp_path: Path) -> None:
    assert Suggestions(Handbooks(tmp_path)).examples() == (
        "What does “Staff handbook” say about parental leave?",
        "What does “Staff handbook” say about travel costs?",
        "What does “Staff handbook” say about sick pay?",
    )


def test_a_refusal_whose_nearest_passages_are_far_suggests_nothing(tmp_path: Path) -> None:
    asked = "Who won the World Cup?"
    assert Suggestions(ScriptedDesk(tmp_path)).follow_ups(refusal(asked), [asked]) == ()


@pytest.mark.parametrize(
    ("asked", "back", "expected"),
    [
        ("What does the clinic offer?", "Which clinic do you mean: A Clinic, B Clinic or another?",
         (("A Clinic", "What does A Clinic offer?"), ("B Clinic", "What does B Clinic offer?"))),
        ("Who is this former mayor?", "Which mayor do you mean: Mayor Ames or another?",
         (("Mayor Ames", "Who is Mayor Ames?"),)),
        ("Which one?", "Which film do you mean: The Film of Rome or another?",
         (("The Film of Rome", "Which one (The Film of Rome)?"),)),
        ("How big is it?", "What does “it” stand for in your question?", ()),
        ("x", "Which clinic do you mean?", ()),
    ],
)  # fmt: skip
def test_a_question_back_is_read_as_the_questions_it_offers(
    asked: str, back: str, expected: tuple[tuple[str, str], ...]
) -> None:
    assert readings(asked, back) == expected


def test_models_that_a_cited_passage_names_are_offered(tmp_path: Path) -> None:
    quote = "The developers compare it with DeepSeek-R1."
    cited = cite(1, "models/qwq-32b", quote)
    passage = replace(cited, kind="document", document_id="curated/r1")
    answer = replace(refusal("?"), status="answered", citations=(passage,), nearest=())
    found = Suggestions(ScriptedDesk(tmp_path)).follow_ups(answer, ["?"])
    assert any(question.endswith("DeepSeek-R1 use?") for question in found)
    assert set(INFOS) == set(TEXTS)
