"""Each wording of a follow-up is searched for, and the gain of rewriting is paired."""

from pathlib import Path

import pytest

from assistant.measure.followups import evaluate_followups, rewriter
from corpus.errors import InputError
from tests.assistant.measure.public_set import QUERIES, indexed, write_set


def test_a_rewrite_that_names_the_subject_finds_more_than_the_last_turn(tmp_path: Path) -> None:
    filler = [{"_id": f"f{n}", "title": "", "text": f"Interest rate number {n}."} for n in range(8)]
    tax = {"_id": "tax", "title": "Tax", "text": "The value added tax has been raised."}
    folder = write_set(tmp_path / "small", corpus=[*filler, tax])
    with indexed(folder, tmp_path / "home") as index:
        found = evaluate_followups(index, folder, lambda text, turns: "value added tax raised")
    assert found["queries"] == 1  # the others have no history
    assert found["all"]["last_turn"]["recall@5"]["mean"] == 0.0
    assert found["all"]["rewritten"]["recall@5"]["mean"] == 1.0
    assert found["all"]["in_context_gains"]["recall@5"]["mean"] == 1.0
    assert found["with_human_rewrite"]["human"]["recall@5"]["mean"] == 1.0
    assert found["questions"][0]["rewritten"] == "value added tax raised"


def test_rules_alone_leave_a_question_that_stands_alone(tmp_path: Path) -> None:
    rewrite = rewriter(None)
    assert rewrite("What does granite hold?", ()) == "What does granite hold?"


def test_a_set_without_follow_ups_is_named(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "small", queries=QUERIES[:2])
    with indexed(folder, tmp_path / "home") as index, pytest.raises(InputError, match="small"):
        evaluate_followups(index, folder, rewriter(None))
