"""Which field of a card a number in a question belongs to: size, context or a score.

By the words after it, then those before it, then its unit. Knows nothing of comparisons.
"""

from __future__ import annotations

import re

from assistant.catalogue.annotate import Annotated, Number

LEAST_CONTEXT = 1000
"""Tokens: fewer are not the length of a context."""
MOST_CONTEXT = 100_000_000
"""Tokens: more are what a model was trained on."""
LEAST_BARE_CONTEXT = 4000
"""Tokens: from here on, a number without a unit can be nothing else."""
AWAKE = (
    r"(?:per|a|each|for each|for every) token|at a time|"
    r"wakes? up|lights? up|fires? up|switch(?:es)? on"
)
_WAKING = r"(?:wakes?|lights?|fires?|switch\w*|activat\w*|active)[^<]{0,40}$"
_COMPARED = r"(?:above|over|under|below|than|of|least|most)\s*$"
_CLAUSE = r"\b(?:and|but|with|released|licensed|that|which)\b|[,;]"


def field_of_number(
    marked: Annotated, before: str, after: str, on: re.Match[str] | None, number: Number
) -> str | None:
    """The field that ``number`` is compared with; None when the question does not tell.

    ``before`` and ``after`` are the text at its sides, ``on`` the benchmark named with it.
    """
    if on:
        return _score(marked, on[1])
    if re.search(r"\btotal\b[^<]{0,20}$", before):
        return "total_params_b"
    sized = re.search(_COMPARED, before) and not re.search(_WAKING, before)
    if re.search(AWAKE, marked.text) and number.unit and not (sized and "param" not in after):
        return "active_params_b"
    near = re.split(_CLAUSE, before)[-1]
    if re.search(r"activ|激活", after) or re.search(r"\bactiv\w*[^<]{0,40}$|激活[^<]*$", near):
        return "active_params_b"
    if re.search(r"param|参数", after):
        return "total_params_b"
    if re.search(r"token|context|window|words?|上下文|词元", after):
        fits = LEAST_CONTEXT <= number.plain <= MOST_CONTEXT
        return "context_tokens_approx" if fits else None
    scored = None if number.unit else re.search(r"<b(\d+)>[^<]{0,40}$", before)
    if scored and not re.search(r"(?:context|param)[^<]{0,40}$", near):
        return _score(marked, scored[1])
    return _field_before(near) or _field_by_unit(marked, number)


def _field_before(near: str) -> str | None:
    if re.search(r"(?:context|window|tokens?|上下文)[^<]{0,40}$", near):
        return "context_tokens_approx"
    if re.search(r"(?:param|参数|size)[^<]{0,40}$", near):
        return "total_params_b"
    return None


def _field_by_unit(marked: Annotated, number: Number) -> str | None:
    thousands = number.unit in ("k", "thousand", "万")
    millions = number.unit in ("m", "mn", "million", "百万")
    if thousands or (not number.unit and number.figure >= LEAST_BARE_CONTEXT):
        return "context_tokens_approx"
    if millions and "context" in marked.text:
        return "context_tokens_approx"
    if number.unit:
        return "total_params_b"
    scores = set(re.findall(r"<b(\d+)>", marked.text))
    return _score(marked, scores.pop()) if len(scores) == 1 else None


def _score(marked: Annotated, number: str) -> str:
    return f"benchmarks.{marked.entity(int(number), 'benchmark').value}"
