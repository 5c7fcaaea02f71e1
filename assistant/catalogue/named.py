"""Names in a question: the models it is about, and the names that models are filtered by.

Labs, lines, countries and licences make conditions, negated or not; benchmarks and topics are
noted. Knows nothing of how names are found (``index.linking``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.catalogue.annotate import Annotated
from assistant.catalogue.reading import Reading, Vocabulary
from assistant.catalogue.remaining import GAP, Remaining
from index.catalogue import Condition
from index.catalogue.query import Operator
from index.linking import Entity, EntityKind, bare_key, full_key

_NEGATION = re.compile(
    r"(?:\bnot|\bnon|\boutside(?: of)?|\bexcept(?: for)?|\bexcluding|\bother than|\bwithout|"
    r"\bbut not|\bisn't|\baren't|\bapart from|\bbesides|\bnothing|\bnone|"
    r"\bleaving(?: out)?|\brather than|\binstead of|\bminus|\bno|\bnever|\bavoid(?:ing)?|"
    r"\bignoring|\bexclude|\bskip(?:ping)?|"
    r"除了|非|不是|不在)[ -]{0,2}"
    r"(?:(?:from|in|by|made|released|under|of|the|a|an|based|any|built|models?|developed|"
    r"come|licensed)[ -]{1,2}){0,4}$"
)
_NEGATED: dict[Operator, Operator] = {"=": "!=", "contains": "lacks"}
_COMPARED = re.compile(
    r"\b(?:than|before|after|since|between|beats?|beating|outperforms?|surpass(?:es)?|same|"
    r"similar to|as|like|unlike)(?: (?:day|month|year|licen[cs]e|size|context|length|all|any|"
    r"every|the|most|as|that|of|those|models?))* *$"
)
_LISTED = re.compile(rf"{re.escape(GAP)}(?:\s*(?:,|;|and|or|nor|the|an?|any|other|和|或|及))*\s*$")
_BASED = (
    r"(?:(?:"
    r"(?:based|built|fine-?tuned|distilled|derived|trained|started|grown|made) "
    r"(?:on|from|upon|on top of|out of)|"
    r"on top of|descend(?:ed|ing|ants?)? (?:from|of)|"
    r"(?:offspring|children|derivatives|spin-?offs?|fine-?tunes|versions) of|"
    r"from the base(?: model)?) )"
)
_CHILDREN = r"(?:offspring|children|descendants?|derivatives|spin-?offs?|fine-?tunes)"
_BASED_ON_MODEL = (
    rf"(?:{_BASED}(?:the |an? )?<m(?P<m>\d+)>(?:-based)?|<m(?P<n>\d+)>-based|"
    rf"<m(?P<o>\d+)>[^<]{{0,20}}(?P<kids>{_CHILDREN}))"
)
_BASED_ON_LINE = (
    rf"(?:{_BASED}|base model [^<]{{0,20}})(?:the |an? )?<f(?P<f>\d+)>"
    r"(?: in (?:its|the|their) name)?"
)
_FILTER = (
    r"<(?P<kind>[dfclk])(?P<n>\d+)>(?:'s?\b)?"
    r"(?:[ -]+(?:based|made|built|developed|licen[cs]ed|licen[cs]es?|terms|"
    r"models?(?= (?:family|line)))\b)?"
    r"(?: (?:family|series|line)\b)?"
    r"(?:\s*(?:许可证|许可协议|许可|开源协议|协议|授权|系列|家族))?"
)
_KINDS: dict[str, EntityKind] = {
    "d": "developer", "c": "country", "l": "licence", "k": "licence_class",
}  # fmt: skip


def read_names(reading: Reading, text: Remaining, known: Vocabulary) -> None:
    """The models named, and the conditions that other names make."""
    _base_models(reading, text, known)
    _models(reading, text)
    _filters(reading, text, known)
    for match, _ in text.take_all(r"<b(?P<n>\d+)>(?:'s)?"):
        reading.add_benchmark(text.marked.entity(int(match["n"]), "benchmark").value)
    for match, _ in text.take_all(r"<o(?P<n>\d+)>"):
        reading.topics.append(text.marked.entity(int(match["n"]), "topic").value)


def _base_models(reading: Reading, text: Remaining, known: Vocabulary) -> None:
    """ "built on Qwen2.5-32B", "the offspring of Llama"."""
    for match, _ in text.take_all(_BASED_ON_MODEL):
        written = text.marked.written[int(match["m"] or match["n"] or match["o"])]
        reading.conditions.append(_based_on(written, known.base_models))
        reading.target = reading.lists = True
    for match, _ in text.take_all(_BASED_ON_LINE):
        line = text.marked.entity(int(match["f"]), "line", "family").value
        reading.conditions.append(Condition("base_model", "contains", line))


def _based_on(written: str, base_models: Sequence[str]) -> Condition:
    """The cards whose base model is so called, with or without an ending to its name."""
    same = tuple(name for name in base_models if full_key(name) == full_key(written))
    near = tuple(name for name in base_models if bare_key(name) == bare_key(written))
    plain = full_key(written) == bare_key(written)
    return Condition("base_model", "in", (near if plain else same or near) or (written,))


def _models(reading: Reading, text: Remaining) -> None:
    for match, _ in text.take_all(r"<m(?P<n>\d+)>(?:'s?\b)?"):
        link = text.marked.links[int(match["n"])]
        reading.models += [e.value for e in link.of("model") if e.value not in reading.models]
        reading.families += [e.value for e in link.of("family") if e.value not in reading.families]


def _filters(reading: Reading, text: Remaining, known: Vocabulary) -> None:
    """Labs, lines, countries and licences; a "not" holds for a list of the same kind."""
    values: dict[tuple[str, Operator], list[str]] = {}
    carried = ""
    for match, before in text.take_all(_FILTER):
        said = _NEGATION.search(before)
        listed = bool(carried) and _follows(before)
        negated = said is not None or (carried == match["kind"] and listed)
        if not negated and match["kind"] == "f" and (listed or _COMPARED.search(before)):
            # "newer than Llama 4", which is several models; "other than MIT or Llama"
            reading.left.append(match.group())
            continue
        carried = match["kind"] if negated else ""
        if said is not None:
            text.blank(*said.span())
        for name, operator, found in _values(text.marked, match, known.families):
            values.setdefault((name, _NEGATED[operator] if negated else operator), []).extend(found)
    for (name, operator), found in values.items():
        reading.conditions += _joined(name, operator, list(dict.fromkeys(found)))


def _follows(before: str) -> bool:
    """Whether only "and", "or" and the like part a name from the one taken before it."""
    return _LISTED.search(before) is not None


def _values(
    marked: Annotated, match: re.Match[str], families: Sequence[str]
) -> Iterator[tuple[str, Operator, list[str]]]:
    """(field, operator, values) of a name that filters."""
    number = int(match["n"])
    if match["kind"] == "f":
        yield "family", "=", _families(marked.entity(number, "line", "family"), families)
        return
    entity = marked.entity(number, _KINDS[match["kind"]])
    if entity.kind == "region":
        yield "country", "=", list(entity.members)
    elif entity.kind == "licence":
        exact = entity.operator == "="
        yield "licence_name" if exact else entity.field, entity.operator, [entity.value]
    else:
        yield entity.kind, "=", [entity.value]


def _families(entity: Entity, families: Sequence[str]) -> list[str]:
    if entity.kind == "family":
        return [entity.value]
    return [family for family in families if family.startswith(entity.value)]


def _joined(name: str, operator: Operator, values: list[str]) -> list[Condition]:
    """Several values that may equally be met make one condition; ``contains`` one each."""
    several: dict[Operator, Operator] = {"=": "in", "!=": "not in"}
    if operator in several and len(values) > 1:
        return [Condition(name, several[operator], tuple(values))]
    return [Condition(name, operator, value) for value in values]
