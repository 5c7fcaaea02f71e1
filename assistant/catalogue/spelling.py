"""Mends misspelt ordinary words of a question about models: "hw many modles", "relased".

Only words that the rules know are candidates, so an unknown word that is far from all of them
stays as it is. Names are mended elsewhere (``index.linking``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from assistant.catalogue import lexicon
from assistant.catalogue.noise import FORMS, KEPT, NOISE

SHORTEST = 5
"""Letters that a word must have to be mended; shorter ones are a slip away from too many."""
TWO_SLIPS = 8
"""Letters from which two slips are forgiven."""
_WORD = re.compile(r"(?<![<\w'])[a-z]+(?![\w>'])")


def mended(text: str) -> str:
    """``text`` (lower case) with each unknown word replaced by the known one it must be."""
    return _WORD.sub(lambda match: _nearest(match.group()), text)


@lru_cache(maxsize=8192)
def _nearest(word: str) -> str:
    if word in SLIPS:
        return SLIPS[word]
    if len(word) < SHORTEST - 1 or word in NOISE | KEPT or word in _vocabulary():
        return word
    if any(p.fullmatch(word) for p in _patterns()):
        return word
    slips = 2 if len(word) >= TWO_SLIPS else 1
    near: dict[int, list[str]] = {}
    for other in _vocabulary():
        if other[0] == word[0] and abs(len(other) - len(word)) <= slips and len(other) >= 4:
            distance = DamerauLevenshtein.distance(word, other, score_cutoff=slips)
            if distance <= slips:
                near.setdefault(distance, []).append(other)
    best = near[min(near)] if near else []
    if len(word) < SHORTEST:
        # Four letters are mended only where two changed places or one was left out.
        best = [other for other in best if sorted(other) == sorted(word) or len(other) > len(word)]
    # A word with two letters turned about is nearer than one that lost a letter.
    best = [other for other in best if sorted(other) == sorted(word)] or best
    # Several forms of one word ("release", "releases") mean the same to the rules.
    return min(best, key=lambda other: (len(other), other)) if best else word


SLIPS = {
    "wich": "which", "whch": "which", "waht": "what", "wat": "what", "teh": "the", "hte": "the",
    "ther": "there", "thier": "their", "hw": "how", "ovr": "over", "abov": "above",
    "undr": "under", "leest": "least", "atleast": "at least", "alot": "many", "mor": "more",
    "thn": "than", "lang": "long", "wether": "whether", "form": "from", "whats": "what is",
    "whos": "who is",
    "wheres": "where is", "u": "you", "pls": "please",
    "wth": "with", "plz": "please", "ur": "your", "r": "are", "gimme": "give me", "lemme": "let me",
    "wanna": "want to", "thats": "that is",
}  # fmt: skip
"""Slips that are too short, or too far from the word meant, to be found by distance."""


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(pattern) for pattern in _strings(vars(lexicon).values()) if "(?" in pattern
    )


@cache
def _vocabulary() -> frozenset[str]:
    """The words that a slip may be mended to: those of the rules."""
    return frozenset(word for word in NOISE if len(word) >= SHORTEST - 1) | FORMS


def _strings(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from _strings(value)
