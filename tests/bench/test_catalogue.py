"""The rules answer the catalogue questions: at least 95 of 100 with exactly the right rows."""

from __future__ import annotations

from tests.bench.catalogue import outcomes

LEAST = 0.95


def test_the_catalogue_questions_are_answered_with_exactly_the_right_rows() -> None:
    asked = list(outcomes())
    wrong = [f"{one.id}: {one.described or 'not understood'}" for one in asked if not one.right]
    assert len(asked) >= 96
    assert len(wrong) <= (1 - LEAST) * len(asked), "\n".join(wrong)
