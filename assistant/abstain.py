"""Whether the evidence can hold an answer at all, before a model is asked.

A question about "Kimi K9" whose evidence never mentions K9 is refused without spending a
token. A draft that says that the sources are silent is a refusal too, whatever its wording.
"""

from __future__ import annotations

import re

from assistant.attribution import context_of
from assistant.attribution.names import missing_names, names
from assistant.evidence import Evidence

MIN_OVERLAP = 0.25
"""Least share of the question's weighted terms that the best sentence must hold."""

_SOURCES = (
    r"(?:the|these|those|provided|given|your) (?:provided |given )?"
    r"(?:sources?|documents?|texts?|context|passages?|information|evidence|corpus)"
)
# Every repetition is bounded: a model may write anything, at any length.
_DECLINE = re.compile(
    rf"\b{_SOURCES}\b[^.]{{0,60}}\b(?:do(?:es)? not|don't|doesn't|did not|never)\b[^.]{{0,30}}"
    r"\b(?:mention|state|specif|provid|contain|includ|say|give|list|indicat|detail|address|discuss)"
    rf"|\b(?:is|are|was|were) (?:not|n't) (?:explicitly |directly |specifically )?"
    r"(?:mention|stated|specified|provided|given|disclosed|listed|indicated|available)"
    rf"[^.]{{0,60}}\b(?:in|by|from) {_SOURCES}\b"
    r"|\b(?:is|are) no (?:specific |relevant )?information\b"
    r"|\b(?:not enough|insufficient) information\b"
    r"|\b(?:cannot|can't|unable to) (?:be )?(?:determin|answer)"
    r"|未(?:提及|提到|说明|给出|提供)|没有(?:提到|提及|说明|给出|提供)",
    re.IGNORECASE,
)


def lacks_subject(question: str, evidence: Evidence) -> tuple[str, ...]:
    """The names of ``question`` whose absence from the evidence rules an answer out.

    A name with digits or mixed case (K2.5, DeepSeek) must stand in some passage. Plain
    capitalised words and acronyms (Chinese, VRAM) count only when none of the question's names
    is there.
    """
    context = "\n".join(context_of(passage) for passage in evidence.passages)
    missing = missing_names(question, context)
    distinctive = tuple(name for name in missing if _is_distinctive(name))
    if distinctive:
        return distinctive
    return tuple(missing) if missing and len(missing) == len(names(question)) else ()


def _is_distinctive(name: str) -> bool:
    mixed = not name.isupper() and any(map(str.isupper, name[1:])) and "/" not in name
    return any(map(str.isdigit, name)) or (mixed and not name[:-1].isupper())


def declines(sentence: str) -> bool:
    """Whether a drafted sentence says that the sources do not tell."""
    return _DECLINE.search(" ".join(sentence.split())) is not None
