"""Evidence is packed to its budget, best sentences first, with what they need to be read."""

from hypothesis import given
from hypothesis import strategies as st

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
