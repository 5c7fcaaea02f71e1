"""Answers, events and documents as JSON data for programs.

Knows nothing of how they travel, but that Gradio's Python client takes every object with a
text under "path" for a file that it should download: what is at "path" elsewhere is at
"file" here.
"""

from __future__ import annotations

from collections.abc import Mapping
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


def without_paths(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON object that has a "file" wherever it or one in it had a "path"."""
    return {"file" if key == "path" else key: _inside(it) for key, it in record.items()}


def _inside(value: Any) -> Any:
    if isinstance(value, Mapping):
        return without_paths(value)
    return [_inside(it) for it in value] if isinstance(value, list | tuple) else value
