"""Documents gathered until there are enough to be stored together. Knows nothing of stores."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.prepare import Prepared


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be gathered before it is stored."""

    chunks: int
    documents: int = sys.maxsize
    seconds: float = math.inf


def groups(prepared: Iterable[Prepared], limits: Limits) -> Iterator[list[Prepared]]:
    """Documents gathered until a limit is reached; no document twice in a group."""
    group: dict[str, Prepared] = {}
    chunks, began = 0, time.monotonic()
    for one in prepared:
        full = chunks >= limits.chunks or len(group) >= limits.documents
        late = time.monotonic() - began > limits.seconds
        if group and (full or late or one.document.info.id in group):
            yield list(group.values())
            group, chunks, began = {}, 0, time.monotonic()
        group[one.document.info.id] = one
        chunks += len(one.chunks)
    if group:
        yield list(group.values())
