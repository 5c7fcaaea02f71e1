"""An answer's events as JSON data for programs.

Knows nothing of how they travel.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from assistant.types import Answered, Checked, Draft, Event, EvidenceFound, Rewritten, Thinking

KINDS: dict[type[Any], str] = {
    Rewritten: "rewritten",
    EvidenceFound: "evidence",
    Thinking: "thinking",
    Draft: "draft",
    Checked: "checked",
    Answered: "answer",
}


def event_json(event: Event) -> dict[str, Any]:
    """Return an event as JSON data: its ``type`` and its own fields."""
    return {"type": KINDS.get(type(event), type(event).__name__.lower()), **asdict(event)}
