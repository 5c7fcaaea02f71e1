"""A sentence is supported only by a passage that states its numbers, dates and names."""

from assistant.attribution import best_quote, check
from tests.assistant.passages import passage

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
