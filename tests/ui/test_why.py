"""Why an answer says what it says, in plain words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assistant.types import Answer, Timings
from tests.ui.scripted import licence_answer, qwq_answer, refusal
from ui import why


def refused(**trace: Any) -> Answer:
    return replace(refusal("Who won?"), trace=trace)


@pytest.mark.parametrize(
    ("trace", "said"),
    [
        ({"refused": "subject", "missing": ["Kimi-K9"]}, "mentions Kimi-K9"),
        ({"refused": "improbable"}, "does not answer exactly this question"),
        ({"refused": "declined"}, "found that they do not tell"),
        ({"refused": "unsupported"}, "none of its sentences was found"),
        ({"refused": "failed"}, "could not write"),
        ({"refused": "asked_back"}, "asked back"),
        ({"catalogue": {"shape": "list"}}, "found no model that fits"),
        ({}, "Nothing that was found answers"),
    ],
)
def test_each_kind_of_refusal_has_its_own_words(trace: dict[str, Any], said: str) -> None:
    assert said in why.reasons(refused(**trace))[0]


@pytest.mark.parametrize(
    ("trace", "said"),
    [
        ({"premise": "MIT"}, "takes something for granted (MIT)"),
        ({"extractive": True, "gates": []}, "the best quotes are shown instead"),
        ({"catalogue": {"shape": "list"}}, "exact query over the model cards"),
        ({"timeline": True, "searched": 9}, "dated events"),
    ],
)
def test_each_kind_of_answer_has_its_own_words(trace: dict[str, Any], said: str) -> None:
    assert said in why.reasons(replace(qwq_answer("?"), trace=trace))[0]


def test_the_plan_tells_what_was_asked_of_what() -> None:
    passages = {"passages": [{"title": "a"}]}
    asked = {"catalogue": {"shape": "list"}}
    plans = [why.plan(replace(qwq_answer("?"), trace=trace))
             for trace in (asked, passages, asked | passages, {})]  # fmt: skip
    assert len(set(plans)) == 4
    assert "model cards, and a search" in plans[2]


def test_a_failed_check_names_what_it_missed() -> None:
    gates = [{"sentence": "It has 700B.", "failed": {"numbers": ["700B"], "odd": []}}]
    (sentence,) = why.judged(replace(licence_answer("?"), trace={"gates": gates}))
    assert not sentence.supported
    assert sentence.reasons == ("a number that the passage does not state: 700B", "odd")


def test_the_stages_add_up_to_the_whole_time() -> None:
    timings = Timings(0.1, 0.4, 0.5, 3.2, 6.0, judge=2.5, draft=2.0, check=0.5)
    told = why.stages(timings)
    assert sum(stage.seconds for stage in told) == pytest.approx(6.0)
    assert told[-1].name == "Other"
    assert why.stages(Timings()) == []


@pytest.mark.parametrize(
    ("share", "told"),
    [(0.0, "0"), (0.004, "under 1"), (0.12, "12"), (0.998, "over 99"), (1.0, "100")],
)
def test_what_is_merely_near_is_never_told_as_certain(share: float, told: str) -> None:
    assert why.percent(share) == f"{told}\xa0%"


def test_a_refusal_cites_no_passage() -> None:
    cited = [passage.cited for passage in why.considered(refusal("Who won?"))]
    assert cited == [(), ()]
