"""Mends misspelt ordinary words of a question about models: "hw many modles", "relased".

Only words that the rules know are candidates, so an unknown word that is far from all of them
stays as it is. Names are mended elsewhere (``index.linking``).
"""

from __future__ import annotations

import re
from functools import cache

from rapidfuzz.distance import DamerauLevenshtein

from assistant.catalogue import lexicon

SHORTEST = 5
"""Letters that a word must have to be mended; shorter ones are a slip away from too many."""
TWO_SLIPS = 9
"""Letters from which two slips are forgiven."""
_WORD = re.compile(r"(?<![<\w'])[a-z]{4,}(?![\w>])")


def mended(text: str) -> str:
    """Annotated ``text`` with each unknown word replaced by the known one it must be."""
    return _WORD.sub(lambda match: _nearest(match.group()), text)


@cache
def _nearest(word: str) -> str:
    known = _vocabulary()
    # Four letters are mended only where two of them changed places.
    if word in known or len(word) < SHORTEST - 1:
        return word
    slips = 2 if len(word) >= TWO_SLIPS else 1
    near: dict[int, list[str]] = {}
    for other in known:
        if other[0] == word[0] and abs(len(other) - len(word)) <= slips and len(other) >= 4:
            distance = DamerauLevenshtein.distance(word, other, score_cutoff=slips)
            if distance <= slips:
                near.setdefault(distance, []).append(other)
    if not near:
        return word
    best = near[min(near)]
    if len(word) < SHORTEST:
        best = [other for other in best if sorted(other) == sorted(word)]
    # Several forms of one word ("release", "releases") mean the same to the rules.
    return min(best, key=len) if best else word


@cache
def _vocabulary() -> frozenset[str]:
    """Every plain word of the lexicon's patterns and noise."""
    patterns = " ".join(_strings(vars(lexicon).values()))
    # Optional endings such as "famil(?:y|ies)" leave stems behind; whole words are noise's.
    plain = re.sub(r"\(\?[:<=!]+|\[[^\]]*\]|\\.", " ", patterns)
    stems = {word for word in re.findall(r"(?<![a-z])[a-z]{4,}(?![a-z(])", plain)}
    return frozenset(stems | {word for word in lexicon.NOISE if len(word) >= 4} | _FORMS)


_FORMS = frozenset(
    """license licensed licenses licence licences licensing parameters parameter params family families
    company companies country countries models model released context window active largest smallest newest
    oldest longest benchmark chronological multimodal architecture modality experts mixture
    permissive commercial""".split()
)


def _strings(values: object) -> list[str]:
    found: list[str] = []
    for value in values if isinstance(values, tuple | list) else list(values):  # type: ignore[call-overload]
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, tuple):
            found += _strings(value)
    return found
