"""Names: the words that identify who or what a sentence is about.

A name is a word that carries an upper-case letter or a digit next to a letter (DeepSeek,
QwQ-32B, R1, gpt-oss-20b), outside the start of a sentence. The gate asks that every name in
a sentence stands in the passage, its title or its headings, whole or in its parts.
"""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.lexical import STOP_WORDS, has_cjk, normalise, stem

_TOKEN = re.compile(r"[^\W_]+(?:[-_.+/][^\W_]+)*")
_SEPARATOR = re.compile(r"[-_+/]")
_PART = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*[a-z]?", re.IGNORECASE)
# "Llama 3.1" and "Step 3" are one name; "Day in 1996" and "Qwen 72B" are not.
_VERSION = re.compile(r" \d{1,2}(?:\.\d{1,2})?(?![\w%.,]*\d)(?![\w%-])")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;]\s+|\n\s*(?:[-*•]\s+)?)[\"'“(\[]*$")
# Capitalised by custom, not names that identify a subject.
_COMMON = frozenset(
    """i yes no ai llm llms january february march april may june july august september october
    november december monday tuesday wednesday thursday friday saturday sunday source sources
    document documents model models question answer figure table""".split()
)


def names(text: str) -> list[str]:
    """The name-like words of ``text`` as written, without repeats, in order."""
    text = normalise(text)
    found: dict[str, None] = {}
    for match in _TOKEN.finditer(text):
        version = _VERSION.match(text, match.end())
        opens = _starts_sentence(text, match.start()) and not _is_followed_like_a_name(
            text, version
        )
        if _is_name(match.group(), starts_sentence=opens):
            found.setdefault(text[match.start() : version.end() if version else match.end()])
    return list(found)


def _is_followed_like_a_name(text: str, version: re.Match[str] | None) -> bool:
    """ "Llama 4 is", "Llama 4 Scout": a name; "Training 3 models": a number and its noun."""
    if version is None:
        return False
    after = _TOKEN.match(text, version.end() + 1)
    return after is None or after.group() in STOP_WORDS or after.group()[0].isupper()


def _starts_sentence(text: str, at: int) -> bool:
    return _SENTENCE_START.search(text[max(0, at - 8) : at]) is not None


def _is_name(token: str, *, starts_sentence: bool) -> bool:
    word = token.lower()
    if word in _COMMON or word in STOP_WORDS or has_cjk(token):
        return False
    letters = any(char.isalpha() for char in token)
    digits = any(char.isdigit() for char in token)
    if letters and digits:
        # "32B", "128K", "5th", "2.5x" are quantities; "R1", "Qwen2.5" and "gpt-oss-20b" are names.
        return token[0].isalpha()
    if not letters or len(token) < 2:
        return False
    inner_capital = any(char.isupper() for char in token[1:])
    return inner_capital or (token[0].isupper() and not starts_sentence)


def missing_names(sentence: str, passage: str) -> list[str]:
    """The names in ``sentence`` that ``passage`` (with its title and headings) lacks."""
    wanted = names(sentence)
    if not wanted:
        return []
    known = _Known(passage)
    return [name for name in wanted if not known.has(name)]


class _Known:
    """The words of a passage, ready to be asked for names whole or in parts."""

    def __init__(self, passage: str) -> None:
        text = normalise(passage)
        tokens = [token.lower() for token in _TOKEN.findall(text)]
        self._squeezed = {_squeeze(token) for token in tokens}
        self._squeezed |= {_squeeze(left + right) for left, right in pairwise(tokens)}
        self._parts = {stem(part) for token in tokens for part in _parts(token)} | {
            stem(token) for token in tokens
        }
        self._initials = _initials(text)

    def has(self, name: str) -> bool:
        word = name.lower()
        if _squeeze(word) in self._squeezed or stem(word) in self._parts:
            return True
        if _is_acronym(name) and word in self._initials:
            return True  # the passage may write MoE or RLHF out
        # A compound may be spread over the passage ("Qwen2.5 … the 7B size"); a version may not.
        parts = [part for part in _SEPARATOR.split(word) if part]
        return len(parts) > 1 and all(self._has_part(part) for part in parts)

    def _has_part(self, part: str) -> bool:
        return part in self._squeezed or stem(part) in self._parts


def _is_acronym(name: str) -> bool:
    return name.isalpha() and 3 <= len(name) <= 5 and sum(map(str.isupper, name)) >= 2


def _squeeze(token: str) -> str:
    return re.sub(r"[-_.+/\s]", "", token)


def _parts(token: str) -> list[str]:
    return [part.lower() for part in _PART.findall(token)]


def _initials(text: str) -> set[str]:
    """Initials of runs of 3 to 5 words, so that "MoE" finds "Mixture-of-Experts"."""
    firsts = [part[0].lower() for part in re.findall(r"[^\W\d_]+", text)]
    joined = "".join(firsts)
    return {joined[i : i + n] for n in range(3, 6) for i in range(len(joined) - n + 1)}
