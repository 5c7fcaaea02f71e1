"""A sentence is supported only by a passage that states its numbers, dates and names."""

import pytest

from assistant.attribution import best_quote, check
from tests.assistant.passages import passage
from tests.growth import growth

README = passage(
    "DeepSeek-R1 is trained from DeepSeek-V3-Base. It has 671B total parameters, of which 37B "
    "are activated. The context length is 128K. The code and weights are under the MIT License.",
    id="r1",
    title="DeepSeek-R1",
    start=1000,
)
QWQ = passage("QwQ-32B is a model with 32.5B parameters by Alibaba.", id="qwq", title="QwQ-32B")


def test_a_true_sentence_is_quoted_exactly_where_it_stands() -> None:
    support = check("DeepSeek-R1 has 671 billion total parameters.", [QWQ, README])
    assert support.supported
    quote = support.quotes[0]
    assert quote.passage is README
    assert quote.text == "It has 671B total parameters, of which 37B are activated."
    assert README.text[quote.start - 1000 : quote.end - 1000] == quote.text


def test_a_wrong_number_fails_its_gate() -> None:
    support = check("DeepSeek-R1 has 685 billion total parameters.", [README, QWQ])
    assert not support.supported
    failed = {gate.name: gate.missing for gate in support.gates if not gate.passed}
    assert failed == {"numbers": ("685 billion",)}


def test_a_right_number_about_another_model_fails() -> None:
    assert not check("QwQ-32B has 671 billion total parameters.", [README]).supported


def test_a_sentence_without_a_name_needs_the_subject_of_the_question() -> None:
    sentence = "The model has 671 billion total parameters."
    assert check(sentence, [README], "How many parameters does DeepSeek-R1 have?").supported
    assert not check(sentence, [README], "How many parameters does Kimi-K2 have?").supported


def test_unrelated_words_are_not_supported() -> None:
    assert not check("The weather in the mountains was pleasant.", [README, QWQ]).supported


def test_two_passages_support_a_comparison_together() -> None:
    sentence = "DeepSeek-R1 has 671B total parameters and QwQ-32B has 32.5B parameters."
    support = check(sentence, [README, QWQ])
    assert {quote.passage.document.id for quote in support.quotes} == {"r1", "qwq"}


def test_title_headings_and_table_header_count_as_part_of_the_passage() -> None:
    row = passage(
        "AIME 2024 | 79.8",
        title="Results",
        headings=("DeepSeek-R1 evaluation",),
        header="Benchmark | Score",
    )
    support = check("DeepSeek-R1 has a score of 79.8 on the AIME 2024 benchmark.", [row])
    assert support.supported
    assert support.quotes[0].text == "AIME 2024 | 79.8"


def test_a_quote_grows_until_it_holds_the_numbers() -> None:
    text = "The first run used 100 chips. Nothing else changed. The second run used 200 chips."
    quote = best_quote("The runs used 100 and 200 chips.", passage(text))
    assert quote.text == text


def test_a_published_date_supports_a_release_date() -> None:
    dated = passage("QwQ-32B is released by Alibaba.", title="QwQ-32B", published="2025-03-06")
    assert check("QwQ-32B was released by Alibaba on 6 March 2025.", [dated]).supported


def test_no_passages_no_support() -> None:
    assert not check("DeepSeek-R1 is open.", []).supported


LAB = passage(
    "The Hangzhou lab DeepSeek developed DeepSeek-R1 in January 2025. DeepSeek-R1 is released "
    "under the MIT licence. Qwen3 has a context of 32K tokens. QwQ-32B has 32B parameters.",
    id="lab",
    title="DeepSeek-R1 and its rivals",
)
CHINESE = passage("DeepSeek-R1的总参数量为6710亿，采用MIT许可证。", id="zh", language="zh")
DENIAL = passage("The licence does not allow military use of Llama 4.", id="no")


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("Microsoft developed DeepSeek-R1 in January 2025.", ""),
        ("DeepSeek-R1 has 32B parameters.", ""),
        ("DeepSeek-R1 is released under the MIT licence and has a context of 32K tokens.", ""),
        ("It has a context of 32K tokens.", "How long is the context of DeepSeek-R1?"),
        ("It has a context of 32K tokens.", "Compare Qwen3 and DeepSeek-R1."),
        ("DeepSeek-R1 is not released under the MIT licence.", ""),
        ("DeepSeek-R2 is released under the MIT licence.", ""),
        ("Qwen-3.5 has a context of 32K tokens.", ""),
        ("DeepSeek-R1的总参数量为999亿。", ""),
        ("GPT-4o的总参数量为6710亿。", ""),
        ("The licence allows military use of Llama 4.", ""),
    ],
)
def test_what_the_passages_say_of_something_else_or_deny_is_not_supported(
    sentence: str, question: str
) -> None:
    assert not check(sentence, [LAB, CHINESE, DENIAL], question).supported


@pytest.mark.parametrize(
    "sentence",
    [
        "DeepSeek developed DeepSeek-R1 in January 2025.",
        "DeepSeek-R1 is released under the MIT licence.",
        "QwQ-32B has 32 billion parameters.",
        "According to the page, Qwen3 has a context of 32K tokens.",
        "DeepSeek-R1的总参数量为6710亿。",
        "The licence does not allow military use of Llama 4.",
    ],
)
def test_what_the_passages_say_is_supported(sentence: str) -> None:
    assert check(sentence, [LAB, CHINESE, DENIAL]).supported


def test_a_sentence_without_a_name_is_about_the_one_before_it() -> None:
    sentence = "It is released under the MIT licence."
    assert check(sentence, [LAB], subject=["DeepSeek-R1"]).supported
    assert not check(sentence, [LAB], subject=["Qwen3"]).supported


@pytest.mark.parametrize("piece", [" ", "and ", "a1-", "1,", "is not "])
def test_hostile_drafts_cost_no_more_than_the_square_of_their_length(piece: str) -> None:
    def work(size: int) -> None:
        check(f"DeepSeek-R1 has {piece * size} parameters.", [LAB])

    assert growth(work, 500) < 32
