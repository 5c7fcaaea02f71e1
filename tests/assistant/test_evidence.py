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


def test_a_table_row_travels_with_its_header_and_title() -> None:
    rows = passage("GPQA | 59.1\nAIME | 39.2", title="Results", header="Benchmark | Score")
    (extract,) = pack("What is the AIME score?", [rows], 100).extracts
    assert extract.text.startswith("Benchmark | Score\n")
    assert "AIME | 39.2" in extract.text
    assert extract.heading == "Results"


def test_units_keep_document_order_and_exact_offsets() -> None:
    text = "Alpha has 3 parts. Nothing here. Beta has 4 parts."
    (extract,) = pack("parts of Alpha and Beta", [passage(text, start=500)], 200).extracts
    assert [unit.text for unit in extract.units] == sorted(
        (unit.text for unit in extract.units), key=text.index
    )
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
    assert evidence.tokens <= budget or sum(len(e.units) for e in evidence.extracts) == 1
    for extract in evidence.extracts:
        for unit in extract.units:
            assert extract.passage.text[unit.start : unit.end] == unit.text


def test_digits_and_chinese_cost_more_tokens_than_latin_letters() -> None:
    assert estimate_tokens("12345678") > estimate_tokens("abcdefgh")
    assert estimate_tokens("模型参数数量上下") > estimate_tokens("abcdefgh")
