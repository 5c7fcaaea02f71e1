"""The models that a text names, found by the names and aliases of their cards.

Case, spaces and hyphens do not matter ("DeepSeek R1", "deepseek-r1"); the longest name wins,
and a name that runs on ("DeepSeek-V3-0324" where only DeepSeek-V3 has a card) is none. Knows
nothing of figures.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from corpus.cards import ModelCard
from corpus.check.finding import Finding

# A name falls into runs of letters and numbers, so that "Qwen3-32B" is "Qwen 3 32B".
_PIECE = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*|\+")
_BETWEEN = re.compile(r"(?:['’]s)?[\s_-]*\(?\Z")
_BRACKET = re.compile(r"\s*\([^()]*\)\s*$")
# What may follow a name with a hyphen and leave it the same model.
_SUFFIX = re.compile(r"-(?:based|style|like|class|powered|level|derived|only|related|specific)\b")
# "-0324", "GPT-4o (11-20)", "(2024-12-17)": another version, unless the card's name has it.
_RUNS_ON = re.compile(r"[-_][^\W_]|[^\W_]|\s?\((?:\d{2}-\d{2}|\d{3,4}|\d{4}(?:-\d\d){1,2})\)")
# Names this short ("R1", "o3", "V3") must be written as in the card: "r1" may be anything.
_SHORT = 5


def pieces(text: str) -> tuple[str, ...]:
    """``text`` as its comparable parts: words in lower case, numbers as they stand."""
    return tuple(part.casefold() for part in _PIECE.findall(text.replace("’s ", " ")))


def folded(text: str) -> str:
    """A name without case, spaces and hyphens."""
    return "".join(pieces(text))


def written_names(card: ModelCard) -> Iterator[str]:
    """Every name under which ``card`` may be met, its own first."""
    yield card.name
    without = _BRACKET.sub("", card.name)
    if without != card.name:
        yield without
    yield from card.aliases


@dataclass(frozen=True, slots=True)
class Mention:
    """A model named at ``text[start:end]``."""

    card: ModelCard
    start: int
    end: int


@dataclass(frozen=True)
class NameIndex:
    """Names to cards: for finding the models that a text names."""

    cards: dict[tuple[str, ...], list[tuple[str, ModelCard]]]
    longest: int
    by_id: dict[str, ModelCard] = field(default_factory=dict)

    @classmethod
    def of(cls, cards: Iterable[ModelCard]) -> NameIndex:
        """The index over ``cards``; an ambiguous name stands for all of its cards."""
        index: dict[tuple[str, ...], list[tuple[str, ModelCard]]] = defaultdict(list)
        by_id = {}
        for card in cards:
            by_id[card.id] = card
            for name in dict.fromkeys(written_names(card)):
                if all(card.id != other.id for _, other in index[pieces(name)]):
                    index[pieces(name)].append((name, card))
        index.pop((), None)
        return cls(dict(index), max(map(len, index), default=0), by_id)

    def mentions(self, text: str) -> list[Mention]:
        """The models named in ``text``, in order, each place once."""
        found: list[Mention] = []
        parts = list(_PIECE.finditer(text))
        at = 0
        while at < len(parts):
            size, named = self._at(text, parts, at)
            found += named
            at += size
        return found

    def _at(self, text: str, parts: list[re.Match[str]], at: int) -> tuple[int, list[Mention]]:
        """How many parts the longest name from ``at`` takes, and whom it names."""
        reach = 1
        while (
            reach < self.longest
            and at + reach < len(parts)
            and _BETWEEN.match(text[parts[at + reach - 1].end() : parts[at + reach].start()])
        ):
            reach += 1
        for size in range(reach, 0, -1):
            key = tuple(part[0].casefold() for part in parts[at : at + size])
            start, end = parts[at].start(), parts[at + size - 1].end()
            cards = [c for name, c in self.cards.get(key, ()) if _as_written(name, text[start:end])]
            if cards and _stands_free(text, start, end):
                return size, [Mention(card, start, end) for card in cards]
        return 1, []


def _as_written(name: str, found: str) -> bool:
    """Short names must be in the card's case, others must start as the card's or all lower."""
    if len(folded(name)) <= _SHORT:
        return _same(name) == _same(found)
    return found[:1] == name[:1] or found == found.lower() or not name[:1].isupper()


def _same(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


def _stands_free(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    if before.isalnum() or before in "-_":
        return False
    return bool(_SUFFIX.match(text, end)) or not _RUNS_ON.match(text, end)


def check_names(cards: list[tuple[Path, ModelCard]]) -> Iterator[Finding]:
    """Names and aliases that two models share; case, spaces and hyphens do not count."""
    owners: dict[str, str] = {}
    for path, card in cards:
        for name in (card.name, *card.aliases):
            owner = owners.setdefault(folded(name), card.id)
            if owner != card.id:
                place = f"{card.id}.{'name' if name == card.name else 'aliases'}"
                text = f"{name!r} also names {owner}; leave it to one of them"
                yield Finding("error", path.name, place, "names", text)
