"""Numbers and dates: what a sentence states and whether a passage states it too.

A number is compared by value, with its scale ("671B" equals "671 billion" equals
"6710 亿"), after rounding to the precision in which the sentence writes it. Extraction from
a sentence is strict (one reading each); from a passage it is generous (every reading), so
that a gate fails only when no reading of the passage gives the number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from assistant.attribution.units import bound_at, unit_at
from assistant.lexical import normalise

_SCALES: dict[str, Decimal] = {
    "k": Decimal(10**3), "thousand": Decimal(10**3), "千": Decimal(10**3),
    "m": Decimal(10**6), "mn": Decimal(10**6), "million": Decimal(10**6),
    "b": Decimal(10**9), "bn": Decimal(10**9), "billion": Decimal(10**9),
    "t": Decimal(10**12), "tn": Decimal(10**12), "trillion": Decimal(10**12),
    "万": Decimal(10**4), "萬": Decimal(10**4), "亿": Decimal(10**8), "億": Decimal(10**8),
    "万亿": Decimal(10**12), "百万": Decimal(10**6), "千万": Decimal(10**7),
    "hundred": Decimal(100), "dozen": Decimal(12),
}  # fmt: skip
_CJK_SCALES = frozenset("千万萬亿億")
_SCALE_WORD = "|".join(sorted(_SCALES, key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:[\s-]?(?P<scale>{_SCALE_WORD})(?![a-z]))?"
    r"\s*(?P<percent>%|percent\b|per cent\b|％)?",
    re.IGNORECASE,
)
_WORDS = {
    word: Decimal(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": Decimal(30), "forty": Decimal(40), "fifty": Decimal(50), "sixty": Decimal(60),
     "seventy": Decimal(70), "eighty": Decimal(80), "ninety": Decimal(90)}  # fmt: skip
_SPELLED = re.compile(
    rf"\b(?P<number>{'|'.join(_WORDS)})(?:-(?P<unit>{'|'.join(list(_WORDS)[1:10])}))?(?:[\s-](?P<scale>hundred|thousand|million|billion|trillion))?\b",
    re.IGNORECASE,
)
# "one" is mostly a pronoun ("one of the models"); gating it would drop true sentences.
_UNGATED_WORDS = frozenset({"one", "zero"})
# Digits glued to letters before them belong to a name: R1, GPT-4o, Qwen2.5-7B, H800.
# Latin only: in Chinese a number touches the words around it.
_NAME_WITH_DIGITS = re.compile(
    r"[A-Za-z\u00c0-\u024f]{1,40}[-_.]?\d[A-Za-z0-9_.]{0,40}(?:-[A-Za-z0-9_.]{1,40}){0,6}"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written: its value, the size of its last digit, and how it was written.

    ``unit`` is what it counts where that is known, ``bound`` 1 for "at least", -1 for "at
    most", and ``strict`` tells "more than" from "at least".
    """

    value: Decimal
    step: Decimal
    text: str
    unit: str | None = None
    bound: int = 0
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A number of a passage: every value it may have, what it counts, and how it is bounded.

    ``start`` is where it stands in the text once normalised (NFKC).
    """

    values: frozenset[Decimal]
    unit: str | None
    bound: int
    start: int


def stated_quantities(sentence: str) -> list[Quantity]:
    """The numbers that ``sentence`` claims, outside of dates and of names such as "R1"."""
    text = normalise(sentence)
    text = _ORDERED_ITEM.sub(" ", text)
    for pattern in (*_DATE_PATTERNS, _NAME_WITH_DIGITS):
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    spelled = [
        found for match in _SPELLED.finditer(text) if (found := _from_words(match)) is not None
    ]
    return [_scaled(match) for match in _NUMBER.finditer(text)] + spelled


_ORDERED_ITEM = re.compile(r"^\s*\d{1,2}[.)]\s")


def is_quantity(term: str) -> bool:
    """Whether one word is a number, with or without its scale ("671b"), or a scale ("billion")."""
    return term in _SCALES or _NUMBER.fullmatch(term) is not None


def quantities_in(passage: str) -> set[Decimal]:
    """Every value that some reading of ``passage`` gives: with and without scale, and K as 1024."""
    return {value for reading in readings_in(passage) for value in reading.values}


def readings_in(passage: str) -> list[Reading]:
    """The numbers of ``passage``, each in every reading; those in names and dates too."""
    text = normalise(passage)
    found = [_reading(text, match, _values(match)) for match in _NUMBER.finditer(text)]
    for match in _SPELLED.finditer(text):
        value = _spelled(match) * _SCALES.get((match["scale"] or "").lower(), Decimal(1))
        found.append(_reading(text, match, {value}))
    return found


def _values(match: re.Match[str]) -> set[Decimal]:
    plain = _decimal(match["number"])
    scale = (match["scale"] or "").lower()
    values = {plain * _SCALES[scale]} if scale else {plain}
    if len(scale) <= 1 and scale not in _CJK_SCALES:  # "671 billion" is never 671; "12 m" may be
        values.add(plain)
    if scale == "k":
        values.add(plain * 1024)
    return values


def _reading(text: str, match: re.Match[str], values: set[Decimal]) -> Reading:
    unit, bound, _ = _about(text, match)
    return Reading(frozenset(values), unit, bound, match.start())


def _about(text: str, match: re.Match[str]) -> tuple[str | None, int, bool]:
    """Unit, bound and strictness of a number."""
    parts = match.groupdict()
    scale = (parts["scale"] or "").lower()
    percent = bool(parts.get("percent"))
    unit = unit_at(text, match.start(), match.end(), scale, percent=percent)
    return unit, *bound_at(text, match.start(), match.end())


def supports(quantity: Quantity, values: Set[Decimal]) -> bool:
    """Whether some passage value equals ``quantity`` once rounded to its last digit."""
    if quantity.value in values:
        return True
    if quantity.text[-1:] in "kK" and quantity.value * Decimal("1.024") in values:
        return True
    # Rounding "1" from "1.4" would let anything through: at least two digits must remain.
    if abs(quantity.value) < 10 * quantity.step:
        return False
    half = quantity.step / 2
    return any(value != quantity.value and abs(value - quantity.value) <= half for value in values)


_MONEY = re.compile(
    r"(?P<before>(?:US|HK|C|A|NT)?\$|[€£¥]|\b(?:USD|EUR|RMB|CNY)\s?)\s?(?P<number>\d[\d,]{0,20}(?:\.\d{1,9})?)|"
    r"(?<![\d,.])(?P<after>\d[\d,]{0,20}(?:\.\d{1,9})?)(?:\s?(?:[kmbt]n?|thousand|million|billion|trillion))?\s"
    r"(?:U\.?S\.? |Hong Kong )?(?:dollars?|euros?|yuan|renminbi|pounds?|yen)\b",
    re.IGNORECASE,
)


def money_in(text: str) -> set[Decimal]:
    """The figures that ``text`` gives as money, without their scale."""
    found = _MONEY.finditer(normalise(text))
    return {_decimal(match["number"] or match["after"]) for match in found}


def missing_quantities(sentence: str, passage: str) -> list[str]:
    """The numbers of ``sentence``, as written there, that ``passage`` does not state."""
    stated = stated_quantities(sentence)
    if not stated:
        return []
    values = quantities_in(passage)
    return [quantity.text for quantity in stated if not supports(quantity, values)]


def _scaled(match: re.Match[str]) -> Quantity:
    number = _decimal(match["number"])
    scale = _SCALES.get((match["scale"] or "").lower(), Decimal(1))
    step, written = _last_digit(match["number"]) * scale, match.group().strip()
    return Quantity(number * scale, step, written, *_about(match.string, match))


def _from_words(match: re.Match[str]) -> Quantity | None:
    word, scale = match["number"].lower(), (match["scale"] or "").lower()
    if word in _UNGATED_WORDS and not scale:
        return None
    factor = _SCALES.get(scale, Decimal(1))
    return Quantity(_spelled(match) * factor, factor, match.group(), *_about(match.string, match))


def _spelled(match: re.Match[str]) -> Decimal:
    """ "twenty" or "twenty-five", without its scale."""
    return _WORDS[match["number"].lower()] + _WORDS.get((match["unit"] or "").lower(), Decimal(0))


def _decimal(number: str) -> Decimal:
    try:
        return Decimal(number.replace(",", ""))
    except InvalidOperation:  # pragma: no cover - the pattern admits only digits
        return Decimal(0)


def _last_digit(number: str) -> Decimal:
    _, _, fraction = number.partition(".")
    return Decimal(1).scaleb(-len(fraction))


# --- dates ---------------------------------------------------------------------------------

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DATE_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_YEAR}[-/.年](?P<month>[01]?\d)(?:[-/.月](?P<day>[0-3]?\d)日?)?\b",
        rf"{_YEAR}\s*年\s*(?P<month>[01]?\d)\s*月(?:\s*(?P<day>[0-3]?\d)\s*日)?",
        rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}\b",
        rf"(?<!\d\.)\b{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}\b",
        rf"\b{_MONTH},?\s+(?:of\s+)?{_YEAR}\b",
        rf"\b{_MONTH}\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\s*[,.]?\d)",
        rf"(?<!\d\.)\b(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\s+{_MONTH}\b(?!\s*\d)",
    )
)


@dataclass(frozen=True, slots=True)
class Day:
    """A date as far as it is written; None where a part is not."""

    year: int | None
    month: int | None
    day: int | None


def dates_in(text: str) -> list[tuple[Day, str]]:
    """The dates written in ``text`` (English, ISO 8601 or Chinese), each with its wording."""
    text = normalise(text)
    return list(_dates(text))


def _dates(text: str) -> Iterator[tuple[Day, str]]:
    taken: list[tuple[int, int]] = []
    for pattern in _DATE_PATTERNS:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            yield _day(match), match.group().strip()


def _day(match: re.Match[str]) -> Day:
    parts = match.groupdict()
    month = parts.get("month")
    return Day(
        int(parts["year"]) if parts.get("year") else None,
        _month_number(month) if month else None,
        int(parts["day"]) if parts.get("day") else None,
    )


def _month_number(month: str) -> int:
    return int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1


def covers(known: Day, stated: Day) -> bool:
    """Whether ``known`` gives every part of ``stated``, and the same."""
    pairs = ((known.year, stated.year), (known.month, stated.month), (known.day, stated.day))
    return all(wanted is None or have == wanted for have, wanted in pairs)
