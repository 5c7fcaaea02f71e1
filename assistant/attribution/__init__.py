"""Attribution after generation: each drafted sentence is checked against the evidence."""

from assistant.attribution.check import (
    REPORTING,
    Gate,
    Quote,
    Similarity,
    Support,
    best_quote,
    check,
)
from assistant.attribution.windows import context_of

__all__ = [
    "REPORTING",
    "Gate",
    "Quote",
    "Similarity",
    "Support",
    "best_quote",
    "check",
    "context_of",
]
