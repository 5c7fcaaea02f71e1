"""From a question to a decision: the whole of it, or the clause of it that asks.

People put a question inside a sentence ("We are writing about Moonshot; how many of its models
are open?"). Where the whole cannot be read, its clauses are tried; a clause that is dropped
must not itself ask for something. Knows nothing of the record or of answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from assistant.catalogue.annotate import Annotated, annotate
from assistant.catalogue.decide import Decision, decide
from assistant.catalogue.reader import Reading, Vocabulary, read
from assistant.catalogue.spelling import mended
from corpus.cards import ModelCard
from index.linking import Link, Linker

LONGEST = 600
"""Characters of a question that rules read; a longer one is not a catalogue question."""
MOST_CLAUSES = 8
_BREAK = re.compile(
    r"[.!?;:]+(?=\s|$)|[。！？；：]|\s+[-–—]+\s+|,|，|\(|\)|"
    r"\b(?:so|but|because|and (?=(?:i|we|my|our|the \w+) )|(?:(?:i|we)(?:'d| would)? )?(?:and )?(?:need|want|like|trying|have|asked) to (?:know|find out|learn)|"
    r"(?:i|we)(?:'m| am|'re| are)? wonder(?:ing)?|can you (?:please )?tell me|could you (?:please )?tell me|"
    r"do you know|tell me|let me know|remind me|i'm curious|please say)\b",
    re.IGNORECASE,
)
# A second thing asked: what a dropped clause must not hold. "How many" and the like are fields.
_ASKS_MORE = re.compile(
    r"\b(?:why|how (?!many|much|big|large|long|old|about)|explain|describe|what (?:does|do|did|happen\w*|"
    r"reason\w*|caus\w*|led|else|rules?|limits?|restrict\w*|conditions?)|who (?:objected|said)|because of what|"
    r"summari[sz]e|reasons?|background|controvers\w+|criticis\w+|effects?|impact|consequences?)\b|为什么|为何|如何|怎么|原因",
    re.IGNORECASE,
)
_AND_ALSO = re.compile(
    r"[,;]?\s+(?:and|plus|also|&)\s+(?:also\s+)?(?=(?:why|how|what|which|who|"
    r"when|where|explain|describe|tell|say|is|are|does|do|did|has|have)\b)|[?？.!;。；]\s*(?=\S)|，(?=为什么|如何|怎么|原因)",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:its|their|his|her|they|it|them|these|those)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Understood:
    """What the catalogue is asked, and what else is asked that it cannot answer (or "")."""

    decision: Decision
    rest: str = ""


class Rules:
    """The rules over one version of the catalogue."""

    def __init__(self, cards: Iterable[ModelCard], linker: Linker) -> None:
        """Learn the names and values that questions may use."""
        self.cards = {card.id: card for card in cards}
        self.linker = linker
        self.known = Vocabulary(
            tuple(sorted({card.family for card in self.cards.values()})),
            tuple(sorted({c.base_model for c in self.cards.values() if c.base_model})),
        )

    def understand(self, question: str, today: str) -> Understood | None:
        """What ``question`` asks of the catalogue; None when it asks nothing of it."""
        if not self.cards or len(question) > LONGEST:
            return None
        if decision := self._decide(question, today):
            return Understood(decision)
        return self._mixed(question, today) or self._in_passing(question, today)

    def reading(self, question: str, today: str) -> Reading:
        """What the rules made of the whole question, for the fall-back and for explanations."""
        return read(self._annotated(question, today), self.known)

    def _decide(self, question: str, today: str) -> Decision | None:
        return decide(self.reading(question, today), self.cards)

    def _annotated(self, question: str, today: str) -> Annotated:
        marked = annotate(question, self.linker.find(question), today)
        marked.text = mended(marked.text)
        return marked

    def _mixed(self, question: str, today: str) -> Understood | None:
        """A catalogue question beside another one: "Which … are MIT, and why did …?" """
        for match in _AND_ALSO.finditer(question):
            first, second = question[: match.start()], question[match.end() :]
            for asked, rest in ((first, second), (second, first)):
                decision = self._decide(asked, today)
                if decision and (_ASKS_MORE.search(rest) or rest.rstrip().endswith(("?", "？"))):
                    if self._decide(rest, today) is None:
                        return Understood(decision, _carried(rest, asked, self.linker))
        return None

    def _in_passing(self, question: str, today: str) -> Understood | None:
        """The one clause, or run of clauses, that asks the catalogue something."""
        clauses = [c for c in (part.strip() for part in _BREAK.split(question)) if c]
        if not 1 < len(clauses) <= MOST_CLAUSES:
            return None
        for run, others in _runs(clauses):
            if any(_ASKS_MORE.search(other) for other in others):
                continue
            asked = _with_subject(run, others, self.linker)
            reading = self._with_conditions_of(others, self.reading(asked, today), today)
            if reading is not None and (decision := decide(reading, self.cards)):
                return Understood(decision)
        return None

    def _with_conditions_of(
        self, others: list[str], reading: Reading, today: str
    ) -> Reading | None:
        """The reading with the licence, size and other limits that dropped clauses set.

        A place or maker in a dropped clause is context ("for a French paper"), not a limit.
        """
        added = list(reading.conditions)
        for other in others:
            aside = self.reading(other, today)
            if aside.than or (aside.benchmarks and aside.sort):
                return None
            added += [c for c in aside.conditions if c.field not in _CONTEXT and c not in added]
        return replace(reading, conditions=added)


_CONTEXT = frozenset(
    ["country", "developer", "family", "release_date", "open_weights", "base_model"]
)


def _runs(clauses: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Runs of neighbouring clauses with what they leave out, the longest first."""
    count = len(clauses)
    for length in range(count - 1, 0, -1):
        for start in range(count - length, -1, -1):
            chosen = clauses[start : start + length]
            yield ", ".join(chosen), clauses[:start] + clauses[start + length :]


def _with_subject(run: str, others: list[str], linker: Linker) -> str:
    """ "how many of its models": the pronoun replaced by what the other clauses name."""
    if not _PRONOUN.search(run) or _subjects(run, linker):
        return run
    for other in others:
        if subjects := _subjects(other, linker):
            return _PRONOUN.sub(lambda _: subjects[-1], run, count=1)
    return run


def _carried(rest: str, asked: str, linker: Linker) -> str:
    """The second question with its pronoun resolved by the names in the first."""
    if not _subjects(rest, linker) and (subjects := _subjects(asked, linker)):
        if _PRONOUN.search(rest):
            return _PRONOUN.sub(lambda _: subjects[-1], rest, count=1)
    return rest


def _subjects(text: str, linker: Linker) -> list[str]:
    def names(link: Link) -> bool:
        return bool(link.of("model", "family", "line", "developer"))

    return [text[link.start : link.end] for link in linker.find(text) if names(link)]
