"""Seconds since a question arrived, noted once per stage. Knows nothing of the stages."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from assistant.types import Timings


@dataclass(slots=True)
class Clock:
    """Starts when it is made."""

    started: float = field(default_factory=time.perf_counter)
    noted: dict[str, float] = field(default_factory=dict)

    def now(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.started

    def note(self, stage: str) -> None:
        """Note the time of ``stage``, if it has none yet."""
        self.noted.setdefault(stage, self.now())

    def timings(self) -> Timings:
        """What was noted, as the answer tells it."""
        noted, total = self.noted, self.now()
        rewritten, searched = noted.get("rewrite", 0.0), noted.get("search", 0.0)
        drafted, judged = noted.get("draft"), noted.get("judged", searched)
        return Timings(
            rewrite=round(rewritten, 4),
            search=round(max(searched - rewritten, 0.0), 4),
            first_evidence=_rounded(noted.get("evidence")),
            first_token=_rounded(noted.get("token")),
            judge=_rounded(judged - searched if "judged" in noted else None),
            draft=_rounded(None if drafted is None else drafted - judged),
            check=_rounded(None if drafted is None else total - drafted),
            total=round(total, 4),
        )


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 4)
