"""A second look at a sentence that uses words which its quote does not: the model says yes or no.

Numbers, dates and names are gated by ``assistant.attribution``; a verb is not, so "Tennessee
repealed its ban on 6 March" passed on a quote that announces the ban. The model that drafted
the sentence is a fair judge of it when it sees only quote and sentence. Knows nothing of
retrieval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant import prompts
from assistant.attribution import REPORTING, Gate, Support, context_of
from assistant.attribution.names import names
from assistant.evidence import SOURCE_NOTE
from assistant.lexical import content_terms

Verifier = Callable[[Sequence[prompts.Message]], float | None]
"""P(yes) of a yes-or-no prompt, or None when the model cannot tell."""

SURE = 0.85
"""Share of a sentence's words that its quote holds, from which no second look is needed."""
MIN_YES = 0.38
"""Least P(yes). Of 36 sentences with a quote (1.5B): inventions had .22, .28, .29 and .47, true
ones .40 to .96."""
SURER_YES = 0.5
"""Least P(yes) where the quote's passage lacks most of what the question asks about: the one
invention with .47 named a person for an office that no passage mentions."""
MOSTLY = 0.5
LONGEST_QUOTE = 1200
"""Characters: a longer quote costs seconds of prefill."""


def verified(sentence: str, support: Support, ask: Verifier | None, question: str = "") -> Support:
    """``support``, or none where the model denies that the quote says the sentence."""
    if ask is None or not support.supported or support.coverage >= SURE:
        return support
    quote = " ".join(quote.text for quote in support.quotes)[:LONGEST_QUOTE]
    yes = ask(prompts.verify_messages(sentence, quote))
    if yes is None or yes >= (MIN_YES if _about(question, support) else SURER_YES):
        return support
    return replace(support, quotes=(), gates=(*support.gates, Gate("verified", False)))


def _about(question: str, support: Support) -> bool:
    """Whether the quoted passages hold most of the question's words beside its names.

    The names of sources do not count: "Financial Times" says nothing of a financial officer.
    """
    of_names = {term for name in names(question) for term in content_terms(name)}
    asked = set(content_terms(question)) - of_names - REPORTING
    passages = (SOURCE_NOTE.sub("", context_of(quote.passage)) for quote in support.quotes)
    said = {term for passage in passages for term in content_terms(passage)}
    return len(asked & said) >= MOSTLY * len(asked)
