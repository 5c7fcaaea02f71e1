"""Names in a question set right before it is searched for.

"Deep AI 1" becomes DeepSeek-R1, "Qwen3 32b" Qwen3-32B and "Deepsek" DeepSeek, so that search,
prompt and checks all speak of what the corpus speaks of. A name that is merely short for the
full one ("R1", "Alibaba") stays as it is, for it stands in the documents like that too.
"""

from __future__ import annotations

import re

from index.linking import Entity, Link, Linker

_KINDS = ("model", "family", "line", "developer", "topic", "benchmark")
_BRACKETS = re.compile(r"\s*\([^)]*\)$")


def canonical(question: str, linker: Linker) -> str:
    """``question`` with each name that the corpus writes otherwise replaced by its own."""
    for link in reversed(linker.find(question)):
        if better := _better(question[link.start : link.end], link):
            question = question[: link.start] + better + question[link.end :]
    return question


def _better(written: str, link: Link) -> str | None:
    """What to write instead, or None to leave the name alone."""
    entities = [entity for kind in _KINDS for entity in link.of(kind)]  # type: ignore[arg-type]
    if not entities:
        return None
    names = dict.fromkeys(_plain_name(entity) for entity in entities)
    if any(_alike(written, name) for name in names):
        return next((n for n in names if _same(written, n)), None)
    # Standing for several models at once, or being the bare name of one: better left alone.
    return next(iter(names)) if len({entity.value for entity in entities}) == 1 else None


def _plain_name(entity: Entity) -> str:
    """The name without what stands in brackets after it: Alibaba (Qwen team)."""
    return _BRACKETS.sub("", entity.name)


def _same(written: str, name: str) -> bool:
    """Whether two spellings differ in case, spaces and hyphens only, and do differ."""
    return written != name and _folded(written) == _folded(name)


def _alike(written: str, name: str) -> bool:
    """Whether one contains the other: a short form, which documents use as well."""
    a, b = _folded(written), _folded(name)
    return a in b or b in a


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
