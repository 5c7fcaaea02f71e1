"""What a visitor prefers, and the models of this machine, as plain values.

Preferences live in the visitor's browser, in cookies that the page's script writes: they come
with every event, outlast a restart of the server, and nothing is kept here. What does not fit
counts as not said. Knows nothing of HTML or Gradio.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from assistant.options import LANGUAGES, AskOptions
from assistant.settings import Settings
from assistant.types import Answer
from corpus.errors import InputError
from index import weights

EVIDENCE_COOKIE = "refdesk_evidence"
STRICTNESS_COOKIE = "refdesk_strictness"
LANGUAGE_COOKIE = "refdesk_language"
# What the page offers. Below 150 tokens a tenth of the answers is no longer in what the model
# reads; above 900 a question waits 10 s and more for the reading on two cores.
LEAST_EVIDENCE, MOST_EVIDENCE = 150, 900
REMEMBERED = 20  # answers whose speed is remembered


class HasSettings(Protocol):
    """A desk that says how it is set up."""

    @property
    def settings(self) -> Settings: ...


@dataclass(frozen=True, slots=True)
class ModelHere:
    """A language model on this machine; ``speed`` in tokens a second, where it was measured."""

    name: str
    developer: str
    parameters: str
    licence: str
    size: int | None
    in_use: bool
    speed: float | None = None


class Speeds:
    """How fast each model wrote its last answers. Thread-safe, shared by all visitors."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._seen: dict[str, deque[float]] = {}

    def note(self, answer: Answer | None) -> None:
        """Remember how fast ``answer`` was written, if it tells."""
        speed = answer.trace.get("tokens_per_second") if answer is not None else None
        if answer is None or not isinstance(speed, int | float) or not speed > 0:
            return
        with self._turn:
            self._seen.setdefault(answer.model, deque(maxlen=REMEMBERED)).append(float(speed))

    def of(self, model: str) -> float | None:
        """Tokens a second in the median of the last answers; None if there were none."""
        with self._turn:
            seen = self._seen.get(model)
            return median(seen) if seen else None


def options_of(cookies: Mapping[str, str]) -> AskOptions:
    """What the visitor's next question asks for itself."""
    evidence = cookies.get(EVIDENCE_COOKIE, "")
    within = evidence.isascii() and evidence.isdigit() and len(evidence) < 5
    within = within and LEAST_EVIDENCE <= int(evidence) <= MOST_EVIDENCE
    language = cookies.get(LANGUAGE_COOKIE, "")
    return AskOptions(
        int(evidence) if within else None,
        _share(cookies.get(STRICTNESS_COOKIE, "")),
        language if language in LANGUAGES else None,
    )


def _share(text: str) -> float | None:
    try:
        share = float(text[:8])
        AskOptions(strictness=share)
    except (ValueError, InputError):
        return None
    return share


def models_here(settings: Settings, speeds: Speeds) -> list[ModelHere]:
    """The language models whose files lie in the weights folder, the one in use first."""
    own = None if settings.base_url else settings.model
    rows = [row for row in weights.listing(settings.weights) if row.kind == "llm" and row.here]
    found = [
        ModelHere(
            row.name,
            row.developer,
            row.parameters,
            row.licence,
            row.size,
            row.name == own,
            speeds.of(row.name),
        )
        for row in rows
    ]
    return sorted(found, key=lambda model: not model.in_use)
