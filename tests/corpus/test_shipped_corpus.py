"""The documents and cards that ship with refdesk are right by every rule."""

from __future__ import annotations

from corpus.check import check


def test_the_shipped_corpus_has_no_errors() -> None:
    lines = [f"{one.file}, {one.place}: {one.text} [{one.rule}]" for one in check().errors]
    assert lines == []


def test_the_shipped_corpus_counts_its_cards_documents_and_sources() -> None:
    counts = check().counts
    assert counts.cards >= 288
    assert counts.documents >= 17
    assert counts.words > 250 * counts.documents
    assert counts.sources > counts.documents
