"""Evidence: the best sentences of the best passages, packed into a token budget.

Prompt length decides the wait on a CPU, so whole chunks are not sent: each passage gives
the sentences or rows that share weight with the question, in document order, under its
title and headings, a table row with its column names. Knows no index and no model; who has
an embedder may pass its function.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.attribution.tables import cells_of, columns_of, spelled_out
from assistant.hostile import instructs
from assistant.lexical import Unit, bare, content_terms, units
from index.fulltext import cjk_share
from index.search import CJK_QUESTION
from index.types import Passage

# Share of the answers held at 250, 320 and 450 tokens, mean of six sets (docs/experiments/
# packing.md): rank alone .907 .930 .952; so .911 .932 .950; with cosines .922 .943 .964.
RANK_WEIGHT = 0.3
"""How much a passage's rank counts beside its sentences' overlap with the question."""
SCORE_WEIGHT = 0.5
"""How much a passage's search score counts, as a share of the best passage's."""
MEANING_WEIGHT = 0.6
"""How much a unit's cosine to the question counts, where there is an embedder."""
NEIGHBOUR_SHARE = 0.2
"""A sentence inherits this share of the better of its two neighbours' overlap."""
MAX_PASSAGES = 12
"""Passages whose units compete for the budget."""
READ_PASSAGES = 8
"""Passages whose units are embedded: 36 sentences in the median. The rest get the median."""

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Unit vectors of texts, a row each."""

SOURCE_NOTE = re.compile(r"\s?\((?:sources?)(?: of the table)?: (?P<labels>[^()]{1,400})\)")
"""How curated documents name where a fact is from; its labels are ``DocumentInfo.sources``."""


@dataclass(frozen=True, slots=True)
class Line:
    """A chosen unit of a passage, and how the model reads it (rows are spelled out).

    ``overlap`` is the share of the question's weighted terms in the unit and its frame,
    ``cosine`` its nearness to the question (None without an embedder), ``score`` what it was
    chosen by: comparable within one question only.
    """

    unit: Unit
    text: str
    overlap: float
    cosine: float | None = None
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Extract:
    """The chosen units of one passage, in document order; offsets are within its text."""

    passage: Passage
    lines: tuple[Line, ...]

    @property
    def heading(self) -> str:
        """Title and heading path on one line, without repeats."""
        trail = [self.passage.document.title, *self.passage.chunk.heading_path]
        return " › ".join(dict.fromkeys(part for part in trail if part))

    @property
    def text(self) -> str:
        """What the model reads of the passage."""
        return "\n".join(line.text for line in self.lines)

    @property
    def span(self) -> tuple[int, int]:
        """Character range in the document from the first to the last chosen unit."""
        start = self.passage.chunk.start
        return start + self.lines[0].unit.start, start + self.lines[-1].unit.end


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the draft is written from; ``overlap`` is the best unit's share of the question.

    ``tokens`` is the estimated prompt cost of the extracts.
    """

    extracts: tuple[Extract, ...]
    tokens: int
    overlap: float

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every chosen line, best first."""
        lines = (line for extract in self.extracts for line in extract.lines)
        return tuple(sorted(lines, key=lambda line: -line.score))

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages behind the extracts, best first."""
        return tuple(extract.passage for extract in self.extracts)


@dataclass(frozen=True, slots=True)
class _Candidate:
    rank: int
    line: Line
    passage: Passage


_WORDS = re.compile(r"[^\W\d_]+|\d|[^\w\s]|_")
_WHOLE_WORD = 7
"""Letters up to which an ordinary word is usually one token; about four more make another."""


def estimate_tokens(text: str) -> int:
    """Tokens of ``text`` for a Qwen-like vocabulary: each digit and symbol is one token.

    Against Qwen2.5's tokenizer over 200 passages: 1.05 of it for prose, 0.86 for tables,
    0.93 for Chinese.
    """
    return math.ceil(sum(map(_pieces, _WORDS.findall(text))))


def _pieces(word: str) -> float:
    if not word[0].isascii():
        return 0.7 * len(word)
    if not word[0].isalpha():
        return 1.0 if word.isdigit() else 0.8
    if not word[1:].islower() and len(word) > 2:  # DeepSeek, MMLU: seldom in a vocabulary
        return len(word) / 2.5
    return 1.0 + max(0, len(word) - _WHOLE_WORD) / 4


def pack(
    question: str, passages: Sequence[Passage], budget: int, encode: Encode | None = None
) -> Evidence:
    """Choose units of ``passages`` (best first) that fit ``budget`` tokens.

    ``encode``, if given, is called once with the question and the units of the first passages;
    it raises the share of answers held by .013 at 250 tokens, which is worth 40 tokens.
    """
    candidates = _score(question, passages[:MAX_PASSAGES], encode)
    chosen, spent = _fill(candidates, budget)
    extracts = tuple(_extracts(chosen))
    return Evidence(extracts, spent, max((c.line.overlap for c in candidates), default=0.0))


def _score(question: str, passages: Sequence[Passage], encode: Encode | None) -> list[_Candidate]:
    split = [units(p.text, p.document.language) for p in passages]
    weights = _term_weights(question, [u.text for parts in split for u in parts])
    near = _nearness(question, split, encode)
    best = max((p.score for p in passages), default=0.0)
    found: list[_Candidate] = []
    for rank, (passage, parts) in enumerate(zip(passages, split, strict=True)):
        own = _overlaps(passage, parts, weights)
        standing = RANK_WEIGHT / (1 + rank) + SCORE_WEIGHT * _share(passage.score, best)
        for i, unit in enumerate(parts):
            if _heads_rows(passage, unit, parts[i + 1 : i + 2]):
                continue  # its rows are read with their column names
            if instructs(unit.text, question):
                continue  # speaks to a model, not to a reader
            around = max(own[max(0, i - 1) : i] + own[i + 1 : i + 2], default=0.0)
            cosine = near[rank][i] if near else None
            score = own[i] + NEIGHBOUR_SHARE * around + standing + MEANING_WEIGHT * (cosine or 0.0)
            text = _as_read(passage, unit, weights.keys())
            found.append(_Candidate(rank, Line(unit, text, own[i], cosine, score), passage))
    return found


def _overlaps(passage: Passage, parts: Sequence[Unit], weights: dict[str, float]) -> list[float]:
    path = " ".join((passage.document.title, *passage.chunk.heading_path, passage.header))
    frame = set(content_terms(path))
    return [_overlap(frame.union(content_terms(unit.text)), weights) for unit in parts]


def _share(score: float, best: float) -> float:
    return max(score, 0.0) / best if best > 0 else 1.0


def _nearness(
    question: str, split: Sequence[Sequence[Unit]], encode: Encode | None
) -> list[list[float]]:
    """The cosine of each unit of each passage to the question; [] where no embedder can tell."""
    read = [unit.text for parts in split[:READ_PASSAGES] for unit in parts]
    if encode is None or not read or cjk_share(question) > CJK_QUESTION:
        return []
    vectors = encode([question, *read])
    cosines = [float(cosine) for cosine in vectors[1:] @ vectors[0]]
    middling, left = float(np.median(cosines)), iter(cosines)
    return [[next(left, middling) for _ in parts] for parts in split]


def _heads_rows(passage: Passage, unit: Unit, following: list[Unit]) -> bool:
    cells = cells_of(unit.text)
    return len(cells) > 2 and any(columns_of(passage, u.text) == cells for u in following)


def _as_read(passage: Passage, unit: Unit, asked: Set[str]) -> str:
    """A unit as the model reads it: rows spelled out, source notes left to the citation."""
    text = _spelled(passage, unit, asked)
    return SOURCE_NOTE.sub("", text) if passage.document.sources else text


def _spelled(passage: Passage, unit: Unit, asked: Set[str]) -> str:
    if len(cells_of(unit.text)) < 3 and not passage.header:
        return unit.text
    columns = columns_of(passage, unit.text)
    return spelled_out(unit.text, columns, asked) if columns else unit.text


def _term_weights(question: str, texts: Sequence[str]) -> dict[str, float]:
    """Inverse document frequency of the question's terms over the candidate units."""
    counts = Counter(term for text in texts for term in set(content_terms(text)))
    return {
        term: math.log(1 + (len(texts) + 1) / (counts[term] + 1))
        for term in set(content_terms(question))
    }


def _overlap(terms: set[str], weights: dict[str, float]) -> float:
    total = sum(weights.values())
    return sum(weights[term] for term in weights.keys() & terms) / total if total else 0.0


def _fill(candidates: list[_Candidate], budget: int) -> tuple[list[_Candidate], int]:
    chosen: list[_Candidate] = []
    opened: set[int] = set()
    read: set[tuple[str, str]] = set()
    spent = 0
    for candidate in sorted(candidates, key=lambda c: -c.line.score):
        said = candidate.passage.document.title, bare(candidate.line.text)
        if said in read:
            continue  # a copy; under another title the same words are of something else
        cost = estimate_tokens(candidate.line.text) + 1
        if candidate.rank not in opened:
            cost += _opening_cost(candidate.passage)
        if spent + cost > budget and chosen:
            continue
        chosen.append(candidate)
        opened.add(candidate.rank)
        read.add(said)
        spent += cost
    return chosen, spent


def _opening_cost(passage: Passage) -> int:
    path = (passage.document.title, *passage.chunk.heading_path)
    return estimate_tokens(" ".join(path)) + 4


def _extracts(chosen: list[_Candidate]) -> list[Extract]:
    ranks = sorted({candidate.rank for candidate in chosen})
    groups = [[c for c in chosen if c.rank == rank] for rank in ranks]
    return [
        Extract(
            group[0].passage,
            tuple(sorted((c.line for c in group), key=lambda line: line.unit.start)),
        )
        for group in groups
    ]


__all__ = [
    "SOURCE_NOTE",
    "Encode",
    "Evidence",
    "Extract",
    "Line",
    "estimate_tokens",
    "pack",
]
