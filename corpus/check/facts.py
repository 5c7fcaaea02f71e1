"""Facts files: JSON lines of models (fields of a card) or of dated events.

Knows nothing of whether the corpus holds them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import InputError

_MAX_BYTES = 64 << 20


class _Source(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    url: str
    supports: str = ""


class ModelFacts(BaseModel):
    """What a line says about one model; ``fields`` are those with a value."""

    model_config = ConfigDict(extra="allow", frozen=True)

    id: str
    name: str
    benchmarks: dict[str, float]
    notes: tuple[str, ...] = ()
    sources: tuple[_Source, ...] = ()

    @property
    def fields(self) -> dict[str, Any]:
        """The further fields that are not null."""
        return {
            name: value for name, value in (self.model_extra or {}).items() if value is not None
        }


class EventFacts(BaseModel):
    """A dated event, the facts of it one sentence each, and where they were read."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    date: Annotated[str, Field(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]
    title: str = ""
    facts: tuple[str, ...]
    sources: tuple[_Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """The lines of one or more facts files."""

    models: tuple[ModelFacts, ...]
    events: tuple[EventFacts, ...]


def read_facts(paths: tuple[Path, ...]) -> Facts:
    """Read facts files of either kind; raises InputError that names the file and the line."""
    models: list[ModelFacts] = []
    events: list[EventFacts] = []
    for path in paths:
        for number, line in enumerate(_lines(path), start=1):
            if not line.strip():
                continue
            record = _record(path, number, line)
            (models if isinstance(record, ModelFacts) else events).append(record)  # type: ignore[arg-type]
    return Facts(tuple(models), tuple(events))


def _lines(path: Path) -> list[str]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(f"{path.name}: larger than {_MAX_BYTES >> 20} MB; split it")
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}") from error


def _record(path: Path, number: int, line: str) -> ModelFacts | EventFacts:
    where = f"{path.name} line {number}"
    try:
        data = json.loads(line)
        if not isinstance(data, dict) or not {"facts", "benchmarks"} & data.keys():
            raise InputError(f"{where}: neither a model (benchmarks) nor an event (facts)")
        return (EventFacts if "facts" in data else ModelFacts).model_validate(data)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{where}: not readable JSON") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise InputError(f"{where}: {field}: {first['msg']}") from error
