"""Coverage of facts files: what the corpus holds counts, in any wording; what it lacks is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.check.coverage import Coverage, coverage
from corpus.check.wording import Vocabulary, lacking, wording
from corpus.errors import InputError
from tests.corpus.small_corpus import CARD, SmallCorpus, document

LEFT_OUT = ("aliases", "licence_class")
MODEL: dict[str, Any] = {key: value for key, value in CARD.items() if key not in LEFT_OUT} | {
    "developer": "Maker",
    "country": None,
    "release_date_note": None,
    "sources": [{"url": "github maker/Heron-7 README.md@0123abc", "supports": "all"}],
    "notes": ["Reinforcement learning made Heron-7."],
}
EVENT: dict[str, Any] = {
    "id": "ev-1",
    "date": "2025-02-07",
    "title": "A bill",
    "facts": [
        "Rep. Gottheimer introduced H.R. 1121; it would cost US$5.5 billion within 60 days.",
        "The Garante answered in 2025.",
    ],
    "tags": [],
    "sources": [{"url": "https://www.p.test/bill/1121", "supports": "all"}],
}
TOLD = (
    "On 7 February 2025 Josh Gottheimer brought in H.R. 1121 (source: Bill). "
    "H.R. 1121 would cost 5.5bn dollars in sixty (60) days (source: Bill). "
    "In 2025 the Garante answered the Gottheimer bill (source: Bill)."
)


@pytest.fixture
def corpus(tmp_path: Path) -> SmallCorpus:
    return SmallCorpus(tmp_path)


def measure(corpus: SmallCorpus, *lines: dict[str, Any]) -> Coverage:
    """Coverage of a facts file with ``lines``."""
    file = corpus.folder / "facts.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return coverage((file,), *corpus.write())


def missing(corpus: SmallCorpus, line: dict[str, Any]) -> str:
    """All that is missing of one line, as one text."""
    result = measure(corpus, line)
    return "; ".join(what for one in (*result.models.missing, *result.events.missing)
                     for what in one.missing)  # fmt: skip


def test_a_model_whose_card_has_every_value_is_covered(corpus: SmallCorpus) -> None:
    result = measure(corpus, MODEL)
    assert result.whole
    assert (result.models.total, result.models.covered, result.events.total) == (1, 1, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Ibis-1"),
        ("release_date", "2025-01-21"),
        ("total_params_b", 672),
        ("active_params_b", 38),
        ("context_length", "64K"),
        ("context_tokens_approx", 64000),
        ("modalities", ["text", "image"]),
        ("licence", "Apache-2.0"),
        ("licence_spdx", "Apache-2.0"),
        ("open_weights", False),
        ("weights_repo", "maker/Heron-8"),
        ("country", "Finland"),
        ("benchmarks", CARD["benchmarks"] | {"AIME24": 79.9}),
        ("benchmarks", CARD["benchmarks"] | {"GPQA": 1.0}),
        ("notes", ["Heron-7 read 14.8 trillion tokens."]),
        ("notes", ["Unsloth shrank Heron-7, and so did the Unsloth team."]),
        ("release_date_note", "listed in OpenRouter"),
        ("sources", [{"url": "github maker/Heron-8 README.md@0123abc", "supports": "a"}]),
        ("sources", [{"url": "github maker/Heron-7 README.md@fedcba9", "supports": "a"}]),
        ("sources", [{"url": "https://p.test/a", "supports": "a"}]),
    ],
)
def test_a_value_that_the_card_lacks_is_named(
    corpus: SmallCorpus, field: str, value: object
) -> None:
    assert field.removesuffix("s") in missing(corpus, MODEL | {field: value})


def test_a_model_without_a_card_is_missing(corpus: SmallCorpus) -> None:
    assert missing(corpus, MODEL | {"id": "ibis"}) == "no card has this id"


def test_null_asks_for_nothing_and_a_dispute_counts(corpus: SmallCorpus) -> None:
    assert missing(corpus, MODEL | {"total_params_b": None, "licence": None}) == ""
    other = {"value": 685, "source": "https://p.test/a"}
    score = {"value": 74.3, "source": "https://p.test/b"}
    corpus.card(
        disputes=[
            {"field": "total_params_b", "others": [other], "why": "files counted"},
            {"field": "benchmarks.AIME24", "others": [score], "why": "another test"},
        ]
    )
    facts = {"total_params_b": 685, "benchmarks": {"AIME24": 74.3, "MMLU": 90.8}}
    assert missing(corpus, MODEL | facts) == ""
    assert "total_params_b" in missing(corpus, MODEL | {"total_params_b": 686})


def test_an_event_that_one_document_tells_in_its_own_words_is_covered(corpus: SmallCorpus) -> None:
    corpus.documents["bill.md"] = told(TOLD)
    assert missing(corpus, EVENT) == ""


@pytest.mark.parametrize(
    ("change", "lack"),
    [
        (("7 February 2025", "8 February 2025"), "date 2025-02-07"),
        (("5.5bn", "5.6bn"), "US$5.5 billion"),
        (("sixty (60)", "61"), "60"),
        (("Gottheimer", "Somebody"), "Gottheimer"),
        (("Garante", "office"), "Garante"),
        (("1121", "1122"), "1121"),
    ],
)
def test_what_no_document_tells_of_an_event_is_named(
    corpus: SmallCorpus, change: tuple[str, str], lack: str
) -> None:
    corpus.documents["bill.md"] = told(TOLD.replace(*change))
    assert lack in missing(corpus, EVENT)
    assert "nearest: bill.md" in missing(corpus, EVENT)


def test_an_event_that_two_documents_share_out_is_not_covered(corpus: SmallCorpus) -> None:
    first, rest = TOLD.split("(source: Bill). ", 1)
    corpus.documents["a.md"] = told(first + "(source: Bill).", name="a")
    corpus.documents["b.md"] = told(rest, name="b")
    assert missing(corpus, EVENT)


def test_an_event_without_one_of_its_sources_is_not_covered(corpus: SmallCorpus) -> None:
    corpus.documents["bill.md"] = told(TOLD, address="https://other.test/bill")
    assert missing(corpus, EVENT).startswith("a source: https://www.p.test")


@pytest.mark.parametrize(
    ("date", "text"),
    [
        ("2025-02-24", "From 24 to 28 February 2025 it was week."),
        ("2025-02-24", "The week of February 24, 2025."),
        ("2025-02-24", "It began on 2025-02-24."),
        ("2025-02", "It began in February 2025."),
        ("2025", "It began in 2025."),
    ],
)
def test_a_date_is_found_however_it_is_written(corpus: SmallCorpus, date: str, text: str) -> None:
    corpus.documents["bill.md"] = told(f"{text} (source: Bill)")
    assert missing(corpus, EVENT | {"date": date, "facts": []}) == ""
    assert "date" in missing(corpus, EVENT | {"date": "2024-07-06", "facts": []})


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("It cost US$52 billion.", "It cost 52bn dollars."),
        ("800k samples", "800,000 samples"),
        ("2.788M GPU hours", "2.788 million GPU hours"),
        ("Three rules, 3 tools", "three tools"),
        ("The U.S. added 25 entities.", "The United States put 25 entities on it."),
        ("The European Union agreed.", "The EU agreed."),
        ("Sen. Hawley (R-MO) spoke.", "Josh Hawley, a Republican, spoke."),
        ("Trained with RL.", "Trained with reinforcement learning."),
        ("Published on 2025-01-20.", "Published on 20 January 2025."),
        ("DeepSeek R1 came.", "DeepSeek-R1 came."),
        ("The 57B-A14B model came.", "Qwen2-57B-A14B came."),
        ("The R1-0528 update came.", "R1-0528 came."),
        ("Deployable on one GPU.", "It runs on one GPU."),
    ],
)
def test_a_fact_may_be_worded_otherwise(fact: str, text: str) -> None:
    assert lacking(fact, wording(text), Vocabulary.of([fact, text])) == []


@pytest.mark.parametrize(
    ("fact", "text", "lack"),
    [
        ("It cost US$52 billion.", "It cost 53 billion.", "US$52 billion"),
        ("It rose by 15%.", "It rose by 1.5%.", "15"),
        ("Greg Abbott of Texas spoke.", "Greg of Texas spoke.", "Abbott"),
        ("They use the H800.", "They use the H20.", "H800"),
    ],
)
def test_a_number_or_name_that_is_not_there_is_named(fact: str, text: str, lack: str) -> None:
    assert lack in lacking(fact, wording(text), Vocabulary.of([fact, text]))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "line 1: not readable JSON"),
        ("[]", "line 1: neither a model"),
        ('{"id": "a"}', "neither a model"),
        ('\n{"id": "a", "date": "soon", "facts": []}', "line 2: date"),
    ],
)
def test_a_facts_file_that_cannot_be_read_is_named_with_its_line(
    corpus: SmallCorpus, content: str, complaint: str
) -> None:
    file = corpus.folder / "facts.jsonl"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=complaint):
        coverage((file,), *corpus.write())


def told(text: str, *, name: str = "bill", address: str = "http://p.test/1121") -> str:
    """A document that tells ``text`` from one source."""
    return document(text, name=name, title=name.title(), models="[]",
                    sources=f"\n  Bill: {address}")  # fmt: skip
