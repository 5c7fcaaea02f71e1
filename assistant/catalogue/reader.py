"""Reads an annotated question: conditions, order, fields asked for, and the words left over.

Each step takes what it understands out of the text, so that what remains at the end is what
nobody understood. Knows nothing of the record, nor of what becomes of the reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from assistant.catalogue import lexicon as words
from assistant.catalogue.annotate import Annotated, Number
from index.catalogue import Condition, Sort
from index.linking import Entity, bare_key, full_key

_GAP = " ; "
_NEGATION = re.compile(
    r"(?:\bnot|\bnon|\boutside(?: of)?|\bexcept(?: for)?|\bexcluding|\bother than|\bwithout|\bbut not|"
    r"\bisn't|\baren't|\bapart from|\bbesides|除了|非|不是|不在)[ -]{0,2}"
    r"(?:(?:from|in|by|made|released|under|of|the|a|an|based|any|built|models?|developed|come|licensed)"
    r"[ -]{1,2}){0,4}$"
)
_OPERATORS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_ROUND = 0.5  # "32B models" are those whose size rounds to 32B


@dataclass(frozen=True, slots=True)
class Than:
    """A comparison with a model's own value: "larger than QwQ-32B"."""

    field: str
    operator: Literal["<", ">"]
    model: str


@dataclass(slots=True)
class Reading:
    """What a question was understood to say; ``left`` are the words that were not."""

    conditions: list[Condition] = field(default_factory=list)
    than: list[Than] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    families: list[str] = field(default_factory=list)
    benchmarks: list[str] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)
    sort: Sort | None = None
    limit: int | None = None
    ranked: bool = False
    count: bool = False
    timeline: bool = False
    compare: bool = False
    grouped: bool = False
    most_of: bool = False
    heads: list[str] = field(default_factory=list)
    lists: bool = False
    target: bool = False
    plural: bool = False
    yes_no: bool = False
    topics: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


class _Text:
    """The annotated text that is still to be understood."""

    def __init__(self, marked: Annotated) -> None:
        self.marked = marked
        self.text = f" {marked.text} "

    def take(self, pattern: str) -> re.Match[str] | None:
        """The first match, taken out of the text."""
        match = re.search(pattern, self.text)
        if match:
            self._cut(match.start(), match.end())
        return match

    def take_all(self, pattern: str) -> Iterator[tuple[re.Match[str], str]]:
        """Every match with the text before it, each taken out."""
        compiled = re.compile(pattern)
        at = 0
        while match := compiled.search(self.text, at):
            before = self.text[: match.start()]
            self._cut(match.start(), match.end())
            yield match, before
            at = max(0, match.start() - 1)

    def _cut(self, start: int, end: int) -> None:
        self.text = f"{self.text[:start]}{_GAP}{self.text[end:]}"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Values of the catalogue that a name in a question may stand for several of."""

    families: tuple[str, ...]
    base_models: tuple[str, ...]


def read(marked: Annotated, known: Vocabulary) -> Reading:
    """The reading of a question; lines ("Qwen") and base models are resolved by ``known``."""
    reading, text = Reading(), _Text(marked)
    _shape_words(reading, text)
    _numbers(reading, text)
    _periods(reading, text)
    _named(reading, text, known)
    _single_words(reading, text)
    _order(reading, text)
    _attributes(reading, text)
    if any(c.field.startswith("licence") for c in reading.conditions) and not (
        reading.grouped or "licence" in reading.heads
    ):
        reading.attributes = [name for name in reading.attributes if name != "licence"]
    reading.left = list(_left(text.text))
    return reading


# --- shape --------------------------------------------------------------------------------


def _word(pattern: str) -> str:
    """A pattern of English words bounded as words, and of Chinese ones as they come."""
    return rf"(?<![a-z0-9<-]){pattern}(?![a-z0-9>])"


_HEAD = (
    r"(?:which|what|whose|list|name|show|give|tell|under which|in which|from which|on which|哪些|哪个|列出|什么|哪家)"
    r"(?:\s*(?:<[a-z]\d+>|me|us|all|the|are|is|different|distinct|other|various|of|open\S*|non-?|ai|major|kinds? of|"
    r"types? of|,|的|家)){0,6}\s*"
)


def _heads(text: str) -> list[str]:
    """The fields that are asked for by "which labs", "what licences", "who"."""
    found = [n for n, pattern in words.ATTRIBUTES if re.search(_word(rf"{_HEAD}{pattern}"), text)]
    if re.search(
        r"(?<![a-z])who(?![a-z]).{0,60}(?:released?|publish|made|makes?|hands?|puts?|offers?|ships?|has|have|gives?|uses?)",
        text,
    ):
        found.append("developer")
    if re.search(r"rank (?:the )?countries", text):
        found.append("country")
    return found


def _shape_words(reading: Reading, text: _Text) -> None:
    whole = text.text.strip()
    reading.heads = _heads(whole)
    reading.yes_no = re.search(words.YES_NO, whole) is not None
    exists = re.search(words.EXISTS, whole) is not None
    reading.lists = exists or re.search(_word(words.LIST), whole) is not None
    reading.yes_no = reading.yes_no and not exists
    reading.count = text.take(_word(words.COUNT)) is not None
    reading.timeline = text.take(_word(words.TIMELINE)) is not None
    reading.compare = text.take(_word(words.COMPARE)) is not None
    while text.take(_word(words.COMPARE)):
        pass
    first = re.split(r"\b(?:among|amongst|out of|of all|of the)\b|里|中的", text.text)[0]
    reading.plural = re.search(_word(r"(?:models|llms|ones|releases)"), first) is not None
    reading.target = re.search(_word(words.TARGET), text.text) is not None


# --- numbers ------------------------------------------------------------------------------


def _numbers(reading: Reading, text: _Text) -> None:
    limit = _limit(text)
    _than_a_model(reading, text)
    for match, before in text.take_all(_ranges()):
        low, high = (text.marked.numbers[int(match[g])] for g in ("a", "b"))
        low, high = _shared_unit(low, high)
        _number_conditions(reading, text, ((">=", low), ("<=", high)), before, match)
    _number_of_models(text)
    for match, before in text.take_all(_single()):
        number = text.marked.numbers[int(match["n"])]
        operator = _operator(match, number)
        _number_conditions(reading, text, ((operator, number),), before, match)
    reading.limit = limit


def _number_of_models(text: _Text) -> None:
    """ "which of the two", "these three models": a number that says how many were named."""
    named = len(set(re.findall(r"<m\d+>", text.marked.text)))
    for match in re.finditer(r"<n(?P<n>\d+)>", text.text):
        number = text.marked.numbers[int(match["n"])]
        if not number.unit and number.figure == named and named > 1:
            text.text = text.text.replace(match.group(), " ", 1)


def _limit(text: _Text) -> int | None:
    """ "top 5", "the three newest", "5 models with the longest context"."""
    order = r"(?:largest|biggest|smallest|newest|latest|oldest|earliest|longest|highest|best|lowest|" \
            r"most|leading|strongest|top|worst|first|shortest|fewest|tiniest)"  # fmt: skip
    match = (
        re.search(
            r"(?<![a-z])(?:top|first|best|last|bottom)[ -]*<n(?P<n>\d+)>(?!\s*(?:%|percent))",
            text.text,
        )
        or re.search(rf"<n(?P<n>\d+)>(?= (?:[a-z-]+ ){{0,2}}{order}(?![a-z]))", text.text)
        or re.search(rf"(?<={order[3:-1].split('|')[0]}) <n(?P<n>\d+)>(?= models)", text.text)
        or re.search(r"<n(?P<n>\d+)>(?= (?:places?|spots?|positions?))", text.text)
        or re.search(r"(?:最\S{1,2}的?|前)\s*<n(?P<n>\d+)>", text.text)
        or re.search(
            r"<n(?P<n>\d+)>(?= (?:[a-z-]+ )?(?:models|llms) (?:with|that have) the )", text.text
        )
    )
    if match is None:
        return None
    number = text.marked.numbers[int(match["n"])]
    if number.unit or number.figure != int(number.figure) or not 1 <= number.figure <= 100:
        return None
    mark = f"<n{match['n']}>"
    text.text = text.text.replace(mark, " ", 1)
    return int(number.figure)


def _operators() -> str:
    return "|".join(f"(?P<{name}>{pattern})" for name, pattern in words.COMPARATORS)


def _ranges() -> str:
    return (
        r"(?:between |from |在)?\s*<n(?P<a>\d+)>\s*(?:[a-z]+ )?(?:and|to|-|through|到|至|和)\s*<n(?P<b>\d+)>"
        r"(?P<after>(?:[ -]*(?:total|active|activated|param(?:eter)?s?\b|tokens?\b|context|billion|b\b))*"
        r"(?: (?:on|in|at) <b\d+>)?)(?:之间)?"
    )


def _single() -> str:
    return (
        rf"(?<![a-z])(?:{_operators()})?[ ,]*(?:the |a |an )?<n(?P<n>\d+)>"
        rf"(?P<after>(?:[ -]*(?:total|active|activated|param(?:eter)?s?\b|tokens?\b|context|window|long|"
        rf"length|words?|参数|上下文|词元))*)(?:\s*(?P<more>{words.OR_MORE})|\s*(?P<less>{words.OR_LESS}))?"
        r"(?P<on>(?: (?:points? |percent )?(?:on|in|at|for) (?:the )?<b\d+>)?)"
        r"(?P<late>(?:[ -]*(?:total|active|activated|param(?:eter)?s?\b|tokens?\b|context|参数|上下文))*)"
    )


def _operator(match: re.Match[str], number: Number) -> str:
    if match["more"] or number.or_more:
        return ">="
    if match["less"]:
        return "<="
    for name, _ in words.COMPARATORS:
        if match[name]:
            return _OPERATORS.get(name, name)
    return "about"


def _shared_unit(low: Number, high: Number) -> tuple[Number, Number]:
    """ "between 7 and 14B": the first number takes the unit of the second."""
    if not low.unit and high.unit and low.figure < 1000:
        low = Number(low.figure, high.unit)
    return low, high


def _number_conditions(
    reading: Reading,
    text: _Text,
    bounds: Sequence[tuple[str, Number]],
    before: str,
    match: re.Match[str],
) -> None:
    groups = match.groupdict()
    after = " ".join(groups.get(name) or "" for name in ("after", "late"))
    on = re.search(r"<b(\d+)>", match.group())
    field_name = _field_of_number(text.marked, before, after, on, bounds[-1][1])
    if field_name is None:
        reading.left.append(match.group())
        return
    benchmark = field_name.removeprefix("benchmarks.")
    if benchmark != field_name and benchmark not in reading.benchmarks:
        reading.benchmarks.append(benchmark)
    for operator, number in bounds:
        reading.conditions += _bounds(field_name, operator, number)


def _field_of_number(
    marked: Annotated, before: str, after: str, on: re.Match[str] | None, number: Number
) -> str | None:
    """Which field a number belongs to: by the words after it, then those before, then its unit."""
    if on:
        return f"benchmarks.{marked.entity(int(on[1]), 'benchmark').value}"
    awake = r"(?:per|a|each) token|at a time|wakes? up|lights? up|fires? up|switch(?:es)? on"
    if re.search(awake, marked.text) and number.unit:
        return "active_params_b"
    near = re.split(r"\b(?:and|but|with|released|licensed|that|which)\b|[,;]", before)[-1]
    if re.search(r"activ|激活", after) or re.search(r"\bactiv\w*[^<]{0,40}$|激活[^<]*$", near):
        return "active_params_b"
    if re.search(r"param|参数", after):
        return "total_params_b"
    if re.search(r"token|context|window|words?|上下文|词元", after):
        return "context_tokens_approx" if number.plain >= 1000 else None
    scored = None if number.unit else re.search(r"<b(\d+)>[^<]{0,40}$", before)
    if scored and not re.search(r"(?:context|param)[^<]{0,40}$", near):
        return f"benchmarks.{marked.entity(int(scored[1]), 'benchmark').value}"
    if re.search(r"(?:context|window|tokens?|上下文)[^<]{0,40}$", near):
        return "context_tokens_approx"
    if re.search(r"(?:param|参数|size)[^<]{0,40}$", near):
        return "total_params_b"
    return _field_by_unit(marked, number)


def _field_by_unit(marked: Annotated, number: Number) -> str | None:
    if number.unit in ("k", "thousand", "万") or (not number.unit and number.figure >= 4000):
        return "context_tokens_approx"
    if number.unit in ("m", "mn", "million", "百万") and "context" in marked.text:
        return "context_tokens_approx"
    if number.unit:
        return "total_params_b"
    scores = re.findall(r"<b(\d+)>", marked.text)
    if len(set(scores)) == 1:
        return f"benchmarks.{marked.entity(int(scores[0]), 'benchmark').value}"
    return None


def _bounds(name: str, operator: str, number: Number) -> list[Condition]:
    value = number.billions if name.endswith("_params_b") else number.plain
    if name == "context_tokens_approx":
        value = int(value)
    if operator in (">", ">=", "<", "<="):
        return [Condition(name, operator, value)]  # type: ignore[arg-type]
    if operator == "eq" or name.startswith("benchmarks."):
        return [Condition(name, "=", value)]
    if name == "context_tokens_approx":  # "models with 128K context" can take as much
        return [Condition(name, ">=", value)]
    room = _ROUND if value >= 2 else value / 10
    return [
        Condition(name, ">=", round(value - room, 6)),
        Condition(name, "<", round(value + room, 6)),
    ]


_BEATS_MODEL = (
    r"(?:beat(?:s|ing)?|outperform(?:s|ing)?|outscor(?:e|es|ing)|surpass(?:es|ing)?|top(?:s|ping)?|"
    r"(?:score[sd]? |scoring |do(?:es)? |perform[s]? |are |is )?(?:better|higher|more) than|ahead of|超过|胜过|高于)"
)
_THAN: tuple[tuple[str, str, Literal["<", ">"]], ...] = (
    (r"(?:larger|bigger|greater|heavier) than", "total_params_b", ">"),
    (r"(?:smaller|lighter) than", "total_params_b", "<"),
    (r"(?:newer|more recent|later) than|after|since", "release_date", ">"),
    (r"older than|(?:earlier|sooner) than|before|prior to", "release_date", "<"),
    (r"(?:longer|larger|bigger) context(?: length| window)? than|longer than", "context_tokens_approx", ">"),
    (r"(?:shorter|smaller) context(?: length| window)? than|shorter than", "context_tokens_approx", "<"),
)  # fmt: skip


def _than_a_model(reading: Reading, text: _Text) -> None:
    """ "larger than QwQ-32B": kept as a comparison with the model's own value."""
    if len(set(re.findall(r"<m\d+>", text.text))) == 1:
        on = r" (?:on|in|at) (?:the )?<b(?P<b>\d+)>"
        for match, _ in text.take_all(rf"(?<![a-z]){_BEATS_MODEL} <m(?P<m>\d+)>(?:'s score)?{on}"):
            benchmark = text.marked.entity(int(match["b"]), "benchmark").value
            model = text.marked.entity(int(match["m"]), "model").value
            reading.than.append(Than(f"benchmarks.{benchmark}", ">", model))
            reading.benchmarks.append(benchmark)
    for pattern, name, operator in _THAN if len(set(re.findall(r"<m\d+>", text.text))) == 1 else ():
        for match, _ in text.take_all(
            rf"(?<![a-z])(?:{pattern})(?: that of| those of)? <m(?P<m>\d+)>"
        ):
            model = text.marked.entity(int(match["m"]), "model").value
            reading.than.append(Than(name, operator, model))


# --- dates --------------------------------------------------------------------------------

_AFTER = r"(?:after|later than|following|newer than|post)"
_SINCE = r"(?:since|from|starting(?: in| from)?|as of|beginning(?: in)?|自从?|从)"
_BEFORE = r"(?:before|prior to|earlier than|older than|pre)"
_UNTIL = r"(?:until|till|through|by(?: the end of)?|up to|no later than|截至|到)"
_IN = r"(?:(?:all )?(?:in|during|on|throughout|within|over|of|for|dated|在)(?: the)?(?: year| month of| course of)?)"


def _periods(reading: Reading, text: _Text) -> None:
    between = r"(?:between|from|since|从)?\s*<t(?P<a>\d+)>\s*(?:and|to|-|until|till|through|到|至)\s*<t(?P<b>\d+)>(?:之间)?"
    for match, _ in text.take_all(between):
        first, last = (text.marked.periods[int(match[g])] for g in ("a", "b"))
        reading.conditions += [
            Condition("release_date", ">=", first.name or first.first),
            Condition("release_date", "<=", last.name or last.last),
        ]
    lead = f"(?:(?P<after>{_AFTER})|(?P<since>{_SINCE})|(?P<before>{_BEFORE})|(?P<until>{_UNTIL})|{_IN})"
    tail = r"(?:\s*(?P<zhsince>以来|起|开始|onwards?|and later|or later|and after)|\s*(?P<zhafter>以后|之后|后)|" \
           r"\s*(?P<zhbefore>以前|之前|前|or earlier|and earlier))?(?:期间|间)?"  # fmt: skip
    for match, _ in text.take_all(
        rf"(?<![a-z])(?:{lead}[ -]*)?(?:the )?(?:(?:very )?(?:start|beginning|end|first day|turn) of )?<t(?P<t>\d+)>{tail}"
    ):
        period = text.marked.periods[int(match["t"])]
        reading.conditions += _period_conditions(match, period.first, period.last, period.name)


def _period_conditions(
    match: re.Match[str], first: str, last: str, name: str | None
) -> list[Condition]:
    if match["after"] or match["zhafter"]:
        return [Condition("release_date", ">", name or last)]
    if match["since"] or match["zhsince"]:
        return [Condition("release_date", ">=", name or first)]
    if match["before"] or match["zhbefore"]:
        return [Condition("release_date", "<", name or first)]
    if match["until"]:
        return [Condition("release_date", "<=", name or last)]
    if name:
        return [Condition("release_date", "=", name)]
    return [Condition("release_date", ">=", first), Condition("release_date", "<=", last)]


# --- names --------------------------------------------------------------------------------


def _named(reading: Reading, text: _Text, known: Vocabulary) -> None:
    for match, _ in text.take_all(rf"(?:{_BASED}(?:the |an? )?<m(?P<m>\d+)>(?:-based)?|<m(?P<n>\d+)>-based|"
                                  rf"<m(?P<o>\d+)>[^<]{{0,20}}(?P<kids>{_CHILDREN}))"):  # fmt: skip
        number = int(match["m"] or match["n"] or match["o"])
        written = text.marked.written[number]
        reading.conditions.append(_based_on(written, known.base_models))
        reading.target = reading.lists = True
    for match, _ in text.take_all(
        rf"(?:{_BASED}|base model [^<]{{0,20}})(?:the |an? )?<f(?P<f>\d+)>(?: in (?:its|the|their) name)?"
    ):
        line = text.marked.entity(int(match["f"]), "line", "family").value
        reading.conditions.append(Condition("base_model", "contains", line))
    _models_named(reading, text)
    values: dict[tuple[str, str], list[str]] = {}
    carried = ""
    for match, before in text.take_all(
        r"<(?P<kind>[dfclk])(?P<n>\d+)>(?:'s?\b)?(?:[ -]+(?:based|made|built|developed|licen[cs]ed|"
        r"licen[cs]es?|terms|models?(?= (?:family|line)))\b)?(?: (?:family|series|line)\b)?"
        r"(?:\s*(?:许可证|许可协议|许可|开源协议|协议|授权|系列|家族))?"
    ):
        listed = re.search(
            rf"{re.escape(_GAP)}(?:\s*(?:,|;|and|or|nor|the|an?|any|other|和|或|及))*\s*$", before
        )
        direct = _NEGATION.search(before) is not None
        negated = direct or (carried == match["kind"] and listed is not None)
        carried = match["kind"] if negated else ""
        if direct:
            text.text = _NEGATION.sub("", text.text[: len(before)]) + text.text[len(before) :]
        for name, operator, value in _conditions_of(text.marked, match, known.families):
            key = (name, operator if not negated else {"=": "!=", "contains": "lacks"}[operator])
            values.setdefault(key, []).extend(value)
    for (name, operator), found in values.items():
        reading.conditions += _joined(name, operator, list(dict.fromkeys(found)))
    for match, _ in text.take_all(r"<b(?P<n>\d+)>(?:'s)?"):
        benchmark = text.marked.entity(int(match["n"]), "benchmark").value
        if benchmark not in reading.benchmarks:
            reading.benchmarks.append(benchmark)
    for match, _ in text.take_all(r"<o(?P<n>\d+)>"):
        reading.topics.append(text.marked.entity(int(match["n"]), "topic").value)


_CHILDREN = r"(?:offspring|children|descendants?|derivatives|spin-?offs?|fine-?tunes)"
_BASED = (
    r"(?:(?:(?:based|built|fine-?tuned|distilled|derived|trained|started|grown|made) (?:on|from|upon|on top of|"
    r"out of)|on top of|descend(?:ed|ing|ants?)? (?:from|of)|(?:offspring|children|derivatives|spin-?offs?|"
    r"fine-?tunes|versions) of|from the base(?: model)?) )"
)


def _based_on(written: str, base_models: Sequence[str]) -> Condition:
    """The cards whose base model is so called, with or without an ending to its name."""
    same = tuple(name for name in base_models if full_key(name) == full_key(written))
    near = tuple(name for name in base_models if bare_key(name) == bare_key(written))
    plain = full_key(written) == bare_key(written)
    return Condition("base_model", "in", (near if plain else same or near) or (written,))


def _models_named(reading: Reading, text: _Text) -> None:
    for match, _ in text.take_all(r"<m(?P<n>\d+)>(?:'s?\b)?"):
        link = text.marked.links[int(match["n"])]
        reading.models += [e.value for e in link.of("model") if e.value not in reading.models]
        reading.families += [e.value for e in link.of("family") if e.value not in reading.families]


def _conditions_of(
    marked: Annotated, match: re.Match[str], families: Sequence[str]
) -> Iterator[tuple[str, str, list[str]]]:
    """(field, operator, values) of a name that filters."""
    number = int(match["n"])
    if match["kind"] == "f":
        yield "family", "=", _families(marked.entity(number, "line", "family"), families)
        return
    kinds = {"d": "developer", "c": "country", "l": "licence", "k": "licence_class"}
    entity = marked.entity(number, kinds[match["kind"]])  # type: ignore[arg-type]
    if entity.kind == "region":
        yield "country", "=", list(entity.members)
        return
    if entity.kind == "licence":
        exact = entity.operator == "="
        yield "licence_name" if exact else entity.field, entity.operator, [entity.value]
    else:
        yield entity.kind, "=", [entity.value]


def _families(entity: Entity, families: Sequence[str]) -> list[str]:
    if entity.kind == "family":
        return [entity.value]
    return [family for family in families if family.startswith(entity.value)]


def _joined(name: str, operator: str, values: list[str]) -> list[Condition]:
    if operator == "=" and len(values) > 1:
        return [Condition(name, "in", tuple(values))]
    if operator == "!=" and len(values) > 1:
        return [Condition(name, "not in", tuple(values))]
    return [Condition(name, operator, value) for value in values]  # type: ignore[arg-type]


# --- single words -------------------------------------------------------------------------


def _single_words(reading: Reading, text: _Text) -> None:
    _unknown(reading, text)
    if text.take(_word(words.COMMERCIAL)):
        reading.conditions.append(Condition("licence_class", "in", ("permissive", "community")))
    if text.take(_word(words.CLOSED)):
        if text.take(rf"(?:or|and|还是|或)\s*{_word(words.OPEN)}"):
            reading.attributes.append("open_weights")
        else:
            reading.conditions.append(Condition("open_weights", "=", False))
    elif text.take(_word(words.OPEN)):
        reading.conditions.append(Condition("open_weights", "=", True))
    _take_open_leftovers(text)
    if text.take(_word(words.TEXT_ONLY)):
        reading.conditions.append(Condition("modalities", "lacks", "image"))
    for value, pattern in words.MODALITIES:
        if text.take(_word(pattern)):
            reading.conditions.append(Condition("modalities", "contains", value))
            while text.take(_word(pattern)):
                pass
    found = [v for v, pattern in words.ARCHITECTURES if text.take(_word(pattern))]
    if len(found) > 1 and {"MoE", "dense"} <= set(found):
        reading.attributes.append("architecture")
    else:
        reading.conditions += [Condition("architecture", "contains", v) for v in found]


_MISSING = (
    r"(?:unknown|unstated|undisclosed|unspecified|missing|no (?:known|stated|disclosed|published|listed|"
    r"recorded)|without (?:a |an )?(?:known|stated|disclosed|published|listed))"
)


def _unknown(reading: Reading, text: _Text) -> None:
    """ "models with unknown licence", "whose size is not known"."""
    for name, pattern in words.ATTRIBUTES:
        after = (
            rf"(?:is|are|was) (?:not (?:known|stated|disclosed|given|recorded)|{_MISSING[3:-1]})"
        )
        if text.take(rf"(?<![a-z])(?:{_MISSING} {pattern}|{pattern} {after})(?![a-z])"):
            reading.conditions.append(Condition(name, "known", False))


def _take_open_leftovers(text: _Text) -> None:
    """Said twice ("an open model with open weights") it is one condition."""
    while text.take(_word(words.OPEN)):
        pass


# --- order and fields ----------------------------------------------------------------------


def _order(reading: Reading, text: _Text) -> None:
    by = _ordered_by(reading, text)
    _year_groups(reading, text)
    for name, descending, pattern in words.SUPERLATIVES:
        if text.take(
            rf"(?<![a-z]){pattern}(?:(?: scores?| models?| ones?)? first|在前|优先)(?![a-z])"
        ):
            reading.sort, reading.ranked = Sort(name, descending), True
    for name, descending, pattern in words.SUPERLATIVES:
        if reading.sort is None and text.take(_word(pattern)):
            reading.sort = Sort(name, descending)
    several = len(reading.models) > 1
    for name, descending, pattern in words.COMPARATIVES if several else ():
        if reading.sort is None and text.take(_word(pattern)):
            reading.sort = Sort(name, descending)
    if reading.sort is None and reading.benchmarks:
        for pattern, descending in ((words.BEST, True), (words.WORST, False), (words.BEATS, True)):
            if reading.sort is None and text.take(_word(pattern)):
                reading.sort = Sort(f"benchmarks.{reading.benchmarks[0]}", descending)
    if by is not None:
        reading.ranked = reading.sort is None and reading.limit is None
        reading.sort = Sort(by, reading.sort.descending if reading.sort else True)
    if reading.limit or by:
        text.take(_word(r"(?:top|best|leading|highest)"))
    if reading.sort is None and text.take(_word(words.MOST_OF)):
        if reading.benchmarks:
            reading.sort = Sort(f"benchmarks.{reading.benchmarks[0]}", descending=True)
        else:
            reading.most_of = True
    grouped = text.take(rf"{_word(words.GROUP)}(?= *(?:[,?.]|$|[a-z一-鿿]))") is not None
    reading.grouped = reading.grouped or grouped
    distinct = text.take(_word(words.EACH_OF)) is not None
    reading.grouped = reading.grouped or distinct


def _year_groups(reading: Reading, text: _Text) -> None:
    """ "per year", "by year of release": a count for each year."""
    each = r"(?:per|by|for each|each|every|in each) (?:calendar |release )?years?(?: of release)?|按年份?|每年"
    if text.take(_word(f"(?:{each})")):
        reading.grouped = True
        reading.attributes.append("release_date")


def _ordered_by(reading: Reading, text: _Text) -> str | None:
    """The field of "ranked by active parameters" or "in terms of context"."""
    lead = r"(?:(?:ranked|sorted|ordered|measured|judged|going|rank(?: them)?|sort(?: them)?) )?(?:by|in terms of|按|根据) (?:the |their |its )?"
    for name, pattern in words.ATTRIBUTES:
        if name in _ORDERABLE and text.take(rf"(?<![a-z]){lead}{pattern}(?![a-z])"):
            return name
    return None


_ORDERABLE = ("active_params_b", "total_params_b", "context_tokens_approx")


def _attributes(reading: Reading, text: _Text) -> None:
    for name, pattern in words.ATTRIBUTES:
        if text.take(_word(pattern)):
            if name not in reading.attributes:
                reading.attributes.append(name)
            while text.take(_word(pattern)):
                pass
    text.take(_word(words.TARGET))


def _left(text: str) -> Iterator[str]:
    """The words that no rule took and that mean something."""
    for mark in re.findall(r"<[a-z]\d+>", text):
        yield mark
    text = re.sub(r"<[a-z]\d+>", " ", text)
    for word in re.findall(r"[a-z][a-z'-]*|[^\W\d_a-z]+", text):
        if word.isascii():
            yield from (w for w in re.split(r"['-]", word) if len(w) > 1 and w not in words.NOISE)
        elif rest := words.CHINESE_NOISE.sub("", word):
            yield rest
