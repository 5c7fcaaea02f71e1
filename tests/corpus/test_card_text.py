"""A card as a document: each known field stated once, and each span exact."""

from __future__ import annotations

import pytest

from corpus.card_text import (
    card_document,
    card_text,
    context,
    day,
    figure,
    listed,
    parameters,
    when,
)
from corpus.cards import ModelCard, curated_cards
from tests.corpus.checks import check_chunks, check_parsed

CARDS = [card for _, card in curated_cards()]
STATED = (
    "id", "name", "developer", "country", "family", "open_weights", "release_date",
    "total_params_b", "active_params_b", "architecture", "context_length", "modalities", "licence",
    "base_model", "weights_repo", "gguf_repo",
)  # fmt: skip
SENTENCES = {
    "release_date": "was released",
    "architecture": "The architecture of",
    "context_length": "has a context length of",
    "modalities": "works with",
    "licence": "The licence of",
    "base_model": "is based on",
    "weights_repo": "are published as",
    "gguf_repo": "is published in GGUF as",
}


def by_id(identifier: str) -> ModelCard:
    return next(card for card in CARDS if card.id == identifier)


def quote(card: ModelCard, field: str) -> str:
    text, spans = card_text(card)
    start, end = spans[field]
    return text[start:end]


def test_every_known_field_of_every_card_is_stated_and_no_unknown_one() -> None:
    for card in CARDS:
        _, spans = card_text(card)
        for name in STATED:
            known = getattr(card, name) is not None
            if name == "context_length":
                known = known or card.context_tokens_approx is not None
            if name == "country":  # stands in the sentence that is always there
                known = True
            assert (name in spans) == known, (card.id, name)
        scores = {name for name in spans if name.startswith("benchmarks.")}
        assert scores == {f"benchmarks.{name}" for name in card.benchmarks}


def test_every_span_is_one_whole_sentence_or_row_of_the_text() -> None:
    for card in CARDS:
        text, spans = card_text(card)
        for name, (start, end) in spans.items():
            assert 0 <= start < end <= len(text), (card.id, name)
            assert text[start:end] == text[start:end].strip()
            assert text[start - 1] in " \n", (card.id, name)
            assert text[end : end + 1] in ("", " ", "\n"), (card.id, name)


def test_every_field_is_stated_once() -> None:
    for card in CARDS:
        about = card_text(card)[0].split("\n\n")[1]
        for name, words in SENTENCES.items():
            assert about.count(f"{words} ") <= 1, (card.id, name)


def test_spans_say_the_values() -> None:
    for card in CARDS:
        assert card.name in quote(card, "name") and card.developer in quote(card, "developer")
        if card.licence:
            assert card.licence in quote(card, "licence")
        if card.total_params_b is not None:
            assert parameters(card.total_params_b) in quote(card, "total_params_b")
        if card.release_date:
            assert day(card.release_date) in quote(card, "release_date")
        if card.context_length or card.context_tokens_approx:
            assert context(card) in quote(card, "context_tokens_approx")
        for name, score in card.benchmarks.items():
            assert quote(card, f"benchmarks.{name}") == f"{name} | {figure(score)}"
        for number, dispute in enumerate(card.disputes):
            assert dispute.why.rstrip(".") in quote(card, f"disputes {number}")


def test_the_document_holds_the_text_that_quotes_are_cut_from() -> None:
    for card in CARDS:
        document = card_document(card, "models/a.yaml")
        assert document.text == card_text(card)[0]
        assert document.info.id == card.document_id
        assert document.info.kind == "model_card"
        check_parsed(document)
        check_chunks(document)


def test_a_changed_card_has_another_hash() -> None:
    card = by_id("qwq-32b")
    changed = card.model_copy(update={"notes": (*card.notes, "One more.")})
    first, second = (card_document(one, "a.yaml").content_hash for one in (card, changed))
    assert first != second


def test_disputes_and_the_makers_of_closed_models_are_told() -> None:
    assert "Sources disagree on the context length of Qwen3-4B: others give 32K" in quote(
        by_id("qwen3-4b"), "disputes 0"
    )
    closed = next(card for card in CARDS if not card.open_weights)
    assert f"{closed.name} is a closed model by {closed.developer}" in quote(closed, "open_weights")


@pytest.mark.parametrize(
    ("billions", "shown"), [(671, "671B"), (1600, "1.6T"), (0.35, "350M"), (32.5, "32.5B")]
)
def test_parameters_are_written_as_people_do(billions: float, shown: str) -> None:
    assert parameters(billions) == shown


def test_dates_and_lists_are_written_in_words() -> None:
    assert [when(d) for d in ("2025-01-20", "2025-05", "2025")] == [
        "on 20 January 2025",
        "in May 2025",
        "in 2025",
    ]
    assert listed(["a"]) == "a" and listed(("a", "b", "c")) == "a, b and c"
