"""Texts are compared as SQuAD does, long answers by their own words."""

import pytest

from assistant.measure.judging import holds, overlaps, shows, token_f1


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("It has 3,559 people.", "3,559 people"),
        ("The answer: the North!", "north"),
        ("队伍丢了308分。", "308"),
        ("首都是北京市。", "北京"),
        ("No, it is not.", "no"),
    ],
)
def test_an_answer_is_found_whatever_its_punctuation(text: str, answer: str) -> None:
    assert holds(text, answer)


@pytest.mark.parametrize(
    ("text", "answer"), [("It has 70 people.", "7"), ("northern", "north"), ("anything", "The")]
)
def test_a_part_of_a_word_is_no_answer(text: str, answer: str) -> None:
    assert not holds(text, answer)


def test_f1_takes_the_best_gold_answer() -> None:
    assert token_f1("the red fox", ["a red fox", "blue"]) == 1.0
    assert token_f1("red fox jumps", ["red"]) == pytest.approx(0.5)
    assert token_f1("", ["red"]) == 0.0


GOLD = ["Seasonality is a regular change which recurs every calendar year."]


def test_a_long_answer_overlaps_by_words_that_the_question_lacks() -> None:
    question = "what is seasonality in a time series"
    assert overlaps("A regular change that recurs each year.", GOLD, question)
    assert not overlaps("Seasonality in a time series is a kind of food.", GOLD, question)
    assert not overlaps("", GOLD, question)


def test_a_quote_shows_the_sentence_it_holds_and_no_other() -> None:
    sentence = "The coat is known as a `` double coat '' , with the undercoat being soft ."
    assert shows("The coat is known as a double coat", sentence)
    assert shows(f"Before it. {sentence} After it there is more text of the passage.", sentence)
    assert not shows("The tail may have a few stripes.", sentence)
