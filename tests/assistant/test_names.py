"""Names are found whole or in parts, and never invented from capitals of grammar."""

import pytest

from assistant.attribution.names import missing_names, names


def test_names_are_the_words_that_identify() -> None:
    text = "The DeepSeek-R1 model and gpt-oss-20b beat GPT-4o in 2025, says Alibaba."
    assert names(text) == ["DeepSeek-R1", "gpt-oss-20b", "GPT-4o", "Alibaba"]


def test_the_first_word_of_a_sentence_is_no_name_unless_it_looks_like_one() -> None:
    assert names("Training took two months. Models improved.") == []
    assert names("QwQ-32B is small. DeepSeek is a lab.") == ["QwQ-32B", "DeepSeek"]


def test_quantities_are_not_names() -> None:
    assert names("it has 32B parameters, 128K context and a 5th stage") == []


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("about Deepseek-r1", "DeepSeek R1 was released"),
        ("about Llama4", "Llama 4 Scout"),
        ("about Qwen2.5-7B", "the Qwen2.5 series has a 7B size"),
        ("it is a MoE model", "a Mixture-of-Experts language model"),
        ("about models of Qwen", "Qwen's models"),
    ],
)
def test_a_name_written_another_way_is_found(sentence: str, passage: str) -> None:
    assert missing_names(sentence, passage) == []


def test_a_name_that_the_passage_lacks_is_reported() -> None:
    assert missing_names("about Kimi-K3 from Moonshot", "Kimi K2 from Moonshot AI") == ["Kimi-K3"]
    passage = "GPT-4 was trained by people"
    assert missing_names("about GPT-4o and RLHF", passage) == ["GPT-4o", "RLHF"]


def test_a_count_after_a_name_is_no_version() -> None:
    assert names("It would give Congress 30 days.") == ["Congress"]
    assert "Llama 3" in names("The Llama 3 models are open.")


def test_a_fiscal_year_may_be_written_out() -> None:
    assert missing_names("the FY2026 act", "the act for fiscal year 2026") == []
    assert missing_names("the FY2026 act", "the act for fiscal year 2025") == ["FY2026"]
