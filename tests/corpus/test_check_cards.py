"""The rules on model cards: each finds a card that breaks it; the right card breaks none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.corpus.small_corpus import CARD, SmallCorpus, document

OTHER = CARD | {"id": "ibis-1", "name": "Ibis-1", "aliases": [], "weights_repo": "maker/Ibis-1"}


@pytest.fixture
def corpus(tmp_path: Path) -> SmallCorpus:
    return SmallCorpus(tmp_path)


@pytest.mark.parametrize(
    ("changes", "rule", "place"),
    [
        ({"release_date": "2027-05"}, "card", "release_date"),
        ({"release_date": "2016-12-31"}, "card", "release_date"),
        ({"context_tokens_approx": 32000}, "card", "context_tokens_approx"),
        ({"weights_repo": "maker Heron"}, "card", "weights_repo"),
        ({"gguf_repo": "https://p.test/a/b"}, "card", "gguf_repo"),
        ({"licence_spdx": "MIT-ish"}, "licence", "licence_spdx"),
        ({"licence_spdx": "mit"}, "licence", "licence_spdx"),
        ({"licence": "Apache-2.0"}, "licence", "licence"),
        ({"licence": "Modified MIT"}, "licence", "licence_spdx"),
        ({"licence_spdx": None}, "licence", "licence_spdx"),
        ({"licence_class": "community"}, "licence", "licence_class"),
        (
            {"licence": "CC-BY-NC-4.0", "licence_spdx": "CC-BY-NC-4.0"},
            "licence",
            "licence_class",
        ),
        ({"benchmarks": {"AIME 2024": 79.8, "MMLU": 90.8}}, "benchmarks", "benchmarks.AIME 2024"),
        ({"benchmarks": {"mmlu pro": 70}}, "benchmarks", "benchmarks.mmlu pro"),
        ({"base_model": "heron 7"}, "card", "base_model"),
        ({"total_params_b": -1}, "schema", "schema"),
        ({"colour": "red"}, "schema", "schema"),
    ],
)
def test_a_card_that_does_not_hold_together_is_an_error(
    corpus: SmallCorpus, changes: dict[str, Any], rule: str, place: str
) -> None:
    corpus.card(**changes)
    found = [(one.severity, one.rule, one.place) for one in corpus.findings()]
    where = place if rule == "schema" else f"heron-7.{place}"
    assert ("error", rule, where) in found


@pytest.mark.parametrize(
    "changes",
    [
        {"context_length": "128k (131072)", "context_tokens_approx": 131072},
        {"licence": "MIT (derived from Apache-2.0)"},
        {"base_model": "Some Other Model"},
        {"release_date": "2025-01"},
    ],
)
def test_a_card_that_holds_together_has_no_error(
    corpus: SmallCorpus, changes: dict[str, Any]
) -> None:
    corpus.card(**changes)
    assert corpus.findings() == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"licence_class": None}, "licence"),
        ({"context_tokens_approx": None}, "card"),
        ({"benchmarks": CARD["benchmarks"] | {"BirdBench": 1.0}}, "benchmarks"),
    ],
)
def test_what_a_card_leaves_open_is_a_warning(
    corpus: SmallCorpus, changes: dict[str, Any], rule: str
) -> None:
    corpus.card(**changes)
    assert corpus.rules() == {("warning", rule)}


@pytest.mark.parametrize("name", ["heron 7", "Heron_Seven", "HERON-SEVEN"])
def test_a_name_that_two_models_share_is_an_error(corpus: SmallCorpus, name: str) -> None:
    corpus.cards.append(OTHER | {"aliases": [name]})
    assert ("error", "names") in corpus.rules()


def test_an_id_that_two_models_share_is_an_error(corpus: SmallCorpus) -> None:
    corpus.cards.append(OTHER | {"id": "heron-7"})
    (found,) = corpus.findings()
    assert (found.rule, found.place) == ("schema", "heron-7")


def test_a_repository_of_two_models_is_a_warning(corpus: SmallCorpus) -> None:
    corpus.cards.append(OTHER | {"weights_repo": "Maker/heron-7"})
    assert corpus.rules() == {("warning", "card")}


def test_a_family_that_no_document_is_about_is_an_error(corpus: SmallCorpus) -> None:
    corpus.cards.append(OTHER | {"family": "Ibis"})
    (found,) = corpus.findings()
    assert (found.severity, found.rule) == ("error", "uncovered")
    corpus.documents["heron.md"] = document(models="[heron-7, ibis-1]")
    assert corpus.findings() == []


def test_a_file_that_is_no_yaml_is_named_and_the_rest_is_checked(corpus: SmallCorpus) -> None:
    _, models = corpus.write()
    (models / "broken.yaml").write_text("developer: [", encoding="utf-8")
    (found,) = corpus.findings()
    assert (found.file, found.rule) == ("broken.yaml", "schema")
