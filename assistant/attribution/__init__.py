"""Attribution after generation: each drafted sentence is checked against the evidence."""

from assistant.attribution.check import Gate, Quote, Support, best_quote, check, context_of

__all__ = ["Gate", "Quote", "Support", "best_quote", "check", "context_of"]
