"""Whether the evidence answers the exact question: one probability, made of two probes.

Adversarial questions defeat words and vectors alike: signals made of them are at chance on
SQuAD 2. The model itself tells, if it is asked well: first, before anything is drafted, whether
the passage that comes nearest answers exactly this question (with worked examples of what does
not count), then, on the draft's own prompt, whether the draft is the correct answer. Knows no
index, and nothing of what is shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant import prompts
from assistant.evidence import SOURCE_NOTE, Evidence, Extract, Line
from assistant.lexical import Unit, content_terms, units
from assistant.parts import parts_of
from assistant.prompts import Message

Asker = Callable[[Sequence[Message]], float | None]
"""P(yes) of a yes-or-no prompt, or None when the model cannot tell."""

SOURCE_CHARACTERS = 1200
"""Most of a passage that is shown to the first probe: about 3 s of reading on two cores."""
WHOLE_CHARACTERS = 1800
"""The same with other lines of its document."""
STATED_ALONE, ALONE = 1.5, -0.2
STATED, CORRECT, BOTH = 1.3, 0.8, -0.6
"""Log-odds of an answer from those of the probes, fitted on both kinds weighted alike. Fitted with
one set left out, AUC there: squad2 .88 (n=78), clapnq .92 (n=78), our own .81 (n=69). The first
probe alone .88, .91 and .81, the second .72, .78 and .69."""
LEAST = 0.002
"""Probabilities closer to 0 or 1 than this count as this: a single probe cannot be surer."""
SURE = 0.5
"""P(yes) for one part of a question from which the other parts are not asked about."""
HOPELESS = 0.1
"""Below this the first probe alone is enough to refuse, before anything is drafted."""


@dataclass(frozen=True, slots=True)
class Decision:
    """``probability`` that the sources answer the question; None where nobody could say.

    ``stated`` is the probe before the draft, ``correct`` the one after it: P(yes) of each.
    """

    probability: float | None
    stated: float | None = None
    correct: float | None = None

    def hopeless(self, strictness: float) -> bool:
        """Whether drafting would be a waste: the likeliest passage speaks of something else."""
        least = min(HOPELESS, strictness)
        return self.probability is not None and self.probability < least

    def holds(self, strictness: float) -> bool:
        """Whether the passage answers, whatever was drafted from it; False where nobody could say.

        Then it can be quoted, though no drafted sentence stands.
        """
        alone = _decision(self.stated, None).probability
        return alone is not None and alone >= strictness

    def answered(self, strictness: float) -> bool:
        """Whether to answer: not if the probability is below ``strictness`` (0 to 1)."""
        return self.probability is None or self.probability >= strictness


def before(question: str, evidence: Evidence, ask: Asker | None, worded: str = "") -> Decision:
    """Whether the nearest passage of ``evidence`` answers ``question``: for before the draft.

    About 3 s of reading on two cores. Of a question in parts the likeliest part counts: no
    passage answers both, and what is said of the other part is checked sentence by sentence.
    Where the model is neither sure nor hopeless, it is asked once more with what else the
    evidence has of the same document, and in the words in which a translated question was put
    (``worded``); the better of both counts.
    """
    if ask is None or not evidence.extracts:
        return Decision(None)
    best, parts = Decision(None), parts_of(question)
    likeliest, shown = question, ""
    for part in parts or (question,):
        source = nearest(evidence, part if parts else "")
        found = _decision(ask(prompts.stated_messages(part, source)), None)
        if (found.probability or 0.0) >= (best.probability or 0.0):
            best, likeliest, shown = found, part, source
        if (best.stated or 0.0) >= SURE:
            return best
    if best.probability is not None and best.probability >= HOPELESS:
        whole = with_rest(evidence, shown, likeliest if parts else "")
        if worded or whole != shown:
            again = _decision(ask(prompts.stated_messages(worded or likeliest, whole)), None)
            best = max(best, again, key=lambda decision: decision.probability or 0.0)
    return best


def after(
    decision: Decision, drafted: Sequence[Message], draft: str, ask: Asker | None
) -> Decision:
    """``decision`` together with whether the model stands by ``draft``, its answer to ``drafted``.

    About 0.7 s, because the draft's prompt is still cached.
    """
    if ask is None or decision.stated is None or not draft.strip():
        return decision
    return _decision(decision.stated, ask(prompts.correct_messages(drafted, draft)))


def warm_up(ask: Asker) -> None:
    """Have the model read the worked examples, so that the first question need not wait."""
    ask(prompts.stated_messages("Who?", "Nobody."))


def _decision(stated: float | None, correct: float | None) -> Decision:
    if stated is None:
        return Decision(None, None, correct)
    if correct is None:
        score = STATED_ALONE * _log_odds(stated) + ALONE
    else:
        score = STATED * _log_odds(stated) + CORRECT * _log_odds(correct) + BOTH
    return Decision(1 / (1 + math.exp(-score)), stated, correct)


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, LEAST), 1 - LEAST)
    return math.log(bounded / (1 - bounded))


def nearest(evidence: Evidence, part: str = "") -> str:
    """The passage of the evidence's best line, under its title; of a table its chosen rows.

    The best line for ``part`` of the question has most of its words. A passage longer than
    ``SOURCE_CHARACTERS`` is cut around that line.
    """
    extract, line = _best(evidence, part)
    passage = extract.passage
    if " | " in line.unit.text:
        text = extract.text[:SOURCE_CHARACTERS]  # rows are only plain with their column names
    else:
        parts = units(passage.text, passage.document.language)
        at = next((i for i, unit in enumerate(parts) if unit.end >= line.unit.end), 0)
        text = _around(passage.text, parts, at)
    if passage.document.sources:
        text = SOURCE_NOTE.sub("", text)
    return f"{passage.document.title}: {text}".strip(": ")


def with_rest(evidence: Evidence, shown: str, part: str = "") -> str:
    """``shown``, the nearest passage, and the best other lines of its document, as they fit.

    What one passage begins another of the same document may answer.
    """
    nearest_extract, _ = _best(evidence, part)
    document = nearest_extract.passage.document
    others = (e for e in evidence.extracts if e is not nearest_extract)
    lines = [line for e in others if e.passage.document.id == document.id for line in e.lines]
    for line in sorted(lines, key=lambda line: -line.score):
        text = SOURCE_NOTE.sub("", line.text).strip()
        if text not in shown and len(shown) + 1 + len(text) <= WHOLE_CHARACTERS:
            shown = f"{shown} {text}"
    return shown


def _best(evidence: Evidence, part: str) -> tuple[Extract, Line]:
    """The best line for ``part`` of the question, or for all of it, and where it stands."""
    asked = set(content_terms(part))

    def merit(pair: tuple[Extract, Line]) -> tuple[int, float]:
        extract, line = pair
        framed = set(content_terms(f"{extract.heading} {line.text}")) if asked else set()
        return len(asked & framed), line.score

    return max(((e, line) for e in evidence.extracts for line in e.lines), key=merit)


def _around(text: str, parts: Sequence[Unit], at: int) -> str:
    """The units next to ``at``, on both sides in turn, as long as they fit."""
    if len(text) <= SOURCE_CHARACTERS or not parts:
        return text[:SOURCE_CHARACTERS]
    first = last = at
    while True:
        wider = [(first - 1, last), (first, last + 1)]
        fitting = [
            (low, high)
            for low, high in wider
            if low >= 0
            and high < len(parts)
            and parts[high].end - parts[low].start <= SOURCE_CHARACTERS
        ]
        if not fitting:
            return text[parts[first].start : parts[last].end][:SOURCE_CHARACTERS]
        first, last = min(fitting, key=lambda span: abs(at - span[0] - (span[1] - at)))
