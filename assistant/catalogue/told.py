"""What the catalogue tells of a question, and how it joins what the passages tell.

A question wholly about model metadata is answered here; one that asks for a reason as well
keeps its table and sentence, and the rest goes on to search. Pure functions of both answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from assistant.catalogue.answer import Composed
from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.fallback import Chooser, Nearness
from assistant.catalogue.understand import Understood
from assistant.types import Answer, Citation, Disagreement, Sentence

SHOWN_FIRST = 8
"""Model cards shown as evidence before the answer; the table cites the others."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the catalogue said (None: nothing), and what is left to search for."""

    composed: Composed | None
    rest: str
    notice: str | None = None

    @property
    def evidence(self) -> tuple[Citation, ...]:
        """The first cards cited, to be shown before anything is drafted."""
        return self.composed.citations[:SHOWN_FIRST] if self.composed else ()

    @property
    def complete(self) -> bool:
        """Whether nothing is left to search for."""
        return self.composed is not None and not self.rest


def tell(
    catalogue: Catalogue | None,
    question: str,
    as_of: str | None,
    near: Nearness | None = None,
    choose: Chooser | None = None,
) -> Told:
    """Ask the catalogue first; the rest of the question has its names set right.

    ``near`` and ``choose`` help with a few words that no rule knows.
    """
    if catalogue is None:
        return Told(None, question)
    today = datetime.now(UTC).date().isoformat()
    understood = catalogue.understand(question, today, near, choose)
    composed = catalogue.answer(understood.decision, as_of) if understood else None
    if understood is None or composed is None or _in_vain(understood, composed):
        return Told(None, catalogue.canonical(question))
    notice = GUESSED if understood.guessed else None
    return Told(composed, catalogue.canonical(understood.rest), notice)


GUESSED = "Some words of this question were read by likeness: check the conditions that are told."


def _in_vain(understood: Understood, composed: Composed) -> bool:
    """Whether nothing was found, perhaps because the cards tell it otherwise.

    A guess may be wrong, and a distilled model's base is not the one it was distilled from.
    """
    by_base = any(c.field == "base_model" for c in understood.decision.query.conditions)
    return not composed.found and (understood.guessed or by_base)


def tell_more(
    catalogue: Catalogue | None, question: str, earlier: Sequence[str], as_of: str | None
) -> Told | None:
    """What the catalogue says to a follow-up on a list of models ("which of those are MIT?")."""
    if catalogue is None or not earlier:
        return None
    today = datetime.now(UTC).date().isoformat()
    decision = catalogue.follow_up(question, earlier, today)
    composed = catalogue.answer(decision, as_of) if decision else None
    return Told(composed, "") if composed is not None else None


def answer_of(composed: Composed, question: str, notice: str | None = None) -> Answer:
    """A catalogue answer by itself; one that found no model says so and is no answer."""
    return Answer(
        status="answered" if composed.found else "not_in_corpus",
        question=question,
        standalone_question=question,
        text=_written(composed.sentences),
        sentences=composed.sentences if composed.found else (),
        citations=composed.citations,
        table=composed.table,
        notice=notice,
        trace={"catalogue": composed.table.query},
    )


def join(told: Told, searched: Answer) -> Answer:
    """The catalogue's part before what the passages gave, its citations numbered first."""
    composed = told.composed
    if composed is None or not composed.found:
        return searched
    shift = len(composed.citations)
    cited = tuple(replace(c, number=c.number + shift) for c in searched.citations)
    found = searched.status == "answered"
    after = tuple(_shifted(sentence, shift) for sentence in searched.sentences) if found else ()
    sides = tuple(_renumbered(one, shift) for one in searched.disagreements) if found else ()
    text = _moved(searched.text, shift) if found else searched.text
    return replace(
        searched,
        status="answered",
        text=f"{_written(composed.sentences)} {text}",
        sentences=composed.sentences + after,
        citations=composed.citations + (cited if found else ()),
        table=composed.table,
        disagreements=sides,
        trace={"catalogue": composed.table.query} | searched.trace,
    )


def _written(sentences: tuple[Sentence, ...]) -> str:
    return " ".join(f"{s.text} {''.join(f'[{n}]' for n in s.citations)}".strip() for s in sentences)


def _shifted(sentence: Sentence, shift: int) -> Sentence:
    return replace(sentence, citations=tuple(n + shift for n in sentence.citations))


def _renumbered(one: Disagreement, shift: int) -> Disagreement:
    sides = (
        replace(side, citations=tuple(n + shift for n in side.citations)) for side in one.sides
    )
    return replace(one, sides=tuple(sides))


def _moved(text: str, shift: int) -> str:
    """The markers of a written answer, moved on by ``shift``."""
    return re.sub(r"\[(\d{1,3})\]", lambda m: f"[{int(m[1]) + shift}]", text)
