"""Evidence is packed to its budget, best sentences first, with what they need to be read."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from assistant.evidence import estimate_tokens, pack
from tests.assistant.passages import passage

FILLER = "The weather was fine and people walked in the park all day long. "


def test_the_answering_sentence_is_chosen_from_a_long_passage() -> None:
    long = passage(FILLER * 20 + "The Zephyr model has 7B parameters. " + FILLER * 20)
    evidence = pack("How many parameters does the Zephyr model have?", [long], 60)
    assert "7B parameters" in evidence.extracts[0].text
    assert evidence.tokens <= 60


def test_a_table_row_is_read_with_its_column_names_under_its_title() -> None:
    rows = passage("GPQA | 59.1 | 60\nAIME | 39.2 | 41", title="Results", header="Test | V1 | V2")
    (extract,) = pack("What is the AIME score?", [rows], 100).extracts
    assert "AIME: V1 = 39.2; V2 = 41" in extract.text
    assert extract.heading == "Results"


def test_of_a_wide_row_only_the_columns_asked_for_are_read() -> None:
    rows = passage(
        "Zephyr-7B | 99.1 | 98.2 | 97.3 | 96.4 | 95.5 | 85.6",
        header="Model | 4K | 8K | 16K | 32K | 64K | 128K",
    )
    (extract,) = pack("What does Zephyr-7B score at 128K?", [rows], 100).extracts
    assert extract.text == "Zephyr-7B: 128K = 85.6"


def test_units_keep_document_order_and_exact_offsets() -> None:
    text = "Alpha has 3 parts. Nothing here. Beta has 4 parts."
    (extract,) = pack("parts of Alpha and Beta", [passage(text, start=500)], 200).extracts
    texts = [line.unit.text for line in extract.lines]
    assert texts == sorted(texts, key=text.index)
    assert extract.span == (500, 500 + len(text))


def test_no_passages_give_empty_evidence() -> None:
    evidence = pack("anything", [], 100)
    assert (evidence.extracts, evidence.tokens, evidence.overlap) == ((), 0, 0.0)


@given(st.lists(st.text(max_size=300), max_size=6), st.text(max_size=80), st.integers(50, 500))
def test_any_text_is_packed_within_budget_or_to_a_single_unit(
    texts: list[str], question: str, budget: int
) -> None:
    passages = [passage(text, position=i) for i, text in enumerate(texts)]
    evidence = pack(question, passages, budget)
    assert evidence.tokens <= budget or sum(len(e.lines) for e in evidence.extracts) == 1
    for extract in evidence.extracts:
        for unit in (line.unit for line in extract.lines):
            assert extract.passage.text[unit.start : unit.end] == unit.text


def test_digits_and_chinese_cost_more_tokens_than_latin_letters() -> None:
    assert estimate_tokens("12345678") > estimate_tokens("abcdefgh")
    assert estimate_tokens("模型参数数量上下") > estimate_tokens("abcdefgh")


def test_a_sentence_that_stands_twice_under_one_title_is_read_once() -> None:
    copies = [passage("Zephyr has 7B parameters.", id=id, title="Zephyr") for id in ("a", "b")]
    evidence = pack("How many parameters does Zephyr have?", copies, 200)
    assert [extract.passage.document.id for extract in evidence.extracts] == ["a"]


def test_the_same_words_under_another_title_are_of_something_else_and_are_kept() -> None:
    cards = [passage("Licence: MIT", id=name, title=name) for name in ("Zephyr", "Boreas")]
    assert len(pack("Which licence have Zephyr and Boreas?", cards, 200).extracts) == 2


def test_of_equal_sentences_the_one_in_the_better_scored_passage_is_chosen() -> None:
    close, far = passage("It rained in Oslo.", id="a"), passage("It rained in Rome.", id="b")
    (extract,) = pack("Where did it rain?", [replace(close, score=0.1), far], 12).extracts
    assert extract.passage.document.id == "b"


def toy_encoder(texts: Sequence[str]) -> NDArray[np.float32]:
    """Two dimensions: speaks of cost, or does not."""
    rows = [(1.0, 0.0) if {"cost", "price"} & set(t.lower().split()) else (0.0, 1.0) for t in texts]
    return np.array(rows, dtype=np.float32)


def test_with_an_embedder_a_sentence_that_means_the_same_is_chosen_without_a_shared_word() -> None:
    text = "It rained in Oslo. The price is 5 dollars. Snow fell in Rome."
    plain = pack("Does it cost much?", [passage(text)], 10)
    near = pack("Does it cost much?", [passage(text)], 10, toy_encoder)
    assert plain.extracts[0].text == "It rained in Oslo."
    assert near.extracts[0].text == "The price is 5 dollars."
    assert max(line.cosine or 0.0 for line in near.lines) == 1.0


def test_lines_are_given_best_first_with_what_they_were_chosen_by() -> None:
    evidence = pack("How big is Zephyr?", [passage("Rain fell. Zephyr is very big.")], 100)
    assert [line.text for line in evidence.lines] == ["Zephyr is very big.", "Rain fell."]
    assert evidence.lines[0].score > evidence.lines[1].score
    assert evidence.lines[0].cosine is None


def test_passages_beyond_those_embedded_still_compete() -> None:
    shelf = [passage(f"Nothing number {i}.", id=str(i), position=i) for i in range(10)]
    shelf.append(passage("Zephyr weighs 5 tons.", id="last"))
    evidence = pack("How much does Zephyr weigh?", shelf, 400, toy_encoder)
    assert any("5 tons" in line.text for line in evidence.lines)


def test_a_chinese_question_is_not_compared_by_an_english_embedder() -> None:
    found = [passage("这个模型的价格是五美元。", language="zh")]
    assert pack("这个模型的价格是多少？", found, 100, toy_encoder).lines[0].cosine is None
