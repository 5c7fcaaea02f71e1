"""``refdesk.toml`` in the home: which sources it declares, checked.

Knows nothing of the record, nor of what is at a location.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import InputError
from index.types import SourceOptions

MOST_BYTES = 1024 * 1024
MOST_SOURCES = 500

Text = Annotated[str, Field(min_length=1, max_length=2000)]
Patterns = Annotated[list[Text], Field(max_length=1000)]


class Entry(BaseModel):
    """One ``[[source]]``; a relative path starts at the folder of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    location: Text
    kind: Literal["folder", "file", "url", "feed", "sitemap", "git", "hub", "cards"] | None = None
    name: Text | None = None
    include: Patterns = []
    exclude: Patterns = []
    revision: Annotated[str, Field(max_length=300)] = ""
    limit: Annotated[int, Field(ge=1)] | None = None

    @property
    def options(self) -> SourceOptions:
        """Which part of it is wanted."""
        return SourceOptions(tuple(self.include), tuple(self.exclude), self.revision, self.limit)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    source: Annotated[list[Entry], Field(max_length=MOST_SOURCES)] = []


def read(file: Path) -> list[Entry] | None:
    """What the file declares, None when there is no file; raises InputError with the place."""
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror or error})") from error
    if len(data) > MOST_BYTES:
        raise InputError(f"it is larger than {MOST_BYTES >> 20} MB")
    try:
        return _File.model_validate(tomllib.loads(data.decode("utf-8-sig"))).source
    except ValidationError as error:
        raise InputError(_place(error)) from error
    except (ValueError, RecursionError) as error:  # no TOML, or no UTF-8
        reason = " ".join(str(error).split())[:200] or "it nests too deep"
        raise InputError(f"it is no TOML: {reason}") from error


def _place(error: ValidationError) -> str:
    """The first thing that is wrong, and which source it is in."""
    first = error.errors(include_url=False, include_input=False)[0]
    steps = [f"{s + 1}" if isinstance(s, int) else str(s)[:60] for s in first["loc"]]
    return f"{' '.join(steps)}: {first['msg']}"
