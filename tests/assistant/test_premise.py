"""A premise that the passages contradict is corrected; one that they bear out is left alone."""

from __future__ import annotations

import pytest

from assistant.premise import correction, premises, queries
from index.types import Passage
from tests.assistant.passages import passage

SHELF = (
    passage(
        "Kite-2 was released on 26 December 2024. Kite-2 has 671B parameters in total, of which"
        " 37B are active per token. The licence of Kite-2 is Apache-2.0, a permissive licence."
        " Kite-2 is an open-weight model by Windlab (Norway), of the Kite family.",
        id="kite-2",
        title="Kite-2",
        start=40,
    ),
    passage(
        "The training of Kite-2 took 2.788M GPU hours (source: Kite-2 README). Kite-2-Mini has 8B"
        " parameters and is under the MIT licence (source: Kite-2 README).",
        id="notes",
        title="Notes",
    ),
    passage("The licence of Sparrow 4 is Sparrow 4 Community License.", id="s", title="Sparrow"),
    passage("The licence of Lark 1.5 Large is EULA Model License.", id="l", title="Lark"),
)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Why did Windlab put Kite-2 under MIT?", "Apache-2.0"),
        ("Why is Kite-2 under a non-commercial licence?", "Apache-2.0"),
        ("Given that Kite-2 is under the Gull Community License, may I sell it?", "Apache-2.0"),
        ("why did windlab give kite-2 away under mit", "Apache-2.0"),
        ("Since Kite-2 has 70B parameters, how many GPUs does it need?", "671B"),
        ("Why does Kite-2 have only 7 billion active parameters?", "37B"),
        ("As Kite-2 was trained with 30 million GPU hours, what did that cost?", "2.788M"),
        ("Kite-2 came out in March 2023, right? What followed?", "26 December 2024"),
        ("Why was Kite-2 launched in May 2025?", "26 December 2024"),
        ("Why did Stormlab make Kite-2?", "Windlab"),
        ("What made Stormlab publish Kite-2?", "Windlab"),
        ("Why is Sparrow 4 under Apache 2.0?", "Sparrow 4 Community License"),
        ("Why is Lark 1.5 Large under MIT?", "EULA Model License"),
    ],
)
def test_a_false_premise_is_corrected_by_an_exact_quote(question: str, said: str) -> None:
    found = correction(question, SHELF)
    assert found is not None
    assert said in found.sentence
    for quote in found.quotes:
        chunk = quote.passage.chunk
        assert quote.passage.text[quote.start - chunk.start : quote.end - chunk.start] == quote.text


@pytest.mark.parametrize(
    "question",
    [
        "Why did Windlab put Kite-2 under Apache 2.0?",
        "Since Kite-2 has 671B parameters, how many are active?",
        "Why does Kite-2 have only 37 billion active parameters?",
        "Kite-2 came out in December 2024, right?",
        "Why did Windlab make Kite-2?",
        "Since Kite-2-Mini has 8B parameters, does it run on a laptop?",
        "Why is Kite-2-Mini under MIT?",
        "Why is Sparrow 4 under the Sparrow 4 Community License?",
        "Why does Lark 1.5 Large have a licence of its own?",
        # Nothing is taken for granted.
        "Under which licence is Kite-2?",
        "Is Kite-2 under MIT?",
        "How many parameters does Kite-2 have?",
        "Which models are under MIT?",
        # The passages do not speak of it.
        "Why is Heron-9 under MIT?",
        "Since Kite-2 needs 40 GPUs, what does that cost?",
        "Why did Kite-2 beat Sparrow 4 by 12 points?",
        # Weighed, denied or compared: not taken for granted.
        "Why is Kite-2 not under MIT?",
        "Why did Windlab choose Apache 2.0 over MIT for Kite-2?",
        "How does the licence of Kite-2 differ from the MIT licence?",
        "How does Kite-2 compare with models under MIT?",
        "How did MIT researchers test Kite-2?",
        "Since Kite-2 has more than 600B parameters, how many GPUs does it need?",
        "Since Kite-2 has about 670B parameters, how many GPUs does it need?",
        # A date, a maker or a number of something else.
        "Why was Kite-2 released after the May 2024 chip rules?",
        "Why was the update to Kite-2 released in May 2025?",
        "Why did the review of Kite-2 published in May 2025 cause a stir?",
        "How did researchers train Kite-2?",
        "how does one train kite-2?",
        "Why did Stormlab release Kite-2 on its cloud?",
        "Why did Norway open an inquiry after Kite-2?",
        "How can I train Kite-2 in 500 GPU hours?",
        "Why do 12 GPU hours of Kite-2 cost so much?",
        # Of two things it is unclear which one is meant.
        "Why is Kite-2 under Apache while Kite-2-Mini is under MIT?",
    ],
)
def test_a_premise_that_is_borne_out_or_not_understood_is_left_alone(question: str) -> None:
    assert correction(question, SHELF) is None


def test_one_passage_that_bears_the_premise_out_is_enough_to_leave_it_alone() -> None:
    other = passage("The weights of Kite-2 are under the MIT licence.", id="other")
    question = "Why did Windlab put Kite-2 under MIT?"
    assert correction(question, SHELF) is not None
    assert correction(question, [*SHELF, other]) is None


def test_the_source_note_of_a_sentence_is_not_what_it_speaks_of() -> None:
    notes: Passage = SHELF[1]
    assert correction("Why is Kite-2 under Apache 2.0?", [notes]) is None


def test_a_premise_gives_a_query_that_finds_what_it_is_held_against() -> None:
    assert queries("Why is Kite-2 under MIT?") == ("licence of Kite-2",)
    assert queries("Is Kite-2 good?") == ()


def test_a_premise_says_subject_and_value() -> None:
    (one,) = premises("Since Kite-2 has 70B parameters, how many GPUs does it need?")
    assert (one.relation, one.subject, one.value.text) == ("number", "Kite-2", "70B")


def test_a_number_is_taken_out_at_its_own_place_and_not_inside_the_name() -> None:
    found = premises("Why does Kite-32B use 2 experts per token?")
    assert {one.subject for one in found} == {"Kite-32B"}


def test_a_question_of_many_numbers_costs_few_searches() -> None:
    kinds = (f"{one}{other} items" for one in ("red", "wet", "new") for other in ("hot", "flat"))
    said = ", ".join(f"{number} {kind}" for number, kind in enumerate(kinds, 11))
    assert 1 < len(queries(f"Why does Kite-9 have {said}?")) <= 4
