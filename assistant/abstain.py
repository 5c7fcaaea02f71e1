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

_SOURCES = r"(?:sources?|documents?|text|context|passages?|information|evidence|corpus)"
_DECLINE = re.compile(
    rf"\b{_SOURCES}\b[^.]{{0,60}}\b(?:do(?:es)? not|don't|doesn't|did not|never|not)\b[^.]{{0,40}}"
    r"\b(?:mention|state|specif|provid|contain|includ|say|give|list|indicat|detail|address|discuss)"
    rf"|\b(?:is|are|was|were)\s+(?:not|n't)\s+(?:explicitly\s+|directly\s+|specifically\s+)?"
    r"(?:mention|stated|specified|provided|given|disclosed|listed|indicated|available)"
    rf"[^.]*\b(?:in|by|from)\b[^.]*\b{_SOURCES}\b"
    r"|\b(?:no|not enough|insufficient)\s+(?:specific\s+|relevant\s+)?information\b"
    r"|\b(?:cannot|can't|unable to)\s+(?:be\s+)?(?:determin|answer)"
    r"|未(?:提及|提到|说明|给出|提供)|没有(?:提到|提及|说明|给出|提供)",
    re.IGNORECASE,
)


def lacks_subject(question: str, evidence: Evidence) -> tuple[str, ...]:
    """The names of ``question`` whose absence from the evidence rules an answer out.

    A name with digits or inner capitals (K2.5, DeepSeek) must stand in some passage. Plain
    capitalised words (Chinese, Table) count only when none of the question's names is there.
    """
    context = "\n".join(context_of(passage) for passage in evidence.passages)
    missing = missing_names(question, context)
    distinctive = tuple(name for name in missing if _is_distinctive(name))
    if distinctive:
        return distinctive
    return tuple(missing) if missing and len(missing) == len(names(question)) else ()


def _is_distinctive(name: str) -> bool:
    return any(map(str.isdigit, name)) or any(map(str.isupper, name[1:]))


def declines(draft: str) -> bool:
    """Whether a draft says that the sources do not tell."""
    return _DECLINE.search(draft) is not None
