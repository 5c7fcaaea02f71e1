"""Facts of named models: single, claimed, disputed, side by side."""

from __future__ import annotations

import pytest

from assistant.catalogue.catalogue import Catalogue
from corpus.card_text import card_text
from tests.assistant.catalogue.shipped import CARDS, GivenCards, card, composed, text, told

OTHERS = ({"value": "32K", "source": "https://example.org/b"},)
DISPUTE = {"field": "context_length", "others": OTHERS, "why": "The newer report is preferred."}
TWO = Catalogue(
    GivenCards(
        card(
            "alpha-1", total_params_b=10.0, licence="MIT", licence_spdx="MIT",
            licence_class="permissive", context_length="128K", context_tokens_approx=128000,
            disputes=(DISPUTE,), release_date="2025-03", benchmarks={"MMLU": 80.0},
        ),
        card(
            "beta-2", total_params_b=20.0, licence="MIT", licence_spdx="MIT",
            context_tokens_approx=64000, benchmarks={"MMLU": 70.0}, benchmark_note="Five shots.",
        ),
    )
)  # fmt: skip


def test_a_single_fact_is_the_cards_own_sentence() -> None:
    answer = composed("What is the licence of QwQ-32B?")
    body, spans = card_text(CARDS["qwq-32b"])
    start, end = spans["licence"]
    assert answer.sentences[0].text == body[start:end]
    assert answer.citations[0].quote == body[start:end]
    assert answer.table.rows == (("QwQ-32B", "Apache-2.0"),)


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("Is alpha-1 under MIT?", "Yes. The licence of alpha-1 is MIT"),
        ("Is alpha-1 under Apache-2.0?", "No. The licence of alpha-1 is MIT"),
        ("Is alpha-1 larger than 5B?", "Yes. alpha-1 has 10B"),
        ("Is alpha-1 larger than 50B?", "No. alpha-1 has 10B"),
        ("Was alpha-1 released in 2025?", "Yes. alpha-1 was released in March 2025"),
        ("Was alpha-1 released before 2025?", "No. alpha-1 was released in March 2025"),
        ("Is alpha-1 open?", "Yes. alpha-1 is an open-weight model"),
        ("Is alpha-1 multimodal?", "No. alpha-1 works with text"),
    ],
)
def test_a_claim_is_confirmed_or_corrected(question: str, opening: str) -> None:
    assert text(question, TWO).startswith(opening)


def test_a_fact_that_no_source_tells_is_left_to_search() -> None:
    assert told("What is the base model of alpha-1?", TWO).composed is None


def test_a_score_is_told_with_the_conditions_of_its_measurement() -> None:
    said = text("What does beta-2 score on MMLU?", TWO)
    assert said == "beta-2 scores 70 on MMLU (Five shots)."


def test_a_dispute_is_told_and_cited() -> None:
    answer = composed("What is the context length of alpha-1?", TWO)
    assert len(answer.sentences) == 2
    assert "others give 32K" in answer.sentences[1].text
    (number,) = answer.sentences[1].citations
    quote = next(c.quote for c in answer.citations if c.number == number)
    assert quote == answer.sentences[1].text


def test_a_dispute_of_another_field_is_not_told() -> None:
    assert "others give" not in text("What is the licence of alpha-1?", TWO)


def test_models_stand_side_by_side_in_the_order_named() -> None:
    table = composed("Compare beta-2 and alpha-1", TWO).table
    assert table.columns == ("", "beta-2", "alpha-1")
    rows = {str(row[0]): row[1:] for row in table.rows}
    assert rows["Total parameters (B)"] == ("20B", "10B")
    assert rows["MMLU"] == ("70", "80")
    assert rows["Context (tokens)"] == ("64,000 tokens", "128,000 tokens")


def test_what_differs_and_what_is_shared_is_said() -> None:
    said = text("Compare alpha-1 and beta-2", TWO)
    assert "differ in" in said and "total parameters (10B / 20B)" in said
    assert "share" in said and "licence (MIT)" in said


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("Which is larger, alpha-1 or beta-2?", "beta-2 has the most parameters"),
        ("Is alpha-1 larger than beta-2?", "No. beta-2 has the most parameters"),
        ("Does alpha-1 beat beta-2 on MMLU?", "Yes. alpha-1 has the highest MMLU score"),
        ("Which has the longer context, alpha-1 or beta-2?", "alpha-1 has the longest context"),
    ],
)
def test_the_model_ahead_is_named(question: str, opening: str) -> None:
    assert text(question, TWO).startswith(opening)


def test_a_value_not_known_decides_nothing() -> None:
    said = text("Which is newer, alpha-1 or beta-2?", TWO)
    assert said.startswith("The release date is March 2025 for alpha-1 and not known for beta-2.")
