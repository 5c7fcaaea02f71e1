"""How the signals of a search become one order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.rank import Signals, rank

scores = st.dictionaries(st.integers(0, 20), st.floats(-1, 50), max_size=10)


@given(scores, scores, scores)
def test_every_candidate_is_kept_once_in_order(
    cosine: dict[int, float], bm25: dict[int, float], phrases: dict[int, float]
) -> None:
    around = {key: {key: 0, key + 1: 1, key + 2: 2} for key in bm25}
    ranked = rank([*cosine, *bm25], Signals(cosine, bm25, phrases, around))
    assert sorted(r.key for r in ranked) == sorted(cosine.keys() | bm25.keys())
    assert [r.score for r in ranked] == sorted((r.score for r in ranked), reverse=True)
    assert all(0.0 <= r.score <= 1.0 + 1e-9 for r in ranked)
    assert all(r.cosine == cosine.get(r.key) and r.bm25 == bm25.get(r.key) for r in ranked)


def test_what_both_rankings_like_comes_first() -> None:
    ranked = rank([1, 2, 3], Signals({1: 0.9, 2: 0.8, 3: 0.1}, {3: 10.0, 2: 9.0}))
    assert [r.key for r in ranked] == [2, 1, 3]


def test_a_hit_without_a_vector_stands_where_its_words_put_it() -> None:
    ranked = rank([1, 2, 3], Signals({1: 0.9, 2: 0.3}, {3: 10.0, 1: 8.0, 2: 5.0}))
    assert [(r.key, r.cosine) for r in ranked] == [(3, None), (1, 0.9), (2, 0.3)]
    assert ranked[0].score == 1.0


def test_a_better_neighbour_lifts_a_passage() -> None:
    cosine = {1: 0.5, 2: 0.5, 11: 0.9, 12: 0.1}
    around = {1: {1: 0, 11: 1}, 2: {2: 0, 12: 1}}
    assert [r.key for r in rank([2, 1], Signals(cosine, around=around))] == [1, 2]


def test_words_count_from_further_away_than_meaning() -> None:
    around = {1: {1: 0, 11: 2}, 2: {2: 0, 12: 2}}
    by_meaning = rank([1, 2], Signals({1: 0.5, 2: 0.5, 12: 0.9}, around=around))
    assert by_meaning[0].score == by_meaning[1].score
    by_words = rank([1, 2], Signals({}, {1: 5.0, 2: 5.0, 12: 9.0}, around=around))
    assert [r.key for r in by_words] == [2, 1]


def test_a_neighbour_without_a_vector_takes_nothing_away() -> None:
    around = {1: {1: 0, 11: 1}, 2: {2: 0}}
    ranked = rank([1, 2], Signals({1: 0.5, 2: 0.5}, around=around))
    assert ranked[0].score == pytest.approx(ranked[1].score)


def test_words_that_stand_together_count_more() -> None:
    ranked = rank([1, 2], Signals({}, {1: 5.0, 2: 5.0}, {2: 3.0}))
    assert [r.key for r in ranked] == [2, 1]


def test_nothing_known_is_no_ranking() -> None:
    assert rank([], Signals()) == []
    assert [r.score for r in rank([7], Signals())] == [0.0]
