"""Claims about a model that a sentence makes in figures: parameters, context, date, licence.

Finds only what is plainly such a claim; a number about anything else (tokens of training,
GPU hours, users) is none. Knows nothing of cards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from corpus.check.dates import written_dates

Kind = Literal["total", "active", "parameters", "context", "date", "licence", "score"]

# What stands for the letters of a model's name while claims are looked for.
MASK = "\u01c0"
NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_PARAMETERS = re.compile(
    rf"(?<![\w.,$€£¥-])(?P<n>{NUMBER})(?:[\s-]?(?P<u>[BMT]|bn|billion|million|trillion))\b"
)
_BILLIONS = {"m": 0.001, "million": 0.001, "b": 1.0, "bn": 1.0, "billion": 1.0}
_TRILLION = 1000.0
_CUE = (
    r"(?P<active>active(?! users)|activated|activates?)|(?P<total>(?:in )?total)|"
    r"(?P<any>parameters?|params?)"
)
# After "37B": at most five words up to the cue, none of them a number.
_AFTER = re.compile(
    rf"^(?:[\s(-]+(?!tokens?\b|GPU|users?\b|samples?\b)[A-Za-z'’]+){{0,4}}?[\s(-]+(?:{_CUE})\b"
)
_BEFORE = re.compile(
    r"(?:(?P<active>activates|activating|active parameters?)|(?P<total>total(?: parameters?)?)"
    r"|(?P<any>parameters?(?: count)?))(?:\s+count)?\s*(?:[:=]|of|is|are|at)?\s*"
    r"(?:about|only|some)?\s*$",
    re.I,
)
_ACTIVATING = re.compile(r"activat\w+\s+(?:\w+\s)?$")
_BOTH = re.compile(r"^[\s,]*(?:are |of which are )?(?:active|activated)\b")
# Parts of a model, which have parameters of their own, and bounds that are no counts.
_PART = re.compile(
    r"embedding|encoder|decoder|\bMTP\b|multi-token|module|experts? (?:of|with|has|have)\b|"
    r"vision|adapter|LoRA|draft|teacher|reward model",
    re.I,
)
_BOUND = re.compile(
    r"larger than|smaller than|times|more than|fewer|under \d|up to|at least|at most|less than|"
    r"over \d|between",
    re.I,
)
# "Meta's LLaMA of 13B parameters": a model that has no card.
_ANOTHERS = re.compile(r"['’]s [A-Z][A-Za-z]{2,} (?:of|with|at) (?:about )?$")
# "Seed-OSS-36B is a 36B model", with the name masked.
_IS_A = re.compile(rf"{MASK} (?:is|was) (?:an?|the) (?:[\w-]+ ){{0,2}}$")
_MODEL = re.compile(r"^[\s-](?:(?!tokens?\b)[a-z-]+ ){0,3}model\b")
_ABOUT = re.compile(r"(?:about|around|roughly|nearly|almost|some|approximately|~|≈)\s*$", re.I)

_TOKENS = rf"(?P<n>{NUMBER})\s?(?P<u>[KkMm]\b|thousand|million)?"
_CONTEXT = (
    re.compile(
        r"\b(?:context(?:[\s-](?:window|length|size))?s?|sequence length)\b"
        rf"(?:\s+(?:of|is|are|at|to|reaches|up|limit|about))*\s*[:=(]?\s*{_TOKENS}(?![\w.]|-\w)"
    ),
    re.compile(rf"\b(?:reads?|accepts?|handles?) (?:texts of )?(?:up to )?{_TOKENS} tokens\b"),
    # "The context of DeepSeek-V3.2 is 128K tokens", with the name masked.
    re.compile(
        r"\bcontext\b(?:[\s-](?:window|length|size))? of [^\d.;,]{2,60}?\b(?:is|to|reaches|was)\s+"
        rf"(?:about\s)?{_TOKENS}(?![\w.]|-\w)"
    ),
    re.compile(
        rf"(?<![\w.$-]){_TOKENS}[\s-]?(?:tokens?)?[\s-](?:of\s)?(?:input\s|maximum\s|native\s)?context\b"
    ),
)
_SCALES = {"k": (1000, 1024), "thousand": (1000,), "m": (10**6, 2**20), "million": (10**6, 2**20)}
_STRETCHED = re.compile(
    r"YaRN|extend|extrapolat|stretch|training length|trained (?:at|with|on)|pre-?train|output|"
    r"\bAPI\b|served?\b|hosted",
    re.I,
)

_RELEASED = re.compile(
    r"\b(?:released?|open-sourced|launched|came out|published|unveiled|release date|out|followed|"
    r"appeared)\b"
    r"(?P<gap>[^.;:]{0,70}?)(?:\s|^)(?:on|in|of|is|was|dated)\s+$"
)
_NAME_OF = re.compile(rf"{MASK}+ of\s+$")
_THEN_RELEASED = re.compile(
    r"^,?\s(?P<gap>[^.;:]{0,60}?)\b(?:released|open-sourced|launched|unveiled)\b"
)
_OTHER_THING = re.compile(
    r"\b(?:papers?|reports?|articles?|app|apps|API|stud(?:y|ies)|evaluations?|updates?|data ?sets?|"
    r"code|preview|blog|posts?|polic(?:y|ies)|licen[cs]es?|statement|bill|rules?|chips?|letter|"
    r"list|version|technical|guide|announced|shares|weights|after|before|since|when|because|"
    r"model card|price|scores?)\b",
    re.I,
)

_LICENCES = {
    "Modified MIT": re.compile(r"\b[Mm]odified[\s-]MIT\b"),
    "MIT": re.compile(
        r"(?<!odified )(?<!odified-)\bMIT\b(?!'s| Technology| researchers| Press| and (?:a|the) )"
    ),
    "Apache-2.0": re.compile(r"\bApache[\s-](?:License,? (?:Version )?)?2\.0\b"),
    "CC-BY-NC-4.0": re.compile(r"\bCC[\s-]BY[\s-]NC[\s-]4\.0\b"),
    "Community License": re.compile(r"\b[Cc]ommunity [Ll]icen[cs]e\b"),
}
_NO_CLAIM = re.compile(
    r"\b(?:not|no|unlike|rather|instead|except|than|compare[sd]?|nor|never|neither|without|earlier|"
    r"previously|originally|formerly|until|moved|changed|switched|code|based on|built on|builds on|"
    r"bases?|derived)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure at ``text[start:end]`` and what it is; ``loose`` when the text says "about".

    ``sizes``: the numbers it may mean (billions of parameters, tokens, a score); ``word``: an
    ISO date or a licence; ``benchmarks``: what a score may be of.
    """

    kind: Kind
    start: int
    end: int
    written: str
    sizes: tuple[float, ...] = ()
    word: str = ""
    loose: bool = False
    benchmarks: tuple[str, ...] = ()


def claims(text: str) -> Iterator[Claim]:
    """Every claim of ``text`` but benchmark scores."""
    yield from parameter_claims(text)
    yield from context_claims(text)
    yield from date_claims(text)
    yield from licence_claims(text)


def parameter_claims(text: str) -> Iterator[Claim]:
    """Counts of parameters: "671B parameters", "37B active", "1.6 trillion in total"."""
    for match in _PARAMETERS.finditer(text):
        before, after = text[max(0, match.start() - 40) : match.start()], text[match.end() :][:60]
        kind = _counted(before, after)
        if kind is not None:
            sizes, loose = (billions(match["n"], match["u"]),), bool(_ABOUT.search(before))
            yield Claim(kind, *match.span(), match[0], sizes, loose=loose)


def _counted(before: str, after: str) -> Kind | None:
    """What a number between two texts counts of a model's parameters; None when not those."""
    cue = _AFTER.match(after) or _BEFORE.search(before)
    if cue is None and _IS_A.search(before):
        cue = _MODEL.match(after)
    if cue is None or _ANOTHERS.search(before) or _BOUND.search(before[-22:]):
        return None
    if _PART.search(before) or _PART.search(after[: cue.end() + 25]):
        return None
    told = cue.groupdict()
    if told.get("active") or _ACTIVATING.search(before) or _BOTH.match(after[cue.end() :]):
        return "active"
    return "total" if told.get("total") else "parameters"


def billions(number: str, unit: str) -> float:
    """A count with its unit, in billions."""
    return float(number.replace(",", "")) * _BILLIONS.get(unit.casefold(), _TRILLION)


def context_claims(text: str) -> Iterator[Claim]:
    """Lengths of context: "a context of 128K tokens", "256K-token context window"."""
    if _STRETCHED.search(text):
        return
    for pattern in _CONTEXT:
        for match in pattern.finditer(text):
            sizes = tokens_of(match["n"], match["u"])
            if min(sizes) >= 1000:
                start, end = match.start("n"), match.end("u" if match["u"] else "n")
                loose = bool(_ABOUT.search(text[:start]))
                yield Claim("context", start, end, text[start:end], sizes, loose=loose)


def tokens_of(number: str, unit: str | None) -> tuple[float, ...]:
    """What a number of tokens may mean: 128K is 128,000 or 131,072."""
    value = float(number.replace(",", ""))
    return tuple(value * scale for scale in _SCALES.get((unit or "").casefold(), (1,)))


def token_counts(text: str) -> tuple[float, ...]:
    """Every number of tokens in a card's ``context_length``."""
    found = re.finditer(rf"(?<![\w.]){_TOKENS}(?![\w.])", text)
    return tuple(size for match in found for size in tokens_of(match["n"], match["u"]))


def same_size(one: float, other: float, tolerance: float = 0.05) -> bool:
    """Whether two counts of tokens are one; 5 % lets 1M be 1,048,576."""
    return abs(one - other) <= tolerance * max(one, other)


def date_claims(text: str) -> Iterator[Claim]:
    """Dates on which something is said to have been released."""
    for date in written_dates(text):
        before, after = text[: date.start], text[date.end :]
        if _NAME_OF.search(before) or _released(before, after):
            yield Claim("date", *date.span, text[slice(*date.span)], word=date.iso)


def _released(before: str, after: str) -> bool:
    """Whether the words around a date speak of the release of a model."""
    match = _RELEASED.search(before)
    if match and MASK in before[-120:]:
        clause = before[max(0, match.start() - 40) : match.start()].rpartition(",")[2]
        return not _OTHER_THING.search(match["gap"]) and not _OTHER_THING.search(clause)
    then = _THEN_RELEASED.match(after) if re.search(r"\b(?:On|In)\s+$", before) else None
    return then is not None and MASK in after[:120] and not _OTHER_THING.search(then["gap"])


def licence_claims(text: str) -> Iterator[Claim]:
    """Licences that a sentence says something is under."""
    if not re.search(r"\b(?:licen[cs]e[ds]?|under)\b", text, re.I) or _NO_CLAIM.search(text):
        return
    for name, pattern in _LICENCES.items():
        for match in pattern.finditer(text):
            yield Claim("licence", match.start(), match.end(), match[0], word=name)
