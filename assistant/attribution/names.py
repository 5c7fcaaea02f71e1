"""Names: the words that identify who or what a sentence is about.

A name is a word that carries an upper-case letter or a digit next to a letter (DeepSeek,
QwQ-32B, R1, gpt-oss-20b), outside the start of a sentence. The gate asks that every name in
a sentence stands in the passage, its title or its headings, whole or in its parts.
"""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.lexical import STOP_WORDS, has_cjk, normalise, stem
from index.fulltext import CJK

_TOKEN = re.compile(r"[^\W_]+(?:[-_.+/][^\W_]+)*")
_SEPARATOR = re.compile(r"[-_+/]")
_PIECE = re.compile(r"[^\W\d_]+")
_SIZE = re.compile(r"\d+(?:\.\d+)?[bmk]", re.IGNORECASE)
_PLURAL_ACRONYM = re.compile(r"[A-Z]{2,}s")
_FISCAL_YEAR = re.compile(r"fy(?:20)?(\d\d)")
_CJK_RUN = re.compile(f"[{CJK}]+")
# "Llama 3.1" and "Step 3" are one name; "Day in 1996" and "Qwen 72B" are not.
_VERSION = re.compile(r" \d{1,2}(?:\.\d{1,2})?(?![\w%.,]*\d)(?![\w%-])")
# "gives Congress 30 days": a number of something, not a version.
_COUNTED = re.compile(
    r" (?:day|week|month|year|hour|minute|time|vote|member|state|countr|compan|people|per ?cent|"
    r"billion|million|trillion|thousand|point)"
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:;]\s+|\n\s*(?:[-*•]\s+)?)[\"'“(\[]*$")
# Capitalised by custom, not names that identify a subject.
_COMMON = frozenset(
    """i yes no ai llm llms january february march april may june july august september october
    november december monday tuesday wednesday thursday friday saturday sunday source sources
    document documents model models question answer figure table""".split()
)


def names(text: str) -> list[str]:
    """The name-like words of ``text`` as written, without repeats, in order."""
    text = _spaced(text)
    found: dict[str, None] = {}
    for match in _TOKEN.finditer(text):
        version = _VERSION.match(text, match.end())
        if version is not None and _COUNTED.match(text, version.end()):
            version = None
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
    if word in _COMMON or has_cjk(token):
        return False
    if word in STOP_WORDS:
        return len(token) > 1 and token.isupper() and not starts_sentence  # US, IT
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


def _spaced(text: str) -> str:
    """Normalised, with CJK runs set apart: names inside Chinese text touch their neighbours."""
    return _CJK_RUN.sub(r" \g<0> ", normalise(text))


def opening_name(sentence: str, known: str) -> str | None:
    """The capitalised first word of ``sentence`` if it names somebody, else None.

    Capitals at the start tell nothing, so the word is a name when ``known`` (question and
    passages) writes it with a capital within a sentence, or never writes it at all and it
    does not look like an adverb or participle.
    """
    match = _TOKEN.match(normalise(sentence).lstrip("\"'“( "))
    if match is None or not match.group()[0].isupper() or len(match.group()) < 2:
        return None
    word = match.group()
    if word.lower() in STOP_WORDS or word.lower() in _COMMON or has_cjk(word):
        return None
    if word in names(known):
        return word
    seen = stem(word.lower()) in {stem(token.lower()) for token in _TOKEN.findall(known)}
    return None if seen or word.lower().endswith(("ly", "ed", "ing")) else word


class _Known:
    """The words of a passage, ready to be asked for names whole or in parts."""

    def __init__(self, passage: str) -> None:
        text = _spaced(passage)
        tokens = [token.lower() for token in _TOKEN.findall(text)]
        split = [part for token in tokens for part in _SEPARATOR.split(token) if part]
        self._squeezed = {_squeeze(token) for token in (*tokens, *split)}
        self._squeezed |= {_squeeze(left + right) for left, right in pairwise(tokens)}
        self._squeezed |= {_squeeze(left + right) for left, right in pairwise(split)}
        self._words = {stem(part) for part in (*tokens, *split)}
        self._pieces = {stem(piece.lower()) for token in tokens for piece in _PIECE.findall(token)}
        self._initials = _initials(text)

    def has(self, name: str) -> bool:
        word = name[:-1].lower() if _PLURAL_ACRONYM.fullmatch(name) else name.lower()
        if _squeeze(word) in self._squeezed or stem(word) in self._words | self._pieces:
            return True
        if (fiscal := _FISCAL_YEAR.fullmatch(word)) is not None:
            return f"20{fiscal[1]}" in self._words  # "fiscal year 2026", "FY 2026"
        if _is_acronym(name) and word in self._initials:
            return True  # the passage may write MoE or RLHF out
        groups = _groups(word)
        return len(groups) > 1 and all(self._has_group(group) for group in groups)

    def _has_group(self, group: str) -> bool:
        return _squeeze(group) in self._squeezed or stem(group) in self._words


def _groups(name: str) -> list[str]:
    """The parts of a compound that may stand apart: words and sizes; a version stays attached.

    ``qwen2.5-72b-instruct`` -> ``qwen2.5``, ``72b``, ``instruct``; ``deepseek-v3`` stays whole.
    """
    groups: list[str] = []
    for part in filter(None, _SEPARATOR.split(name)):
        apart = part.isalpha() or _SIZE.fullmatch(part) or not part[-1].isdigit()
        if groups and not apart:
            groups[-1] += part
        else:
            groups.append(part)
    return groups


def _is_acronym(name: str) -> bool:
    return name.isalpha() and 3 <= len(name) <= 5 and sum(map(str.isupper, name)) >= 2


def _squeeze(token: str) -> str:
    return re.sub(r"[-_.+/\s]", "", token)


def _initials(text: str) -> set[str]:
    """Initials of runs of 3 to 5 words, so that "MoE" finds "Mixture-of-Experts"."""
    firsts = [part[0].lower() for part in re.findall(r"[^\W\d_]+", text)]
    joined = "".join(firsts)
    return {joined[i : i + n] for n in range(3, 6) for i in range(len(joined) - n + 1)}
