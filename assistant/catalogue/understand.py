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
_REQUEST = re.compile(
    r"\b(?:which|what|how many|number of|can you|could you|list|show|give me|name)\b|哪|多少|几|列出",
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
        return annotate(question, self.linker.find(question), today)

    def _mixed(self, question: str, today: str) -> Understood | None:
        """A catalogue question beside another one: "Which … are MIT, and why did …?" """
        for match in _AND_ALSO.finditer(question):
            first, second = question[: match.start()], question[match.end() :]
            for asked, rest in ((first, second), (second, first)):
                if _POINTS_BACK.search(asked):
                    continue
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
            back = _POINTS_BACK.search(run) is not None
            if not back and any(_ASKS_MORE.search(other) for other in others):
                continue
            if not _REQUEST.search(run) and any(self._asks(other, today) for other in others):
                continue
            asked = _with_subject(run, others, self.linker)
            reading = self._with_conditions_of(others, self.reading(asked, today), asked, today)
            if reading is not None and (decision := decide(reading, self.cards)):
                return Understood(decision)
        return None

    def _asks(self, clause: str, today: str) -> bool:
        """Whether a clause is itself a request about models."""
        reading = self.reading(clause, today)
        return _REQUEST.search(clause) is not None and bool(reading.target or reading.conditions)

    def _with_conditions_of(
        self, others: list[str], reading: Reading, run: str, today: str
    ) -> Reading | None:
        """The reading of a run of clauses with what the dropped clauses say of its models.

        A clause that sets a limit ("we only allow Apache-2.0") gives its licence and sizes, one
        that names a maker or line gives it where the run names none, and a date where the run
        points back to it. A place is context ("for a French paper"), not a limit.
        """
        conditions = list(reading.conditions)
        asked = {c.field for c in conditions} | set(reading.heads if reading.grouped else ())
        asked |= set(reading.attributes) if reading.grouped else set()
        named = bool(reading.models or asked & _SUBJECTS)
        lost = False
        for other in others:
            aside = self.reading(other, today)
            if aside.than or (aside.benchmarks and aside.sort) or aside.models and not named:
                return None
            wanted = set(_LIMITS - asked) if _SETS_LIMIT.search(other) else set()
            wanted |= set() if named else _SUBJECTS
            wanted |= {"release_date"} if _POINTS_BACK.search(run) else set()
            conditions += [c for c in aside.conditions if c.field in wanted]
            lost = lost or bool(aside.conditions or aside.models or aside.benchmarks)
        scoped = conditions or reading.models or reading.benchmarks
        return replace(reading, conditions=conditions) if scoped or not lost else None


_SUBJECTS = frozenset(["developer", "family"])
_LIMITS = frozenset(
    ["licence", "licence_name", "licence_class", "total_params_b", "active_params_b",
     "context_tokens_approx", "modalities", "architecture"]
)  # fmt: skip
_SETS_LIMIT = re.compile(
    r"\b(?:only|must|allow\w*|need\w*|require\w*|limit\w*|polic\w+|have to|has to|can't|cannot|budget|"
    r"at (?:most|least)|no more|insist\w*|approved?|up to|max(?:imum)?|realistic\w*|fits?)\b|只|必须|需要|要求",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:that|this|the same) (?:month|year|period|quarter|time|day|week)\b|\bthen\b|那(?:个月|年|时)",
    re.IGNORECASE,
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
