"""Attribution after generation: each drafted sentence is checked against the evidence."""

from assistant.attribution.check import best_quote, check
from assistant.attribution.claims import REPORTING
from assistant.attribution.verdicts import Entailment, Gate, Quote, Similarity, Support
from assistant.attribution.windows import context_of

__all__ = [
    "REPORTING",
    "Entailment",
    "Gate",
    "Quote",
    "Similarity",
    "Support",
    "best_quote",
    "check",
    "context_of",
]
