"""What of a sentence must stand wherever its fact is told: its numbers and its names.

Wording may change, so words in lower case do not count; "52 billion" and "52bn" are one
number, "U.S." and "United States" one name. Knows nothing of files.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from corpus.check.dates import MONTHS

_NUMBER = re.compile(
    r"(?<![\w.])(?:(?:US|HK)?[$€£¥]\s?)?(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)*)"
    r"(?:\s?(?P<u>bn|billion|mn|million|trillion|thousand|[kKMBT](?![A-Za-z])))?"
)
_SCALE = {
    "k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6,
    "b": 10**9, "bn": 10**9, "billion": 10**9, "t": 10**12, "trillion": 10**12,
}  # fmt: skip
_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
).split()
_WORD_VALUE = {word: float(value) for value, word in enumerate(_WORDS)} | {
    "half": 0.5, "single": 1.0, "both": 2.0, "twice": 2.0, "double": 2.0, "dozen": 12.0,
    "first": 1.0, "second": 2.0, "third": 3.0, "thirty": 30.0, "fifty": 50.0, "hundred": 100.0,
}  # fmt: skip
_ISO_DATE = re.compile(r"\b(20\d\d)-(\d\d)(?:-(\d\d))?\b(?!-)")
_TOKEN = re.compile(r"[^\W_]+(?:[.&'’/+-][^\W_]+)*\.?")
_SAME = {
    "united states": "us", "american": "us", "u.s": "us", "u.s.": "us", "america": "us",
    "washington": "us", "european union": "eu", "e.u": "eu", "british": "uk", "u.k": "uk",
    "united kingdom": "uk", "chinese": "china", "beijing": "china", "italian": "italy",
    "german": "germany", "korean": "korea", "australian": "australia", "taiwanese": "taiwan",
    "indian": "india", "republicans": "republican", "democrats": "democrat", "license": "licence",
    "licenses": "licences", "apache-2.0": "apache", "representative": "rep", "senator": "sen",
    "governor": "gov",
}  # fmt: skip
# Titles and labels that a writer may leave out or write in full.
_OPTIONAL = frozenset(
    "rep rep. sen sen. gov gov. mr ms dr inc inc. corp ltd co president chairman chair minister "
    "under secretary adviser readme license licence licences licenses act bill rule order law "
    "also announced called trained released reported announcement hong ai".split()
) | {month.casefold() for month in MONTHS}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wording:
    """The numbers and names of a text; numbers as written and scaled, names folded."""

    numbers: frozenset[float]
    names: frozenset[str]
    text: str


@lru_cache(maxsize=4096)
def wording(text: str) -> Wording:
    """Everything in ``text`` that a fact may be looked for in."""
    spread = _dates_in_words(text)
    numbers = {value for written in _numbers(spread) for value in written}
    lower = _folded(spread)
    numbers |= {_WORD_VALUE[word] for word in re.findall(r"[a-z]+", lower) if word in _WORD_VALUE}
    names = {part for token in _TOKEN.findall(lower) for part in _parts(token)}
    return Wording(frozenset(numbers), frozenset(names), _squeezed(lower))


def lacking(fact: str, found: Wording, common: Collection[str]) -> list[str]:
    """The numbers and names of ``fact`` that ``found`` lacks; ``common`` are no names."""
    spread = _dates_in_words(fact)
    missing = [
        match[0].strip()
        for match, values in zip(_NUMBER.finditer(spread), _numbers(spread), strict=True)
        if not found.numbers & values
    ]
    missing += [name for name in names_of(spread, common) if not _holds(found, name)]
    return list(dict.fromkeys(missing))


def names_of(text: str, common: Collection[str]) -> list[str]:
    """The proper names of ``text``: words with a capital or of letters and digits."""
    names = []
    for match in _TOKEN.finditer(text):
        token = re.sub(r"(?:['’]s)?\.?$", "", match[0])
        lower = token.casefold()
        if (
            not re.search(r"[A-Z]", token)
            or lower in _OPTIONAL
            or lower in common
            or len(token) < 2
        ):
            continue
        names.append(token)
    return names


def common_words(texts: Collection[str]) -> frozenset[str]:
    """The words that ``texts`` write in lower case: no names, even where a sentence starts."""
    return frozenset(word for text in texts for word in re.findall(r"\b[a-z]{2,}\b", text))


def _holds(found: Wording, name: str) -> bool:
    lower = _folded(name)
    if any(part in found.names for part in (lower, *_variants(lower))):
        return True
    squeezed = _squeezed(lower)
    if len(squeezed) >= 4 and squeezed in found.text:
        return True
    return all(part in found.names for part in re.split(r"[-/&]", lower) if part)


def _variants(name: str) -> tuple[str, ...]:
    return (name.rstrip("s"), name + "s", _SAME.get(name, name))


def _parts(token: str) -> tuple[str, ...]:
    token = re.sub(r"['’]s$", "", token.rstrip("."))
    halves = tuple(part for part in re.split(r"[-/&+]", token) if part)
    return (token, _SAME.get(token, token), *halves)


def _folded(text: str) -> str:
    lower = text.casefold()
    for full, short in _SAME.items():
        if " " in full:
            lower = lower.replace(full, short)
    return lower


def _squeezed(text: str) -> str:
    return re.sub(r"[^\w.+]|_", "", text)


def _numbers(text: str) -> list[set[float]]:
    """What each number may be called: as written, and with its unit multiplied out."""
    found = []
    for match in _NUMBER.finditer(text):
        digits = match["n"].replace(",", "")
        if digits.count(".") > 1:
            found.append({float(digits.replace(".", ""))})
            continue
        value = float(digits)
        scale = _SCALE.get((match["u"] or "").casefold(), 1)
        scaled = {round(value * scale, 6)} if scale > 1 else set()
        found.append({value} | scaled)
    return found


def _dates_in_words(text: str) -> str:
    def spell(match: re.Match[str]) -> str:
        month = int(match[2])
        if not 1 <= month <= 12:
            return match[0]
        day = f"{int(match[3])} " if match[3] else ""
        return f"{day}{MONTHS[month - 1]} {match[1]}"

    return _ISO_DATE.sub(spell, text)
