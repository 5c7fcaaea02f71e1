"""Other names of labs, model lines, licences, benchmarks, laws and chips: ``names.yaml``, read.

Knows nothing of questions or of how names are found in them (``index.linking``).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from corpus.errors import SourceError
from corpus.front import Line

NameKind = Literal[
    "developer", "line", "country", "region", "licence", "licence_class", "benchmark", "topic"
]


class Name(BaseModel):
    """One thing with the names that people give it; ``name`` is the one the cards use."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: NameKind
    name: Line
    aliases: tuple[Line, ...]
    field: Literal["licence_spdx", "licence"] = "licence_spdx"
    operator: Literal["=", "contains"] = "="
    cased: bool = False
    members: tuple[Line, ...] = ()
    cased_aliases: tuple[Line, ...] = ()


_NAMES: TypeAdapter[tuple[Name, ...]] = TypeAdapter(
    Annotated[tuple[Name, ...], "the whole of names.yaml"]
)


def names_file() -> Path:
    """Where the curated names are installed."""
    return Path(str(files("corpus"))) / "names.yaml"


def read_names(path: Path) -> tuple[Name, ...]:
    """The names of a file; raises SourceError with the first thing to correct."""
    try:
        return _NAMES.validate_python(yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader))
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror or error}") from error
    except yaml.YAMLError as error:
        raise SourceError(f"{path.name}: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "file"
        raise SourceError(f"{path.name}: {where}: {first['msg']}") from error


@cache
def curated_names() -> tuple[Name, ...]:
    """The names that ship with refdesk."""
    return read_names(names_file())
