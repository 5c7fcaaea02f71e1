"""Figures of documents against cards: every wrong one is found, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corpus.check.names import NameIndex
from tests.corpus.small_corpus import CARD, FACTS, SmallCorpus, document

SMALL = CARD | {
    "id": "heron-7-air",
    "name": "Heron-7-Air",
    "aliases": [],
    "total_params_b": 106,
    "active_params_b": 12,
    "weights_repo": "maker/Heron-7-Air",
    "benchmarks": {"AIME24": 60.0},
}
TABLE = """| Benchmark | Heron-7 | Ibis-9 |
|---|---|---|
| AIME 2024 (pass@1) | 79.8 | 12.0 |
| MMLU | 90.8 | 13.0 |

(source of the table: README)"""
FIELDS = """| Model | Released | Total parameters | Active | Context | Licence | Source |
|---|---|---|---|---|---|---|
| Heron-7 | 20 January 2025 | 671B | 37B | 128K | MIT | README |"""


@pytest.fixture
def corpus(tmp_path: Path) -> SmallCorpus:
    return SmallCorpus(tmp_path)


def figures(corpus: SmallCorpus, text: str) -> list[tuple[str, str]]:
    """Severity and text of what is said of figures in ``text``."""
    corpus.documents = {"heron.md": document(text)}
    rules = ("figure", "not-in-card")
    return [(one.severity, one.text) for one in corpus.findings() if one.rule in rules]


def numbers(text: str) -> list[re.Match[str]]:
    """The figures of ``text``: no part of a name, a benchmark or a source."""
    hidden = r"\bHeron-7|Ibis-9|AIME 2024|pass@1|AIME24"
    bare = re.sub(hidden, lambda name: "x" * len(name[0]), text)
    return list(re.finditer(r"\d+(?:\.\d+)?", bare))


@pytest.mark.parametrize("text", [FACTS, TABLE, FIELDS])
def test_any_number_that_is_changed_is_found(corpus: SmallCorpus, text: str) -> None:
    assert figures(corpus, text) == []
    found = numbers(text)
    assert len(found) >= 4
    for number in found:
        if number[0] in ("12.0", "13.0"):
            continue  # of a model without a card
        at = number.end() - 1 if number[0] == "2025" else number.start()
        digit = "3" if text[at] != "3" else "1"
        changed = text[:at] + digit + text[at + 1 :]
        assert figures(corpus, changed), changed


@pytest.mark.parametrize(
    "sentence",
    [
        "Heron-7 has 672B parameters.",
        "Heron 7 activates 38B parameters per token.",
        "heron-seven has 671B parameters, of which 35B are active.",
        "Heron-7 has 0.6 trillion parameters.",
        "Heron-7 has a context window of 256K tokens.",
        "The context of Heron-7 is 64K tokens.",
        "Heron-7 was released on 21 January 2025.",
        "Heron-7, released by its maker in March 2025, is a model.",
        "On 5 May 2025 the maker released Heron-7.",
        "Heron-7 of 2 February 2025 is a model.",
        "Heron-7 is under the Apache-2.0 licence.",
        "Heron-7 is under a Modified MIT licence.",
        "Heron-7 scores 97.8 on AIME 2024.",
        "Heron-7 has an MMLU score of 92.",
        "Heron-7 reaches a Codeforces rating of 2209.",
    ],
)
def test_a_figure_that_the_card_contradicts_is_an_error(corpus: SmallCorpus, sentence: str) -> None:
    ((severity, text),) = figures(corpus, f"{sentence[:-1]} (source: README).")
    assert severity == "error"
    assert "Heron-7" in text


@pytest.mark.parametrize(
    "sentence",
    [
        "Heron-7 has 0.671 trillion parameters.",
        "Heron-7 has about 670B parameters.",
        "Heron-7 has a context of 131,072 tokens.",
        "Heron-7 came out in January 2025.",
        "Heron-7 was trained on 14.8T tokens in 2.788M GPU hours.",
        "Heron-7 has 700 million users and cost US$5.6 million.",
        "Six models from 1.5B to 70B were distilled from Heron-7.",
        "The paper on Heron-7 was published on 17 September 2025.",
        "After Heron-7 was released, shares fell by 17% on 27 January 2025.",
        "Heron-7 was extended from 4K to a context of 64K tokens in training.",
        "With a majority vote Heron-7 reaches 86.7 on AIME 2024.",
        "The code of Heron-7 is under the Apache-2.0 licence.",
        "Heron-7 is not under the Apache-2.0 licence.",
        "Heron-7-0528 has 685B parameters.",
        "Sources disagree whether Heron-7 has 671B or 685B parameters.",
        "The vision encoder of Heron-7 has 0.4B parameters.",
        "Heron-7 solved 12 of 30 AIME 2024 problems with 64 samples.",
    ],
)
def test_other_numbers_are_left_alone(corpus: SmallCorpus, sentence: str) -> None:
    assert figures(corpus, f"{sentence[:-1]} (source: README).") == []


def test_a_recorded_dispute_is_no_contradiction(corpus: SmallCorpus) -> None:
    other = {"value": 685, "source": "https://p.test/a"}
    dispute = {"field": "total_params_b", "others": [other], "why": "files counted"}
    corpus.card(disputes=[dispute])
    assert figures(corpus, "Heron-7 has 685B parameters (source: README).") == []


def test_a_value_that_the_card_lacks_is_a_warning(corpus: SmallCorpus) -> None:
    corpus.card(active_params_b=None)
    text = "Heron-7 has 37B active parameters and scores 50.0 on GPQA-Diamond (source: README)."
    ((severity, told),) = figures(corpus, text)
    assert severity == "warning"
    assert "37B" in told and "50.0 on GPQA-Diamond" in told


def test_with_several_models_a_figure_may_be_of_any(corpus: SmallCorpus) -> None:
    corpus.cards.append(SMALL)
    sentence = "Heron-7 has 671B parameters and Heron-7-Air has 106B parameters (source: README)."
    assert figures(corpus, sentence) == []
    assert figures(corpus, sentence.replace("106B", "107B"))[0][0] == "error"


def test_a_figure_of_a_sibling_that_is_not_named_is_a_warning(corpus: SmallCorpus) -> None:
    corpus.cards.append(SMALL)
    ((severity, told),) = figures(corpus, "Heron-7 has 106B parameters (source: README).")
    assert (severity, "Heron-7-Air" in told) == ("warning", True)
    family = "The Heron-7 family reaches down to 106B parameters (source: README)."
    assert figures(corpus, family) == []


def test_a_note_under_a_table_may_say_that_sources_differ(corpus: SmallCorpus) -> None:
    wrong = TABLE.replace("79.8", "70.0")
    assert figures(corpus, wrong)[0][0] == "error"
    note = "On AIME 2024 the sources disagree (source: README)."
    assert figures(corpus, f"{wrong}\n\n{note}") == []
    assert figures(corpus, f"{wrong}\n\nOn IFEval the sources disagree.")[0][0] == "error"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("DeepSeek’s Heron-7 and the Heron Seven", ["heron-7", "heron-7"]),
        ("Heron-7-Air beats HERON-7x and Heron-7.1", ["heron-7-air"]),
        ("Heron-7-based tools; Heron-7 (0528)", ["heron-7"]),
        ("a heron; heron-7", ["heron-7"]),
    ],
)
def test_the_longest_whole_name_is_the_one_that_is_named(
    tmp_path: Path, text: str, named: list[str]
) -> None:
    from corpus.cards import read_cards

    corpus = SmallCorpus(tmp_path)
    corpus.cards.append(SMALL)
    _, models = corpus.write()
    index = NameIndex.of(read_cards(models / "maker.yaml"))
    assert [mention.card.id for mention in index.mentions(text)] == named


def test_a_short_alias_counts_only_as_it_is_written(tmp_path: Path) -> None:
    from corpus.cards import read_cards

    corpus = SmallCorpus(tmp_path)
    corpus.card(aliases=["H7"])
    _, models = corpus.write()
    index = NameIndex.of(read_cards(models / "maker.yaml"))
    assert [m.start for m in index.mentions("H7, h7 and AH7")] == [0]
