"""Sentences that are one another's copies with a phrase changed.

A forged or updated copy of a text keeps its wording and swaps one value: "is a studio album
released by …" against "is a jazz opera released by …". What was swapped is found by aligning
the words of the two sentences, whatever kind of value it is. Knows nothing of passages.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from assistant.lexical import content_terms

MIN_RATIO = 0.72
"""Least share of words, in order, that two sentences have in common to be one altered."""
MIN_WORDS = 6
MOST_CHANGED = 6
"""A swapped phrase is at most this many words; more is another statement."""
MOST_WORDS = 120
# A capital or a digit outside the swapped phrase says what a sentence is about.
_IDENTIFIES = re.compile(r"[A-Z0-9]")
_WORD = re.compile(r"[^\W_]+(?:[-'’.,][^\W_]+)*")


def swapped(told: str, other: str, answer: frozenset[str]) -> tuple[int, int] | None:
    """Where ``other`` has another phrase in the place where ``told`` gives the answer.

    ``answer`` are the terms of the answer; None unless all of them that ``told`` holds stand
    in one changed phrase, ``other`` holds none of them, and no name or number changed besides.
    """
    left, right = (list(_WORD.finditer(text))[:MOST_WORDS] for text in (told, other))
    here = answer & frozenset(content_terms(told))
    if not here or min(len(left), len(right)) < MIN_WORDS:
        return None
    if here & frozenset(content_terms(other)):
        return None
    if max(len(left), len(right)) > (2 / MIN_RATIO - 1) * min(len(left), len(right)):
        return None  # so unlike in length that the ratio cannot be reached
    words = [[match.group().lower() for match in side] for side in (left, right)]
    matcher = SequenceMatcher(None, words[0], words[1], autojunk=False)
    if matcher.quick_ratio() < MIN_RATIO or matcher.ratio() < MIN_RATIO:
        return None
    found = None
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        old, new = _cut(told, left[a:b]), _cut(other, right[c:d])
        fits = kind == "replace" and max(b - a, d - c) <= MOST_CHANGED
        if fits and found is None and here <= frozenset(content_terms(old)):
            found = right[c].start(), right[d - 1].end()
        elif _IDENTIFIES.search(old) or _IDENTIFIES.search(new):
            return None  # of another model, place or year: not the same statement
    return found


def _cut(text: str, words: list[re.Match[str]]) -> str:
    return text[words[0].start() : words[-1].end()] if words else ""


__all__ = ["swapped"]
