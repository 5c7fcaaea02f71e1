"""A question with its names, numbers and dates replaced by marks: the form that rules read.

"Which Chinese models score above 80 on GPQA?" becomes "which <c0> models score above <n0> on
<b1>?". Knows nothing of what the question asks for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.catalogue.dates import Period, find_periods
from assistant.catalogue.spelling import mended
from index.linking import Entity, EntityKind, Link

# The mark of each kind. Where a name may stand for several things, the first that fits wins.
LETTERS: dict[EntityKind, str] = {
    "model": "m", "line": "f", "family": "f", "developer": "d", "country": "c", "region": "c",
    "licence": "l", "licence_class": "k", "benchmark": "b", "topic": "o",
}  # fmt: skip
_ORDER: tuple[EntityKind, ...] = (
    "model", "developer", "line", "family", "benchmark", "licence", "licence_class", "country",
    "region", "topic",
)  # fmt: skip
_SCALES = {
    "b": 1.0, "bn": 1.0, "billion": 1.0, "billions": 1.0, "t": 1000.0, "tn": 1000.0,
    "trillion": 1000.0, "m": 0.001, "mn": 0.001, "million": 0.001, "millions": 0.001,
    "k": 1e-6, "thousand": 1e-6, "十亿": 1.0, "亿": 0.1, "万亿": 1000.0, "百亿": 10.0,
    "千亿": 100.0, "万": 1e-5, "百万": 0.001, "千万": 0.01,
}  # fmt: skip
_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twelve": 12, "twenty": 20, "fifty": 50, "hundred": 100, "两": 2, "三": 3, "四": 4,
    "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
}  # fmt: skip
_LARGEST = 1e12
"""No figure is taken for more, so that a hundred digits stay a number that can be compared."""
_UNITS = "|".join(sorted(_SCALES, key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?<![a-z0-9_<.])(?P<figure>\d[\d,]*(?:\.\d+)?)(?:[ -]?(?P<unit>{_UNITS})(?![a-z]))?"
    r"(?P<percent> ?(?:%|percent|per cent))?(?P<plus>\+)?",
)
_LONE = re.compile(
    rf"(?<![\w<])(?P<word>{'|'.join(w for w in _WORDS if w.isascii())})(?!\w)|"
    rf"(?P<zh>{'|'.join(w for w in _WORDS if not w.isascii())})(?=[个款家种])"
)
_SCALED_WORD = re.compile(
    rf"(?<![\w<])(?P<word>an?|one|half a|{'|'.join(w for w in _WORDS if w.isascii())})"
    r"(?P<hundred> hundred)? (?P<unit>billion|trillion|million|thousand)\b"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A figure; ``unit`` is "" or how it was scaled, "B" meaning billions and so on."""

    figure: float
    unit: str = ""
    or_more: bool = False

    @property
    def billions(self) -> float:
        """The number in billions, by its unit."""
        return round(self.figure * _SCALES[self.unit], 9) if self.unit else self.figure

    @property
    def plain(self) -> float:
        """The number itself: 128k is 128,000."""
        return round(self.figure * _SCALES[self.unit] * 1e9, 3) if self.unit else self.figure


@dataclass(slots=True)
class Annotated:
    """A question in lower case with marks; each mark's number leads to what it stands for."""

    text: str
    written: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)

    def entity(self, number: int, *kinds: EntityKind) -> Entity:
        """What link ``number`` stands for, of the kinds wanted (the first by preference).

        Of two benchmarks the one that is meant by a shorter name: "GPQA" is GPQA-Diamond.
        """
        link = self.links[number]
        wanted = link.of(*kinds) or link.entities
        written = self.written[number].casefold()
        return min(wanted, key=lambda e: (_ORDER.index(e.kind), e.name.casefold() == written))


def annotate(question: str, links: Sequence[Link], today: str) -> Annotated:
    """The question as rules read it; ``today`` (ISO) is what "last year" counts from."""
    marked = Annotated("")
    text, at = "", 0
    for link in links:
        text += _plain(question[at : link.start])
        text += f" <{_letter(link)}{len(marked.links)}> "
        marked.links.append(link)
        marked.written.append(question[link.start : link.end])
        at = link.end
    text += _plain(question[at:])
    text = find_periods(text, marked.periods, today)
    text = _numbers(text, marked.numbers)
    marked.text = " ".join(text.split())
    return marked


def _letter(link: Link) -> str:
    kinds = {entity.kind for entity in link.entities}
    return LETTERS[next(kind for kind in _ORDER if kind in kinds)]


def _plain(text: str) -> str:
    """Lower case, straight quotes, one spelling of licence and open-source, no angle brackets."""
    text = text.lower().translate(str.maketrans("’‘“”–—−（）？，。；：、", "''\"\"---()?,.;:,"))
    text = mended(text)
    text = re.sub(r"[<>]", lambda m: " less than " if m.group() == "<" else " more than ", text)
    text = text.replace("≥", " at least ").replace("≤", " at most ").replace("=", " ")
    return re.sub(r"licens(e|es|ing)\b", r"licenc\1", text)


_DIGITS = "一二三四五六七八九十"
_CHINESE_SCALED = re.compile(rf"([{_DIGITS}两])(百万|千万|百亿|千亿|万亿|万|亿)")


def _chinese(match: re.Match[str]) -> str:
    """一百万 as 1百万, which the next rule reads."""
    return f"{_DIGITS.index(match[1].replace('两', '二')) + 1}{match[2]}"


def _numbers(text: str, numbers: list[Number]) -> str:
    def mark(number: Number) -> str:
        numbers.append(number)
        return f" <n{len(numbers) - 1}> "

    def figure(match: re.Match[str]) -> str:
        value = min(float(match["figure"].replace(",", "")), _LARGEST)
        return mark(Number(value, match["unit"] or "", bool(match["plus"])))

    def scaled(match: re.Match[str]) -> str:
        value = {"a": 1.0, "an": 1.0, "one": 1.0, "half a": 0.5}.get(match["word"])
        value = float(_WORDS[match["word"]]) if value is None else value
        return mark(Number(value * (100 if match["hundred"] else 1), match["unit"]))

    text = _CHINESE_SCALED.sub(_chinese, text)
    text = _SCALED_WORD.sub(scaled, text)
    text = _NUMBER.sub(figure, text)
    return _LONE.sub(lambda m: mark(Number(float(_WORDS[m["word"] or m["zh"]]))), text)
