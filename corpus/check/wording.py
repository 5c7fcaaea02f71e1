"""What of a sentence must stand wherever its fact is told: its numbers and its names.

Wording may change, so words in lower case do not count; "52 billion" and "52bn" are one
number, "U.S." and "United States" one name. Knows nothing of files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from corpus.check.dates import MONTHS

_WRITTEN = (
    r"(?:(?:US|HK)?[$€£¥]\s?)?(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)*)"
    r"(?:\s?(?P<u>bn|billion|mn|million|trillion|thousand|[kKMBT](?![A-Za-z])))?"
)
_NUMBER = re.compile(rf"(?<![\w.]){_WRITTEN}")
# What a fact asks for: not the 0528 of R1-0528, which its name already is.
_ASKED = re.compile(rf"(?<![\w.])(?<![A-Za-z]-)(?<![A-Za-z]\d-){_WRITTEN}")
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
    "hong kong": "hk", "united states": "us", "american": "us", "u.s": "us", "u.s.": "us",
    "america": "us",
    "washington": "us", "european union": "eu", "e.u": "eu", "british": "uk", "u.k": "uk",
    "united kingdom": "uk", "chinese": "china", "beijing": "china", "italian": "italy",
    "german": "germany", "korean": "korea", "australian": "australia", "taiwanese": "taiwan",
    "indian": "india", "republicans": "republican", "democrats": "democrat", "license": "licence",
    "licenses": "licences", "apache-2.0": "apache", "representative": "rep", "senator": "sen",
    "governor": "gov",
}  # fmt: skip
# Titles and labels that a writer may leave out or write in full.
_SLASHED = re.compile(r"\b\d{1,2}/\d{1,2}(?:/\d{2})?\b")  # 24/8, 8/1/24: months, freely rewritten
_COUNTED = re.compile(r"^\d[\d.,]*(?:[KMBTkx]|[KMGT]B|nm|th|st|nd|rd)?(?:-[a-z]+)*$")
_PARTY = re.compile(r"^[DR]-[A-Z]{2}$")  # R-MO: a Republican of Missouri
_CAPITALISED = re.compile(r"^[A-Z][a-z]+(?:-[a-z]+)*$")
_SHORT = {
    "United States": "us", "European Union": "eu", "United Kingdom": "uk", "Hong Kong": "hk",
}  # fmt: skip
_SPELT_OUT = {
    "rl": "reinforcement learning", "cot": "chain of thought", "fim": "fill-in-the-middle",
    "moe": "mixture of experts", "sft": "supervised fine-tuning", "vram": "gpu memory",
    "dpo": "direct preference optimi", "prc": "china", "bis": "bureau of industry and security",
    "hbm": "high-bandwidth memory", "mau": "monthly active users", "npu": "npus",
    "omb": "office of management and budget", "hf": "hugging face",
}  # fmt: skip
_OPTIONAL = frozenset(
    """
    rep rep. reps sen sen. sens gov gov. mr ms dr inc inc. corp ltd co president chairman
    chair minister under secretary adviser readme license licence licences licenses act bill
    rule order law also announced called trained released reported announcement ai api sota
    avg jan feb mar apr jun jul aug sept sep oct nov dec it its the this
    """.split()
) | {month.casefold() for month in MONTHS}


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
    numbers = {value for match in _NUMBER.finditer(spread) for value in _values(match)}
    lower = _folded(spread)
    numbers |= {_WORD_VALUE[word] for word in re.findall(r"[a-z]+", lower) if word in _WORD_VALUE}
    names = {part for token in _TOKEN.findall(lower) for part in _parts(token)}
    return Wording(frozenset(numbers), frozenset(names), _squeezed(lower))


def lacking(fact: str, found: Wording, words: Vocabulary) -> list[str]:
    """The numbers and names of ``fact`` that ``found`` lacks."""
    numbers, names = _wanted(fact, words)
    missing = [written for written, values in numbers if not found.numbers & values]
    missing += [name for name in names if not _holds(found, name)]
    return list(dict.fromkeys(missing))


@lru_cache(maxsize=4096)
def _wanted(fact: str, words: Vocabulary) -> tuple[list[tuple[str, frozenset[float]]], list[str]]:
    """The numbers of a fact, as written and with what they may be called, and its names."""
    spread = _SLASHED.sub("", _dates_in_words(fact))
    numbers = [(match[0].strip(), _values(match)) for match in _ASKED.finditer(spread)]
    return numbers, names_of(spread, words)


def names_of(text: str, words: Vocabulary) -> list[str]:
    """The proper names of ``text``: words with a capital that are no ordinary words."""
    for full, short in _SHORT.items():
        text = re.sub(rf"\b{full}\b", short.upper(), text)
    names = []
    for match in _TOKEN.finditer(text):
        token = re.sub(r"(?:['’]s)?\.?$", "", match[0])
        lower = token.casefold()
        if not re.search(r"[A-Z]", token) or len(token) < 2:
            continue
        if _COUNTED.match(token) or _PARTY.match(token):
            continue
        if (
            lower in _OPTIONAL
            or lower in words.common
            or text[match.end() :].startswith(("$", "€"))
        ):
            continue
        if _CAPITALISED.match(token) and lower not in words.proper and _opens(text, match.start()):
            continue
        names.append(token)
    return names


def _opens(text: str, start: int) -> bool:
    """Whether a sentence or a part of one starts there, where any word has a capital."""
    before = text[max(0, start - 12) : start]
    if re.search(r"\b(?:Reps?|Sens?|Gov|Mr|Ms|Dr|U\.S|No|St|Jr|[A-Z])\.\s*$", before):
        return False
    return not before.strip() or bool(re.search(r"[.;:!?(\"]\s*$", before))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words that texts write in lower case, and those that have a capital inside sentences."""

    common: frozenset[str]
    proper: frozenset[str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Vocabulary:
        """What ``texts`` tell of which words are names."""
        common: set[str] = set()
        proper: set[str] = set()
        for text in texts:
            common.update(re.findall(r"(?<![\w./-])[a-z]{2,}(?:-[a-z]+)*\b(?![./@]\w)", text))
            proper.update(
                match[0].casefold()
                for match in re.finditer(r"\b[A-Z][a-z]+(?:-[a-z]+)*\b", text)
                if not _opens(text, match.start())
            )
        return cls(frozenset(common), frozenset(proper))


def _holds(found: Wording, name: str) -> bool:
    lower = _folded(name)
    if any(part in found.names for part in (lower, *_variants(lower))):
        return True
    squeezed = _squeezed(lower)
    if len(squeezed) >= 4 and squeezed in found.text:
        return True
    if lower in _SPELT_OUT and _squeezed(_SPELT_OUT[lower]) in found.text:
        return True
    parts = [part for part in re.split(r"[-/&]", lower) if part]
    return len(parts) > 1 and all(_has_part(found, part) for part in parts)


def _has_part(found: Wording, part: str) -> bool:
    return part in found.names or (part.isdigit() and float(part) in found.numbers)


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


def _values(match: re.Match[str]) -> frozenset[float]:
    """What a number may be called: as written, and with its unit multiplied out."""
    digits = match["n"].replace(",", "")
    if digits.count(".") > 1:
        return frozenset({float(digits.replace(".", ""))})
    value, scale = float(digits), _SCALE.get((match["u"] or "").casefold(), 1)
    return frozenset({value, round(value * scale, 6)})


def _dates_in_words(text: str) -> str:
    def spell(match: re.Match[str]) -> str:
        month = int(match[2])
        if not 1 <= month <= 12:
            return match[0]
        day = f"{int(match[3])} " if match[3] else ""
        return f"{day}{MONTHS[month - 1]} {match[1]}"

    return _ISO_DATE.sub(spell, text)
