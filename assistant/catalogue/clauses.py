"""The clauses of a question: where it breaks, and what kind of clause each is.

Knows nothing of models; patterns over plain text in English and Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

MOST_HALVES = 12
"""Ways to part a question that are tried: "and why" repeated to 600 characters took 3 s."""
_BREAK = re.compile(
    r"(?<=[?？])\s*|[.!;:]+(?=\s|$)|[。！；：]|\s+[-–—]+\s+|,|，|\(|\)|"
    r"\b(?:so|but|because|and (?=(?:i|we|my|our|the \w+) )|"
    r"(?:(?:i|we)(?:'d| would)? )?(?:and )?(?:need|want|like|trying|have|asked) "
    r"to (?:know|find out|learn)|"
    r"(?:i|we)(?:'m| am|'re| are)? wonder(?:ing)?|"
    r"(?:i|we)(?:'d| would)? (?:like|want|need)|asked(?: me| us)?|asks|and wonders?|and wants?|"
    r"can you (?:please )?tell me|could you (?:please )?tell me|"
    r"do you know|tell me|let me know|remind me|i'm curious|please say)\b",
    re.IGNORECASE,
)
# A second thing asked: what a dropped clause must not hold. "How many" and the like are fields.
_ASKS_MORE = re.compile(
    r"\b(?:why|how (?!many|much|big|large|long|old|about)|explain|describe|"
    r"what (?:does|do|did|happen\w*|reason\w*|caus\w*|led|else|rules?|limits?|restrict\w*|"
    r"conditions?)|"
    r"who (?:objected|said)|what .{0,40}\bmeans?\b|(?:say|tell|explain) (?:what|why|how|whether)|"
    r"because of what|summari[sz]e|reasons?|background|"
    r"controvers\w+|criticis\w+|effects?|impact|consequences?)\b|"
    r"为什么|为何|如何|怎么|原因",
    re.IGNORECASE,
)
_AND_ALSO = re.compile(
    r"[,;]?\s+(?:and|plus|also|&)\s+(?:also\s+)?"
    r"(?=(?:(?:at|in|on|under|for|by|to|from|since|above|with) )?"
    r"(?:why|how|what|which|who|when|where|explain|describe|tell|say|is|are|does|do|did|"
    r"has|have)\b)|"
    r"[?.!;]\s+(?=\S)|[？。；]\s*(?=\S)|，(?=为什么|如何|怎么|原因)",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"\b(?:which|what|how many|how (?:do|does|did|is|are)|number of|"
    r"can you|could you|list|show|give me|name)\b|"
    r"哪|多少|几|列出",
    re.IGNORECASE,
)
# "What is a mixture-of-experts model?" asks for a meaning, not for models.
_DEFINES = re.compile(
    r"^\W*(?:what(?: is|'s)|what are|define|explain what) an? (?!.*\b(?:most|\w+est)\b)[^?]*\?*$|"
    r"\bwhat (?:do(?:es)?|is|are) .{0,80}\b(?:mean|meant)\b|\bwhat counts as\b|"
    r"\bdefinition of\b|"
    r"什么是|什么叫|是什么意思",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"\b(?:their|they|them|these|those)\b", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:its|their|his|her|they|it|them|these|those)\b", re.IGNORECASE)
_SETS_LIMIT = re.compile(
    r"\b(?:only|must|allow\w*|need\w*|require\w*|limit\w*|polic\w+|have to|has to|can't|"
    r"cannot|budget|at (?:most|least)|no more|insist\w*|approved?|accepts?|takes?|up to|"
    r"max(?:imum)?|"
    r"realistic\w*|fits?)\b|"
    r"只|必须|需要|要求",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:that|this|the same) (?:month|year|period|quarter|time|day|week)\b|\bthen\b|"
    r"那(?:个月|年|时)",
    re.IGNORECASE,
)

_TURNS = re.compile(
    r"^\W*(?:or|nor|not|never|no|neither|than|without)\b|^(?:\S+ ){1,2}or(?: \S+){1,2}$|^或|^不",
    re.IGNORECASE,
)


def split(question: str) -> list[str]:
    """The clauses of a question, without what parts them."""
    return [part.strip() for part in _BREAK.split(question) if part.strip()]


def runs(parts: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Runs of neighbouring clauses with what they leave out, the longest and last first."""
    count = len(parts)
    for length in range(count - 1, 0, -1):
        for start in range(count - length, -1, -1):
            chosen = parts[start : start + length]
            yield ", ".join(chosen), parts[:start] + parts[start + length :]


def halves(question: str) -> Iterator[tuple[str, str]]:
    """Every way to part a question in two at "and why …", a full stop and the like."""
    for match in islice(_AND_ALSO.finditer(question), MOST_HALVES):
        yield question[: match.start()], question[match.end() :]


def asks_more(clause: str) -> bool:
    """Whether a clause asks for something that no card tells: a reason, an effect, a rule."""
    return _ASKS_MORE.search(clause) is not None


def is_question(clause: str) -> bool:
    """Whether a clause asks for anything at all."""
    return asks_more(clause) or clause.rstrip().endswith(("?", "？"))


def defines(question: str) -> bool:
    """Whether a question asks what a word means."""
    return _DEFINES.search(question) is not None


_BACK = re.compile(
    r"\b(?:(?:which|any|all|how many|some) )?of (?:those|these|them|which)\b|"
    r"\b(?:those|these|them|they|the ones|which ones)\b(?: models?)?|"
    r"^\W*(?:and|but|now|or)?\W*(?:what about|how about|only|just)\b|^\W*(?:and|but|now)\b|"
    r"其中|这些|那些|它们|呢",
    re.IGNORECASE,
)


def refers_back(question: str) -> bool:
    """Whether a question is about the models that an earlier answer listed."""
    return _BACK.search(question) is not None


def without_reference(question: str) -> str:
    """The question without the words that point back; "how many of those" keeps "how many"."""
    return _BACK.sub(lambda m: "how many" if "how many" in m.group().lower() else " ", question)


def requests(clause: str) -> bool:
    """Whether a clause asks for a list, a number or a name."""
    return _REQUEST.search(clause) is not None


def sets_limit(clause: str) -> bool:
    """Whether a clause says what is allowed or needed ("we only use Apache-2.0")."""
    return _SETS_LIMIT.search(clause) is not None


def points_back(clause: str) -> bool:
    """Whether a clause speaks of a time named elsewhere ("that month")."""
    return _POINTS_BACK.search(clause) is not None


def turns(clause: str) -> bool:
    """Whether a clause goes on with "or" or "not": without it, the rest means another thing."""
    return _TURNS.search(clause) is not None


def has_pronoun(clause: str) -> bool:
    """Whether a clause has a pronoun that may stand for a name."""
    return _PRONOUN.search(clause) is not None


def with_noun(clause: str, nouns: list[str]) -> str:
    """The clause with its first pronoun replaced: "their" by all the nouns, "its" by the last."""
    noun = " and ".join(nouns) if _PLURAL.search(clause) else nouns[-1]
    return _PRONOUN.sub(lambda _: noun, clause, count=1)
