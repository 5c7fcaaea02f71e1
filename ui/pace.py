"""How far something is and how long it still takes, in words, no finer than it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.types import Reindex, Status


def standing_changes(status: Status) -> list[str]:
    """What of the index a change of embedder or of refdesk itself still has to make anew."""
    lines = [_reindex(status.reindex)] if status.reindex is not None else []
    if status.outdated:
        lines.append(f"{status.outdated:,} documents were read by another version of refdesk; "
                     "the next refresh reads them again")  # fmt: skip
    return lines


def share(change: Reindex) -> int:
    """The percentage of the passages that have their new vectors, rounded down."""
    return 100 * change.done // change.total if change.total else 100


def _reindex(change: Reindex) -> str:
    counts = f"{change.done:,} of {change.total:,} passages"
    far = f"{counts} have vectors of the new embedder ({share(change)} %)"
    if not change.running:
        far += ", the next refresh goes on"
    elif change.seconds_left is not None:
        far += f", {about(change.seconds_left)} left"
    if change.answers == "former":
        return f"{far}; until then the vectors of {change.former} answer"
    return f"{far}; until then words and the new vectors answer, for {change.reason}"


def about(seconds: float) -> str:
    """A length of time as one says it, no finer than it is known."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"about {round(seconds, -1):.0f} s"
    if seconds < 5400:
        return f"about {seconds / 60:.0f} min"
    return f"about {seconds / 3600:.1f} h"
