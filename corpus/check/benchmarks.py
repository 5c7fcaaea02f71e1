"""The one list of benchmark names that cards use, and how texts write them.

Knows nothing of scores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.cards import ModelCard
from corpus.check.finding import Finding

# Name in cards -> other spellings that mean the same. A new benchmark is a line here.
BENCHMARKS: dict[str, tuple[str, ...]] = {
    "AIME24": ("AIME 2024", "AIME'24", "AIME-24", "AIME 24"),
    "AIME25": ("AIME 2025", "AIME'25", "AIME-25", "AIME 25"),
    "AIME26": ("AIME 2026", "AIME'26", "AIME 26"),
    "AlpacaEval 2.0": ("AlpacaEval2.0", "AlpacaEval 2", "AlpacaEval 2.0 LC"),
    "Arena-Hard": ("ArenaHard", "Arena Hard", "Arena-Hard v1", "Arena-Hard-Auto"),
    "Arena-Hard v2": ("Arena-Hard-v2", "ArenaHard v2"),
    "BBH": ("BIG-Bench Hard", "Big-Bench-Hard"),
    "BFCL": ("Berkeley Function-Calling Leaderboard",),
    "BFCL v3": ("BFCL-v3",),
    "BFCL v4": ("BFCL-v4",),
    "BrowseComp": ("Browse Comp",),
    "C-Eval": ("CEval",),
    "C-SimpleQA": ("Chinese SimpleQA",),
    "CMMLU": (),
    "CNMO 2024": ("CNMO24",),
    "Codeforces rating": ("Codeforces", "CodeForces", "Codeforces Elo"),
    "DROP": (),
    "FRAMES": (),
    "GPQA": (),
    "GPQA-Diamond": ("GPQA Diamond", "GPQA-D"),
    "GSM8K": ("GSM-8K",),
    "HLE": ("Humanity's Last Exam", "Humanity’s Last Exam"),
    "HMMT Feb 2025": ("HMMT February 2025", "HMMT25", "HMMT 2025", "HMMT Feb. 2025"),
    "HMMT Nov 2025": ("HMMT November 2025", "HMMT Nov. 2025"),
    "HumanEval": ("Human-Eval",),
    "HumanEval+": ("HumanEval-Plus", "HumanEval Plus"),
    "IFEval": ("IF-Eval",),
    "IMO-AnswerBench": ("IMO AnswerBench", "IMOAnswerBench"),
    "LiveBench": (),
    "LiveCodeBench": ("LCB", "Live CodeBench"),
    "LiveCodeBench v6": ("LiveCodeBench-v6", "LCB v6"),
    "MATH": (),
    "MATH-500": ("MATH500", "MATH 500"),
    "MathVista": (),
    "MBPP": (),
    "MBPP+": ("MBPP Plus",),
    "MMLU": (),
    "MMLU-Pro": ("MMLU Pro",),
    "MMLU-Redux": ("MMLU Redux",),
    "MMMLU": (),
    "MMMU": (),
    "MMMU-Pro": ("MMMU Pro",),
    "MT-Bench": ("MTBench",),
    "Multi-IF": ("MultiIF",),
    "OlympiadBench": (),
    "RULER": (),
    "SimpleQA": ("Simple QA",),
    "SuperGPQA": ("Super-GPQA",),
    "SWE-bench Multilingual": ("SWE-bench-Multilingual",),
    "SWE-bench Pro": ("SWE-bench-Pro",),
    "SWE-bench Verified": ("SWE-bench-Verified", "SWE Verified", "SWE-Verified", "SWE-bench"),
    "tau-bench": ("τ-bench",),
    "tau2-bench": ("τ²-bench", "τ2-bench", "Tau2-Bench"),
    "Terminal-Bench": ("TerminalBench",),
    "Terminal-Bench 2.0": ("TerminalBench 2.0", "Terminal-Bench 2"),
    "Terminal-Bench 2.1": ("TerminalBench 2.1",),
    "Terminal-Bench 3.0": ("TerminalBench 3.0",),
}


@dataclass(frozen=True, slots=True)
class NamedBenchmark:
    """A benchmark named at ``text[start:end]``."""

    name: str
    start: int
    end: int


def _pattern(name: str) -> str:
    """``name`` with spaces and hyphens that may be either."""
    return re.sub(r"(?:\\ |\\-|\s|-)+", r"[\\s-]?", re.escape(name))


_CANONICAL = {
    spelling.casefold(): name for name, others in BENCHMARKS.items() for spelling in (name, *others)
}
_LONGEST_FIRST = sorted(
    ((name, spelling) for name, others in BENCHMARKS.items() for spelling in (name, *others)),
    key=lambda pair: -len(pair[1]),
)
# "MATH" and "DROP" are words unless in capitals, so case counts.
_NAMED = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(f"({_pattern(spelling)})" for _, spelling in _LONGEST_FIRST)
    + r")(?![\w+]|-[A-Za-z])"
)


def named_benchmarks(text: str) -> list[NamedBenchmark]:
    """The benchmarks that ``text`` names, in order, under their names in cards."""
    return [
        NamedBenchmark(_LONGEST_FIRST[match.lastindex - 1][0], match.start(), match.end())
        for match in _NAMED.finditer(text)
        if match.lastindex
    ]


def canonical(name: str) -> str | None:
    """The name in cards of a benchmark that is written ``name``, or None if it is not known."""
    return _CANONICAL.get(name.casefold())


def without_version(name: str) -> str:
    """A benchmark's name without its version: LiveCodeBench v6 is LiveCodeBench."""
    return re.sub(r"\s+v?\d(?:\.\d)?$", "", name)


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()


_FOLDED = {_folded(spelling): name for spelling, name in _CANONICAL.items()}


def check_benchmarks(cards: list[tuple[Path, ModelCard]]) -> Iterator[Finding]:
    """Benchmark names that are not in the list, or are another spelling of one that is."""
    for path, card in cards:
        for name in card.benchmarks:
            place = f"{card.id}.benchmarks.{name}"
            listed = _FOLDED.get(_folded(name))
            if listed is None:
                text = f"{name!r} is not in the list of benchmarks (corpus/check/benchmarks.py)"
                yield Finding("warning", path.name, place, "benchmarks", text)
            elif listed != name:
                text = f"write {name!r} as {listed!r}"
                yield Finding("error", path.name, place, "benchmarks", text)
