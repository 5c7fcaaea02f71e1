"""The curated names are well formed, stand for something in the cards, and fail in one line."""

from __future__ import annotations

import warnings
from collections import Counter
from pathlib import Path

import pytest

from corpus.cards import curated_cards
from corpus.errors import SourceError
from corpus.names import Name, curated_names, names_file, read_names

CARDS = [card for _, card in curated_cards()]
NAMES = curated_names()


def stands_for_something(name: Name) -> bool:
    """Whether some card has what the name stands for; a topic is told of in documents."""
    if name.kind == "region":
        return any(card.country in name.members for card in CARDS)
    if name.kind == "line":
        return any(card.family.startswith(name.name) for card in CARDS)
    if name.kind == "benchmark":
        return any(name.name in card.benchmarks for card in CARDS)
    if name.kind == "licence" and name.operator == "contains":
        return any(name.name.casefold() in (card.licence or "").casefold() for card in CARDS)
    fields = {"developer": "developer", "country": "country", "licence_class": "licence_class"}
    field = fields.get(name.kind, name.field)
    return name.kind == "topic" or any(getattr(card, field) == name.name for card in CARDS)


def test_the_shipped_names_are_read() -> None:
    assert read_names(names_file()) == NAMES
    assert {name.kind for name in NAMES} == {
        "developer", "line", "country", "region", "licence", "licence_class", "benchmark", "topic",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["developer", "line", "licence", "licence_class", "benchmark"])
def test_every_name_of_a_card_value_stands_in_some_card(kind: str) -> None:
    missing = [n.name for n in NAMES if n.kind == kind and not stands_for_something(n)]
    assert missing == []


def test_countries_without_a_card_are_told() -> None:
    """A country may be named before its first model has a card; the query then finds none."""
    missing = [
        n.name for n in NAMES if n.kind in ("country", "region") and not stands_for_something(n)
    ]
    if missing:
        warnings.warn(f"no card is of {', '.join(missing)}", stacklevel=1)
    assert len(missing) < sum(n.kind in ("country", "region") for n in NAMES) / 2


def test_every_developer_of_several_cards_has_a_name() -> None:
    named = {name.name for name in NAMES if name.kind == "developer"}
    counts = Counter(card.developer for card in CARDS)
    assert {maker for maker, count in counts.items() if count > 2} <= named


def test_no_name_stands_twice_and_none_is_its_own_alias() -> None:
    assert max(Counter((name.kind, name.name) for name in NAMES).values()) == 1
    for name in NAMES:
        written = [*name.aliases, *name.cased_aliases]
        assert name.name not in written and len(set(written)) == len(written), name.name


def test_only_regions_have_members() -> None:
    countries = {name.name for name in NAMES if name.kind == "country"}
    for name in NAMES:
        assert bool(name.members) == (name.kind == "region"), name.name
        assert set(name.members) <= countries


@pytest.mark.parametrize(
    "text",
    [
        "- {kind: planet, name: Mars, aliases: []}",
        "- {kind: developer, aliases: []}",
        "- {kind: developer, name: A, aliases: [], colour: red}",
        "kind: [",
        "{}",
    ],
)
def test_a_bad_file_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "names.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_names(path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("names.yaml: ")


def test_a_missing_file_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"cannot read .*none\.yaml"):
        read_names(tmp_path / "none.yaml")
