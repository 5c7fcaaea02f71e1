"""A question's parts: the clauses and the compared things that need evidence of their own.

"Which models does Meta publish, and why does the OSI object to the licence?" is two
questions, the second about the first one's subject; "Compare A and B on size" is one about
each. Rules over words, no model. Knows no index.
"""

from __future__ import annotations

import re

from assistant.attribution.names import names
from assistant.lexical import content_terms

MAX_PARTS = 3
"""Parts told apart; more is a list, not a question."""
ROOM = 1.5
"""A question in parts is given this many times the evidence of a plain one.

Share of what multihoprag500's 66 such questions need: .629 at 320 tokens, .739 at 500.
"""
MIN_TERMS = 2
"""Content terms that a clause needs to be a part."""

_ASKS = (
    r"(?:(?:at|by|in|on|to|from|for|under|with|above) )?(?:what|which|who|whom|whose|where|when"
    r"|why|how|whether|is|are|was|were|does|do|did|can|could|should|say|tell|name|list|explain"
    r"|describe|compare)"
)
# A full stop ends a clause only before a word that asks: "the U.S. government" is one clause.
_BREAK = re.compile(
    rf"[?!;？。；]\s*|\.\s+(?={_ASKS}\b)"
    rf"|,?\s+(?:and|but|or)\s+(?=(?:\w+ )?(?:what|which|who|whose|where|when|why|how|whether)\b)"
    rf"|,\s+(?:and|but|or)\s+(?={_ASKS}\b)"
    r"|，(?=[^，？]*(?:什么|多少|哪|谁|如何|怎|为何|是否|吗))",
    re.IGNORECASE,
)
_ASKING = re.compile(rf"\b{_ASKS}\b|[?？]|什么|多少|哪|谁|如何|怎|为何|是否|吗", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those|he|she|his|her|there|ones?|former|latter"
    r"|other|same)\b|它|其|该",
    re.IGNORECASE,
)
# A run of capitalised words, versions and sizes: "Llama 3.1 405B", "the FY2026 Act".
_WORD = r"[A-Z\d](?:[\w+-]|\.(?=\w))*"
_THING = rf"(?=[A-Z]){_WORD}(?: {_WORD})*"
_PAIR = re.compile(
    rf"(?P<a>{_THING})(?:\s+(?:and|or|vs\.?|versus|with|to|than|from)\s+|,\s+)(?P<b>{_THING})"
)
_COMPARES = re.compile(
    r"\b(?:compar\w*|versus|vs|differ\w*|between|both|than|either|larger|smaller|bigger|better|"
    r"more|less|fewer|newer|older|longer|higher|lower|cheaper|choos\w*|\w+est)\b",
    re.IGNORECASE,
)


def parts_of(question: str) -> tuple[str, ...]:
    """The parts of ``question``, each able to be searched for alone; () where it is one.

    A clause that points back to an earlier one, or has no name of its own, carries the
    earlier names.
    """
    clauses = [c.strip(" ,.") for c in _BREAK.split(question) if c and c.strip(" ,.")]
    found = _compared(question) or _standing(clauses)
    return tuple(dict.fromkeys(found))[:MAX_PARTS]


def budget_for(question: str, tokens: int) -> int:
    """The evidence budget of ``question`` where a plain question is given ``tokens``."""
    return int(ROOM * tokens) if parts_of(question) else tokens


def _standing(clauses: list[str]) -> list[str]:
    """The clauses that ask, each with the subject it is about; [] if fewer than two ask."""
    found: list[str] = []
    before = ""
    for clause in clauses:
        if _ASKING.search(clause) and len(content_terms(clause)) >= MIN_TERMS:
            found.append(_carrying(clause, before))
        before = f"{before} {clause}".strip()
    return found if len(found) > 1 else []


def _carrying(clause: str, before: str) -> str:
    if names(clause) and not _POINTS_BACK.search(clause):
        return clause
    carried = [name for name in names(before) if name not in clause]
    return f"{clause} ({', '.join(carried)})" if carried else clause


def _compared(question: str) -> list[str]:
    """The question about each of two things that it names side by side; [] if it does not."""
    if not _COMPARES.search(question):
        return []
    named = {word for name in names(question) for word in name.split()}
    for pair in _PAIR.finditer(question):
        # "Compare A": the verb is no part of the name. Months and years are no names at all.
        first = next((word for word in pair["a"].split() if word in named), None)
        if first is None or pair["a"] == pair["b"] or named.isdisjoint(pair["b"].split()):
            continue
        before = question[: pair.start("a") + pair["a"].index(first)]
        after = question[pair.end("b") :]
        sides = question[len(before) : pair.end("a")], pair["b"]
        return [f"{before}{side}{after}" for side in sides]
    return []
