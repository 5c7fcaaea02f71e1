"""Numbers and dates are compared by value, not by how they are written."""

import pytest

from assistant.attribution.quantities import (
    covers,
    dates_in,
    missing_quantities,
    money_in,
    stated_quantities,
)


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("It has 671 billion parameters.", "671B total parameters"),
        ("It has 671B parameters.", "参数量为 6710 亿"),
        ("It was trained on 14.8 trillion tokens.", "14.8T high-quality tokens"),
        ("It used 2,048 GPUs.", "a cluster of 2048 H800 GPUs"),
        ("It scored 79.8% on AIME.", "AIME 2024 | 79.8"),
        ("It costs about $5.6 million.", "US$5.576M"),
        ("It supports 128K tokens.", "context length of 131,072"),
        ("It has three stages.", "consists of 3 stages"),
        ("It has 3 stages.", "consists of three stages"),
        ("It needs 2.788 million GPU hours.", "2.788M H800 GPU hours"),
        ("DeepSeek-R1 and QwQ-32B are open.", "no numbers here"),
        ("1. The licence is MIT.", "MIT"),
    ],
)
def test_a_number_written_another_way_is_found(sentence: str, passage: str) -> None:
    assert missing_quantities(sentence, passage) == []


@pytest.mark.parametrize(
    ("sentence", "passage", "missing"),
    [
        ("It has 685B parameters.", "671B total parameters", ["685B"]),
        ("It has 37 billion parameters.", "37 layers", ["37 billion"]),
        ("It scored 80.2%.", "79.8", ["80.2%"]),
        ("It scored 79.8.", "79.2 and 80", ["79.8"]),
        ("It has four stages.", "two RL stages and two SFT stages", ["four"]),
        ("It costs 6 million.", "US$5.576M", ["6 million"]),
        ("It has 64 experts.", "no digits", ["64"]),
    ],
)
def test_a_number_that_the_passage_lacks_is_named(
    sentence: str, passage: str, missing: list[str]
) -> None:
    assert missing_quantities(sentence, passage) == missing


def test_digits_inside_names_and_dates_are_not_quantities() -> None:
    sentence = "Qwen2.5-7B and GPT-4o appeared by January 20, 2025 with 7 sizes."
    assert [quantity.text for quantity in stated_quantities(sentence)] == ["7"]


@pytest.mark.parametrize(
    ("sentence", "passage", "missing"),
    [
        ("Released on January 20, 2025.", "date: 2025-01-20", []),
        ("Released on 20 January 2025.", "2025年1月20日发布", []),
        ("Released in January 2025.", "on 20 Jan. 2025", []),
        ("Released on January 21, 2025.", "date: 2025-01-20", ["January 21, 2025"]),
        ("Released on 20 January 2025.", "in January 2025", ["20 January 2025"]),
        ("Released in March 2025.", "in March 2024", ["March 2025"]),
    ],
)
def test_dates_are_compared_as_exactly_as_they_are_stated(
    sentence: str, passage: str, missing: list[str]
) -> None:
    known = [day for day, _ in dates_in(passage)]
    lacking = [words for day, words in dates_in(sentence) if not any(covers(k, day) for k in known)]
    assert lacking == missing


def test_one_date_is_read_once() -> None:
    assert len(dates_in("It was released on 20 January 2025.")) == 1


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("It cost US$5.5 billion.", {"5.5"}),
        ("a fine of 15 million euros", {"15"}),
        ("HK$165 a share, 380 billion yuan in all", {"165", "380"}),
        ("trained on 36 trillion tokens", set()),
        ("48.65 % of 100 people", set()),
    ],
)
def test_money_is_told_from_other_figures(text: str, figures: set[str]) -> None:
    assert {str(value) for value in money_in(text)} == figures


def test_a_version_before_a_month_is_no_day() -> None:
    assert [written for _, written in dates_in("LongCat-2.0 of June 2026")] == ["June 2026"]
