"""The decision whether the sources answer the question, with a scripted judge."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant import prompts
from assistant.answerable import (
    HOPELESS,
    SOURCE_CHARACTERS,
    WHOLE_CHARACTERS,
    Decision,
    after,
    before,
    nearest,
    warm_up,
    with_rest,
)
from assistant.evidence import Evidence, pack
from assistant.prompts import Message
from index.types import Passage
from tests.assistant.passages import passage

QUESTION = "Who designed the steel bridge over the Tarn?"
BRIDGE = passage("The steel bridge over the Tarn was designed by Ada Ross.", title="Bridges")
FERRY = passage("A ferry crossed the river until 1954.", id="ferry", title="Ferries")
TABLE = passage(
    "Bridge | Designer | Year\nTarn | Ada Ross | 1954\nLot | Ben Hull | 1960", title="Bridges"
)
DRAFTED = [Message("system", "Answer."), Message("user", "Sources: …\n\nQuestion: …")]


class Judge:
    """Gives one probability after the other, and remembers what it was shown."""

    def __init__(self, *answers: float | None) -> None:
        self.answers = list(answers)
        self.seen: list[list[Message]] = []

    def __call__(self, messages: Sequence[Message]) -> float | None:
        self.seen.append(list(messages))
        return self.answers.pop(0)


def packed(*passages: Passage, question: str = QUESTION) -> Evidence:
    return pack(question, passages, 300)


def decided(stated: float, correct: float) -> float:
    judge = Judge(stated, correct)
    decision = after(
        before(QUESTION, packed(BRIDGE), judge), DRAFTED, "Ada Ross designed it.", judge
    )
    assert decision.probability is not None
    return decision.probability


def test_the_judge_sees_the_nearest_passage_under_its_title() -> None:
    judge = Judge(0.9)
    decision = before(QUESTION, packed(FERRY, BRIDGE), judge)
    shown = judge.seen[0][-1].content
    assert "Bridges: The steel bridge over the Tarn" in shown
    assert QUESTION in shown
    assert "ferry" not in shown
    assert decision.stated == 0.9


def test_all_but_the_last_message_stays_the_same_so_that_it_is_cached() -> None:
    judge = Judge(0.9, 0.9, 0.9)
    before(QUESTION, packed(BRIDGE), judge)
    before("When did the ferry stop?", packed(FERRY), judge)
    warm_up(judge)
    assert judge.seen[0][:-1] == judge.seen[1][:-1] == judge.seen[2][:-1]
    assert len({messages[-1].content for messages in judge.seen}) == 3


def test_half_of_the_worked_examples_are_answered_with_no() -> None:
    answers = [answers for _, _, answers in prompts.EXAMPLES]
    assert answers.count(True) == answers.count(False)


def test_the_second_probe_continues_the_drafts_own_prompt() -> None:
    judge = Judge(0.9, 0.7)
    after(before(QUESTION, packed(BRIDGE), judge), DRAFTED, "Ada Ross designed it.", judge)
    assert judge.seen[1][: len(DRAFTED)] == DRAFTED
    assert judge.seen[1][len(DRAFTED)] == Message("assistant", "Ada Ross designed it.")


def test_each_probe_raises_the_probability() -> None:
    assert decided(0.2, 0.7) < decided(0.8, 0.7)
    assert decided(0.5, 0.5) < decided(0.5, 0.9)
    assert decided(0.05, 0.5) < 0.1
    assert decided(0.95, 0.8) > 0.9


def test_a_certain_probe_gives_no_certain_decision() -> None:
    assert 0 < decided(0.0, 0.0) < 0.01
    assert 0.99 < decided(1.0, 1.0) < 1


def test_a_clear_no_of_the_first_probe_makes_drafting_hopeless() -> None:
    assert before(QUESTION, packed(FERRY), Judge(0.1)).hopeless(0.35)
    assert not before(QUESTION, packed(BRIDGE), Judge(0.4)).hopeless(0.35)
    assert not Decision(None).hopeless(0.35)
    assert not before(QUESTION, packed(FERRY), Judge(0.1)).hopeless(0.0)
    assert HOPELESS < 0.5


@pytest.mark.parametrize(("strictness", "answered"), [(0.0, True), (0.6, True), (0.61, False)])
def test_strictness_is_the_least_probability_that_is_answered(
    strictness: float, answered: bool
) -> None:
    assert Decision(0.6).answered(strictness) is answered


@pytest.mark.parametrize("strictness", [0.0, 0.5, 1.0])
def test_without_a_judgement_nothing_is_refused(strictness: float) -> None:
    silent = Judge(None)
    for decision in (
        before(QUESTION, packed(BRIDGE), None),
        before(QUESTION, packed(), Judge()),
        after(before(QUESTION, packed(BRIDGE), silent), DRAFTED, "Ada Ross.", Judge()),
    ):
        assert decision.probability is None
        assert decision.answered(strictness)


def test_a_model_that_cannot_judge_its_draft_leaves_the_first_probe_standing() -> None:
    first = before(QUESTION, packed(BRIDGE), Judge(0.8))
    assert after(first, DRAFTED, "Ada Ross.", Judge(None)) == first
    assert after(first, DRAFTED, " ", Judge()) is first


def test_a_long_passage_is_cut_around_the_sentence_that_matters() -> None:
    filler = " ".join(f"Filler number {n} speaks of other matters at length." for n in range(60))
    long = passage(f"{filler} {BRIDGE.text} {filler}", title="Bridges")
    shown = nearest(packed(long))
    assert BRIDGE.text in shown
    assert len(shown) <= SOURCE_CHARACTERS + len("Bridges: ")
    assert shown.endswith("at length.")


def test_a_single_endless_sentence_is_cut() -> None:
    endless = passage("bridge " * 2000)
    assert len(nearest(packed(endless))) <= SOURCE_CHARACTERS


def test_the_rows_of_a_table_are_read_with_their_column_names() -> None:
    assert "Designer = Ada Ross" in nearest(packed(TABLE))


def test_of_a_question_in_parts_the_likeliest_part_counts() -> None:
    question = (
        "Who designed the steel bridge over the Tarn, and when did the ferry across the river stop?"
    )
    judge = Judge(0.2, 0.8)
    decision = before(question, packed(BRIDGE, FERRY, question=question), judge)
    assert decision.stated == 0.8
    first, second = (messages[-1].content for messages in judge.seen)
    assert "Bridges: " in first and "Ferries" not in first
    assert "Ferries: A ferry crossed" in second


def test_once_a_part_is_surely_answered_the_others_are_not_asked_about() -> None:
    question = "Who designed the steel bridge over the Tarn, and when did the ferry stop?"
    judge = Judge(0.9)
    assert before(question, packed(BRIDGE, FERRY, question=question), judge).stated == 0.9


def test_what_the_passage_holds_does_not_depend_on_the_draft() -> None:
    judge = Judge(0.6, 0.1)
    decision = after(before(QUESTION, packed(BRIDGE), judge), DRAFTED, "Nobody.", judge)
    assert decision.holds(0.35)
    assert not decision.answered(0.35)
    assert not Decision(None).holds(0.0)


ADA = passage("Ada Ross designed nine bridges.", id="ross", title="Ada Ross")
TARN = passage(
    "The steel bridge over the Tarn was her last.", id="ross", start=90, title="Ada Ross"
)


def test_an_unsure_model_is_asked_again_with_the_rest_of_the_document() -> None:
    judge = Judge(0.35, 0.8)
    decision = before(QUESTION, packed(TARN, ADA, FERRY), judge)
    first, again = (messages[-1].content for messages in judge.seen)
    assert "Tarn" in first and "nine bridges" not in first
    assert "Tarn" in again and "nine bridges" in again and "ferry" not in again
    assert decision.stated == 0.8


def test_the_second_look_takes_nothing_back() -> None:
    assert before(QUESTION, packed(TARN, ADA), Judge(0.4, 0.1)).stated == 0.4


@pytest.mark.parametrize(
    ("stated", "passages"),
    [(0.9, (TARN, ADA)), (0.05, (TARN, ADA)), (0.35, (TARN,)), (0.35, (BRIDGE, FERRY))],
    ids=["sure", "hopeless", "nothing else", "another document"],
)
def test_nothing_is_asked_twice_where_it_would_not_help(
    stated: float, passages: tuple[Passage, ...]
) -> None:
    judge = Judge(stated)
    assert before(QUESTION, packed(*passages), judge).stated == stated
    assert judge.answers == []


def test_what_is_added_of_a_long_document_is_bounded() -> None:
    many = [
        passage(f"Ross drew the bridge number {n}, {'plainly ' * 30}.", id="ross", start=200 * n)
        for n in range(1, 90)
    ]
    evidence = pack(QUESTION, [TARN, *many], 3000)
    assert sum(len(extract.text) for extract in evidence.extracts) > WHOLE_CHARACTERS
    shown = nearest(evidence)
    assert len(shown) < len(with_rest(evidence, shown)) <= WHOLE_CHARACTERS
