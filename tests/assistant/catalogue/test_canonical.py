"""Names in a question are set right before search, and only where the corpus writes otherwise."""

from __future__ import annotations

import pytest

from assistant.catalogue.canonical import canonical
from tests.assistant.catalogue.shipped import CATALOGUE, RULES


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("Why was Deep AI 1 a shock?", "Why was DeepSeek-R1 a shock?"),
        ("What is qwq 32b good for?", "What is QwQ-32B good for?"),
        ("Why did Deepsek publish it?", "Why did DeepSeek publish it?"),
        ("deepseek-r1 and qwq32b", "DeepSeek-R1 and QwQ-32B"),
    ],
)
def test_a_name_that_the_corpus_writes_otherwise_is_set_right(written: str, right: str) -> None:
    assert canonical(written, RULES.linker) == right


@pytest.mark.parametrize(
    "question",
    ["Why was R1 a shock?", "What did Alibaba say?", "Is it open?", "How long is it?", ""],
)
def test_short_names_and_other_words_stay(question: str) -> None:
    assert canonical(question, RULES.linker) == question


def test_the_catalogue_sets_names_right_as_well() -> None:
    assert CATALOGUE.canonical("qwq 32b?") == "QwQ-32B?"
