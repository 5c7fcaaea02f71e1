"""How likely a quote supports a sentence, as far as wording tells: a score in 0..1.

Three features in a logistic regression, fitted on two public sets of human verdicts
(ExpertQA: 712 claims of 131 questions; BEGIN: 1,885 replies to 460 texts; each set and each
verdict weighted alike, so the score is calibrated where half of the claims are true).
Knows nothing of gates: numbers, names and negation are settled elsewhere.

Balanced accuracy at 0.5, five folds by question: ExpertQA .61, BEGIN .87; word overlap, fitted
in the same way, .58 and .83. Fitted on one set and asked about the other: .58 and .83, word
overlap .55 and .80. What was tried and dropped is in docs/experiments/attribution.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Set

WEIGHT_COVERAGE = 2.85
"""Of the share of the sentence's content terms that the passage holds."""
WEIGHT_COSINE = 2.79
"""Of the cosine between sentence and quote (all-MiniLM-L6-v2)."""
WEIGHT_PERSONAL = -1.33
"""Of each first or second person word that the passage lacks: "I think you would like it"."""
INTERCEPT = -3.44
COSINE_UNKNOWN = 0.6
"""Stands for the cosine when no embedder is there: the mean over both sets."""
_PERSONAL = frozenset("i me my myself we us our you your".split())
_WORD = re.compile(r"[^\W\d_]+")


def score(coverage: float, cosine: float | None, personal: int) -> float:
    """The probability, in 0..1, that a quote of this likeness supports the sentence."""
    alike = COSINE_UNKNOWN if cosine is None else cosine
    logit = WEIGHT_COVERAGE * coverage + WEIGHT_COSINE * alike + WEIGHT_PERSONAL * personal
    return 1 / (1 + math.exp(-(logit + INTERCEPT)))


def personal_words(text: str) -> list[str]:
    """The first and second person words of ``text``, lower case, with repeats."""
    return [word for word in _WORD.findall(text.lower()) if word in _PERSONAL]


def unspoken(sentence: str, known: Set[str]) -> int:
    """How many of the sentence's first and second person words ``known`` lacks."""
    return sum(word not in known for word in personal_words(sentence))
