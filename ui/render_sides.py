"""What an answer shows beside its sentences: sides that differ, and a question back.

Every string goes through ``escaped``. Pure functions; knows nothing of Gradio or of how sources
are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.clarify import readings
from assistant.types import Answer, Disagreement, Sentence, Side
from ui.markup import escaped, shortened

Markers = Callable[[Sequence[int]], str]
"""Makes the citation markers of some numbers."""

DIFFER = "Sources give different answers"
PERHAPS = "Sources give different answers, perhaps about different things of that name"


def stated_sentences(answer: Answer) -> tuple[Sentence, ...]:
    """Return the sentences before those that tell the sides of ``answer.disagreements``.

    All of them where the last ones are not, one by one, what the sides say.
    """
    sides = [side for one in answer.disagreements for side in one.sides]
    stated, told = _split(answer.sentences, len(sides))
    pairs = zip(told, sides, strict=False)
    agree = len(told) == len(sides) and all(
        side.value in sentence.text and side.citations == sentence.citations
        for sentence, side in pairs
    )
    return stated if agree else answer.sentences


def _split(
    sentences: tuple[Sentence, ...], last: int
) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
    cut = max(len(sentences) - last, 0)
    return sentences[:cut], sentences[cut:]


def sides_block(disagreement: Disagreement, markers: Markers) -> str:
    """Return the values that sources give, one beside the other, each with its sources."""
    head = PERHAPS if disagreement.ambiguous else DIFFER
    sides = "".join(_side(side, markers, disagreement.ambiguous) for side in disagreement.sides)
    return (
        f'<section class="sides" aria-label="{escaped(head)}"><p class="sides-head">{head}</p>'
        f"<ul>{sides}</ul></section>"
    )


def _side(side: Side, markers: Markers, ambiguous: bool) -> str:
    day = escaped((side.published or "")[:10])
    facts = [escaped(shortened(side.about, 120)), f'<span class="day">{day}</span>' if day else ""]
    if side.sources > 1 and not ambiguous:
        facts.append(f'<span class="day">{side.sources:d} sources</span>')
    meta = " · ".join(filter(None, facts))
    return (
        f'<li><span class="side-value" dir="auto">{escaped(side.value)}'
        f'{markers(side.citations)}</span><span class="side-meta" dir="auto">{meta}</span></li>'
    )


def question_back(answer: Answer) -> str:
    """Return what is asked back, with what may be meant as buttons that ask it."""
    options = "".join(
        f'<button type="button" class="suggestion" data-act="ask" data-while-idle'
        f' data-question="{escaped(question)}">{escaped(reading)}</button>'
        for reading, question in readings(answer.question, answer.clarification or "")
    )
    buttons = f'<div class="suggestions" role="group">{options}</div>' if options else ""
    return (
        f'<div class="answer asks-back"><p dir="auto">{escaped(answer.clarification or "")}</p>'
        f"{buttons}</div>"
    )
