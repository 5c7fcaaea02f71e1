"""Passages: their invariants on generated documents, and the cuts a reader expects."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.chunk import CONTEXT_TOKENS, MODEL_TOKENS, chunk, embedding_text, page_at
from corpus.parse.build import TextBuilder
from corpus.tokens import estimate_tokens
from corpus.types import DocumentInfo, Page
from tests.corpus.checks import check_chunks, check_parsed, document

words = st.text("abc déß. 中文。!?9|-#\t\u3000\x00\ufeffﬁ\n", max_size=400)
long_words = st.builds(lambda c, n: c * n, st.sampled_from("a9中é.😀"), st.integers(1, 2000))
texts = words | long_words | st.builds(" ".join, st.lists(words, max_size=12))
rows = st.lists(st.lists(texts, min_size=1, max_size=5), max_size=30)
blocks = st.one_of(
    st.tuples(st.just("heading"), texts, st.integers(1, 6)),
    st.tuples(st.just("paragraph"), texts),
    st.tuples(st.just("code"), texts),
    st.tuples(st.just("items"), st.lists(texts, max_size=20)),
    st.tuples(st.just("table"), rows, st.integers(0, 2)),
    st.tuples(st.just("page")),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(blocks, max_size=25),
    st.sampled_from(
        [
            "text/plain",
            SLIDES := "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ]
    ),
)
def test_any_document_is_covered_once_by_passages_that_fit(
    content: list[tuple[object, ...]], media_type: str
) -> None:
    builder = TextBuilder()
    pages = 0
    for kind, *arguments in content:
        if kind == "page":
            pages += 1
            builder.new_page(pages)
        else:
            getattr(builder, str(kind))(*arguments)
    parsed = builder.build(allow_empty=True)
    check_parsed(parsed)
    check_chunks(document(parsed, media_type))


def sentences(count: int) -> str:
    return " ".join(f"Sentence number {n} says something about models." for n in range(count))


def test_long_paragraph_is_cut_at_sentence_ends() -> None:
    builder = TextBuilder()
    builder.paragraph(sentences(60))
    made = document(builder.build())
    parts = [made.text[c.start : c.end] for c in check_chunks(made)]
    assert len(parts) > 2
    assert all(part.startswith("Sentence") and part.endswith("models.") for part in parts)


def test_long_chinese_paragraph_is_cut_at_sentence_ends() -> None:
    builder = TextBuilder()
    builder.paragraph("模型支持很长的上下文窗口，并且可以商用。" * 40)
    made = document(builder.build())
    parts = [made.text[c.start : c.end] for c in check_chunks(made)]
    assert len(parts) > 2
    assert all(part.endswith("。") for part in parts)


def test_continued_table_parts_carry_header_and_caption() -> None:
    builder = TextBuilder()
    builder.heading("Results", 1)
    builder.paragraph("Table 3: Scores of many models.")
    builder.table([["Model", "MMLU"], *([f"Model-{n}", f"{n}.5"] for n in range(90))])
    made = document(builder.build())
    chunks = check_chunks(made)
    parts = [c for c in chunks if c.header is not None]
    assert len(parts) > 2
    for part in parts:
        assert part.header is not None
        assert made.text[slice(*part.header)] == "Model | MMLU"
        assert part.heading_path == ("Results", "Table 3: Scores of many models.")
        assert all(" | " in line for line in made.text[part.start : part.end].split("\n"))


def test_small_table_stays_with_its_caption() -> None:
    builder = TextBuilder()
    builder.table([["Model", "MMLU"], ["A", "1.5"]])
    builder.paragraph("Table 1 | Scores.")
    made = document(builder.build())
    assert [made.text[c.start : c.end] for c in check_chunks(made)] == [made.text]


def test_sections_with_enough_text_are_not_mixed() -> None:
    builder = TextBuilder()
    for title in ("Training", "Licence"):
        builder.heading(title, 1)
        builder.paragraph(sentences(8))
    chunks = check_chunks(document(builder.build()))
    assert [c.heading_path for c in chunks] == [("Training",), ("Licence",)]


def test_tiny_sections_of_one_chapter_are_joined_with_their_headings() -> None:
    builder = TextBuilder()
    builder.heading("Use", 1)
    for title in ("Install", "Run"):
        builder.heading(title, 2)
        builder.paragraph(f"How to {title.lower()}.")
    made = document(builder.build())
    (only,) = check_chunks(made)
    assert only.heading_path == ("Use",)
    assert "Install" in made.text[only.start : only.end]
    assert "Run" in made.text[only.start : only.end]


def test_document_of_headings_alone_still_has_passages() -> None:
    builder = TextBuilder()
    builder.heading("One", 1)
    builder.heading("Two", 1)
    made = document(builder.build())
    assert "Two" in " ".join(made.text[c.start : c.end] for c in check_chunks(made))


def test_slides_are_not_mixed() -> None:
    builder = TextBuilder()
    for number in (1, 2):
        builder.new_page(number)
        builder.paragraph(f"Slide {number} says this.")
    made = document(builder.build(), SLIDES)
    assert [c.page for c in chunk(made)] == [1, 2]


def test_page_at_gives_the_page_that_holds_an_offset() -> None:
    pages = (Page(1, 0, 10), Page(2, 12, 30), Page(3, 30, 30), Page(4, 32, 40))
    assert [page_at(pages, offset) for offset in (0, 11, 12, 29, 39)] == [1, 1, 2, 2, 4]
    assert page_at((), 5) is None


def test_embedding_text_puts_title_headings_and_header_before_the_text() -> None:
    builder = TextBuilder()
    builder.heading("Results", 1)
    builder.table([["Model", "MMLU"], *([f"Model-{n}", f"{n}.5"] for n in range(90))])
    made = document(builder.build())
    part = check_chunks(made)[-1]
    assert part.header is not None
    text, header = made.text[part.start : part.end], made.text[slice(*part.header)]
    info = DocumentInfo(id="docs/a", title="Report")
    assert embedding_text(info, part, text, header) == f"Report > Results\nModel | MMLU\n{text}"


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=2000), st.text(max_size=2000))
def test_embedding_text_fits_the_model_however_long_title_and_header(
    title: str, header: str
) -> None:
    builder = TextBuilder()
    builder.paragraph(sentences(20))
    made = document(builder.build())
    for part in chunk(made):
        text = made.text[part.start : part.end]
        info = DocumentInfo(id="docs/a", title=title)
        assert estimate_tokens(embedding_text(info, part, text, header)) <= MODEL_TOKENS
        assert estimate_tokens(text) + CONTEXT_TOKENS <= MODEL_TOKENS
