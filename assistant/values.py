"""The values that a text gives: numbers with units, dates, names, licences, each with its place.

Also what kind of value a question asks for, and whether two values are the same one written
differently ("11 June 2017" and "June 2017", "Kazan" and "Elia Kazan"). Knows nothing of
passages or answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from assistant.attribution.quantities import stated_quantities
from assistant.lexical import STOP_WORDS, content_terms, stem

Kind = Literal["number", "date", "name", "licence", "phrase"]


@dataclass(frozen=True, slots=True)
class Value:
    """``text[start:end]`` of what was read. ``key`` compares; ``unit`` is a stem, "" if none.

    ``key`` is (amount, size of its last digit), (year, month, day), the words of a name, or
    of a licence.
    """

    kind: Kind
    text: str
    start: int
    end: int
    key: tuple[Decimal, Decimal] | tuple[int, int, int] | frozenset[str]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The kind of value a question asks for, and the units that it may have (empty: any)."""

    kind: Kind
    units: frozenset[str] = frozenset()


_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|"
    r"Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_YEAR = r"(?P<year>1\d{3}|20\d\d)"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}\s*,?\s+{_YEAR}\b",
        rf"\b{_MONTH}\s+{_DAY}\s*,?\s+{_YEAR}\b",
        rf"\b{_YEAR}-(?P<month>[01]\d)-(?P<day>[0-3]\d)\b",
        rf"{_YEAR}\s*年\s*(?P<month>[01]?\d)\s*月(?:\s*(?P<day>[0-3]?\d)\s*日)?",
        rf"\b{_MONTH}\s*,?\s+{_YEAR}\b",
        rf"(?<![\d,.$€£-]){_YEAR}(?:年|s\b|\b)(?![,.]?\d|%|\s?(?:people|km|m\b|ft|GB|tokens))",
    )
)
_MONEY = r"(?:US\$|[$€£¥])\s?"
_NUMBER = re.compile(
    rf"(?<![\w.,/-])(?P<money>{_MONEY})?\d{{1,3}}(?:(?:,\d{{3}})+|\d{{0,12}})(?:\.\d{{1,6}})?"
    r"(?:[\s-]?(?:thousand|million|billion|trillion|[kKMBT](?![\w])))?(?![\w-]*[A-Za-z]-?\d)"
    r"(?P<percent>\s?(?:%|percent\b|per cent\b))?"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty)\b",
)
_UNIT = re.compile(r"[\s-]{1,2}(?:(?:US|U\.S\.|square|total|new|more)\s)?([^\W\d_]{1,24})")
_SMALL = "of|the|and|de|da|di|du|del|la|le|von|van|der|den|for|&|al"
_NAME = re.compile(
    rf"[A-Z][\w’'.-]{{0,30}}(?:\s(?:(?:{_SMALL})\s){{0,2}}[A-Z][\w’'.-]{{0,30}}){{0,7}}"
)
# "American", "Japanese": said of a thing, seldom who or what it is.
_DEMONYM = re.compile(r"[A-Z][a-z]+(?:ican|ian|ish|ese|ean)|French|German|Dutch|Greek|Swiss")
_LICENCE = re.compile(
    r"\b(?:Modified[ -]MIT|MIT(?=[ ,.;:?!)\"'”]|$)(?! and Hugging| Tech| stud| research| Press)|"
    r"Apache(?:[- ]Licen[cs]e)?(?:,? ?(?:Version )?2(?:\.0)?)?|"
    r"(?:A|L)?GPL(?:[- ]?v?\d(?:\.\d)?)?|BSD(?:-\d-Clause)?|"
    r"CC[- ]BY(?:[- ][A-Z]{2}){0,2}(?: 4\.0)?|"
    r"[A-Z][\w.-]{0,20} (?:[A-Z0-9][\w.-]{0,20} ){0,3}(?:Community |Model |Research )*"
    r"Licen[cs]e(?: Agreement)?|"
    r"Gemma Terms of Use|[Pp]roprietary)"
)
_WHEN = re.compile(
    r"\b(?:when|(?:birth|release|opening|founding|launch) ?date|date of|"
    r"(?:what|which|in which|on what|on which) (?:year|date|day|month|century)|"
    r"how recent)\b|什么时候|何时|哪一?年|哪天|几月",
    re.IGNORECASE,
)
_HOW_MUCH = re.compile(
    r"\bhow (?:many|much|old|long|large|big|high|tall|far|fast|deep|wide)\b"
    r"(?P<after>(?: [\w.-]+){0,3})"
    r"|\b(?:population|percentage|share|size|height|length|number of|price|cost|score|"
    r"revenue|capacity|area)\b|多少|几个",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"\b(?:who|whom|whose|where|(?:what|which) (?:city|town|country|state|county|district|"
    r"region|place|company|lab|person|organi[sz]ation|team|band|artist|actor|singer|author|"
    r"party|university|school))\b|\bthe (?:artist|director|author|singer|founder|maker|creator|"
    r"head|chief executive|CEO|president|location|capital|developer|publisher)\b|"
    r"\bname of\b|谁|哪家|哪里",
    re.IGNORECASE,
)
_LICENSING = re.compile(r"\blicen[cs](?:e|es|ed|ing)\b|许可", re.IGNORECASE)


def asked(question: str) -> Asked | None:
    """The kind of value that ``question`` asks for; None when it asks for something else."""
    if _LICENSING.search(question) and re.search(r"\b(?:what|which|under)\b", question, re.I):
        return Asked("licence")
    if _WHEN.search(question):
        return Asked("date")
    if (match := _HOW_MUCH.search(question)) is not None:
        return Asked("number", _units(match))
    return Asked("name") if _WHO.search(question) else None


def _units(match: re.Match[str]) -> frozenset[str]:
    """ "how many U.S. states had": state; "population": people, inhabitants, residents."""
    if match.group().lower() == "population":
        return frozenset({"peopl", "inhabit", "resid", "person", ""})
    if match.group().lower() in {"percentage", "share"}:
        return frozenset({"percent"})
    if not match.group().lower().startswith("how many"):
        return frozenset()
    units: list[str] = []
    for word in (match["after"] or "").split():
        if word.lower() in STOP_WORDS:
            break
        units.append(stem(word.lower()))
    return frozenset(units)


def values_in(text: str, kind: Kind) -> list[Value]:
    """The values of one kind in ``text``, in order; a phrase is never found by itself."""
    readers = {"number": _numbers, "date": _dates, "name": _names, "licence": _licences}
    if kind == "phrase":
        return []
    return sorted(readers[kind](text), key=lambda value: value.start)


def phrase(text: str, start: int, end: int) -> Value:
    """``text[start:end]`` as a value of no particular kind, compared by its words."""
    said = text[start:end]
    return Value("phrase", said, start, end, frozenset(content_terms(said)))


def same(left: Value, right: Value) -> bool:
    """Whether two values of one kind agree as far as both are written.

    A number agrees with its rounding to at least two digits, a date with its year or month
    alone, a name or licence with a part of it.
    """
    a, b = left.key, right.key
    if left.kind != right.kind:
        return not {"phrase"}.isdisjoint({left.kind, right.kind}) and left.text == right.text
    if isinstance(a, frozenset) and isinstance(b, frozenset):
        return a <= b or b <= a
    if left.kind == "date":
        return all(x == y or not x or not y for x, y in zip(a, b, strict=True))
    return _close(*a, *b)


def _close(a: Decimal, step_a: Decimal, b: Decimal, step_b: Decimal) -> bool:
    step = max(step_a, step_b)
    rounds = min(abs(a), abs(b)) >= 10 * step
    return a == b or (rounds and abs(a - b) <= step / 2)


def _dates(text: str) -> Iterator[Value]:
    taken: list[tuple[int, int]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            parts = match.groupdict()
            key = (int(parts["year"]), _month(parts.get("month")), int(parts.get("day") or 0))
            yield Value("date", match.group(), *match.span(), key)


def years_in(text: str) -> frozenset[int]:
    """The years of the dates in ``text``."""
    keys = (value.key for value in _dates(text))
    return frozenset(key[0] for key in keys if isinstance(key, tuple) and isinstance(key[0], int))


def _month(month: str | None) -> int:
    if not month:
        return 0
    return int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1


def _numbers(text: str) -> Iterator[Value]:
    dated = [(date.start, date.end) for date in _dates(text)]
    for match in _NUMBER.finditer(text):
        if any(match.start() < end and start < match.end() for start, end in dated):
            continue
        stated = stated_quantities(f"x {match.group()}")
        if len(stated) == 1:
            key = (stated[0].value, stated[0].step)
            yield Value("number", match.group(), *match.span(), key, _unit(text, match))


def _unit(text: str, match: re.Match[str]) -> str:
    if match["money"]:
        return "money"
    if match["percent"]:
        return "percent"
    after = _UNIT.match(text, match.end())
    word = after[1].lower() if after else ""
    return "" if word in STOP_WORDS else stem(word)


def _names(text: str) -> Iterator[Value]:
    for match in _NAME.finditer(text):
        name = match.group().rstrip(".'’-")
        first, _, rest = name.partition(" ")
        at = match.start()
        if rest and first.lower() in STOP_WORDS:  # "The American singer", "In March"
            name, at = rest, at + len(first) + 1
        words = frozenset(content_terms(name))
        lone = " " not in name
        if not words or (lone and (name.lower() in STOP_WORDS or len(name) < 2)):
            continue
        if lone and (_DEMONYM.fullmatch(name) or re.fullmatch(_MONTH, name)):
            continue
        if lone and _opens(text, at) and not any(map(str.isupper, name[1:])):
            continue  # a capital at the start of a sentence tells nothing
        yield Value("name", name, at, at + len(name), words)


def _opens(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \"'“(*`")
    return not before or before[-1] in ".!?:\n|-"


_LICENCE_NOISE = frozenset(
    content_terms("licence license agreement version the its own under weights model")
)


def _licences(text: str) -> Iterator[Value]:
    for match in _LICENCE.finditer(text):
        words = frozenset(content_terms(match.group().replace("-", " "))) - _LICENCE_NOISE
        if words:
            yield Value("licence", match.group(), *match.span(), words)


__all__ = ["Asked", "Kind", "Value", "asked", "phrase", "same", "values_in", "years_in"]
