"""Catalogue answers: what is said, the table, and citations that are the cards' own words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.catalogue.answer import CITED, NAMED, Composed
from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.told import tell
from corpus.card_text import card_document
from corpus.cards import CARD_PREFIX
from tests.assistant.catalogue.shipped import (
    CARDS,
    GivenCards,
    card,
    composed,
    query,
    text,
    told,
)

QUESTIONS = Path(__file__).resolve().parents[2] / "bench" / "questions" / "catalogue.jsonl"
ASKED = [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()]
TEXTS = {one.document_id: card_document(one, "cards.yaml").text for one in CARDS.values()}


@pytest.mark.parametrize("question", ASKED)
def test_every_quote_is_the_cards_text_and_every_row_cites_its_own_card(question: str) -> None:
    answer = told(question).composed
    if answer is None:
        pytest.skip("not answered by the catalogue")
    check_citations(answer)


def check_citations(answer: Composed) -> None:
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    for cited in answer.citations:
        assert cited.quote
        assert TEXTS[cited.document_id][cited.start : cited.end] == cited.quote
    numbers = {c.number for c in answer.citations}
    assert all(set(sentence.citations) <= numbers for sentence in answer.sentences)
    assert len(answer.table.row_citations) == len(answer.table.rows)
    if answer.table.columns[0] == "Model":
        check_rows(answer)


def check_rows(answer: Composed) -> None:
    """Each row of models cites quotes of one card, whose name it shows."""
    by_number = {c.number: c for c in answer.citations}
    for row, cited in zip(answer.table.rows, answer.table.row_citations, strict=True):
        documents = {by_number[number].document_id for number in cited}
        assert len(documents) == 1, row
        assert CARDS[documents.pop().removeprefix(CARD_PREFIX)].name == row[0]


SMALL = Catalogue(
    GivenCards(
        card("alpha-1", total_params_b=10.0, country="China", licence_spdx="MIT", licence="MIT"),
        card("alpha-2", total_params_b=20.0, country="China"),
        card("alpha-3", country="France"),
        card("alpha-4", total_params_b=20.0, open_weights=False),
    )
)


def test_a_list_names_its_models_and_tells_the_values_not_known() -> None:
    said = text("Which open models are over 5B?", SMALL)
    assert said == (
        "2 models in the catalogue match (total parameters over 5B, open-weight; as of "
        "23 November 2026; 1 more with unknown total parameters left out): "
        "alpha-2 (20B) and alpha-1 (10B)."
    )


def test_one_match_is_told_in_the_singular() -> None:
    assert text("Which models are closed?", SMALL).startswith("1 model in the catalogue matches (")


def test_a_superlative_tells_its_value_its_ties_and_what_it_was_compared_with() -> None:
    said = text("What is the largest model?", SMALL)
    assert said.startswith("alpha-2 and alpha-4 share the most parameters, 20B, of 3 models")
    said = text("What is the smallest model?", SMALL)
    assert said.startswith("alpha-1 has the fewest parameters, 10B, of 3 models compared")
    assert "1 more with unknown total parameters left out" in said


def test_groups_are_counted_and_the_largest_is_named() -> None:
    answer = composed("How many models are there per country?", SMALL)
    assert answer.table.columns == ("Country", "Models")
    assert answer.table.rows == (("China", 2), ("France", 1), ("unknown", 1))
    assert "China 2" in answer.sentences[0].text
    assert "China has the most: 2 of 4 models" in text("Which country has the most models?", SMALL)


def test_nothing_found_is_told_and_is_no_answer() -> None:
    answer = composed("Which models are over 900B?", SMALL)
    assert not answer.found
    assert answer.table.rows == () and answer.citations == ()
    assert answer.sentences[0].text.startswith("No model in the catalogue matches (total par")


def test_a_long_list_names_some_and_leaves_the_others_to_the_table() -> None:
    answer = composed("Which Chinese models are open?")
    (sentence,) = answer.sentences
    assert len(answer.table.rows) > NAMED
    assert f"and {len(answer.table.rows) - CITED} more in the table" in sentence.text
    cited = {c.document_id for c in answer.citations if c.number in sentence.citations}
    assert len(cited) == CITED


def test_a_timeline_is_in_order_of_date_and_tells_the_dates() -> None:
    answer = composed("Timeline of DeepSeek models in 2025")
    released = answer.table.columns.index("Released")
    dates = [row[released] for row in answer.table.rows]
    assert dates == sorted(dates)
    assert "(20 January 2025)" in answer.sentences[0].text


def test_cells_keep_numbers_and_the_query_goes_with_the_table() -> None:
    question = "Which Chinese models are over 500B?"
    table = composed(question).table
    sizes = [row[table.columns.index("Total parameters (B)")] for row in table.rows]
    assert all(isinstance(size, int | float) for size in sizes)
    assert replace(query(question)).to_dict() == {
        key: value for key, value in table.query.items() if key != "described"
    }


def test_a_ranking_tells_the_values_that_it_ranks_by() -> None:
    assert "alpha-2 (20B)" in text("List the open models from China by size", SMALL)


def test_a_base_model_that_no_card_names_is_left_to_search() -> None:
    assert tell(SMALL, "Which models are distilled from alpha-1?", None).composed is None
