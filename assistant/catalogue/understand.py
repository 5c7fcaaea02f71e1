"""From a question to a decision: the whole of it, or the clause of it that asks.

People put a question inside a sentence ("We are writing about Moonshot; how many of its models
are open?"). Where the whole cannot be read, its clauses are tried; a clause that is dropped
must not itself ask for something. Knows nothing of the record or of answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.catalogue import clauses
from assistant.catalogue.annotate import Annotated, annotate
from assistant.catalogue.bounds import impossible
from assistant.catalogue.decide import Decision, decide
from assistant.catalogue.fallback import can_help
from assistant.catalogue.reader import read
from assistant.catalogue.reading import Reading, Vocabulary
from corpus.cards import ModelCard
from index.catalogue import Condition
from index.linking import Link, Linker

LONGEST = 600
"""Characters of a question that rules read; a longer one is not a catalogue question."""
MOST_CLAUSES = 8
"""Clauses of a question that are tried; more are a text, not a question."""
_SUBJECTS = frozenset(["developer", "family"])
_LIMITS = frozenset(
    ["licence", "licence_name", "licence_class", "total_params_b", "active_params_b",
     "context_tokens_approx", "modalities", "architecture"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Understood:
    """What the catalogue is asked, and what else is asked that it cannot answer (or "").

    ``guessed``: some words were given their meaning by likeness, not by a rule.
    """

    decision: Decision
    rest: str = ""
    guessed: bool = False


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
        if not self.cards or len(question) > LONGEST or clauses.defines(question):
            return None
        if decision := self._decide(question, today):
            return Understood(decision)
        if mixed := self._mixed(question, today):
            return mixed
        # "7B, 13B or 70B": a clause of it would be another question.
        whole = self.reading(question, today)
        return None if impossible(whole.conditions) else self._in_passing(question, today)

    def follow_up(
        self, question: str, before: Sequence[Condition], today: str, *, counted: bool = False
    ) -> Decision | None:
        """A question about the models that ``before`` describes: "which of those are MIT?".

        What the question says of a field takes the place of what was said before; "and in
        2025?" after a count (``counted``) asks for a count again.
        """
        if not clauses.refers_back(question) or clauses.asks_more(question):
            return None
        reading = self.reading(clauses.without_reference(question), today)
        own = {condition.field for condition in reading.conditions}
        if reading.models or not (own or reading.sort or reading.count or reading.grouped):
            return None
        kept = [condition for condition in before if condition.field not in own]
        conditions = [*kept, *reading.conditions]
        counts = reading.count or (counted and not (reading.sort or reading.grouped))
        asked = replace(reading, conditions=conditions, count=counts, target=True, lists=True)
        return decide(replace(asked, yes_no=False), self.cards)

    def odd_words(self, question: str, today: str) -> Reading | None:
        """The reading of a question for models of which only a few words are not understood."""
        if not self.cards or len(question) > LONGEST or clauses.defines(question):
            return None
        reading = self.reading(question, today)
        asks_more = clauses.asks_more(question)
        return reading if can_help(reading) and not asks_more else None

    def reading(self, question: str, today: str) -> Reading:
        """What the rules made of the whole question, whether or not it can be decided."""
        return read(self._annotated(question, today), self.known)

    def _decide(self, question: str, today: str) -> Decision | None:
        return decide(self.reading(question, today), self.cards)

    def _annotated(self, question: str, today: str) -> Annotated:
        return annotate(question, self.linker.find(question), today)

    def _mixed(self, question: str, today: str) -> Understood | None:
        """A catalogue question beside another one: "Which … are MIT, and why did …?" """
        for first, second in clauses.halves(question):
            for asked, rest in ((first, second), (second, first)):
                if clauses.points_back(asked):
                    continue
                decision = self._decide(asked, today)
                if decision and clauses.is_question(rest) and self._decide(rest, today) is None:
                    return Understood(decision, _carried(rest, asked, self.linker))
        return None

    def _in_passing(self, question: str, today: str) -> Understood | None:
        """The one clause, or run of clauses, that asks the catalogue something."""
        parts = clauses.split(question)
        if not 1 < len(parts) <= MOST_CLAUSES:
            return None
        for run, others in clauses.runs(parts):
            if not clauses.points_back(run) and any(map(clauses.asks_more, others)):
                continue
            if not clauses.requests(run) and any(self._asks(other, today) for other in others):
                continue
            also = [other for other in others if other.endswith(("?", "？"))]
            if len(also) > 1 or (also and not clauses.requests(run)):
                continue
            asked = _with_subject(run, others, self.linker)
            reading = self._with_conditions_of(others, self.reading(asked, today), asked, today)
            if reading is not None and (decision := decide(reading, self.cards)):
                rest = also[0] if also and not clauses.points_back(run) else ""
                return Understood(decision, _carried(rest, asked, self.linker) if rest else "")
        return None

    def _asks(self, clause: str, today: str) -> bool:
        """Whether a clause is itself a request about models."""
        reading = self.reading(clause, today)
        return clauses.requests(clause) and bool(reading.target or reading.conditions)

    def _with_conditions_of(
        self, others: list[str], reading: Reading, run: str, today: str
    ) -> Reading | None:
        """The reading of a run of clauses with what the dropped clauses say of its models.

        A clause that sets a limit ("we only allow Apache-2.0") gives its licence and sizes, one
        that names a maker or line gives it where the run names none, and a date where the run
        points back to it. A place is context ("for a French paper"), not a limit.
        """
        conditions = list(reading.conditions)
        fields = reading.attributes or reading.benchmarks
        if not (conditions or reading.target or reading.models or reading.sort or fields):
            return None
        asked = {c.field for c in conditions} | set(reading.heads if reading.grouped else ())
        asked |= set(reading.attributes) if reading.grouped else set()
        named = bool(reading.models or asked & _SUBJECTS)
        only_fields = not (conditions or reading.target or reading.models or reading.sort)
        lost = False
        for other in others:
            aside = self.reading(other, today)
            if aside.than or (aside.benchmarks and aside.sort):
                return None
            if aside.conditions and clauses.turns(other):
                return None
            if aside.models and not named:
                if not fields or reading.target:
                    return None
                # "Mixtral 8x22B is big, but how many parameters are active?"
                reading = replace(reading, models=[*reading.models, *aside.models])
            excluded = [c for c in aside.conditions if c.operator in ("!=", "not in", "lacks")]
            conditions += [c for c in excluded if c.field not in asked]
            wanted = set(_LIMITS - asked) if clauses.sets_limit(other) else set()
            wanted |= set() if named else _SUBJECTS
            wanted |= {"release_date"} if clauses.points_back(run) else set()
            conditions += [c for c in aside.conditions if c.field in wanted]
            lost = lost or bool(aside.conditions or aside.models or aside.benchmarks)
        if only_fields and not reading.models:
            return None
        scoped = conditions or reading.models or reading.benchmarks
        return replace(reading, conditions=conditions) if scoped or not lost else None


def _with_subject(run: str, others: list[str], linker: Linker) -> str:
    """ "how many of its models": the pronoun replaced by what the other clauses name."""
    if not clauses.has_pronoun(run) or _subjects(run, linker):
        return run
    named = next((subjects for other in others if (subjects := _subjects(other, linker))), None)
    return clauses.with_noun(run, named) if named else run


def _carried(rest: str, asked: str, linker: Linker) -> str:
    """The second question with what it is about, where it only points at the first."""
    if any(link.of("model", "family", "line", "developer", "topic") for link in linker.find(rest)):
        return rest
    if clauses.has_pronoun(rest) and (named := _subjects(asked, linker)):
        return clauses.with_noun(rest, named)
    about = [asked[link.start : link.end] for link in linker.find(asked)]
    return f"{rest.rstrip('?？. ')} ({', '.join(about)})?" if about else rest


def _subjects(text: str, linker: Linker) -> list[str]:
    def names(link: Link) -> bool:
        return bool(link.of("model", "family", "line", "developer"))

    return [text[link.start : link.end] for link in linker.find(text) if names(link)]
