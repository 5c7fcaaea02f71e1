"""Words as evidence: content terms, names and text units of a passage.

Plain functions over strings, for packing evidence and for checking sentences. Knows no
index and no model. English is stemmed (Snowball); Chinese, Japanese and Korean runs become
character bigrams, as in the full-text index.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from corpus.sentences import sentence_spans
from index.fulltext import CJK

_CJK_RUN = re.compile(f"[{CJK}]+")
# A word keeps a dot or comma between digits, so that "2.5" and "1,024" stay whole.
_WORD = re.compile(r"[^\W_]+(?:(?<=\d)[.,](?=\d)[^\W_]+)*")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?:s|re|ve|ll|d|m|t)\b", re.IGNORECASE)

STOP_WORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being
    between both but by can cannot could did do does doing done down during each either few for
    from further get give given had has have having he her here hers him his how however i if in
    into is it its itself just let many may me might more most much must my no nor not now of off on
    once only or other our out over own please same shall she should since so some such tell than
    that the their them then there these they this those through thus to too under until up upon
    us use used using very was we were what when where whether which while who whom whose why
    will with within without would yes you your""".split()
)
# CJK characters that carry grammar or a question, not content.
_CJK_STOP = frozenset("的了是在和与吗呢吧着也都就还有这那些个我你他她它们什么多少哪么为何如请问")


@lru_cache(maxsize=1)
def _stemmer():  # type: ignore[no-untyped-def]
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The Snowball (Porter2) stem of a lower-case English word; others come back as they are."""
    return str(_stemmer().stemWord(word))


def normalise(text: str) -> str:
    """NFKC, for comparing only: full-width forms and ligatures become plain characters."""
    return unicodedata.normalize("NFKC", text)


def bare(text: str) -> str:
    """Letters and digits only: equal in two texts that say the same."""
    return "".join(filter(str.isalnum, normalise(text).casefold())) or text


def content_terms(text: str) -> list[str]:
    """The stemmed content words and CJK bigrams of ``text``, in order, with repeats."""
    text = _APOSTROPHE.sub("", normalise(text))
    terms: list[str] = []
    for word in _WORD.findall(text):
        terms.extend(_terms_of_word(word))
    return terms


def _terms_of_word(word: str) -> Iterator[str]:
    cut = 0
    for run in _CJK_RUN.finditer(word):
        yield from _latin_terms(word[cut : run.start()])
        yield from _cjk_terms(run.group())
        cut = run.end()
    yield from _latin_terms(word[cut:])


def _latin_terms(word: str) -> Iterator[str]:
    word = word.lower().strip(".,").replace(",", "")
    if word and word not in STOP_WORDS:
        yield stem(word) if word.isalpha() else word


def _cjk_terms(run: str) -> Iterator[str]:
    if len(run) == 1:
        if run not in _CJK_STOP:
            yield run
        return
    for left, right in pairwise(run):
        if not (left in _CJK_STOP and right in _CJK_STOP):
            yield left + right


def has_cjk(text: str) -> bool:
    """Whether ``text`` holds any Chinese, Japanese or Korean character."""
    return _CJK_RUN.search(text) is not None


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, list item or table row: ``text`` at ``start:end`` of the string given."""

    start: int
    end: int
    text: str


def units(text: str, language: str | None = None) -> list[Unit]:
    """Split a passage into its lines, and its lines into sentences (sentencex).

    Offsets are relative to ``text``; white space around a unit is not part of it.
    """
    return [unit for start, line in _lines(text) for unit in _sentences(start, line, language)]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield start, line
        start += len(line) + 1


def _sentences(offset: int, line: str, language: str | None) -> Iterator[Unit]:
    if " | " in line:  # a table row is one unit, whatever dots it holds
        yield _trimmed(offset, line)
        return
    for start, end in sentence_spans(line, language or _language_of(line)):
        if line[start:end].strip():
            yield _trimmed(offset + start, line[start:end])


def _trimmed(offset: int, text: str) -> Unit:
    lead = len(text) - len(text.lstrip())
    body = text.strip()
    return Unit(offset + lead, offset + lead + len(body), body)


def _language_of(line: str) -> str:
    return "zh" if has_cjk(line) else "en"
