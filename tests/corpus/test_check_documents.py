"""The rules on documents: each finds a document that breaks it and passes one that does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus.small_corpus import CARD, FACTS, FILLER, README, SmallCorpus, document

SOURCED = "(source: README)"


@pytest.fixture
def corpus(tmp_path: Path) -> SmallCorpus:
    return SmallCorpus(tmp_path)


def only(corpus: SmallCorpus, text: str, **options: str) -> set[tuple[str, str]]:
    """Rules that a document with ``text`` beside the right facts breaks."""
    corpus.documents = {"heron.md": document(f"{FACTS}\n\n{text}", **options)}
    return corpus.rules()


def test_a_right_corpus_has_no_finding(corpus: SmallCorpus) -> None:
    assert corpus.findings() == []


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"name": "other"}, "front"),
        ({"models": "[heron-8, heron-7]"}, "front"),
        ({"models": "[heron-7, heron-7]"}, "front"),
        ({"published": "2027-01-01"}, "front"),
        ({"published": "soon"}, "front"),
        ({"heading": "Something else"}, "title"),
        ({"filler": "Too short."}, "length"),
        ({"filler": FILLER * 4}, "length"),
        ({"sources": f"\n  README: {README}\n  Paper: https://p.test/a"}, "orphan-source"),
        ({"sources": "\n  Paper: https://p.test/a"}, "source-label"),
        ({"sources": "\n  README: ftp://p.test/a"}, "front"),
    ],
)
def test_front_matter_that_does_not_hold_is_an_error(
    corpus: SmallCorpus, options: dict[str, str], rule: str
) -> None:
    corpus.documents = {"heron.md": document(**options)}
    assert ("error", rule) in corpus.rules()


def test_a_document_that_does_not_start_with_its_heading_is_an_error(corpus: SmallCorpus) -> None:
    corpus.documents = {"heron.md": document().replace("# Heron-7, a model\n", "A text.\n")}
    assert ("error", "title") in corpus.rules()


def test_two_labels_for_one_address_are_an_error(corpus: SmallCorpus) -> None:
    sources = f"\n  README: {README}\n  Again: {README}/"
    assert ("error", "same-address") in only(corpus, "A bird (source: Again).", sources=sources)


def test_two_documents_with_one_title_are_an_error(corpus: SmallCorpus) -> None:
    corpus.documents["heron-2.md"] = document(name="heron-2")
    assert ("error", "front") in corpus.rules()


@pytest.mark.parametrize(
    "text",
    [
        "The chip costs US$500 a piece.",
        "- It stands in 12 countries.",
        "On 3 March 2025 a law was signed.",
        "| Chip | Price |\n|---|---|\n| H20 | 500 dollars |\n\nMore words follow.",
        "| Chip | Price | Source |\n|---|---|---|\n| H20 | 500 dollars | |",
    ],
)
def test_a_figure_without_a_source_in_sight_is_an_error(corpus: SmallCorpus, text: str) -> None:
    assert ("error", "no-source") in only(corpus, text)


@pytest.mark.parametrize(
    "text",
    [
        f"The chip costs US$500 a piece {SOURCED}.",
        "refdesk's arithmetic: 12 chips of 500 dollars make 6,000 dollars.",
        f"- It stands in 12 countries {SOURCED}.",
        "| Chip | Price |\n|---|---|\n| H20 | 500 dollars |\n\n(source of the table: README)",
        "| Chip | Price | Source |\n|---|---|---|\n| H20 | 500 dollars | README |",
        "The H20 and the A800 are chips; Llama 4, GPT-4o and Apache 2.0 are names.",
        "Heron Seven is the alias of Heron-7.",
        "refdesk has separate pages on the rules of October 2022 and of 2 December 2024.",
    ],
)
def test_a_figure_with_its_source_or_none_is_fine(corpus: SmallCorpus, text: str) -> None:
    assert only(corpus, text) == set()


def test_a_mere_year_without_a_source_is_a_warning(corpus: SmallCorpus) -> None:
    assert only(corpus, "The law of August 2022 pays for chips.") == {("warning", "no-source")}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("A bird (source: READ ME).", "source-label"),
        ("A bird (sources: README; Paper).", "source-label"),
        ("A bird (Source: README).", "source-marker"),
        ("A bird (source: README (1)).", "source-marker"),
        ("| Bird | Source |\n|---|---|\n| Heron | Book |", "source-label"),
        ("A [page](nowhere.md) of ours.", "link"),
    ],
)
def test_labels_markers_and_links_lead_somewhere(corpus: SmallCorpus, text: str, rule: str) -> None:
    assert ("error", rule) in only(corpus, text)


@pytest.mark.parametrize(
    "text", ["A [page](heron.md) of ours.", "A [site](https://p.test).", "The source code of it."]
)
def test_links_and_words_that_are_fine_are_left_alone(corpus: SmallCorpus, text: str) -> None:
    assert only(corpus, text) == set()


def test_a_sentence_of_two_documents_is_a_warning(corpus: SmallCorpus) -> None:
    same = "A heron waits for its fish with patience in shallow water."
    corpus.documents["heron.md"] = document(f"{FACTS}\n\n{same}")
    corpus.documents["other.md"] = document(
        f"{same} It flies away {SOURCED}.", name="other", title="Other", models="[]",
        filler=FILLER.replace("newcomers", "readers"),
    )  # fmt: skip
    assert corpus.rules() == {("warning", "repeated")}


def test_a_sentence_of_a_cards_notes_is_a_warning(corpus: SmallCorpus) -> None:
    note = "A heron waits for its fish with patience in shallow water."
    corpus.card(notes=[*CARD["notes"], note])
    assert only(corpus, note) == {("warning", "repeated")}


def test_an_overlong_sentence_is_a_warning(corpus: SmallCorpus) -> None:
    assert only(corpus, "A bird " + "and a bird " * 25 + "fly.") == {("warning", "long-sentence")}


def test_findings_tell_the_line(corpus: SmallCorpus) -> None:
    corpus.documents = {"heron.md": document(f"{FACTS}\n\nIt costs 12 dollars.")}
    (found,) = corpus.findings()
    line = int(found.place.removeprefix("line "))
    assert corpus.documents["heron.md"].splitlines()[line - 1] == "It costs 12 dollars."
    assert found.file == "heron.md"
