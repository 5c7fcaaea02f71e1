"""Finds the names of the catalogue in a text: models, labs, licences, benchmarks, laws.

Names match whatever their case, spaces and hyphens ("QWQ 32b" is QwQ-32B); what is left is
compared with every name for a slip of the pen, digits exactly, letters nearly ("Deepsek R1").
Knows nothing of what is asked about the names.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import DamerauLevenshtein

from corpus.cards import ModelCard
from corpus.names import Name

EntityKind = Literal[
    "model", "family", "line", "developer", "country", "region", "licence", "licence_class",
    "benchmark", "topic",
]  # fmt: skip

_TOKEN = re.compile(r"[a-z]+|\d+(?:\.\d+)*|[^\W\d_a-z]", re.IGNORECASE)
LONGEST_NAME = 16
"""Tokens; "DeepSeek-R1-Distill-Qwen-1.5B" has 9."""
SHORTEST_FUZZY = 4
"""Letters that a mistyped name must have: shorter ones are too near to other words."""
ONE_SLIP, TWO_SLIPS = 4, 8
"""Letters from which one slip, and two, are forgiven."""
# Endings that people leave away where no other model has the rest of the name.
_ENDING = re.compile(r"[- ](?:Instruct|Chat|it|IT|Base|base|Preview|preview|hf)$")
_ACTIVE = re.compile(r"-A\d+(?:\.\d+)?B\b")  # Qwen3-235B-A22B: 22B active
_BRACKETS = re.compile(r"\s*\([^)]*\)$")


@dataclass(frozen=True, slots=True)
class Entity:
    """Something that a name stands for: a card's id, or the value of one of its fields."""

    kind: EntityKind
    value: str
    name: str
    field: str = ""
    operator: Literal["=", "contains"] = "="
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A name found: ``text[start:end]``, and what it may stand for. ``exact``: no slip."""

    start: int
    end: int
    entities: tuple[Entity, ...]
    exact: bool = True

    def of(self, *kinds: EntityKind) -> tuple[Entity, ...]:
        """The entities of these kinds."""
        return tuple(entity for entity in self.entities if entity.kind in kinds)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int


class Linker:
    """The names of one version of the catalogue, ready to be found."""

    def __init__(self, cards: Iterable[ModelCard], names: Iterable[Name]) -> None:
        """Gather the names; without any card nothing is ever found."""
        self._cased: set[str] = set()
        self._by_key: dict[str, dict[Entity, None]] = defaultdict(dict)
        cards = list(cards)
        if cards:
            self._add_cards(cards)
            self._add_names(names, cards)
        self._shapes = _by_shape(self._by_key)
        self._letters = {word for key in self._by_key for word in key.split()}

    def find(self, text: str) -> list[Link]:
        """The names in ``text`` in order, the longest at each place; none overlap."""
        tokens = _tokens(text)
        links = list(self._exact(text, tokens))
        return sorted([*links, *self._near(text, tokens, links)], key=lambda link: link.start)

    # --- gathering

    def _add_cards(self, cards: Sequence[ModelCard]) -> None:
        short: dict[str, list[Entity]] = defaultdict(list)
        for card in cards:
            entity = Entity("model", card.id, card.name)
            for name in (card.name, card.id, *card.aliases):
                self._add(name, entity)
            if card.weights_repo:
                self._add(card.weights_repo.rpartition("/")[2], entity)
            for name in _shorter(card):
                short[full_key(name)].append(entity)
            self._add(card.family, Entity("family", card.family, card.family))
            for benchmark in card.benchmarks:
                self._add(benchmark, Entity("benchmark", benchmark, benchmark))
        for key, entities in short.items():
            if key not in self._by_key:
                self._by_key[key].update(dict.fromkeys(entities))

    def _add_names(self, names: Iterable[Name], cards: Sequence[ModelCard]) -> None:
        families = dict.fromkeys(card.family for card in cards)
        for name in names:
            if name.kind == "line" and not any(f.startswith(name.name) for f in families):
                continue
            entity = Entity(
                name.kind, name.name, name.name, name.field, name.operator, name.members
            )
            if name.kind == "line":
                self._add_line(name, families)
            for written in (name.name, *name.aliases):
                self._add(written, entity)
                if name.cased:
                    self._cased.add(full_key(written))
            for written in name.cased_aliases:
                self._add(written, entity)
                self._cased.add(full_key(written))

    def _add_line(self, line: Name, families: Iterable[str]) -> None:
        """Every family of a line under the line's other names: 文心4.5 is ERNIE 4.5."""
        for family in families:
            for alias in line.aliases if family.startswith(line.name) else ():
                rest = family.removeprefix(line.name)
                self._add(f"{alias}{rest}", Entity("family", family, family))

    def _add(self, name: str, entity: Entity) -> None:
        if key := full_key(name):
            self._by_key[key].setdefault(entity)

    # --- finding

    def _exact(self, text: str, tokens: Sequence[_Token]) -> Iterator[Link]:
        i = 0
        while i < len(tokens):
            for j in range(min(len(tokens), i + LONGEST_NAME), i, -1):
                if link := self._match(text, tokens[i:j]):
                    yield link
                    i = j
                    break
            else:
                i += 1

    def _match(self, text: str, tokens: Sequence[_Token]) -> Link | None:
        key = " ".join(token.text for token in tokens)
        entities = self._by_key.get(key)
        start, end = tokens[0].start, tokens[-1].end
        if not entities or _glued(text, start, end):
            return None
        if key in self._cased and not any(map(str.isupper, text[start:end])):
            return None
        return Link(start, end, tuple(entities))

    def _near(self, text: str, tokens: Sequence[_Token], found: list[Link]) -> Iterator[Link]:
        """Names with a slip, among the words that no name and no exact match accounts for."""
        free = _free_until(tokens, found)
        i = 0
        while i < len(tokens):
            for j in range(min(free[i], i + LONGEST_NAME), i, -1):
                if _glued(text, tokens[i].start, tokens[j - 1].end):
                    continue
                if entities := self._nearest([token.text for token in tokens[i:j]]):
                    yield Link(tokens[i].start, tokens[j - 1].end, entities, exact=False)
                    i = j - 1
                    break
            i += 1

    def _nearest(self, words: list[str]) -> tuple[Entity, ...]:
        """What a mistyped name most likely stands for; () when nothing, or nothing certain, does.

        Digits must be the same, letters differ by a slip or two, and the first letter is right.
        """
        digits, letters = _shape(words)
        # Four letters are enough only beside a number: "lama 4", but not "long" for Ling.
        least = SHORTEST_FUZZY if digits else SHORTEST_FUZZY + 1
        if len(letters) < least or all(word in self._letters for word in words):
            return ()
        slips = 2 if len(letters) >= TWO_SLIPS else 1
        best: list[str] = []
        for key, other in self._shapes.get((digits, letters[0]), ()):
            # "models beat" is not ModelBest: words run together must be spelled right.
            allowed = 0 if _words(words) > _words(key.split()) else slips
            distance = DamerauLevenshtein.distance(letters, other, score_cutoff=allowed)
            if distance > allowed:
                continue
            if distance < slips:
                slips, best = distance, [key]
            elif distance == slips:
                best.append(key)
        entities = {entity: None for key in best for entity in self._by_key[key]}
        values = {entity.value for entity in entities}
        return tuple(entities) if len(values) == 1 or len(best) == 1 else ()


def full_key(name: str) -> str:
    """A name's tokens: the same for every spelling of it."""
    return " ".join(token.text for token in _tokens(name))


def bare_key(name: str) -> str:
    """A name's tokens without its ending: Qwen2.5-32B and Qwen2.5-32B-Instruct share it."""
    return full_key(_ENDING.sub("", _BRACKETS.sub("", name)))


def _shorter(card: ModelCard) -> Iterator[str]:
    """The name without its ending, its bracket, or the developer's name before it."""
    bare = _BRACKETS.sub("", card.name)
    stem = _ENDING.sub("", bare)
    first, _, rest = stem.partition("-" if "-" in stem.split(" ")[0] else " ")
    without = [_ACTIVE.sub("", name) for name in (bare, stem)]
    yield from dict.fromkeys([bare, stem, *without])
    maker = first.casefold() in card.developer.casefold()
    if maker and re.search(r"^[A-Za-z].*\d", rest):  # "R1", not "7B"
        yield rest


def _by_shape(keys: Iterable[str]) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Keys that have letters enough, by their digits and first letter."""
    shapes: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for key in keys:
        digits, letters = _shape(key.split())
        if len(letters) >= SHORTEST_FUZZY and letters.isascii():
            shapes[digits, letters[0]].append((key, letters))
    return shapes


def _free_until(tokens: Sequence[_Token], found: Iterable[Link]) -> list[int]:
    """For each token, the next one (or the end) that a link holds; itself if it is held."""
    held = iter(sorted((link.start, link.end) for link in found))
    start, end = next(held, (None, 0))
    inside = set()
    for i, token in enumerate(tokens):
        while start is not None and end <= token.start:
            start, end = next(held, (None, 0))
        if start is not None and start <= token.start:
            inside.add(i)
    free = [len(tokens)] * (len(tokens) + 1)
    for i in range(len(tokens) - 1, -1, -1):
        free[i] = i if i in inside else free[i + 1]
    return free


def _words(tokens: Iterable[str]) -> int:
    return sum(not token[0].isdigit() for token in tokens)


def _shape(words: Iterable[str]) -> tuple[str, str]:
    words = list(words)
    digits = " ".join(word for word in words if word[0].isdigit())
    return digits, "".join(word for word in words if not word[0].isdigit())


def _tokens(text: str) -> list[_Token]:
    """Runs of letters, numbers, and single letters of scripts without spaces, folded."""
    folded = "".join(map(_folded, text))
    return [_Token(m.group().lower(), m.start(), m.end()) for m in _TOKEN.finditer(folded)]


def _folded(character: str) -> str:
    """Full-width forms and accents as plain letters, one for one, so that offsets stay."""
    plain = unicodedata.normalize("NFKD", character)
    return plain[0] if plain else character


def _glued(text: str, start: int, end: int) -> bool:
    """Whether a match is a part of a longer word or number."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return (before.isascii() and before.isalnum() and text[start].isascii()) or (
        after.isascii() and after.isalnum() and text[end - 1].isascii()
    )
