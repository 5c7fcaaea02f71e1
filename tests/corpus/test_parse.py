"""Encodings, broken files, hostile files: one clear line, or clean text."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import ParseError
from corpus.parse import SUFFIXES, parse
from tests.corpus.checks import check_chunks, check_parsed, document
from tests.corpus.pdf_files import Rule, Text, make_pdf, paragraph

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
CHINESE = "深度求索发布了开源模型，任何人都可以下载它的权重，并在许可证允许的范围内使用。" * 4
JAPANESE = "このモデルは誰でもダウンロードできます。研究にも商用にも利用することができます。" * 4


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "gb18030"),
        (CHINESE, "utf-8-sig"),
        (CHINESE, "utf-16"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        ("Café, déjà vu à la crème brûlée; l'été où l'on mangeait des pâtes. " * 5, "cp1252"),
        ("Plain words that anybody can read. " * 5, "utf-16-le"),
        ("Plain words that anybody can read. " * 5, "utf-32"),
    ],
)
def test_text_is_read_in_any_common_encoding(text: str, encoding: str) -> None:
    assert parse(text.encode(encoding), "a.txt").text == text.strip()


def test_declared_html_charset_is_used() -> None:
    page = f'<html><head><meta charset="gbk"></head><body><p>{CHINESE}</p></body></html>'
    assert parse(page.encode("gbk"), "a.html").text == CHINESE


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.md", "empty"),
        (b" \n ", "a.txt", "no text"),
        (b"<html></html>", "a.html", "no readable text"),
        (b"\x00\x01\x02\x03" * 50, "a.txt", "not a text file"),
        (b"text", "a.exe", "cannot read .exe"),
        (b"text", "noname", "without a suffix"),
        (b"not a pdf", "a.pdf", "not a readable PDF"),
        (b"not a zip", "a.docx", "damaged DOCX"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "a.pptx", "encrypted or in the old"),
        (make_pdf([[Rule(10, 20, 30)]]), "a.pdf", "no text"),
    ],
)
def test_unreadable_file_gives_one_clear_line(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(ParseError, match=reason) as caught:
        parse(data, name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["paper.pdf", "report.docx", "talk.pptx"])
def test_truncated_file_parses_or_says_that_it_is_damaged(name: str) -> None:
    data = (GOLDEN / name).read_bytes()
    for share in (0.02, 0.3, 0.6, 0.95):
        try:
            check_parsed(parse(data[: int(len(data) * share)], name))
        except ParseError as error:
            assert "\n" not in str(error)


def test_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", b" " * (65 << 20))
    with pytest.raises(ParseError, match="64 MB"):
        parse(packed.getvalue(), "a.docx")


def test_xml_entities_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not show this")
    entity = f'<!DOCTYPE w [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "yyyyyyyyyy">]>'
    packed = io.BytesIO()
    report = GOLDEN / "report.docx"
    with zipfile.ZipFile(report) as original, zipfile.ZipFile(packed, "w") as package:
        for member in original.namelist():
            body = original.read(member)
            if member == "word/document.xml":
                head, _, rest = body.partition(b"?>")
                rest = rest.replace(b"First point", b"First &x; point")
                body = head + b"?>" + entity.encode() + rest
            package.writestr(member, body)
    try:
        text = parse(packed.getvalue(), "a.docx").text
    except ParseError:
        return
    assert "do not show this" not in text


def test_deep_nesting_is_read_without_exhausting_the_stack() -> None:
    for page in ("<div>" * 20_000 + "end", "<ul><li>" * 5_000 + "end"):
        assert parse(f"<p>start</p>{page}".encode(), "a.html").text.startswith("start")
    assert parse(b"> " * 30 + b"quoted", "a.md").text == "quoted"
    check_any(b"> " * 3_000 + b"quoted", "a.md")


def test_rst_includes_and_raw_html_are_off() -> None:
    source = b"Hello there.\n\n.. include:: /etc/passwd\n\n.. raw:: html\n\n   <b>raw</b>\n"
    assert parse(source, "a.rst").text == "Hello there."


def test_broken_front_matter_stays_in_the_text() -> None:
    parsed = parse(b"---\ntitle: [open\n---\n\nBody text.\n", "a.md")
    assert parsed.metadata == {}
    assert "Body text." in parsed.text


def test_front_matter_with_aliases_is_not_loaded() -> None:
    bomb = "---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\nBody.\n"
    assert parse(bomb.encode(), "a.md").metadata == {}


def test_control_characters_and_hidden_marks_are_removed() -> None:
    parsed = parse("a\u200bb\x07c\u202ed\ufeff ﬁne e\u0301".encode(), "a.txt")
    assert parsed.text == "abcd fine é"


def test_markdown_script_and_hidden_text_are_dropped() -> None:
    source = b"Shown.\n\n<script>evil()</script>\n<p hidden>secret</p>\n<!-- note -->\n"
    assert parse(source, "a.md").text == "Shown."


def test_pdf_running_heads_and_page_numbers_are_dropped_but_numbers_in_text_stay() -> None:
    pages = [
        [
            Text(72, 800, "Journal of Things"),
            *paragraph(72, 700, [f"Page text {n} tells of the year", "2024 and of nothing else."]),
            Text(290, 40, str(n)),
        ]
        for n in range(1, 6)
    ]
    parsed = parse(make_pdf(pages), "a.pdf")
    assert "Journal" not in parsed.text
    assert [parsed.text[p.start : p.end] for p in parsed.pages] == [
        f"Page text {n} tells of the year 2024 and of nothing else." for n in range(1, 6)
    ]


def test_pdf_title_comes_from_the_largest_line_when_metadata_is_garbage() -> None:
    page = [Text(72, 740, "A Study of Small Models", 18), *paragraph(72, 700, ["Body text."] * 9)]
    for garbage in ("Microsoft Word - draft7.docx", "untitled", "", "12345678"):
        assert parse(make_pdf([page], title=garbage), "a.pdf").title == "A Study of Small Models"
    good = parse(make_pdf([page], title="Small Models: A Study"), "a.pdf")
    assert good.title == "Small Models: A Study"


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=600), st.sampled_from(sorted(SUFFIXES)))
def test_any_bytes_parse_cleanly_or_raise_parse_error(data: bytes, suffix: str) -> None:
    check_any(data, f"a{suffix}")


def check_any(data: bytes, name: str) -> None:
    """Either clean text and passages, or one line that says why not."""
    try:
        parsed = parse(data, name)
    except ParseError as error:
        assert str(error)
        assert "\n" not in str(error)
        return
    check_parsed(parsed)
    check_chunks(document(parsed))


MIXTURE = [
    *("# A\n", "- x\n", "  1. y\n", "| a | b |\n|--|--|\n| 1 | 2 |\n", "```\ncode\n", "```\n"),
    *("<table><tr><td colspan=3>c", "</table>", "<details>", "<td rowspan=9>", "> q\n", "\n"),
    *("<ul><li>", "<pre>", "text. 中文。 ", "<br>", "---\n", "**b", "[l](u)", "<h2>", "&lt;"),
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(MIXTURE), max_size=40), st.sampled_from([".md", ".html"]))
def test_any_mixture_of_markdown_and_html_parses_cleanly(parts: list[str], suffix: str) -> None:
    check_any("".join(parts).encode(), f"a{suffix}")
