"""Names found in text: every spelling of them, the longest first, slips forgiven, words left."""

from __future__ import annotations

import random

import pytest

from corpus.cards import curated_cards
from corpus.names import curated_names
from index.linking import Linker, bare_key, full_key
from tests.growth import growth

CARDS = [card for _, card in curated_cards()]
LINKER = Linker(CARDS, curated_names())


def found(text: str) -> list[tuple[str, str, str]]:
    """(what stands in the text, kind, value) of the first thing that each link may mean."""
    return [
        (text[link.start : link.end], link.entities[0].kind, link.entities[0].value)
        for link in LINKER.find(text)
    ]


def values(text: str) -> list[str]:
    return [value for _, _, value in found(text)]


@pytest.mark.parametrize(
    "written", ["QwQ-32B", "qwq-32b", "QWQ 32b", "qwq32b", "QwQ‑32B", "ＱｗＱ-３２Ｂ", "qwq_32b"]
)
def test_case_spaces_and_hyphens_do_not_matter(written: str) -> None:
    text = f"Is {written} open?"
    (link,) = LINKER.find(text)
    assert text[link.start : link.end] == written
    assert [entity.value for entity in link.of("model")] == ["qwq-32b"]
    assert link.exact


def test_every_card_is_found_by_its_own_name() -> None:
    for card in CARDS:
        named = {e.value for link in LINKER.find(card.name) for e in link.of("model")}
        assert card.id in named, card.name


def test_the_longest_name_wins() -> None:
    assert values("DeepSeek R1 Distill Qwen 1.5B") == ["deepseek-r1-distill-qwen-1.5b"]
    assert values("DeepSeek") == ["DeepSeek"]
    assert values("Apache 2.0 and MIT") == ["Apache-2.0", "MIT"]


@pytest.mark.parametrize("text", ["notDeepSeek", "metallama", "MITigate", "ChatGPT-4all"])
def test_a_part_of_a_longer_word_is_no_name(text: str) -> None:
    assert all(name[0] == text for name in found(text))


def test_chinese_letters_part_words_from_names() -> None:
    assert values("深度求索的模型") == ["DeepSeek"]
    assert values("阿里巴巴和百度") == ["Alibaba (Qwen team)", "Baidu"]
    assert values("用MIT许可证的") == ["MIT"]
    assert values("文心4.5有哪些") == ["ERNIE 4.5"]


def test_names_that_are_common_words_need_a_capital() -> None:
    assert [(k, v) for _, k, v in found("MATH scores")] == [("benchmark", "MATH")]
    assert found("good at math") == []
    assert values("made in the US") == ["United States"]
    assert found("tell us more") == []


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Deepsek", "DeepSeek"),
        ("Anthropik", "Anthropic"),
        ("Lamma 4", "Llama 4"),
        ("Moonshoot", "Moonshot AI"),
    ],
)
def test_slips_are_forgiven(written: str, value: str) -> None:
    (link,) = LINKER.find(f"Which models are by {written}?")
    assert value in {entity.value for entity in link.entities}
    assert not link.exact


@pytest.mark.parametrize("written", ["Qwen3-33B", "Llama 5", "DeepSeek-R9", "GLM-4.55"])
def test_digits_must_be_right(written: str) -> None:
    assert not [link for link in LINKER.find(written) if link.of("model")]


@pytest.mark.parametrize(
    "text",
    [
        "which models beat it",
        "how long is it",
        "long context",
        "these data",
        "a close look",
        "list them",
    ],
)
def test_ordinary_words_are_no_names(text: str) -> None:
    assert found(text) == []


def test_links_are_in_order_inside_the_text_and_do_not_overlap() -> None:
    rng = random.Random(11)
    names = [card.name for card in CARDS] + [a for name in curated_names() for a in name.aliases]
    for _ in range(200):
        text = rng.choice(["", " ", ", "]).join(rng.choices(names, k=8))
        end = 0
        for link in LINKER.find(text):
            assert end <= link.start < link.end <= len(text)
            end = link.end


def test_without_cards_nothing_is_found() -> None:
    assert Linker([], curated_names()).find("Is DeepSeek-R1 under MIT?") == []


def test_a_line_without_models_is_no_name() -> None:
    others = [card for card in CARDS if card.family != "Grok" and "Grok" not in card.family]
    named = Linker(others, curated_names()).find("Which Grok models are open?")
    assert not any(link.of("line") for link in named)


def test_keys_ignore_spelling_and_the_bare_key_endings() -> None:
    assert full_key("QwQ-32B") == full_key("qwq 32b") != full_key("QwQ-33B")
    assert bare_key("Qwen2.5-32B-Instruct") == bare_key("Qwen2.5-32B")
    assert full_key("Qwen2.5-32B-Instruct") != full_key("Qwen2.5-32B")


@pytest.mark.parametrize(
    "piece",
    ["QwQ-32B xyzzy ", "qwen ", "deepsek ", "a1", "深", "1 ", "e\u0301", "deep-", "x" * 50 + " "],
)
def test_the_time_grows_with_the_length_of_a_text_not_with_its_square(piece: str) -> None:
    assert growth(lambda size: LINKER.find(piece * size), 400) < 10
