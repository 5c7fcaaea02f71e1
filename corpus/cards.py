"""Model cards: the schema of ``corpus/models/*.yaml``, and how its files are read.

One file per developer. Every fact has a source; what no source tells is null, never guessed.
Knows nothing of databases, of how a card reads as a document, or of questions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import quote, unquote

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from corpus.errors import SourceError
from corpus.front import Line, web_address
from corpus.parse.dates import iso_date

LicenceClass = Literal["permissive", "community", "non-commercial", "proprietary"]
"""What a licence lets one do.

permissive: an open-source licence that asks for little but its notice (Apache-2.0, MIT);
community: the maker's own terms, commercial use allowed under conditions (user thresholds,
forbidden uses or places, a display duty); non-commercial: commercial use not granted;
proprietary: the weights are not published.
"""

Modality = Literal["text", "image", "video", "audio"]
Address = Annotated[str, AfterValidator(web_address)]
_FILE_PLACE = re.compile(r"file:([^\s<>\"'`\\/]{1,600})#row=(\d{1,7})")


def file_place(name: str, row: int) -> str:
    """Where a row of a file stands, as a card's source gives it: ``file:models.csv#row=7``."""
    return f"file:{quote(name, safe='')}#row={row}"


def place_in_file(url: str) -> tuple[str, int] | None:
    """The file name and row of a ``file_place``; None for anything else."""
    match = _FILE_PLACE.fullmatch(url)
    return (unquote(match[1]), int(match[2])) if match else None


def _place(value: str) -> str:
    return value if place_in_file(value) else web_address(value)


Place = Annotated[str, AfterValidator(_place)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
Billions = Annotated[float, Field(gt=0, lt=100_000, allow_inf_nan=False)]
Score = Annotated[float, Field(allow_inf_nan=False)]
Tokens = Annotated[int, Field(gt=0, le=10**12)]
CARD_PREFIX = "models/"
MOST_ITEMS = 200
"""Of a list in a card: scores, notes, sources; the curated cards have 52 scores at most."""
_MAX_FILE_BYTES = 4 << 20


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CardSource(_Strict):
    """Where facts of a card were read. ``secondary``: not the maker's own publication.

    ``url`` is a web address, or the row of a file (``file_place``) that has none.
    """

    url: Place
    supports: Sentence
    secondary: bool = False


class OtherValue(_Strict):
    """A value that another source gives for the same field."""

    value: str | Score | int | bool
    source: Address


class Dispute(_Strict):
    """A field on which sources disagree; the card's own value is the preferred one."""

    field: Line
    others: Annotated[tuple[OtherValue, ...], Field(min_length=1)]
    why: Sentence


class ModelCard(_Strict):
    """What is known about one model; null, or an empty list, where no source was seen.

    ``total_params_b`` and ``active_params_b`` are in billions; ``context_length`` is as the
    source writes it and ``context_tokens_approx`` a number of tokens to filter by;
    ``benchmarks`` are as reported by whom ``benchmark_note`` says.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,80}$")]
    name: Line
    aliases: Annotated[tuple[Line, ...], Field(max_length=MOST_ITEMS)] = ()
    family: Line
    developer: Line
    country: Line | None
    release_date: str | None
    release_date_note: Sentence | None = None
    total_params_b: Billions | None
    active_params_b: Billions | None
    architecture: Line | None
    context_length: Line | None
    context_tokens_approx: Tokens | None
    modalities: Annotated[tuple[Modality, ...], Field(max_length=4)]
    licence: Line | None
    licence_spdx: Line | None
    licence_class: LicenceClass | None
    open_weights: bool
    weights_repo: Line | None
    gguf_repo: Line | None
    base_model: Line | None
    benchmarks: Annotated[dict[Line, Score], Field(max_length=MOST_ITEMS)]
    benchmark_note: Sentence | None
    notes: Annotated[tuple[Sentence, ...], Field(max_length=MOST_ITEMS)] = ()
    disputes: Annotated[tuple[Dispute, ...], Field(max_length=MOST_ITEMS)] = ()
    sources: Annotated[tuple[CardSource, ...], Field(min_length=1, max_length=MOST_ITEMS)]

    @field_validator("release_date", mode="before")
    @classmethod
    def _iso(cls, value: object) -> str | None:
        if value is None:
            return None
        day = iso_date(value)
        if day is None:
            raise ValueError("must be a date: 2024, 2024-12 or 2024-12-26, or null")
        return day

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        total, active = self.total_params_b, self.active_params_b
        if total is not None and active is not None and active > total:
            raise ValueError("active_params_b is larger than total_params_b")
        if (self.licence_class == "proprietary") == self.open_weights:
            raise ValueError("licence_class is proprietary exactly when the weights are closed")
        for dispute in self.disputes:
            if not self.knows(dispute.field):
                raise ValueError(f"disputes: {dispute.field} is not a field of this card")
        return self

    def knows(self, field: str) -> bool:
        """Whether ``field`` is one of this card's, or ``benchmarks.NAME`` of a score it has."""
        head, _, name = field.partition(".")
        return name in self.benchmarks if name else head in type(self).model_fields

    @property
    def document_id(self) -> str:
        """The id under which the card is a document."""
        return CARD_PREFIX + self.id

    @property
    def address(self) -> str | None:
        """The first of its sources that is on the web, to cite it by."""
        return next((s.url for s in self.sources if not place_in_file(s.url)), None)


class DeveloperFile(_Strict):
    """A file of ``corpus/models``: one developer and its models."""

    developer: Line
    country: Line | None
    models: Annotated[tuple[ModelCard, ...], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _hand_down(cls, data: object) -> object:
        """Developer and country stand once in a file and hold for each of its models."""
        if not isinstance(data, dict) or not isinstance(data.get("models"), list):
            return data
        above = {"developer": data.get("developer"), "country": data.get("country")}
        models = [above | card if isinstance(card, dict) else card for card in data["models"]]
        return data | {"models": models}

    @model_validator(mode="after")
    def _told_and_sourced(self) -> Self:
        """What ships with refdesk says what each model works with, and rests on the web."""
        for card in self.models:
            if not card.modalities:
                raise ValueError(f"{card.id}: modalities: name at least one")
            if any(place_in_file(source.url) for source in card.sources):
                raise ValueError(f"{card.id}: sources: give web addresses")
        return self


def models_folder() -> Path:
    """Where the curated model cards are installed."""
    return Path(str(files("corpus"))) / "models"


def card_files(folder: Path | None = None) -> list[Path]:
    """The files of model cards, in order of name."""
    return sorted((folder or models_folder()).glob("*.yaml"))


def read_cards(path: Path) -> tuple[ModelCard, ...]:
    """The cards of one file; raises SourceError with the first thing to correct."""
    try:
        stat = path.stat()
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror or error}") from error
    if stat.st_size > _MAX_FILE_BYTES:
        raise SourceError(f"{path.name}: larger than {_MAX_FILE_BYTES >> 20} MB; split it")
    return _read(path, stat.st_size, stat.st_mtime_ns)


def curated_cards(folder: Path | None = None) -> Iterator[tuple[Path, ModelCard]]:
    """Every card with its file, in order; raises SourceError when two share an id."""
    seen: dict[str, Path] = {}
    for path in card_files(folder):
        for card in read_cards(path):
            if card.id in seen:
                raise SourceError(f"{path.name}: id {card.id!r} is taken by {seen[card.id].name}")
            seen[card.id] = path
            yield path, card


@lru_cache(maxsize=256)
def _read(path: Path, size: int, mtime_ns: int) -> tuple[ModelCard, ...]:
    """Parsed once per version of a file: a refresh lists the cards, then reads each."""
    try:
        data = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        return DeveloperFile.model_validate(data).models
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror or error}") from error
    except yaml.YAMLError as error:
        raise SourceError(f"{path.name}: {_first_line(error)}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise SourceError(f"{path.name}: {_where(first['loc'], data)}: {first['msg']}") from error


def first_problem(error: ValidationError) -> str:
    """The first thing that is wrong with a card: the field and why, on one line."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"][:2])
    said = first["msg"].removeprefix("Value error, ")
    return " ".join(f"{where}: {said}".split())[:300] if where else said


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _where(loc: tuple[int | str, ...], data: object) -> str:
    """A place in a file, with the card's id in the stead of its number."""
    parts = [str(part) for part in loc] or ["file"]
    if len(loc) > 1 and loc[0] == "models" and isinstance(loc[1], int) and isinstance(data, dict):
        card = data["models"][loc[1]]
        name = card.get("id") if isinstance(card, dict) else None
        parts[1] = re.sub(r"\s+", " ", str(name))[:80] if name else parts[1]
    return ".".join(parts)
