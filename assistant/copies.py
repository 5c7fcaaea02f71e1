"""Which passages are one text: copies count once when sources are counted.

Shingles of four content terms, compared by containment. Knows nothing of claims or answers.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.lexical import content_terms
from index.types import Passage

SHINGLE = 4
COPIED = 0.6
"""Share of the shorter text's shingles from which two texts are one, slightly changed or not."""


def independent(passages: Sequence[Passage]) -> list[int]:
    """For each passage the number of its group: of one document, or copies of one text."""
    groups = list(range(len(passages)))
    shingles = [_shingles(passage.text) for passage in passages]
    for i, passage in enumerate(passages):
        for j in range(i):
            of_one = passage.document.id == passages[j].document.id
            if of_one or _contained(shingles[i], shingles[j]) >= COPIED:
                groups = [groups[j] if group == groups[i] else group for group in groups]
                break
    return groups


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    terms = content_terms(text)
    if len(terms) < SHINGLE:
        return frozenset({tuple(terms)})
    return frozenset(tuple(terms[i : i + SHINGLE]) for i in range(len(terms) - SHINGLE + 1))


def _contained(left: frozenset[tuple[str, ...]], right: frozenset[tuple[str, ...]]) -> float:
    return len(left & right) / max(1, min(len(left), len(right)))


__all__ = ["independent"]
