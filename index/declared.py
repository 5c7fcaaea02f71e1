"""What a declared source is called, and whether what was named can be one.

Knows nothing of the record or of what the source holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from corpus.card_rows import SUFFIXES
from corpus.errors import InputError, SourceError
from corpus.git.places import check_revision
from corpus.git.trees import Wanted
from corpus.hub.places import hub_place
from corpus.parse import suffix_of
from corpus.patterns import choice
from index.types import Declaration, Source, SourceKind, SourceOptions

FETCHED = frozenset(["url", "feed", "sitemap"])
GIT_SUFFIX = ".git"
MOST_NAME = 80  # characters; it begins the id of each of the source's documents


def is_web_address(location: str) -> bool:
    """Whether ``location`` is meant as an address and not as a path."""
    return re.match(r"(?i)\s*[a-z][a-z0-9+.-]+://", location) is not None


def existing_path(location: str | Path) -> Path:
    """``location`` in full; raises InputError when nothing is there."""
    path = Path(location).expanduser()
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError(f"{location} does not exist; name a folder or a file.") from error


def name_of_path(path: Path) -> str:
    """The folder's or file's own name, as far as it can stand in an id."""
    return _usable(path.stem if path.is_file() else path.name)


def name_of_page(address: str) -> str:
    """A page's host and path, as far as they can stand in an id."""
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    return _usable(f"{host}{unquote(parts.path)}"[:MOST_NAME])


def repository(location: str, accepted: Callable[[str], str], options: SourceOptions) -> Source:
    """A repository as a source, by its address or its path here; raises InputError."""
    check_revision(options.revision)
    Wanted(options.include, options.exclude).test()
    address = accepted(location)
    if is_web_address(address):
        return Source(name_of_page(address.removesuffix(GIT_SUFFIX)), "git", address, options)
    path = existing_path(address)
    return Source(_usable(path.name.removesuffix(GIT_SUFFIX)), "git", str(path), options)


def models_of_the_hub(location: str, options: SourceOptions) -> Source:
    """An author of the Hub, or a model, as a source; raises InputError."""
    place = hub_place(location)
    return Source(_usable("-".join(filter(None, (place.author, place.model)))), "hub",
                  place.location, options)  # fmt: skip


def free_name(base: str, taken: Container[str]) -> str:
    """``base``, with a number if another source has it."""
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name


def chosen_name(wanted: str | None, base: str, taken: Container[str]) -> str:
    """The name that was asked for, or a free one like ``base``; raises InputError."""
    if wanted is None:
        return free_name(base, taken)
    if wanted != _usable(wanted) or len(wanted) > MOST_NAME:
        raise InputError(
            f"{wanted[:MOST_NAME]!r} cannot name a source; use up to {MOST_NAME} letters, digits, "
            "'-', '_' and '.'."
        )
    if wanted in taken:
        raise InputError(f"Another source is called {wanted!r}; choose another --name.")
    return wanted


def redeclared(before: Source, new: Source, how: Declaration) -> Source:
    """``before`` declared once more: what was said now counts, the rest stays as it was.

    Raises InputError for another name: the ids of its documents begin with it.
    """
    if how.name not in (None, before.name):
        raise InputError(
            f"{before.location} is a source already, called {before.name!r}; remove it first to "
            "name it anew."
        )
    return replace(
        before,
        kind=new.kind if how.kind else before.kind,
        options=new.options if how.options else before.options,
    )


def check_kind(kind: SourceKind, path: Path | None, readable: Container[str]) -> None:
    """Raise InputError unless ``path``, None for a web address, can be a source of ``kind``."""
    if kind not in readable or kind == "curated":
        raise InputError(f"Sources of the kind {kind!r} cannot be read.")
    if kind == "folder" and (path is None or not path.is_dir()):
        raise InputError("A source of the kind 'folder' is a folder on this machine.")
    if kind == "file" and (path is None or path.is_dir()):
        raise InputError("A source of the kind 'file' is a file on this machine.")
    if kind == "cards" and (path is None or suffix_of(path.name) not in SUFFIXES or path.is_dir()):
        raise InputError(f"A list of model cards is a file in {' '.join(SUFFIXES)}.")
    if kind in FETCHED and path is not None:
        raise InputError(f"A source of the kind {kind!r} is an address, like https://…")


def check_options(options: SourceOptions) -> None:
    """Raise InputError for a pattern that is none."""
    try:
        choice(options.include, options.exclude)
    except SourceError as error:
        raise InputError(f"{error}.") from error


def _usable(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "source"
