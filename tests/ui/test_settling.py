"""A draft that settles: what is checked, what is left, and sentences that join."""

from __future__ import annotations

from assistant.types import Sentence
from tests.ui.scripted import LICENCE, SIZE, cite
from ui.settling import Settled


def test_what_is_left_is_what_follows_the_checked_sentences() -> None:
    draft = "It is open [1]. It is large. It i"
    settled = Settled().with_sentence(draft, Sentence("It is open."), ())
    assert settled.rest(draft) == "It is large. It i"
    settled = settled.with_sentence(draft, Sentence("It is large."), ())
    assert settled.rest(draft) == "It i"
    assert [sentence.text for sentence in settled.sentences] == ["It is open.", "It is large."]


def test_a_sentence_that_more_text_has_joined_takes_the_place_of_its_parts() -> None:
    draft = "First. The U.S. Congress acted. Last"
    settled = Settled()
    for text in ("First.", "The U.S.", "The U.S. Congress acted."):
        settled = settled.with_sentence(draft, Sentence(text), ())
    assert [sentence.text for sentence in settled.sentences] == ["First.", draft[7:31]]
    assert settled.rest(draft) == "Last"


def test_a_sentence_that_the_draft_does_not_hold_is_kept_all_the_same() -> None:
    settled = Settled().with_sentence("Something  else.", Sentence("Something else."), ())
    assert len(settled.sentences) == 1
    assert settled.rest("Something  else.") == "Something  else."


def test_the_same_words_twice_are_two_sentences() -> None:
    draft = "Yes. Yes. N"
    settled = Settled().with_sentence(draft, Sentence("Yes."), ())
    settled = settled.with_sentence(draft, Sentence("Yes."), ())
    assert (len(settled.sentences), settled.rest(draft)) == (2, "N")


def test_citations_come_together_by_their_numbers() -> None:
    one, two = cite(1, "curated/r1", LICENCE), cite(2, "curated/r1", SIZE)
    settled = Settled().with_sentence("A. B.", Sentence("A.", (1,)), (one,))
    settled = settled.with_sentence("A. B.", Sentence("B.", (1, 2)), (two,))
    assert settled.citations == (one, two)
