"""Benchmark scores that a sentence or a table row gives.

Only a number tied to a benchmark's name is a score: "79.8 on AIME 2024", "MMLU of 90.8",
"scores 72.6". Knows nothing of cards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.check.benchmarks import NamedBenchmark, named_benchmarks
from corpus.check.dates import written_dates
from corpus.check.quantities import NUMBER, Claim

_CANDIDATE = re.compile(rf"(?<![\w.,$€£¥@-]){NUMBER}(?P<percent>\s?%| percent)?(?![\w]|[.,]\d)")
# Ratings on Codeforces start about here; smaller numbers beside the name are percentiles.
_LEAST_RATING = 400
# What a number counts when it is no score.
_COUNTS = re.compile(
    r"^\s*-?(?:tokens?|B|M|K|T|GB|GPUs?|billion|million|trillion|hours?|problems?|questions?|samples?|"
    r"tasks?|models?|runs?|times|points?|times|x\b|languages|January|February|March|April|May|June|"
    r"July|August|September|October|November|December|percentage|attempts?|instances|subjects|"
    r"choices|options|issues|repositories|categories|experts|levels?|shots?|prompts|users|people|"
    r"examples|companies|benchmarks|years|days|weeks|months|minutes|dollars|layers|sizes|answers|"
    r"scores?\b|domains|votes|steps|turns)\b",
    re.I,
)
# "Claude Sonnet 4": a number right after a name is part of it.
_NAME = re.compile(r"\b[A-Z][A-Za-z]+[\s-]\d+(?:\.\d+)?(?![\d.,%])")
_ON = re.compile(r"^\s*(?:\([^()]{0,20}\)\s*)?(?:on|in|for|at)\s+(?:the\s+)?$")
_OF = re.compile(
    r"^\s*(?:\([^()]{0,30}\))?\s*(?:(?:scores?|results?|rating|benchmark|accuracy|was|is|of|at|:|=|with|"
    r"resolved|a|about|the|single attempt|pass@1)\s*){0,4}\(?$"
)
_SCORES = re.compile(
    r"\b(?:scores?|scored|reach(?:es|ed)|gets?|got|achieves?|achieved|lists?|rated|gives?|reports?)\s"
    r"(?:\w+\s){0,2}$"
)


# Scores of another kind than a card holds: by vote, on the way, or over several tests.
OTHER_SCORE = re.compile(
    r"majority|consensus|\bcons@|\bmaj@|\bvot(?:e|es|ing)\b|during training|\brose\b|"
    r"improved? from|non-thinking|without (?:thinking|reasoning)|several attempts|"
    r"up from|averag|intermediate|pass@(?!1\b)\d|quanti[sz]|\bint[48]\b|\bFP8\b|with tools?\b",
    re.I,
)


def score_claims(text: str) -> Iterator[Claim]:
    """The scores in a sentence in which the names of models are masked."""
    named = named_benchmarks(text)
    if not named or OTHER_SCORE.search(text):
        return
    hidden = [(date.start, date.end) for date in written_dates(text)]
    hidden += [(one.start, one.end) for one in named]
    hidden += [match.span() for match in _NAME.finditer(text) if not named_benchmarks(match[0])]
    for match in _CANDIDATE.finditer(text):
        inside = any(start <= match.start() < end for start, end in hidden)
        value = float(re.sub(r"[^\d.]", "", match[0]))
        if inside or _COUNTS.match(text[match.end() :]) or 2016 < value < 2030:
            continue
        if value < _LEAST_RATING and any(one.name == "Codeforces rating" for one in named):
            continue
        tied = _tied(text, match, named)
        if tied or "." in match[0] or match["percent"] or _SCORES.search(text[: match.start()]):
            benchmarks = tied or tuple(dict.fromkeys(one.name for one in named))
            yield Claim(
                "score", *match.span(), match[0].strip(), (value,), benchmarks=benchmarks
            )  # fmt: skip


def _tied(text: str, match: re.Match[str], named: list[NamedBenchmark]) -> tuple[str, ...]:
    """The benchmark that a number stands right by: "79.8 on AIME24", "MMLU of 90.8"."""
    start, end = match.span()
    on = [one.name for one in named if one.start >= end and _ON.match(text[end : one.start])]
    of = [one.name for one in named if one.end <= start and _OF.match(text[one.end : start])]
    return tuple((on or of[::-1])[:1])
