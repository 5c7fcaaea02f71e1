"""The values of a row, from whatever keeps it, as the fields of a model card.

Understands the ways in which spreadsheets write lists, scores and nothing; guesses no value.
What a card may hold in the end is checked by ``corpus.cards``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from corpus.card_rows import strict_json
from corpus.cards import MOST_ITEMS, ModelCard, place_in_file
from corpus.check.benchmarks import canonical
from corpus.errors import SourceError
from corpus.front import web_address
from corpus.parse.build import one_line

_MOST_DEPTH = 4
_MOST_TOLD = 300  # characters of what a row calls its sources
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,80}")
_NOTHING = frozenset(["", "null", "none", "nan", "n/a", "unknown", "?", "-", "–", "—"])
_SPELLINGS = {
    "license": "licence",
    "license_spdx": "licence_spdx",
    "license_class": "licence_class",
    "source": "sources",
}
_LISTS = {
    "aliases": re.compile(r"[;|]"),
    "modalities": re.compile(r"[;|,/+]"),
    "notes": re.compile(r"(?!)"),  # a note may hold any sign
    "sources": re.compile(r"[;|\s](?=https?://|github )"),
}
_GITHUB = re.compile(r"github\s+([\w.-]+/[\w.-]+)\s+([^@\s]+)@([0-9a-f]{7,40})")
_UNKNOWN = (
    "country", "release_date", "total_params_b", "active_params_b", "architecture",
    "context_length", "context_tokens_approx", "licence", "licence_spdx", "licence_class",
    "weights_repo", "gguf_repo", "base_model", "benchmark_note",
)  # fmt: skip


def card_fields(values: Mapping[str, object], place: str) -> dict[str, Any]:
    """The fields of a card; ``place`` is where the row stands.

    Raises SourceError where a value cannot be understood or a needed one is missing.
    """
    known = _known(values)
    _require(known)
    fields: dict[str, Any] = dict.fromkeys(_UNKNOWN)
    fields |= {"modalities": (), "family": known["name"], "id": id_of(str(known["name"]))}
    fields |= known
    fields["open_weights"] = _open_weights(known)
    if str(fields["open_weights"]).casefold() in ("false", "no", "0"):
        fields["licence_class"] = fields["licence_class"] or "proprietary"
    fields["benchmarks"] = _scores(known.get("benchmarks"), values)
    fields["sources"] = [*_sources(known.get("sources")), _own_source(known, place)]
    return fields


def card_id(values: Mapping[str, object]) -> str | None:
    """The id that a row has or would get by its name, if it has a usable one."""
    known = _known(values)
    given = known.get("id")
    if isinstance(given, str) and _ID.fullmatch(given):
        return given
    name = known.get("name")
    return id_of(name) if given is None and isinstance(name, str) else None


def id_of(name: str) -> str:
    """An id made of a model's name."""
    slug = re.sub(r"[^a-z0-9._]+", "-", name.lower()).strip("-._")[:80]
    return slug or f"model-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _known(values: Mapping[str, object]) -> dict[str, Any]:
    """What a row tells, under the names of a card's fields."""
    told: dict[str, Any] = {}
    for key, value in values.items():
        name = one_line(key).casefold()
        name = _SPELLINGS.get(name, name)
        if name not in ModelCard.model_fields or name in told:
            continue
        cleaned = _cleaned(value)
        if not _is_nothing(cleaned):
            told[name] = _listed(name, cleaned) if name in _LISTS else cleaned
    return told


def _cleaned(value: object, depth: int = 0) -> object:
    """Strings on one line, without what cannot be printed; nothing below a depth."""
    if isinstance(value, str):
        return one_line(value)
    if depth >= _MOST_DEPTH and isinstance(value, list | dict):
        return None
    if isinstance(value, list):
        return [_cleaned(one, depth + 1) for one in value[: MOST_ITEMS + 1]]
    if isinstance(value, dict):
        pairs = list(value.items())[: MOST_ITEMS + 1]
        return {one_line(str(key)): _cleaned(one, depth + 1) for key, one in pairs}
    return value


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.casefold() in _NOTHING)


def _listed(name: str, value: object) -> object:
    """A list as a spreadsheet's cell writes it: as JSON, or parted by signs."""
    if not isinstance(value, str):
        return value
    if value.startswith("["):
        return _cleaned(strict_json(value))
    parts = [part.strip() for part in _LISTS[name].split(value)]
    return [part.casefold() if name == "modalities" else part for part in parts if part]


def _require(known: Mapping[str, Any]) -> None:
    for name in ("name", "developer"):
        if name not in known:
            raise SourceError(f"{name}: it is missing")
    if not isinstance(known["name"], str) or not re.search(r"[^\W_]", known["name"]):
        raise SourceError("name: it must have a letter or a digit")


def _open_weights(known: Mapping[str, Any]) -> object:
    """Whether the weights are published; where they can be had, they are."""
    if "open_weights" in known:
        return known["open_weights"]
    if known.get("weights_repo") or known.get("gguf_repo"):
        return True
    if known.get("licence_class") == "proprietary":
        return False
    raise SourceError("open_weights: say whether the weights are published, true or false")


def _scores(given: object, values: Mapping[str, object]) -> object:
    """Scores as an object, as columns ``benchmarks.NAME``, or as columns of known benchmarks."""
    if isinstance(given, str):
        given = _cleaned(strict_json(given))
    if given is not None and not isinstance(given, dict):
        raise SourceError("benchmarks: must be an object of names and numbers")
    scores = dict(given or {}) | dict(_score_columns(values))
    return {
        name.replace("|", "/"): score for name, score in scores.items() if not _is_nothing(score)
    }


def _score_columns(values: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in values.items():
        head, dot, name = one_line(key).partition(".")
        if head.casefold() == "benchmarks" and dot and name:
            yield name, _cleaned(value)
        elif (known := canonical(one_line(key))) is not None:
            yield known, _cleaned(value)


def _sources(given: object) -> list[object]:
    """The sources that a row names itself, as far as they are addresses."""
    return [source for one in _items(given) if (source := _source(one)) is not None]


def _items(given: object) -> list[object]:
    return given if isinstance(given, list) else [] if given is None else [given]


def _source(one: object) -> object | None:
    told = one if isinstance(one, dict) else {"url": one}
    url = _address(told.get("url"))
    if url is None:
        return None
    supports = told.get("supports")
    supports = supports if isinstance(supports, str) and supports else "the fields of the row"
    return {"url": url, "supports": supports[:600], "secondary": told.get("secondary") is True}


def _address(url: object) -> str | None:
    if not isinstance(url, str):
        return None
    if short := _GITHUB.match(url):
        return f"https://github.com/{short[1]}/blob/{short[3]}/{short[2]}"
    if place_in_file(url):  # of another list, in what the catalogue printed
        return url
    try:
        return web_address(url)
    except ValueError:
        return None


def _own_source(known: Mapping[str, Any], place: str) -> dict[str, object]:
    """The row itself, with what it calls its sources where that is no address."""
    urls = [
        one.get("url") if isinstance(one, dict) else one for one in _items(known.get("sources"))
    ]
    told = "; ".join(str(url) for url in urls if _address(url) is None)[:_MOST_TOLD]
    return {"url": place, "supports": f"all fields, after {told}" if told else "all fields"}
