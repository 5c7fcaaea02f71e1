"""What a question takes for granted, held against the passages.

"Why did Meta put Llama 4 under MIT?" presupposes a licence. Where the passages give another
value for the same relation of the same subject, and none gives the presupposed one, that is
said before anything is drafted. Relations: licence, date of release, maker, and numbers with
their unit. Rules only and meant to be precise: a premise that is not understood is left alone.
Knows nothing of models or of how an answer is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.attribution import Quote
from assistant.attribution.names import names
from assistant.evidence import SOURCE_NOTE
from assistant.lexical import content_terms
from assistant.readings import alike, sentences, share
from assistant.values import Value, same, values_in
from index.types import Passage

Relation = Literal["licence", "date", "maker", "number"]

MIN_RELATION = 0.7
"""Share of the words around a number that the passage's sentence must hold: "needs 8 GPUs" is not
what "was trained on 2,048 GPUs" speaks of."""
MOST_PREMISES = 4
"""Each costs a search."""
MOST_QUOTES = 2
FAR = 90
"""Characters between a subject and the value said of it; beyond that it is of something else."""


@dataclass(frozen=True, slots=True)
class Premise:
    """What the question takes for granted: ``subject`` has ``value`` in this ``relation``."""

    relation: Relation
    subject: str
    value: Value
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Correction:
    """A premise that the passages contradict, and the sentences that say otherwise."""

    premise: Premise
    sentence: str
    quotes: tuple[Quote, ...]


_PRESUPPOSES = re.compile(
    r"\bwhy\b|\bhow (?:come|did|does|do|has|can|is|was|were)\b|\b(?:since|given|because|now that|"
    r"seeing|considering|although|as) |,? (?:right|correct|isn't it|didn't (?:it|they))\?|"
    r"\bwhat (?:made|led|prompted|drove|convinced)\b|\bon what grounds\b|[.!] +\w|"
    r"\b(?:after|when|once) \w+ .{0,60}, |为什么|为何|既然|怎么会|是吧|对吧",
    re.IGNORECASE,
)
_RELEASE = (
    r"(?:releas\w*|launch\w*|publish\w*|came out|come out|comes out|announc\w*|"
    r"appear\w*|发布)"
)
_LICENSED = re.compile(
    r"(?:\b(?:under|is|are|licen[cs]ed(?: as)?|choose|chose|pick\w*|adopt\w*)"
    r"(?: (?:an?|the|terms of|[a-z-]{1,20})){0,2}|许可)\s*$",
    re.IGNORECASE,
)
# "not under MIT", "MIT or Apache", "differ from the MIT licence", "more than 70B": nothing of the
# sort is taken for granted.
_WEIGHS = re.compile(
    r"\b(?:not|never|no|without|or|than|instead|rather|over|unlike|versus|vs|between|differ\w*|"
    r"compar\w*|at least|at most|up to|about|around|roughly|approximately|nearly|almost)\b|"
    r"n['’]t\b(?! (?:it|they)\?)|不|没|未",
    re.IGNORECASE,
)
_PLANS = re.compile(r"\bhow (?:can|could|do|did|should|would|to)(?: (?:I|we|you|one))?\b", re.I)
"""A number in such a question is mostly the asker's own: "How can I run it on 2 GPUs?"."""
_THEN = re.compile(r"(?: [\w.-]{1,30}){0,4}? (?:back in|as early as|already in|in|on)(?: the)? ?$")
_NOT_THEN = re.compile(
    r"\b(?:after|before|since|until|till|by|despite|following|given|when|while|ahead|prior|amid|"
    r"during|for|from|because)\b",
    re.IGNORECASE,
)
_AUXILIARIES = re.compile(
    r"(?: (?:was|were|is|has|had|have|been|be|to|only|first|already|finally|officially))*,? "
)
_DETERMINERS = re.compile(r"(?: (?:away|the|its|their|of|weights|model|models|open))* ")
_OBJECT_OF = re.compile(r"\b(?:to|of|for|on|about|from|with)(?: the)? $", re.IGNORECASE)
# After the thing that is made nothing may follow that makes it another: "DeepSeek-R1 on Azure".
_ENDS = re.compile(
    r"(?: (?:weights|models?|family))?(?:[?.,;!]|$| (?:under|in|as|so|if|when|while|after|before|"
    r"and|away|at all|then|first|free)\b)"
)
_NONCOMMERCIAL = re.compile(r"\bnon-?\s?commercial\b", re.IGNORECASE)
_PERMISSIVE = frozenset(content_terms("MIT Apache BSD"))
_MAKES = (
    r"(?:release|publish|develop|make|build|create|train|launch|open|announce|put|give|design|"
    r"produce|write)(?:d|s|ed)?"
)
_WHO = r"(?P<who>[A-Z][\w.&-]{1,30}(?: (?:[A-Z][\w.&-]{1,30})){0,2}|[a-z]{2,20})"
_PUTS_OUT = r"(?:release|publish|develop|make|create|train|announce|give|put)d?"
_MAKER_ASKED = re.compile(
    rf"(?:\b(?i:did|does|has|made|led|prompted|drove)) {_WHO} (?:to )?{_PUTS_OUT}\b"
)
_ANYBODY = frozenset("one people someone somebody anyone anybody everyone team lab".split())
_OPENER = re.compile(r"^(?:Since|Given|As|Why|How|Did|Does|Is|Was|After|Because|When|If|The) ")
_SIZE = r"\d{1,3}(?:x\d{1,3})?[Bb]"
_EDITION = (
    r"(?:Large|Small|Mini|Medium|Pro|Max|Air|Thinking|Scout|Maverick|Flash|Lite|Instruct|Base)"
)
# GLM-4.5, gpt-oss-120b; or Llama 4, Mixtral 8x7B, Kimi K2, Jamba 1.5 Large, Llama 3.1 405B.
_VERSIONED = re.compile(
    r"(?<![\w.-])[A-Za-z][\w.]{0,20}(?:-[\w.]{1,20}){0,6}(?<=\d)[BbMm]?(?![\w-])|"
    r"(?<![\w.-])[A-Z][\w-]{1,20}(?: [A-Z][\w-]{0,20})?"
    rf" (?:{_SIZE}|\d{{1,3}}|[A-Z]\d{{1,2}})(?:\.\d{{1,2}})?(?![\w%])"
    rf"(?: (?:{_SIZE}|{_EDITION})(?![\w%])){{0,3}}"
)
_MADE_BY = re.compile(rf" (?:was|is|were) (?:{_MAKES}|made|built|written) by {_WHO}")
# The same model in another dress: "Kimi-K2-Instruct" is what "Kimi K2" is called.
_DRESS = r"(?:-(?:instruct|chat|base|it|hf))?"


def correction(question: str, passages: Sequence[Passage]) -> Correction | None:
    """The first premise of ``question`` that ``passages`` contradict, None if there is none."""
    for premise in premises(question):
        if (found := _contradicted(premise, question, passages)) is not None:
            return found
    return None


def premises(question: str) -> tuple[Premise, ...]:
    """What ``question`` takes for granted of the things it names, as far as it is understood."""
    if _PRESUPPOSES.search(question) is None or _WEIGHS.search(question) is not None:
        return ()
    subjects = _subjects(question)
    if len(subjects) != 1:
        return ()  # of two things it is unclear which one a value is said of
    found = (*_licence(question, subjects[0]), *_dates(question, subjects[0]))
    found += (*_makers(question, subjects[0]), *_numbers(question, subjects[0]))
    return tuple(found)[:MOST_PREMISES]


def queries(question: str) -> tuple[str, ...]:
    """What to search for besides the question, to find what its premises are held against."""
    words = {"licence": "licence of", "date": "release date of", "maker": "maker of"}
    return tuple(
        dict.fromkeys(
            f"{words[premise.relation]} {premise.subject}"
            if premise.relation in words
            else f"{premise.subject} {' '.join(sorted(premise.words))}"
            for premise in premises(question)
        )
    )


def _subjects(question: str) -> list[str]:
    """The names with a version in ``question``: GLM-4.5, Mixtral 8x7B, Llama 3.1 405B."""
    text = _titled(question)
    for kind in ("licence", "date", "number"):
        for value in values_in(text, kind):
            if kind != "number" or _counts(text, value):
                text = f"{text[: value.start]},{' ' * (len(value.text) - 1)}{text[value.end :]}"
    matches = (_OPENER.sub("", m.group()) for m in _VERSIONED.finditer(text))
    found = dict.fromkeys(name for name in matches if _has_digit(name))
    more = (name for name in names(f"about {text}") if _has_digit(name))
    return [*found, *(name for name in more if not any(name in longer for longer in found))]


def _counts(text: str, value: Value) -> bool:
    """Whether a number counts something: "70B parameters", unlike the one in "Jamba 1.5 Large"."""
    before = text[: value.start].split()
    return bool(value.unit) and not (before and before[-1][0].isupper() and len(before) > 1)


def _has_digit(name: str) -> bool:
    return any(map(str.isdigit, name)) and any(map(str.isalpha, name))


def _titled(question: str) -> str:
    """Licences as they are written: "apache 2.0" and "mit" with their capitals."""
    return re.sub(r"\b(?:apache|mit)\b", lambda m: _cased(m.group()), question)


def _licence(question: str, subject: str) -> Iterator[Premise]:
    for value in values_in(_titled(question), "licence"):
        if _LICENSED.search(question[: value.start]):
            yield Premise("licence", subject, value)
    for match in _NONCOMMERCIAL.finditer(question):
        if _LICENSED.search(question[: match.start()]):
            key = frozenset({"non-commercial"})
            yield Premise("licence", subject, Value("licence", match.group(), *match.span(), key))


def _cased(word: str) -> str:
    return "MIT" if word.lower() == "mit" else word.capitalize()


def _dates(question: str, subject: str) -> Iterator[Premise]:
    """Dates that the question gives the release itself: "launched in May", not "after May"."""
    for verb in re.finditer(_RELEASE, question, re.IGNORECASE):
        for value in values_in(question, "date") if _is_of(verb, question, subject) else ():
            between = question[verb.end() : value.start]
            if _THEN.fullmatch(between) and not _NOT_THEN.search(between):
                yield Premise("date", subject, value)


def _is_of(verb: re.Match[str], question: str, subject: str) -> bool:
    """Whether it is the subject that is released: not its report, nor an update to it."""
    at = question.find(subject)
    if at < 0 or _OBJECT_OF.search(question[:at]):
        return False
    after, before = question[at + len(subject) : verb.start()], question[verb.end() : at]
    return any(
        pattern.fullmatch(gap) for pattern, gap in ((_AUXILIARIES, after), (_DETERMINERS, before))
    )


def _makers(question: str, subject: str) -> Iterator[Premise]:
    for match in (*_MAKER_ASKED.finditer(question), *_MADE_BY.finditer(question)):
        words = frozenset(content_terms(match["who"]))
        if words and _is_somebody(match["who"], question) and _is_made(match, question, subject):
            span = match.span("who")
            yield Premise("maker", subject, Value("name", match["who"], *span, words))


def _is_somebody(who: str, question: str) -> bool:
    """A name; in small letters only where the whole question is: "did researchers train …"."""
    plain = question == question.lower() and not who.endswith("s") and who not in _ANYBODY
    return who[0].isupper() or plain


def _is_made(match: re.Match[str], question: str, subject: str) -> bool:
    if question[: match.start()].endswith(subject):
        return True
    at = question.find(subject, match.end())
    if at < 0 or _DETERMINERS.fullmatch(question[match.end() : at]) is None:
        return False
    return _ENDS.match(question, at + len(subject)) is not None


def _numbers(question: str, subject: str) -> Iterator[Premise]:
    of_subject = frozenset(content_terms(subject))
    for value in values_in(question, "number") if not _PLANS.search(question) else ():
        before = re.split(r"[,;:?!]|\. ", question[: value.start])[-1]
        after = re.split(r"[,;:?!]|\. ", question[value.end :])[0]
        of_value = frozenset(content_terms(value.text))
        words = frozenset(content_terms(f"{before} {after}")) - of_subject - of_value
        counted = frozenset(content_terms(" ".join(after.split()[:2]))) - of_subject
        if value.unit and counted and not of_subject & of_value:
            yield Premise("number", subject, value, words)


def _contradicted(
    premise: Premise, question: str, passages: Sequence[Passage]
) -> Correction | None:
    """The sentences that say otherwise; None where any sentence says what is presupposed."""
    against: list[Quote] = []
    for passage in passages:
        for unit in sentences(passage.text, passage.document.language):
            told = _told(premise, _without_notes(unit.text))
            if any(_agrees(premise, value) for value in told):
                return None
            if told and _differs(premise, told):
                start = passage.chunk.start + unit.start
                against.append(Quote(passage, start, start + len(unit.text), unit.text))
    if not against:
        return None
    asked = frozenset(content_terms(question)) if premise.relation == "number" else frozenset()
    against.sort(key=lambda q: (-share(asked, frozenset(content_terms(q.text))), len(q.text)))
    sentence = f"The sources say otherwise: {against[0].text}"
    return Correction(premise, sentence, tuple(against[:MOST_QUOTES]))


def _agrees(premise: Premise, value: Value) -> bool:
    if value.kind != premise.value.kind:
        return False
    return same(value, premise.value)


def _differs(premise: Premise, told: Sequence[Value]) -> bool:
    """Whether what is told rules the premise out; a licence of its own may be non-commercial."""
    if premise.value.key == frozenset({"non-commercial"}):
        return any(isinstance(v.key, frozenset) and v.key & _PERMISSIVE for v in told)
    return True


def _without_notes(text: str) -> str:
    """The text without its notes of sources, which name things that it does not speak of."""
    return SOURCE_NOTE.sub(lambda note: " " * len(note.group()), text)


def _told(premise: Premise, text: str) -> list[Value]:
    """The values that a sentence gives for the premise's relation of exactly its subject."""
    spoken = [m.span() for m in _mentions(premise.subject, text)]
    if not spoken:
        return []
    readers = {
        "licence": _told_licence,
        "date": _told_date,
        "maker": _told_maker,
        "number": _told_number,
    }
    return readers[premise.relation](premise, text, spoken)


def _mentions(subject: str, text: str) -> Iterator[re.Match[str]]:
    parts = [re.escape(part) for part in re.split(r"[-_\s]+", subject) if part]
    pattern = rf"(?<![\w.-]){r'[-_ ]?'.join(parts)}{_DRESS}(?![\w-]|\.\d)"
    return re.finditer(pattern, text, re.IGNORECASE)


def _near(values: Sequence[Value], spoken: Sequence[tuple[int, int]]) -> list[Value]:
    return [
        v for v in values if any(v.start - end >= -FAR and start - v.end <= FAR and
                                 abs(v.start - end) <= FAR for start, end in spoken)
    ]  # fmt: skip


def _told_licence(premise: Premise, text: str, spoken: Sequence[tuple[int, int]]) -> list[Value]:
    if not re.search(r"\bunder\b|licen[cs]|许可", text, re.IGNORECASE):
        return []
    told = _near(values_in(text, "licence"), spoken)
    if premise.value.key == frozenset({"non-commercial"}) and _NONCOMMERCIAL.search(text):
        return [premise.value]
    return told


def _told_date(premise: Premise, text: str, spoken: Sequence[tuple[int, int]]) -> list[Value]:
    """Dates right after a word of release that follows or precedes the subject."""
    found = []
    for verb in re.finditer(_RELEASE, text, re.IGNORECASE):
        if not any(-FAR <= verb.start() - end <= 40 for _, end in spoken):
            continue
        dates = [d for d in values_in(text, "date") if 0 <= d.start - verb.end() <= 60]
        found += dates[:1]
    return found


def _told_maker(premise: Premise, text: str, spoken: Sequence[tuple[int, int]]) -> list[Value]:
    """ "X is a model by M", "M released X", "M's X"; a sentence with both counts as agreeing."""
    if premise.value.key <= frozenset(content_terms(text)):  # type: ignore[operator]
        return [premise.value]
    makers = values_in(text, "name")
    found = []
    for start, end in spoken:
        after, before = text[end : end + 70], text[max(0, start - 60) : start]
        if (by := re.match(r"(?: [\w.()]{1,12}){0,3} is an? [^.,]{0,40}\bby ", after)) is not None:
            found += [m for m in makers if 0 <= m.start - end - by.end() <= 2]
        lead = re.search(rf"(?:'s|’s| {_MAKES})(?: the)? $", before)
        if lead is not None:
            at = max(0, start - 60) + lead.start()
            found += [m for m in makers if m.end == at]
    return found


def _told_number(premise: Premise, text: str, spoken: Sequence[tuple[int, int]]) -> list[Value]:
    """Numbers in a sentence that speaks of the same measure."""
    terms = alike(content_terms(text))
    if premise.value.unit not in terms or share(premise.words, terms) < MIN_RELATION:
        return []
    scale = _magnitude(premise.value)
    return [
        v for v in values_in(text, "number")
        if (v.unit == premise.value.unit or (scale and _magnitude(v))) and not _within(v, spoken)
    ]  # fmt: skip


def _magnitude(value: Value) -> bool:
    """Whether a number is in the millions, as parameters are and experts and GPUs are not."""
    amount = value.key[0] if isinstance(value.key, tuple) else 0
    return amount >= 10**6


def _within(value: Value, spoken: Sequence[tuple[int, int]]) -> bool:
    return any(start <= value.start < end for start, end in spoken)


__all__ = ["Correction", "Premise", "correction", "premises", "queries"]
