"""What changed between two answers: a table of cases, told in plain words or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.saved.compare import MOST_CHANGES, compare
from assistant.saved.types import ChangeKind
from assistant.types import Answer, Citation, Disagreement, Sentence, Side, Table


def cited(number: int, quote: str, document: str = "a", publisher: str | None = None) -> Citation:
    title = f"Document {document.upper()}"
    return Citation(number, document, title, quote, 0, len(quote), publisher)


def said(*pairs: tuple[str, Citation], text: str = "") -> Answer:
    """An answer of supported sentences, each with its citation."""
    sentences = tuple(Sentence(sentence, (c.number,)) for sentence, c in pairs)
    citations = tuple({c.number: c for _, c in pairs}.values())
    return Answer("answered", "q", "q", text or " ".join(s for s, _ in pairs), sentences, citations)


def listed(*rows: tuple[object, ...], columns: tuple[str, ...] = ("Model", "licence")) -> Answer:
    citations = tuple(cited(n, f"card {row[0]}", f"card{n}") for n, row in enumerate(rows, 1))
    count = f"{len(rows)} models fit."
    return Answer("answered", "q", "q", count, (Sentence(count, (1,)),), citations,
                  Table(columns, rows))  # fmt: skip


REFUSED = Answer("not_in_corpus", "q", "q", "The corpus does not say.", nearest=(cited(1, "near"),))
SEVEN = cited(1, "Zephyr has 7B parameters.")
ZEPHYR = said(("Zephyr has 7B parameters.", SEVEN))
WORDS = cited(1, "Commercial use of Zephyr is allowed.")

CASES: dict[str, tuple[Answer, Answer, dict[int, str], list[tuple[ChangeKind, str]]]] = {
    "the same": (ZEPHYR, ZEPHYR, {}, []),
    "still refused, with other passages near": (
        REFUSED, replace(REFUSED, text="Not here.", nearest=(cited(1, "other", "z"),)), {}, []),
    "answered now": (REFUSED, ZEPHYR, {}, [
        ("answered",
         "It was not in the corpus and is answered now: “Zephyr has 7B parameters”."),
        ("source_added", "Its source is Document A.")]),
    "no longer answered": (ZEPHYR, REFUSED, {1: "removed"}, [
        ("lost", "It was answered before and is not in the corpus any more."),
        ("quote_gone", "The quote it rested on is gone: “Zephyr has 7B parameters”"
                       " (Document A has left the corpus).")]),
    "another number": (ZEPHYR, said(("Zephyr has 13B parameters.",
                                     cited(1, "Zephyr has 13B parameters."))), {1: "changed"}, [
        ("value", "The value changed from 7B to 13B."),
        ("quote_gone", "The quote it rested on is gone: “Zephyr has 7B parameters”"
                       " (Document A has changed).")]),
    "another number in quite other words": (
        ZEPHYR, said(("In total there are 13 billion weights.", cited(1, "13 billion weights"))),
        {}, [("value", "The value changed from 7B to 13 billion.")]),
    "the same number written otherwise": (
        ZEPHYR, said(("The Zephyr model has 7 billion parameters.", SEVEN)), {}, []),
    "another date": (
        said(("It was released on 20 January 2025.", cited(1, "released on 20 January 2025"))),
        said(("It was released on 3 March 2026.", cited(1, "released on 3 March 2026"))), {},
        [("value", "The date changed from 20 January 2025 to 3 March 2026.")]),
    "another licence": (
        said(("Zephyr is under the MIT licence.", cited(1, "under the MIT licence"))),
        said(("Zephyr is under the Apache 2.0 licence.", cited(1, "under the Apache 2.0"))), {},
        [("value", "The licence changed from MIT to Apache 2.0.")]),
    "another name": (
        said(("Zephyr was made by Northwind Labs.", cited(1, "made by Northwind Labs"))),
        said(("Zephyr was made by Contoso Research.", cited(1, "made by Contoso Research"))), {},
        [("value", "The name changed from Northwind Labs to Contoso Research.")]),
    "a rewording of the same quote": (
        said(("Zephyr may be used commercially.", WORDS)),
        said(("You may use Zephyr commercially, it is allowed.", WORDS)), {}, []),
    "a denial": (
        said(("Commercial use of Zephyr is allowed.", WORDS)),
        said(("Commercial use of Zephyr is not allowed.", cited(1, "not allowed"))), {},
        [("statement", "It now says “Commercial use of Zephyr is not allowed”, before"
                       " “Commercial use of Zephyr is allowed”.")]),
    "another word, from another quote": (
        said(("The core of Zephyr is written in rust.", cited(1, "written in rust"))),
        said(("The core of Zephyr is written in python.", cited(1, "written in python"))), {},
        [("statement", "It now says “The core of Zephyr is written in python”, before"
                       " “The core of Zephyr is written in rust”.")]),
    "one more sentence and source": (
        ZEPHYR, said(("Zephyr has 7B parameters.", SEVEN),
                     ("It was trained on 512 chips.", cited(2, "512 chips", "b", "Beta"))), {}, [
            ("statement", "It now also says “It was trained on 512 chips”."),
            ("source_added", "A source was added: Document B (Beta).")]),
    "one sentence less": (
        said(("Zephyr has 7B parameters.", SEVEN),
             ("It was trained on 512 chips.", cited(2, "512 chips", "b"))), ZEPHYR, {}, [
            ("statement", "It no longer says “It was trained on 512 chips”."),
            ("source_dropped", "It is no longer cited: Document B.")]),
    "one sentence told in two": (
        said(("Zephyr has 7B parameters and 32 layers.", SEVEN)),
        said(("Zephyr has 7B parameters.", SEVEN), ("Zephyr has 32 layers.", SEVEN)), {}, []),
    "a second source for the same": (
        ZEPHYR,
        replace(said(("Zephyr has 7B parameters.", SEVEN)),
                citations=(SEVEN, cited(2, "Zephyr: 7B", "b"))), {},
        [("source_added", "A source was added: Document B.")]),
    "the file was renamed": (
        ZEPHYR, said(("Zephyr has 7B parameters.", replace(SEVEN, document_id="new"))),
        {1: "removed"}, []),
    "the quote moved within its document": (
        ZEPHYR, said(("Zephyr has 7B parameters.", replace(SEVEN, start=40, end=65))), {}, []),
    "sources that differ now": (
        ZEPHYR, replace(ZEPHYR, disagreements=(
            Disagreement((Side("7B", (1,)), Side("13B", (2,)))),)), {},
        [("differ", "Its sources differ now: 7B or 13B.")]),
    "sources that agree again": (
        replace(ZEPHYR, disagreements=(Disagreement((Side("7B", (1,)), Side("9B", (2,)))),)),
        ZEPHYR, {}, [("differ", "Its sources do not differ any more.")]),
    "a row more and one less": (
        listed(("R1", "MIT"), ("QwQ", "Apache-2.0")), listed(("R1", "MIT"), ("K2", "MIT")), {}, [
            ("rows", "1 row was added: K2."), ("rows", "1 row was taken out: QwQ.")]),
    "a value of a row": (
        listed(("R1", "MIT"), ("K2", None)), listed(("R1", "MIT"), ("K2", "MIT")), {},
        [("value", "K2: licence changed from unknown to MIT.")]),
    "rows in another order": (
        listed(("R1", "MIT"), ("K2", "MIT")), listed(("K2", "MIT"), ("R1", "MIT")), {}, []),
    "a column that was not there": (
        listed(("R1",), columns=("Model",)), listed(("R1", "MIT")), {}, []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_changed_is_told_and_what_did_not_is_not(name: str) -> None:
    before, after, gone, expected = CASES[name]
    assert [(change.kind, change.text) for change in compare(before, after, gone)] == expected


@pytest.mark.parametrize("name", CASES)
def test_an_answer_never_differs_from_itself(name: str) -> None:
    for answer in CASES[name][:2]:
        assert compare(answer, answer, {}) == ()


def test_what_is_told_is_bounded() -> None:
    many = [(f"Point {n} tells of subject{n}.", cited(n, f"q{n}" * 400, f"d{n}"))
            for n in range(1, 60)]  # fmt: skip
    changes = compare(ZEPHYR, said(*many), {1: "changed"})
    assert len(changes) == MOST_CHANGES
    assert all(len(change.text) < 500 for change in changes)
