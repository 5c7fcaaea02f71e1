"""Comparisons with a model's own value: "larger than QwQ-32B", "beat GPT-4o on MMLU".

Knows nothing of that value, which ``decide`` looks up.
"""

from __future__ import annotations

from typing import Literal

from assistant.catalogue.reading import Reading, Than
from assistant.catalogue.remaining import Remaining

_BEATS = (
    r"(?:beat(?:s|ing)?|outperform(?:s|ing)?|outscor(?:e|es|ing)|surpass(?:es|ing)?|"
    r"top(?:s|ping)?|"
    r"(?:score[sd]? |scoring |do(?:es)? |perform[s]? |are |is )?(?:better|higher|more) than|"
    r"ahead of|超过|胜过|高于)"
)
_ON = r" (?:on|in|at) (?:the )?<b(?P<b>\d+)>"
_CONTEXT = r"context(?: length| window)?"
_THAN: tuple[tuple[str, str, Literal["<", ">"]], ...] = (
    (r"(?:larger|bigger|greater|heavier) than", "total_params_b", ">"),
    (r"(?:smaller|lighter) than", "total_params_b", "<"),
    (r"(?:newer|more recent|later) than|after|since", "release_date", ">"),
    (r"older than|(?:earlier|sooner) than|before|prior to", "release_date", "<"),
    (
        rf"(?:longer|larger|bigger) {_CONTEXT} than|longer than",
        "context_tokens_approx",
        ">",
    ),
    (rf"(?:shorter|smaller) {_CONTEXT} than|shorter than", "context_tokens_approx", "<"),
)


def read_than(reading: Reading, text: Remaining) -> None:
    """Comparisons with the one model that is named; with several named they are orders."""
    if text.models() == 1:
        _scores(reading, text)
    if text.models() == 1:
        _values(reading, text)


def _scores(reading: Reading, text: Remaining) -> None:
    for match, _ in text.take_all(rf"(?<![a-z]){_BEATS} <m(?P<m>\d+)>(?:'s score)?{_ON}"):
        benchmark = text.marked.entity(int(match["b"]), "benchmark").value
        model = text.marked.entity(int(match["m"]), "model").value
        reading.than.append(Than(f"benchmarks.{benchmark}", ">", model))
        reading.benchmarks.append(benchmark)


def _values(reading: Reading, text: Remaining) -> None:
    for pattern, name, operator in _THAN:
        whole = rf"(?<![a-z])(?:{pattern})(?: that of| those of)? <m(?P<m>\d+)>"
        for match, _ in text.take_all(whole):
            model = text.marked.entity(int(match["m"]), "model").value
            reading.than.append(Than(name, operator, model))
