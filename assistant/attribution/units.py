"""What a number counts, and whether it is given as a bound ("80 hours", "at least 40").

Reads the words beside a number. Knows no values: ``quantities`` reads those. A word that is
not listed here is no unit, and a number without a known unit may be of any.
"""

from __future__ import annotations

import re

_MEASURES = {
    "percent": "percent", "second": "second", "sec": "second", "minute": "minute", "min": "minute",
    "hour": "hour", "hr": "hour", "day": "day", "week": "week", "month": "month", "year": "year",
    "byte": "byte", "bit": "bit", "kb": "kb", "mb": "mb", "gb": "gb", "tb": "tb", "pb": "pb",
    "kib": "kb", "mib": "mb", "gib": "gb", "tib": "tb", "dollar": "usd", "usd": "usd",
    "euro": "eur", "eur": "eur", "yuan": "cny", "renminbi": "cny", "rmb": "cny", "cny": "cny",
    "pound": "gbp", "gbp": "gbp", "yen": "jpy", "km": "km", "kilometer": "km", "kilometre": "km",
    "mile": "mile", "kg": "kg", "ton": "ton", "tonne": "ton", "nm": "nm", "nanometer": "nm",
    "nanometre": "nm", "watt": "watt", "kw": "kw", "mw": "mw", "gw": "gw", "gigawatt": "gw",
    "megawatt": "mw", "kilowatt": "kw", "hz": "hz", "mhz": "mhz", "ghz": "ghz", "degree": "degree",
}  # fmt: skip
"""Units that stand right after their number, and decide even if a noun follows ("80 GB GPUs")."""
_COUNTED = {
    "parameter": "parameter", "param": "parameter", "token": "token", "word": "word",
    "layer": "layer", "head": "head", "expert": "expert", "language": "language",
    "gpu": "chip", "accelerator": "chip", "chip": "chip", "model": "model", "variant": "model",
    "country": "country", "state": "state", "stage": "stage", "step": "step", "page": "page",
    "image": "image", "sample": "sample", "example": "sample", "point": "point", "paper": "paper",
    "benchmark": "benchmark", "task": "task", "download": "download", "star": "star",
    "question": "question", "problem": "question", "patent": "patent", "vote": "vote",
    "unit": "unit", "share": "share", "people": "person", "person": "person",
    "employee": "person", "engineer": "person", "worker": "person", "user": "person",
    "member": "person", "company": "company", "school": "school", "epoch": "epoch",
    "node": "node", "server": "server", "core": "core", "row": "row", "document": "document",
}  # fmt: skip
_CURRENCY = {"$": "usd", "€": "eur", "£": "gbp", "¥": "cny"}
_NEXT_WORD = re.compile(r"[\s-]{0,3}([^\W\d_][^\W_]{0,19}|%)")  # names with digits too: "H800"
_STOPS = frozenset(
    "a an and are as at be but by each for from has have in into is of on or per than that the "
    "this to was were which while with".split()
)
_LOOK_AHEAD = 4
"""Words after a number among which its noun may stand ("2,048 Nvidia H800 GPU hours")."""
_OF_THEM = re.compile(r"\s*of (?:the|them|these|those|its|all)\b", re.IGNORECASE)
_GLUED = re.compile(r"[^\W_][-_.]?$")
_BEFORE = 24
_BOUND = re.compile(
    r"(?:(?P<least>at least|no (?:less|fewer) than|not less than|a minimum of|minimum of)"
    r"|(?P<more>more than|greater than|exceeding|in excess of)|(?P<over>over|above|upwards of)"
    r"|(?P<most>at most|up to|no more than|not more than|a maximum of|maximum of)"
    r"|(?P<less>less than|fewer than|lower than)|(?P<under>under|below))"
    r"[\s~$€£¥]*(?:US)?\$?$",
    re.IGNORECASE,
)
_BOUND_AFTER = re.compile(r"\s?\+|\s*(?:[^\W\d_]{1,20} )?or (?:more|above)\b", re.IGNORECASE)
_LOWER = ("least", "more", "over")
_STRICT = ("more", "less")


def unit_at(text: str, start: int, end: int, scale: str, *, percent: bool) -> str | None:
    """The class of what the number at ``text[start:end]`` counts, or None where none is known.

    "3B" in a name ("SmolLM3-3B") or before "model" is a size: it counts parameters.
    """
    if percent:
        return "percent"
    if start and text[start - 1] in _CURRENCY:
        return _CURRENCY[text[start - 1]]
    if _OF_THEM.match(text, end):
        return "part"
    found = _noun_after(text, end)
    sized = scale in ("b", "m") and (found == "model" or _is_glued(text, start))
    return "parameter" if sized else found


def _is_glued(text: str, start: int) -> bool:
    return _GLUED.search(text[max(0, start - 2) : start]) is not None


def _noun_after(text: str, end: int) -> str | None:
    """The measure next to the number, else the last counted noun of the words that follow."""
    found: str | None = None
    for place in range(_LOOK_AHEAD):
        match = _NEXT_WORD.match(text, end)
        if match is None or match[1].lower() in _STOPS:
            break
        end = match.end()
        word = singular(match[1].lower())
        if word in _MEASURES:
            return _MEASURES[word]
        if word in _COUNTED:
            found = _COUNTED[word]
        elif found is not None and place:
            break
    return found


def singular(word: str) -> str:
    """An English noun without its plural ending; "%" is spelled out."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return "percent" if word == "%" else word.removesuffix("s") if len(word) > 2 else word


def agree(one: str | None, other: str | None) -> bool:
    """Whether two numbers may count the same thing; an unknown unit agrees with any."""
    if one is None or other is None or one == other:
        return True
    pair = {one, other}
    return "part" in pair and "percent" not in pair


def bound_at(text: str, start: int, end: int) -> tuple[int, bool]:
    """1 for a lower bound ("at least"), -1 for an upper one, 0 for none; whether it is strict."""
    match = _BOUND.search(text[max(0, start - _BEFORE) : start])
    if match is None:
        return (1 if _BOUND_AFTER.match(text, end) else 0), False
    kind = str(match.lastgroup)
    return (1 if kind in _LOWER else -1), kind in _STRICT
