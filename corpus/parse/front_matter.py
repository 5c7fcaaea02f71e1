"""YAML front matter of Markdown files: the part between two ``---`` lines at the top.

Broken, too large or oddly shaped front matter is left in the text as it stands: a rule
line at the top of an ordinary file must not make the file unreadable.
"""

from __future__ import annotations

import re

import yaml

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_MAX_CHARS = 20_000
_ALIAS = re.compile(r"(?:^|[\s\[{,:])[&*][A-Za-z0-9_]")


def split_front_matter(text: str) -> tuple[dict[str, object], str]:
    """(front matter, rest of the text); ({}, text) when there is none that can be used."""
    match = _FRONT_MATTER.match(text)
    if match is None or len(match[1]) > _MAX_CHARS or _has_aliases(match[1]):
        return {}, text
    try:
        loaded = yaml.safe_load(match[1])
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, text
    if not isinstance(loaded, dict):
        return {}, text
    return {str(key): value for key, value in loaded.items()}, text[match.end() :]


def _has_aliases(source: str) -> bool:
    """Aliases can blow a few lines up to gigabytes; no real front matter needs them."""
    return "&" in source and any(_ALIAS.search(line) for line in source.split("\n"))
