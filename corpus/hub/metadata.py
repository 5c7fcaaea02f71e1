"""What the Hub's API says of a model, as far as it is used, checked and bounded.

What is missing or strange is None; only an id and a version that are none make an entry
unusable. Knows nothing of model cards.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from corpus.hub.places import is_model_id
from corpus.parse.build import one_line

# The names under which the API gives each; the official client asks for the same.
EXPAND = (
    "cardData", "createdAt", "disabled", "gated", "gguf", "lastModified", "pipeline_tag",
    "private", "safetensors", "sha", "tags",
)  # fmt: skip
MOST_TAGS = 200
MOST_LINE = 200
MOST_PARAMETERS = 10**14
_SHA = re.compile(r"[0-9a-f]{40}")


def _model_id(value: object) -> str:
    if not isinstance(value, str) or not is_model_id(value):
        raise ValueError("is no id of a model")
    return value


def _sha(value: object) -> str:
    if not isinstance(value, str) or not _SHA.fullmatch(value):
        raise ValueError("is no version")
    return value


def _line(value: object) -> str | None:
    line = one_line(value[: 4 * MOST_LINE]) if isinstance(value, str) else ""
    return line if 0 < len(line) <= MOST_LINE else None


def _lines(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(line for item in items[:MOST_TAGS] if (line := _line(item)) is not None)


def _moment(value: object) -> datetime | None:
    """A time that has been; None for any other."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or moment > datetime.now(UTC):
        return None
    return moment


def _count(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 < value < MOST_PARAMETERS else None


def _counts(value: object) -> dict[str, int]:
    if not isinstance(value, dict):
        return {}
    pairs = list(value.items())[:50]
    return {key: n for key, count in pairs if (n := _count(count)) and len(str(key)) < 20}


def _object(value: object) -> object:
    return value if isinstance(value, dict) else {}


Line = Annotated[str | None, BeforeValidator(_line)]
Lines = Annotated[tuple[str, ...], BeforeValidator(_lines)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]
Count = Annotated[int | None, BeforeValidator(_count)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class CardData(_Part):
    """The front matter of a model's README, as the Hub read it."""

    license: Lines = ()
    license_name: Line = None
    base_model: Lines = ()
    language: Lines = ()


class SafeTensors(_Part):
    """How many parameters the weight files hold, by number format."""

    parameters: Annotated[dict[str, int], BeforeValidator(_counts)] = Field(default_factory=dict)
    total: Count = None


class Gguf(_Part):
    """What the header of a GGUF file says."""

    total: Count = None
    context_length: Count = None


class HubModel(_Part):
    """A model as the Hub knows it."""

    id: Annotated[str, BeforeValidator(_model_id)]
    sha: Annotated[str, BeforeValidator(_sha)]
    created: Moment = Field(None, alias="createdAt")
    modified: Moment = Field(None, alias="lastModified")
    pipeline_tag: Line = None
    tags: Lines = ()
    gated: bool = False
    hidden: bool = False
    card: Annotated[CardData, BeforeValidator(_object)] = Field(
        default_factory=CardData, alias="cardData"
    )
    safetensors: Annotated[SafeTensors, BeforeValidator(_object)] = Field(
        default_factory=SafeTensors
    )
    gguf: Annotated[Gguf, BeforeValidator(_object)] = Field(default_factory=Gguf)

    @property
    def author(self) -> str:
        """Whose model it is."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """The model's own name."""
        return self.id.partition("/")[2]


def hub_model(data: object) -> HubModel:
    """An entry of the API; raises ValueError (pydantic's) for what is none."""
    if not isinstance(data, dict):
        raise ValueError("is no entry of a model")
    told: dict[str, Any] = {str(key): value for key, value in data.items()}
    told["gated"] = bool(told.get("gated"))
    told["hidden"] = told.get("private") is True or told.get("disabled") is True
    return HubModel.model_validate(told)
