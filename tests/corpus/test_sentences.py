"""Sentence spans hold for any text, also where the splitter itself gives up."""

from __future__ import annotations

from typing import Any

import pytest
import sentencex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.lexical import units
from corpus.sentences import sentence_spans

odd = st.text(
    "abB. !?。中1()\"'\n\r\t\x0b\x1c\x85\u00a0\u1680\u2003\u2028\u202f\u3000\ufeff\ud800😀"
)
languages = st.sampled_from(["en", "zh", "de", "ja", "xx", ""])


class PanicException(BaseException):
    """Named as the one that sentencex raises, which has no importable class."""


@settings(max_examples=200, deadline=None)
@given(odd | st.text(), languages)
@example("Choose plan B\u00a0. Next one.", "en")
def test_spans_are_ordered_apart_and_within_any_text(text: str, language: str) -> None:
    at = 0
    for start, end in sentence_spans(text, language):
        assert at <= start <= end <= len(text)
        assert not text[at:start].strip()
        at = end
    assert not text[at:].strip()


def test_sentences_after_a_no_break_space_are_still_apart() -> None:
    text = "It costs 5\u00a0euros. Next\u3000one."
    assert [text[a:b].strip() for a, b in sentence_spans(text, "en")] == [
        "It costs 5\u00a0euros.",
        "Next\u3000one.",
    ]


def test_units_keep_the_text_as_it_was_written() -> None:
    text = "Choose plan B\u00a0. Next one."
    found = units(text)
    assert found
    assert all(text[unit.start : unit.end] == unit.text for unit in found)


def test_a_panic_makes_the_whole_text_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentencex, "get_sentence_boundaries", _raising(PanicException()))
    assert sentence_spans("One. Two.", "en") == [(0, 9)]


def test_an_interrupt_is_not_taken_for_a_panic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentencex, "get_sentence_boundaries", _raising(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        sentence_spans("One. Two.", "en")


def _raising(error: BaseException) -> Any:
    def split(language: str, text: str) -> None:
        raise error

    return split
