"""The cards of a home, read without its vectors: the same as the whole index would say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from corpus.cards import curated_cards
from corpus.errors import HomeError
from index.card_record import answer_from, open_card_record
from index.catalogue import Condition, Query, Sort
from index.home import Home
from index.store import Index
from tests.index.hash_embedder import HashEmbedder

BIG = Query(
    conditions=(Condition("total_params_b", ">", 100),), sort=Sort("release_date", True), limit=7
)


def test_a_record_says_what_the_index_says(tmp_path: Path) -> None:
    with Index.open(tmp_path, HashEmbedder()) as index:
        index.refresh()
        cards, result, as_of = index.cards(), index.catalogue(BIG), index.status().as_of
        assert index.status().models == len(cards) == len(list(curated_cards()))
    with open_card_record(tmp_path) as record:
        assert record.cards() == cards
        assert record.catalogue(BIG) == result
        assert record.as_of() == as_of is not None


def test_cards_in_no_home_answer_as_those_in_a_record(tmp_path: Path) -> None:
    cards = [card for _, card in curated_cards()]
    with Index.open(tmp_path, HashEmbedder()) as index:
        index.refresh()
        assert answer_from(cards, BIG) == index.catalogue(BIG)


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    Home(tmp_path).record.write_bytes(b"not a database" * 100)
    with pytest.raises(HomeError, match="damaged"), open_card_record(tmp_path) as record:
        record.cards()


def test_reading_a_record_loads_nothing_heavy() -> None:
    program = (
        "import sys, index.card_record\n"
        "heavy = {'torch', 'chromadb', 'numpy', 'sentence_transformers', 'llama_index'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
