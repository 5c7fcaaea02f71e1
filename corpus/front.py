"""What a document's front matter says about it, checked.

Two doors: ``CuratedFront`` is strict, for the corpus that ships with refdesk;
``front_of`` takes what is usable from anybody's Markdown and drops the rest.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)

from corpus.parse.dates import iso_date

_LANGUAGE = re.compile(r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$")
_MAX_TEXT = 300
_MAX_TAGS = 30
_MAX_SOURCES = 200

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=_MAX_TEXT)]


def web_address(value: str) -> str:
    """``value`` if it is an http(s) address with a host; raises ValueError."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(value) > 2000:
        raise ValueError("must be an http or https address")
    if re.search(r"[\s<>\"'`\\]", value):
        raise ValueError("must not contain spaces, quotes or angle brackets")
    return value


Label = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=2, max_length=80, pattern=r"^[^;()|\[\]]+$"
    ),
]
"""How a text names a source: ``(source: LABEL)``, several parted by semicolons."""


class CuratedFront(BaseModel):
    """Front matter of a curated document; ``tags`` and ``models`` may be left out.

    ``sources`` gives the address of each source that the text names in brackets, and
    ``models`` the ids of the model cards that the document is about.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9./_-]{1,99}$")]
    title: Line
    publisher: Line
    url: Annotated[str, AfterValidator(web_address)] | None
    published: str
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    licence: Line
    tags: tuple[Line, ...] = Field(default=(), max_length=_MAX_TAGS)
    models: tuple[Line, ...] = ()
    sources: dict[Label, Annotated[str, AfterValidator(web_address)]] = Field(default_factory=dict)

    @field_validator("published", mode="before")
    @classmethod
    def _iso(cls, value: object) -> str:
        # YAML reads 2024-12-26 as a date and 2024 as a number.
        day = iso_date(value)
        if day is None:
            raise ValueError("must be a date: 2024, 2024-12 or 2024-12-26")
        return day


class Front(BaseModel):
    """What ordinary front matter told; None where it did not, or not sanely."""

    model_config = ConfigDict(frozen=True)

    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    published: str | None = None
    language: str | None = None
    licence: str | None = None
    tags: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()


def front_of(metadata: dict[str, object]) -> Front:
    """The usable part of front matter, under the names that people and hubs give it."""
    language = _first_line(metadata, "language", "lang")
    return Front(
        title=_first_line(metadata, "title"),
        publisher=_first_line(metadata, "publisher", "author", "authors"),
        url=_url(metadata),
        published=iso_date(_first(metadata, "published", "date")),
        language=language if language and _LANGUAGE.match(language) else None,
        licence=_first_line(metadata, "licence", "license"),
        tags=_tags(metadata.get("tags")),
        sources=_sources(metadata.get("sources")),
    )


def _first(metadata: dict[str, object], *keys: str) -> object:
    values = (metadata.get(key) for key in keys)
    return next((value for value in values if value), None)


def _first_line(metadata: dict[str, object], *keys: str) -> str | None:
    value = _first(metadata, *keys)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, date) or not isinstance(value, str):
        return None
    line = " ".join(value.split())
    return line if 0 < len(line) <= _MAX_TEXT else None


def _url(metadata: dict[str, object]) -> str | None:
    value = _first(metadata, "url", "source_url", "canonical_url")
    try:
        return web_address(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _sources(value: object) -> tuple[tuple[str, str], ...]:
    """The usable (label, address) pairs of a mapping; anything else is left out."""
    pairs = list(value.items())[:_MAX_SOURCES] if isinstance(value, dict) else []
    return tuple((str(label), url) for label, url in pairs if _is_source(label, url))


def _is_source(label: object, url: object) -> bool:
    try:
        return 0 < len(str(label)) <= 80 and isinstance(url, str) and bool(web_address(url))
    except ValueError:
        return False


def _tags(value: object) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    lines = (" ".join(str(item).split()) for item in items if isinstance(item, str | int))
    return tuple(line for line in lines if 0 < len(line) <= 60)[:_MAX_TAGS]
