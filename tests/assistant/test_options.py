"""What a question may ask for itself: bounds, and what stands where nothing is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.options import AskOptions, Budget
from corpus.errors import InputError


@pytest.mark.parametrize(
    "wrong",
    [
        {"evidence_tokens": 49},
        {"evidence_tokens": 4001},
        {"evidence_tokens": 320.5},
        {"evidence_tokens": True},
        {"evidence_tokens": "320"},
        {"strictness": -0.01},
        {"strictness": 1.01},
        {"strictness": float("nan")},
        {"strictness": "0.4"},
        {"strictness": True},
        {"language": "de"},
        {"language": ""},
    ],
)
def test_a_value_out_of_bounds_is_told_in_one_line(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError) as told:
        AskOptions(**wrong)
    assert "\n" not in str(told.value)


def test_what_is_not_asked_for_is_as_the_desk_is_set_up() -> None:
    assert AskOptions().over(320, 0.4) == Budget(320, 0.4)
    assert AskOptions(strictness=0.0).over(320, 0.4) == Budget(320, 0.0)
    assert AskOptions(evidence_tokens=900).over(320, 0.4) == Budget(900, 0.4)
