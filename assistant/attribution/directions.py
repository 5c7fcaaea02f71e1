"""Which way a sentence points: denial, opposites, and who stands on which side of "than".

``contradicts`` tells whether a quote that shares a sentence's words says the reverse of it.
English, by closed lists of words. Knows no numbers and no passages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.lexical import content_terms

_NEGATION = re.compile(
    r"\b(?:not(?! only)|no(?! doubt)|never|cannot|neither|nor|lacks?|lacking"
    r"|fail(?:s|ed)? to|refus(?:es?|ed) to|unable)\b|n['’]t\b|不|没|未",
    re.IGNORECASE,
)
_WITHOUT = re.compile(r"\bwithout\b", re.IGNORECASE)

_OPPOSITES = (
    (
        "increas(?:e|es|ed|ing)|rises?|rose|risen|rising|grows?|grew|grown|gain(?:s|ed)|"
        "climb(?:s|ed)?|surg(?:es?|ed)|jump(?:s|ed)",
        "decreas(?:e|es|ed|ing)|falls?|fell|fallen|falling|drop(?:s|ped)|declin(?:es?|ed|ing)|"
        "reduc(?:es?|ed|ing)|shr[aiu]nk|shrunk|slump(?:s|ed)?|halv(?:es?|ed)",
    ),
    ("the first|the earliest|the oldest", "the last|the final|the latest|the newest"),
    ("largest|biggest|highest|longest|greatest", "smallest|lowest|shortest|least(?<!at least)"),
    ("best|strongest|fastest", "worst|weakest|slowest"),
    (
        "allow(?:s|ed|ing)?|permit(?:s|ted)?|authori[sz](?:es?|ed)|approv(?:es?|ed)|legal",
        "prohibit(?:s|ed|ing)?|forbid(?:s|den)?|forbade|bans?|banned|disallow(?:s|ed)?|illegal|"
        "reject(?:s|ed)?",
    ),
    ("support(?:s|ed)|favou?r(?:s|ed)", "oppos(?:es?|ed)"),
    ("win(?:s|ning)?|won", "loses?|lost"),
    ("includ(?:es?|ed|ing)", "exclud(?:es?|ed|ing)"),
    ("starts?|started|begins?|began", "stops?|stopped|ends?|ended"),
    ("enabl(?:es?|ed)", "disabl(?:es?|ed)"),
    ("buys?|bought", "sells?|sold"),
    ("minimum", "maximum"),
)
_PAIRS = tuple(
    tuple(re.compile(rf"\b(?:{side})\b", re.IGNORECASE) for side in pair) for pair in _OPPOSITES
)
_UNIVERSAL = re.compile(r"\b(?:all|every|always|entirely|fully|exclusively)\b", re.IGNORECASE)
_PARTIAL = re.compile(
    r"\b(?:some|partly|partially|part of|half of|most of|sometimes|many of|few)\b", re.IGNORECASE
)

# What stands on either side decides: (dimension, words that put the left side first, the last).
_COMPARED = (
    ("size", "larger|bigger|greater|higher|more", "smaller|lower|fewer|less"),
    ("speed", "faster|quicker", "slower"),
    ("price", "dearer|costlier|more expensive", "cheaper|less expensive"),
    ("length", "longer", "shorter"),
    ("time", "later|newer|after|follow(?:s|ed)", "earlier|older|before|preced(?:es?|ed)"),
    (
        "quality",
        "better|stronger|outperform(?:s|ed)?|beats?|beaten|exceed(?:s|ed)?|surpass(?:es|ed)?",
        "worse|weaker|underperform(?:s|ed)?|trail(?:s|ed)?|behind",
    ),
    ("acquire", "acquir(?:es?|ed)|buys?|bought|t(?:akes|ook) over", "(?!)"),
    ("fund", "fund(?:s|ed)|invest(?:s|ed) in", "(?!)"),
    ("sue", "sues?|sued|accus(?:es?|ed)", "(?!)"),
    ("derive", "distill?ed|derived|fine-?tuned|based|adapted", "(?!)"),
    ("replace", "replac(?:es?|ed)|succeed(?:s|ed)", "(?!)"),
    ("own", "owns?|owned|controls?|controlled", "(?!)"),
    ("supply", "suppl(?:y|ies|ied)", "(?!)"),
)
_PIVOTS = tuple(
    (name, re.compile(rf"\b(?:(?P<up>{up})|(?P<down>{down}))\b", re.IGNORECASE))
    for name, up, down in _COMPARED
)
_TURNED = re.compile(r"\s+(?:by|into)\b", re.IGNORECASE)
_COMPARISON = frozenset(("size", "speed", "price", "length"))
_THAN = re.compile(r"\bthan\b", re.IGNORECASE)
_BOUND = re.compile(r"\s+than\s+(?:US)?[$€£¥]?\s?\d", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:] ")
MIN_SHARED = 0.3
"""Share of a sentence's words in a clause from which the clause's denial is of the sentence."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One comparison: what stands left and right of its word, and who comes first."""

    dimension: str
    sign: int
    left: frozenset[str]
    right: frozenset[str]


def contradicts(sentence: str, quote: str) -> str | None:
    """The gate ("negation", "direction" or "strength") on which ``quote`` says the reverse."""
    opposite = any(_points_apart(pair, sentence, quote) for pair in _PAIRS)
    if _UNIVERSAL.search(sentence) and not _UNIVERSAL.search(quote) and _PARTIAL.search(quote):
        return "strength"
    if _turned_round(sentence, quote):
        return "direction"
    if _agrees(sentence, quote, opposite=opposite):
        return None
    return "direction" if opposite else "negation"


def _points_apart(pair: tuple[re.Pattern[str], ...], sentence: str, quote: str) -> bool:
    """Whether each uses a word of one side only, and not of the same."""
    up, down = ([bool(side.search(text)) for side in pair] for text in (sentence, quote))
    return up != down and sum(up) == sum(down) == 1


def _agrees(sentence: str, quote: str, *, opposite: bool) -> bool:
    """Two denials or none; with an opposite word exactly one ("not allowed", "prohibited")."""
    denied = [_NEGATION.search(sentence) is not None, False]
    denied[1] = _denies(quote) if denied[0] or opposite else _denies_of(sentence, quote)
    without = [_WITHOUT.search(text) is not None for text in (sentence, quote)]
    if opposite:
        return denied[0] != denied[1]
    if denied[0] != denied[1]:
        return without[0] != without[1]  # "without a fee", "for no fee"
    return without[1] or not without[0]


def _denies(text: str) -> bool:
    return _NEGATION.search(text) is not None


def _denies_of(sentence: str, quote: str) -> bool:
    """Whether a clause of the quote that speaks of what the sentence does holds a denial.

    "OpenAI, which is not under sanctions, published gpt-oss" denies no publication.
    """
    terms = _terms(sentence)
    return any(
        _denies(clause) and len(terms & _terms(clause)) >= MIN_SHARED * len(terms)
        for clause in _CLAUSE.split(quote)
    )


def _turned_round(sentence: str, quote: str) -> bool:
    """Whether the quote compares the same the other way round, or compares nothing."""
    said = list(_sides(quote))
    if not said and any(side.dimension in _COMPARISON for side in _sides(sentence)):
        return True  # what compares nothing supports no comparison
    return any(
        _is_reverse(ours, theirs)
        for ours in _sides(sentence)
        for theirs in said
        if ours.dimension == theirs.dimension
    )


def _is_reverse(ours: _Side, theirs: _Side) -> bool:
    shared = len(ours.left & theirs.left) + len(ours.right & theirs.right)
    crossed = len(ours.left & theirs.right) + len(ours.right & theirs.left)
    if shared == crossed:
        return False
    return (shared > crossed) != (ours.sign == theirs.sign)


def _sides(text: str) -> Iterator[_Side]:
    for dimension, pattern in _PIVOTS:
        for match in pattern.finditer(text):
            than = _THAN.search(text, match.end())
            if (dimension in _COMPARISON and than is None) or _BOUND.match(text, match.end()):
                continue  # "more than 20 million" is a bound, which goes with its number
            sign = 1 if match["up"] else -1
            turned = _TURNED.match(text, match.end()) is not None
            left, right = (
                _terms(text[: match.start()]),
                _terms(text[than.end() if than else match.end() :]),
            )
            yield _Side(dimension, -sign if turned else sign, left - right, right - left)


def _terms(text: str) -> frozenset[str]:
    return frozenset(content_terms(text))
