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
_ON = re.compile(r"^\s*(?:\([^()]{0,20}\)\s*)?(?:on|in|for|at)\s+(?:the\s+)?$")
_OF = re.compile(
    r"^\s*(?:\([^()]{0,30}\))?\s*(?:(?:scores?|results?|rating|benchmark|accuracy|was|is|of|at|:|=|with|"
    r"resolved|a|about|the|single attempt|pass@1)\s*){0,4}\(?$"
)
_SCORES = re.compile(
    r"\b(?:scores?|scored|reach(?:es|ed)|gets?|got|achieves?|achieved|lists?|rated|gives?|reports?)\s"
    r"(?:\w+\s){0,2}$"
)


def score_claims(text: str, masked: list[tuple[int, int]]) -> Iterator[Claim]:
    """The scores in a sentence; numbers inside ``masked`` (model names) are none."""
    named = named_benchmarks(text)
    if not named:
        return
    dates = [(date.start, date.end) for date in written_dates(text)]
    hidden = [*masked, *dates, *((one.start, one.end) for one in named)]
    for match in _CANDIDATE.finditer(text):
        inside = any(start <= match.start() < end for start, end in hidden)
        value = float(re.sub(r"[^\d.]", "", match[0]))
        if inside or _COUNTS.match(text[match.end() :]) or 2016 < value < 2030:
            continue
        if "." in match[0] or match["percent"] or _tied(text, match, named):
            benchmarks = tuple(dict.fromkeys(one.name for one in named))
            yield Claim(
                "score", match.start(), match.end(), match[0].strip(), (value,),
                benchmarks=benchmarks,
            )  # fmt: skip


def _tied(text: str, match: re.Match[str], named: list[NamedBenchmark]) -> bool:
    """Whether a whole number stands right by a benchmark's name, or is said to be scored."""
    if _SCORES.search(text[: match.start()]):
        return True
    return any(
        _ON.match(text[match.end() : one.start]) or _OF.match(text[one.end : match.start()])
        for one in named
    )
