"""What a declared source is called, and whether what was named can be one.

Knows nothing of the record or of what the source holds.
"""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import Path
from urllib.parse import unquote, urlsplit

from corpus.errors import InputError

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


def free_name(base: str, taken: Container[str]) -> str:
    """``base``, with a number if another source has it."""
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name


def _usable(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "source"
