"""Whether a text holds a known answer, and whether a quote shows a known sentence.

Texts are compared as SQuAD's own script does: lower case, no punctuation, no articles
(Rajpurkar et al. 2016); a CJK character counts as a word. Knows nothing of desks and documents.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence

from assistant.lexical import STOP_WORDS
from index.fulltext import CJK

SAME_SENTENCE = 0.5
"""Share of the shorter one's words that a quote and a gold sentence must have in common."""
GOLD_SHARE = 0.5
"""Share of an answer's own words that must stand in a gold answer for it to overlap."""
LEAST_SHARED = 2
_ARTICLES = frozenset(("a", "an", "the"))
_CJK_CHARACTER = re.compile(f"([{CJK}])")
_PUNCTUATION = str.maketrans("", "", string.punctuation + "‘’“”–—…·，。！？；：（）《》、")
_NOT_TELLING = STOP_WORDS - {"no", "not", "yes"}


def words(text: str) -> list[str]:
    """The words of ``text`` as SQuAD compares them."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_PUNCTUATION)
    spaced = _CJK_CHARACTER.sub(r" \1 ", plain)
    return [word for word in spaced.split() if word not in _ARTICLES]


def holds(text: str, answer: str) -> bool:
    """Whether the words of ``answer`` stand in ``text`` in a row."""
    given, wanted = f" {' '.join(words(text))} ", " ".join(words(answer))
    return bool(wanted) and f" {wanted} " in given


def token_f1(text: str, answers: Sequence[str]) -> float:
    """The best F1 of word counts over the gold ``answers`` (SQuAD's F1)."""
    return max((_f1(Counter(words(text)), Counter(words(gold))) for gold in answers), default=0.0)


def _f1(given: Counter[str], wanted: Counter[str]) -> float:
    shared = sum((given & wanted).values())
    return 2 * shared / (given.total() + wanted.total()) if shared else 0.0


def overlaps(text: str, answers: Sequence[str], question: str) -> bool:
    """Whether ``text`` holds a gold answer, or says mostly what a (long) gold answer says.

    That is: of its telling words that the question does not have, at least half, and at least
    two, stand in one gold answer.
    """
    if any(holds(text, answer) for answer in answers):
        return True
    own = _telling(text) - _telling(question)
    shared = max((len(own & _telling(answer)) for answer in answers), default=0)
    return shared >= LEAST_SHARED and shared >= GOLD_SHARE * len(own)


def shows(quote: str, sentence: str) -> bool:
    """Whether a quote and a gold sentence are the same text, or one holds the other."""
    return _common(quote, sentence) >= SAME_SENTENCE


def _common(one: str, other: str) -> float:
    first, second = _telling(one), _telling(other)
    shorter = min(len(first), len(second))
    return len(first & second) / shorter if shorter else 0.0


def _telling(text: str) -> set[str]:
    return set(words(text)) - _NOT_TELLING
