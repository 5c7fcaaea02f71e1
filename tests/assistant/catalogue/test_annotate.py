"""Numbers and names become marks that keep what they stand for; slips of the pen are mended."""

from __future__ import annotations

import pytest

from assistant.catalogue.annotate import Number, annotate
from assistant.catalogue.noise import FORMS, KEPT, NOISE
from assistant.catalogue.spelling import mended
from tests.assistant.catalogue.shipped import annotated


def numbers(text: str) -> list[Number]:
    return annotate(text, [], "2026-11-23").numbers


@pytest.mark.parametrize(
    ("text", "billions", "plain"),
    [
        ("100B", 100, 100e9),
        ("100 billion", 100, 100e9),
        ("1.5 trillion", 1500, 1.5e12),
        ("350M", 0.35, 350e6),
        ("half a million", 0.0005, 500_000),
        ("a hundred billion", 100, 100e9),
        ("128k", 0.000128, 128_000),
        ("70亿", 7, 7e9),
        ("1.2万亿", 1200, 1.2e12),
        ("12万", 0.00012, 120_000),
    ],
)
def test_a_scaled_number_is_what_it_says(text: str, billions: float, plain: float) -> None:
    (number,) = numbers(text)
    assert number.billions == pytest.approx(billions)
    assert number.plain == pytest.approx(plain)


def test_thousands_are_parted_and_a_plus_means_or_more() -> None:
    assert numbers("32,768 and 70B+") == [Number(32768), Number(70, "b", or_more=True)]


def test_number_words_count() -> None:
    assert [n.figure for n in numbers("twelve, ten 三个")] == [12, 10, 3]


def test_a_figure_of_hundreds_of_digits_stays_a_number() -> None:
    (number,) = numbers("9" * 500)
    assert int(number.plain) == 10**12


def test_names_become_marks_of_their_kind() -> None:
    marked = annotated("Which Chinese models under MIT beat QwQ-32B on AIME24?")
    assert marked.text == "which <c0> models under <l1> beat <m2> on <b3> ?"
    assert marked.entity(2, "model").value == "qwq-32b"


def test_angle_brackets_of_a_question_are_no_marks() -> None:
    assert annotated("models < 10B").text == "models less than <n0>"
    assert "<m0>" not in annotated("what is <m0>?").text


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("hw many modles", "how many models"),
        ("relased", "released"),
        ("parmeters", "parameters"),
        ("licnece", "licence"),
        ("lenght", "length"),
        ("ovr", "over"),
        ("chornological", "chronological"),
    ],
)
def test_slips_are_mended(wrong: str, right: str) -> None:
    assert mended(wrong) == right


@pytest.mark.parametrize("word", ["zebra", "olympics", "tax", "poem", "qwertyuiop"])
def test_words_far_from_all_others_stay(word: str) -> None:
    assert mended(word) == word


def test_words_that_the_rules_know_are_never_mended() -> None:
    # "excluding" was once mended to "exceeding", which turned the answer round.
    for word in KEPT | FORMS | NOISE:
        assert mended(word) in (word, {"r": "are", "u": "you", "whats": "what is"}.get(word, word))


def test_marks_and_words_after_apostrophes_are_not_mended() -> None:
    assert mended("<m0> isn't <t1>") == "<m0> isn't <t1>"
