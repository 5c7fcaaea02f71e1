"""How a model or an author of the Hub is named: ``hub:author`` or ``hub:author/model``.

Knows nothing of what the Hub says of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.errors import InputError

PREFIX = "hub:"
_PAGES = re.compile(r"(?i)^https?://(?:www\.)?(?:huggingface\.co|hf\.co)/")
_PART = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?"
_NAME = re.compile(rf"({_PART})(?:/({_PART}))?")


@dataclass(frozen=True, slots=True)
class HubPlace:
    """An author of the Hub, or one of its models."""

    author: str
    model: str | None = None

    @property
    def location(self) -> str:
        """As it is declared: ``hub:author/model``."""
        return PREFIX + (f"{self.author}/{self.model}" if self.model else self.author)


def is_hub_location(location: str) -> bool:
    """Whether ``location`` is meant as a place on the Hub."""
    return location.strip().lower().startswith(PREFIX)


def hub_place(location: str) -> HubPlace:
    """The place that ``location`` names, or the address of its page; raises InputError."""
    text = _PAGES.sub("", location.strip()).rstrip("/")
    text = text[len(PREFIX) :] if is_hub_location(text) else text
    match = _NAME.fullmatch(text)
    if match is None or ".." in text or "--" in text:
        raise InputError(
            f"{location[:120]!r} is no model or author of the Hub; write hub:author/model or "
            "hub:author."
        )
    return HubPlace(match[1], match[2])


def is_model_id(text: str) -> bool:
    """Whether ``text`` can be the id of a model: ``author/model``."""
    match = _NAME.fullmatch(text)
    return match is not None and match[2] is not None
