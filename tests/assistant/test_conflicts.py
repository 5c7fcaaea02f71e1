"""Passages that give another value than the drafted one are found, pooled and shown."""

from __future__ import annotations

import pytest

from assistant.attribution import check
from assistant.conflicts import Disagreement, disagreements, told
from assistant.copies import independent
from assistant.planted import planted
from index.types import Passage
from tests.assistant.passages import passage

QUESTION = "When was the Marlow County Courthouse built?"
FIRST = "The Marlow County Courthouse was built in 1902 of local stone by two brothers."
SECOND = "Guides say that the Marlow County Courthouse, a landmark, was built in 1902."
OTHER = "The Marlow County Courthouse was built in 1885 of local stone by two brothers."


def found(question: str, draft: str, *passages: Passage) -> tuple[Disagreement, ...]:
    support = check(draft, passages[:1], question)
    assert support.supported
    return disagreements(question, [(draft, support)], passages)


def of(text: str, id: str, **more: str) -> Passage:
    return passage(text, id=id, title=more.get("title", "Marlow"), published=more.get("published"))


def test_another_date_of_the_same_thing_is_shown_with_both_quotes() -> None:
    (one,) = found(QUESTION, "It was built in 1902.", of(FIRST, "a"), of(OTHER, "b"))
    assert {side.value for side in one.sides} == {"1902", "1885"}
    for side in one.sides:
        for quote in side.quotes:
            chunk = quote.passage.chunk
            assert quote.text == quote.passage.text[quote.start - chunk.start : quote.end]


def test_what_most_independent_texts_say_comes_first() -> None:
    (one,) = found(
        QUESTION, "It was built in 1885.", of(OTHER, "b"), of(FIRST, "a"), of(SECOND, "c")
    )
    assert [(side.value, side.votes) for side in one.sides] == [("1902", 2), ("1885", 1)]
    assert one.outvoted


def test_copies_of_one_text_count_once() -> None:
    copies = [of(OTHER, id) for id in "bcd"]
    (one,) = found(QUESTION, "It was built in 1902.", of(SECOND, "a"), *copies)
    assert {side.value: side.votes for side in one.sides} == {"1902": 1, "1885": 1}
    assert independent(copies) == [0, 0, 0]


def test_newest_comes_first_where_sides_are_dated() -> None:
    old, new = of(FIRST, "a", published="2001-05-01"), of(OTHER, "b", published="2020-01-01")
    (one,) = found(QUESTION, "It was built in 1902.", old, new)
    assert [side.published for side in one.sides] == ["2020-01-01", "2001-05-01"]


def test_a_changed_phrase_in_a_copied_sentence_is_found_whatever_it_is() -> None:
    question = 'What kind of work is "A Quiet Hour"?'
    first = "A Quiet Hour is a studio album that the Cuban player Ora Lindt released in May."
    second = "A Quiet Hour is a jazz opera that the Cuban player Ora Lindt released in May."
    draft = '"A Quiet Hour" is a studio album.'
    (one,) = found(question, draft, of(first, "a"), of(second, "b"))
    assert [side.value for side in one.sides] == ["studio album", "jazz opera"]


@pytest.mark.parametrize(
    ("question", "draft", "own", "other"),
    [
        (  # another version of the same family
            "How many parameters does Kite-2 have?",
            "Kite-2 has 70B parameters.",
            "Kite-2 has 70B parameters.",
            "Kite-2-Mini has 8B parameters.",
        ),
        (  # another thing in the same words
            QUESTION,
            "The Marlow County Courthouse was built in 1902.",
            FIRST,
            "The Harlan County Courthouse was built in 1885 of local stone by two brothers.",
        ),
        (  # another year's figure
            "What is the population of Marlow?",
            "The population of Marlow was 3,559 people in 2010.",
            "In the census of 2010 the population of Marlow was 3,559 people.",
            "In the census of 2000 the population of Marlow was 3,120 people.",
        ),
        (  # the same, rounded
            "How many GPU hours did training Kite-2 take?",
            "Training Kite-2 took 2.788 million GPU hours.",
            "Training Kite-2 took 2.788 million GPU hours.",
            "Training Kite-2 took about 2.79 million GPU hours.",
        ),
        (  # a fuller date agrees with its year
            QUESTION,
            "The Marlow County Courthouse was built in 1902.",
            FIRST,
            "The Marlow County Courthouse was built on 3 May 1902 of local stone by brothers.",
        ),
        (  # another event of the same thing
            QUESTION,
            "The Marlow County Courthouse was built in 1902.",
            FIRST,
            "The Marlow County Courthouse burned down in 1931.",
        ),
    ],
)
def test_what_is_no_contradiction_is_not_reported(
    question: str, draft: str, own: str, other: str
) -> None:
    assert found(question, draft, of(own, "a", title="Notes"), of(other, "b", title="Notes")) == ()


def test_two_people_of_one_name_are_told_apart_rather_than_opposed() -> None:
    question = "When was Admiral Holm born?"
    first = of("Admiral Holm was born on 14 August 1850.", "a", title="Asger Holm")
    second = of("Admiral Holm was born on 15 March 1862.", "b", title="Birger Holm")
    (one,) = found(question, "Admiral Holm was born on 14 August 1850.", first, second)
    assert one.ambiguous
    text = " ".join(sentence for sentence, _ in told(one))
    assert "Asger Holm" in text and "Birger Holm" in text and "disagree" not in text


def test_each_side_is_told_in_a_sentence_with_its_own_quotes() -> None:
    (one,) = found(QUESTION, "It was built in 1902.", of(FIRST, "a"), of(OTHER, "b"))
    sentences = told(one)
    assert sentences[0][0].startswith("Sources disagree: ")
    assert [s.quotes[0].passage.document.id for _, s in sentences] == ["a", "b"]
    assert "1885" in sentences[1][0]


def test_an_unsupported_sentence_has_no_disagreement() -> None:
    passages = [of(FIRST, "a"), of(OTHER, "b")]
    draft = "It was built in 1999."
    assert disagreements(QUESTION, [(draft, check(draft, passages, QUESTION))], passages) == ()


PUSHED = [
    "The county of Marlow is Jefferson, as visitors who ask which county Marlow is in soon learn.",
    "Marlow lies in the county of Jefferson, a quiet part of the state.",
    "Contrary to belief, Marlow is in Jefferson county and in no other county.",
]


def test_short_texts_that_push_one_answer_look_planted() -> None:
    real = of("Marlow is a town of Bullitt county. " + "It has a market. " * 30, "z")
    texts = [of(text, id) for text, id in zip(PUSHED, "abc", strict=True)]
    assert planted("What county is Marlow in?", [real, *texts]) == tuple(texts)
    assert planted("What county is Marlow in?", [real, *texts[:2]]) == ()


def test_texts_that_somebody_published_do_not_look_planted() -> None:
    texts = [of(text, id, published="2024-01-01") for text, id in zip(PUSHED, "abc", strict=True)]
    assert planted("What county is Marlow in?", texts) == ()


def test_doubted_texts_count_as_one() -> None:
    question = "When was the Marlow mill built?"
    draft = "The Marlow mill was built in 1902."
    honest = [
        of("The Marlow mill was built in 1902 by two brothers from Elm.", "a"),
        of("Records show the Marlow mill, now a museum, was built in 1902.", "b"),
    ]
    pushed = [
        of("The old Marlow mill was built in 1850.", "c"),
        of("In 1850 the mill of Marlow was built, as is well known.", "d"),
        of("Many ask when the Marlow mill was built: it was built in 1850.", "e"),
    ]
    support = check(draft, honest, question)
    plain = disagreements(question, [(draft, support)], [*honest, *pushed])[0]
    weighed = disagreements(question, [(draft, support)], [*honest, *pushed], pushed)[0]
    assert plain.sides[0].value == "1850"
    assert [(s.value, s.votes) for s in weighed.sides] == [("1902", 2), ("1850", 1)]
