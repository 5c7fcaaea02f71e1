"""What was brought of a source that holds several documents on a server.

Knows nothing of servers, nor of the index.
"""

from __future__ import annotations

from dataclasses import dataclass

from corpus.sources import SourceFile


@dataclass(frozen=True, slots=True)
class Gathered:
    """The files of a source as they are kept; None if it was never read.

    ``problem``: why there is nothing newer. ``failed`` are documents that cannot be read: id,
    place and reason. ``note`` tells what was left out on purpose.
    """

    files: tuple[SourceFile, ...] | None
    problem: str | None = None
    failed: tuple[tuple[str, str, str], ...] = ()
    note: str | None = None
