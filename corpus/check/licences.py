"""Licences of cards: SPDX ids that exist, and class and text that agree with them.

Knows nothing of what documents say. The list of SPDX ids is that of ``packaging``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from corpus.cards import LicenceClass, ModelCard
from corpus.check.finding import Finding

_PERMISSIVE = re.compile(r"^(?:Apache-2\.0|MIT|BSD-|ISC|CC-BY-[34]|CC0-|CDLA-Permissive|Unlicense)")
_NON_COMMERCIAL = re.compile(
    r"-NC-|-NC\b|non-?commercial|non-?production|\bresearch licen[cs]e", re.I
)


def spdx(name: str) -> str | None:
    """``name`` as SPDX writes it, or None when it is no SPDX id."""
    try:
        return str(canonicalize_license_expression(name))
    except InvalidLicenseExpression:
        return None


def class_of(licence: str, spdx_id: str | None) -> LicenceClass | None:
    """The class that a licence's name alone decides, or None."""
    if _NON_COMMERCIAL.search(spdx_id or licence):
        return "non-commercial"
    return "permissive" if spdx_id and _PERMISSIVE.match(spdx_id) else None


def check_licences(path: Path, card: ModelCard) -> Iterator[Finding]:
    """What a card says of its licence that does not hold together."""
    for field, text in _problems(card):
        yield Finding("error", path.name, f"{card.id}.{field}", "licence", text)
    if card.licence is not None and card.licence_class is None:
        text = "the licence is known; say its class (see corpus/cards.py)"
        yield Finding("warning", path.name, f"{card.id}.licence_class", "licence", text)


def _problems(card: ModelCard) -> Iterator[tuple[str, str]]:
    licence, given = card.licence, card.licence_spdx
    if given is not None:
        known = spdx(given)
        if known is None:
            yield "licence_spdx", f"{given!r} is no SPDX id; null if the licence has none"
        elif known != given:
            yield "licence_spdx", f"write {given!r} as {known!r}"
        if licence is None or _folded(given) not in _folded(licence):
            yield "licence", f"does not name {given}, which licence_spdx says"
        if licence is not None and re.search(r"\bmodified\b", licence, re.I):
            yield "licence_spdx", f"a modified licence is not {given}; make it null"
    elif licence is not None and spdx(licence) and " " not in licence:
        yield "licence_spdx", f"is null, but {licence} is an SPDX id; give it"
    implied = class_of(licence, given) if licence else None
    if implied and card.licence_class and card.licence_class != implied:
        yield "licence_class", f"is {card.licence_class}, but {licence!r} is {implied}"


def _folded(text: str) -> str:
    return re.sub(r"[\s_-]", "", text).casefold()
