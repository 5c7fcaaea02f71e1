"""How text becomes full-text terms, and what BM25 finds with them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fulltext import (
    POINT,
    affordable,
    bm25_top,
    cjk_share,
    index_text,
    phrases_top,
    query_phrases,
    query_terms,
    terms,
)
from index.schema import SCHEMA

TEXTS = {
    1: "Qwen2.5-7B-Instruct is released under Apache-2.0.",
    2: "DeepSeek-R1 has 671B parameters; R1-Zero came first.",
    3: "混元大模型开源了,参数量为800亿。",
    4: "Le modèle est publié sous une licence libre.",
    5: "GPT-4 and llama.cpp are mentioned in state-of-the-art reports.",
}


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    for key, text in TEXTS.items():
        connection.execute(
            "INSERT INTO fulltext (rowid, title, headings, body) VALUES (?, '', '', ?)",
            (key, index_text(text)),
        )
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words", ["plain", "words"]),
        ("DeepSeek-R1", ["deepseek", "r1", "deepseekr1"]),
        ("Qwen2.5-7B", ["qwen2.5", "qwen", "2.5", "7b", "qwen2.57b"]),
        ("gpt4", ["gpt4", "gpt", "4"]),
        ("开源模型", ["开源", "源模", "模型", "型"]),
        ("用Qwen3吗", ["用", "qwen3", "qwen", "3", "吗"]),
        ("Ｑｗｅｎ", ["qwen"]),
        ("end. Start", ["end", "start"]),
        ("___ ... ---", []),
    ],
)
def test_terms_of_a_text(text: str, expected: list[str]) -> None:
    assert [term.replace(POINT, ".") for term in terms(text)] == expected


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("Qwen2.5-7B", 1),
        ("qwen2.5 7b licence", 1),
        ("Qwen 2.5", 1),
        ("qwen", 1),
        ("Apache 2.0", 1),
        ("R1", 2),
        ("deepseek r1", 2),
        ("DeepSeekR1", 2),
        ("deepseek parameter", 2),
        ("混元模型的参数量是多少", 3),
        ("元", 3),
        ("亿", 3),
        ("modele publie", 4),
        ("GPT4", 5),
        ("llama.cpp", 5),
        ("state of the art", 5),
    ],
)
def test_names_and_parts_of_names_are_found(
    db: sqlite3.Connection, question: str, best: int
) -> None:
    assert bm25_top(db, question, 5)[0][0] == best


@pytest.mark.parametrize(
    "question",
    ['"', 'a" OR "b', "title:x", "NEAR(a b)", "*", "a* AND NOT", "^x", "(", "{a}:b", "'; DROP", ""],
)
def test_query_syntax_is_only_text(db: sqlite3.Connection, question: str) -> None:
    bm25_top(db, question, 5)


@given(st.text())
def test_any_question_is_a_valid_query(question: str) -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE fulltext USING fts5 (title, headings, body, "
            "tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        connection.execute(
            "INSERT INTO fulltext VALUES (?, '', ?)", (index_text("a b"), index_text(question))
        )
        found = bm25_top(connection, question, 5)
        phrases_top(connection, question, 5)
        # Whatever has a term is found by itself.
        assert bool(found) == bool(query_terms(question))
    connection.close()


def test_scores_fall_and_are_higher_for_better(db: sqlite3.Connection) -> None:
    scores = [score for _, score in bm25_top(db, "DeepSeek-R1 released licence", 5)]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0


def test_pairs_are_of_neighbouring_telling_words() -> None:
    assert query_phrases("the context window of small models") == [
        ("context", "window"),
        ("small", "models"),
    ]
    assert query_phrases("混元大模型") == []


def test_only_passages_with_the_words_side_by_side_have_a_phrase_score(
    db: sqlite3.Connection,
) -> None:
    db.executemany(
        "INSERT INTO fulltext (rowid, title, headings, body) VALUES (?, '', '', ?)",
        [(11, "a context window of tokens"), (12, "a window shows the context")],
    )
    assert [key for key, _ in phrases_top(db, "context windows", 5)] == [11]
    assert phrases_top(db, "window", 5) == []
    assert phrases_top(db, "", 5) == []


@pytest.mark.parametrize("question", ['a" b" OR "c', "x + y NEAR(a b)", '"" ""', "title : x y"])
def test_phrase_syntax_is_only_text(db: sqlite3.Connection, question: str) -> None:
    phrases_top(db, question, 5)


def test_stop_words_are_dropped_unless_nothing_is_left() -> None:
    assert query_terms("What is the licence of it?") == ["licence"]
    assert query_terms("to be") == ["to", "be"]


def test_a_budget_keeps_the_rarest_terms(db: sqlite3.Connection) -> None:
    db.executemany(
        "INSERT INTO fulltext (title, headings, body) VALUES ('', '', ?)",
        [("common words",)] * 50,
    )
    assert affordable(db, ["common", "deepseek"], budget=10) == ["deepseek"]
    assert affordable(db, ["common"], budget=10) == ["common"]
    assert affordable(db, ["common", "deepseek"], budget=100) == ["deepseek", "common"]
    assert affordable(db, ["absent"], budget=100) == []


@pytest.mark.parametrize(
    ("text", "share"), [("模型", 1.0), ("model", 0.0), ("2024!", 0.0), ("模型 ab", 0.5)]
)
def test_share_of_cjk_letters(text: str, share: float) -> None:
    assert cjk_share(text) == share
