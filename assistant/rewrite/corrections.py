"""A question put right by the asker: "no, I meant the 32B", "Australia, not Taiwan".

Knows only the words of the correction and of the question before it.
"""

from __future__ import annotations

import re

_MEANT = re.compile(
    r"^\s{0,9}(?:(?:no|nope|oops|sorry|not that|my bad|actually|i mean)\b[\s,.!:;-]{0,5}){0,3}"
    r"(?:(?:i|we) (?:actually |really )?(?:meant?|was asking|asked|want(?:ed)? to ask(?: you)?)"
    r"(?: to (?:ask|say|write))?(?: (?:about|for))?\b|correction(?: to)?\b|"
    r"我(?:是说|说的是|指的是))"
    r"[\s,:]{0,5}",
    re.IGNORECASE,
)
_RATHER_THAN = re.compile(r",? (?:not|instead of|rather than) (?P<old>[^,.?!]{1,60})[.?!]?$", re.I)
_WHOLE = re.compile(
    r"(?:what|which|who|whose|whom|when|where|why|how|is|are|was|were|do|does|did|can|could|will|"
    r"would|should|has|have)\b",
    re.IGNORECASE,
)
_THE = re.compile(r"^(?:the|a|an) ", re.IGNORECASE)
# "32B", "7b", "0.5B", with the active size of a mixture: "30B-A3B".
_SIZE = re.compile(r"(?<![\w.])\d{1,4}(?:\.\d{1,2})?[BMT](?:-A\d{1,3}(?:\.\d)?B)?(?!\w)", re.I)


def meant_instead(question: str) -> str | None:
    """What a correction puts in the place of something, or None where nothing is corrected."""
    found = _MEANT.match(question)
    if found is None:
        return None
    meant = question[found.end() :].strip().rstrip(".!。").strip()
    return re.sub(r",? (?:please|pls)$", "", meant, flags=re.IGNORECASE) or None


def is_whole_question(meant: str) -> bool:
    """Whether what is put right is a question of its own, not a part of the one before."""
    return _WHOLE.match(meant) is not None


def corrected(meant: str, previous: str) -> str | None:
    """``previous`` with what was named wrongly replaced: "X, not Y" says what that was."""
    found = _RATHER_THAN.search(meant)
    if found is None:
        return None
    old, new = _THE.sub("", found["old"].strip()), meant[: found.start()].strip()
    place = re.search(rf"\b{re.escape(old)}\b", previous, re.IGNORECASE)
    if place is None or not new:
        return None
    return f"{previous[: place.start()]}{new}{previous[place.end() :]}"


def with_size(text: str, previous: str) -> str | None:
    """``previous`` about another size of the same model: "the 32B?" after "Qwen3-30B-A3B"."""
    bare = _THE.sub("", text.strip().rstrip("?？呢.! "))
    bare = re.sub(r" (?:one|model|version)$", "", bare)
    places = list(_SIZE.finditer(previous))
    if _SIZE.fullmatch(bare) is None or len(places) != 1:
        return None
    return f"{previous[: places[0].start()]}{bare}{previous[places[0].end() :]}"
