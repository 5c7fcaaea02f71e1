"""A question's way to a checked answer, as one generator.

    rewrite -> catalogue, if the cards can answer
            -> search -> pack evidence -> draft -> check each sentence -> compose

``stream`` yields events as they happen; ``ask`` drains it. The final event replaces
everything that was drafted. Knows nothing of homes, servers or browsers.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from assistant import abstain, answerable, compose, premise, prompts, timeline
from assistant import outcome as outcomes
from assistant.attribution import Entailment, Similarity
from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.told import Told, answer_of, join, tell, tell_more
from assistant.clarify import clarification, courtesy
from assistant.clock import Clock
from assistant.drafting import Checks, Written, write
from assistant.evidence import Encode, pack
from assistant.gather import Searchable, gather
from assistant.hostile import instructs
from assistant.llm import LanguageModel
from assistant.outcome import Found
from assistant.parts import budget_for
from assistant.planted import planted
from assistant.prompts import Message
from assistant.rewrite import in_context, stand_alone
from assistant.second_opinions import SecondOpinions
from assistant.translate import translated
from assistant.types import (
    Answer,
    Answered,
    Citation,
    Event,
    EvidenceFound,
    Rewritten,
    Turn,
)
from assistant.verify import Verifier
from corpus.errors import InputError
from index.rerank import Reranker, rerank
from index.types import Passage

SEARCH_DEPTH = 12
"""Passages fetched per question; eight are packed, the rest can still support a sentence."""
PREMISE_DEPTH = 6
"""Passages fetched to hold what the question takes for granted against."""
MAX_QUESTION = 2000
"""Longest question, in characters: more is a document, not a question."""


def stream(
    question: str,
    history: Sequence[Turn],
    *,
    index: Searchable,
    llm: LanguageModel | None,
    evidence_tokens: int,
    answer_tokens: int,
    thinking_tokens: int = 0,
    as_of: str | None = None,
    similarity: Similarity | None = None,
    catalogue: Catalogue | None = None,
    encode: Encode | None = None,
    reranker: Reranker | None = None,
    entailment: Entailment | None = None,
    strictness: float = 0.0,
) -> Generator[Event]:
    """Answer ``question``; the last event is always ``Answered``.

    Closing the generator cancels the draft and frees the model. ``llm=None``, or a model
    that fails, degrades the answer to checked quotes. ``as_of`` is when the index was last
    refreshed (ISO 8601); ``similarity`` is for the checks, ``encode`` for packing, ``reranker``
    looks at the first passages again and ``entailment`` at each sentence. Below ``strictness``,
    the least probability that the sources answer (0: any will do), the answer is a refusal.
    Raises InputError for an empty or overlong question.

    Where ``catalogue`` can answer the question, or a part of it, from the model cards, it does:
    exactly, and without the model.
    """
    question, clock = _checked(question), Clock()
    if (said := courtesy(question)) is not None:
        outcome = Answer("not_in_corpus", question, question, said, clarification=said)
        yield Answered(replace(outcome, as_of=as_of, timings=clock.timings()))
        return
    means = _Means(index, llm, similarity, encode, reranker, entailment,
                   evidence_tokens, answer_tokens, thinking_tokens, strictness)  # fmt: skip
    outcome = yield from _answered(question, history, means, catalogue, as_of, clock)
    yield Answered(replace(outcome, question=question, as_of=as_of, timings=clock.timings()))


def _answered(
    question: str,
    history: Sequence[Turn],
    means: _Means,
    catalogue: Catalogue | None,
    as_of: str | None,
    clock: Clock,
) -> Generator[Event, None, Answer]:
    """The answer from the cards or a list of events, if they hold it; else from a draft."""
    standalone, told = _understood(question, history, means, catalogue, as_of)
    clock.note("rewrite")
    if standalone != question:
        yield Rewritten(standalone)
    direct = _without_model(told, standalone, means.index)
    if direct is None:
        asked = _Asked(question, standalone, history)
        return (yield from _drafted(told, asked, means, clock))
    clock.note("search")
    clock.note("evidence")
    yield EvidenceFound(told.evidence if told.complete else _numbered(direct.citations))
    return direct


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question as it came and as it stands alone, and the talk before it."""

    question: str
    standalone: str
    history: Sequence[Turn]


@dataclass(frozen=True, slots=True)
class _Means:
    """What a draft is made with, and how much of it."""

    index: Searchable
    llm: LanguageModel | None
    similarity: Similarity | None
    encode: Encode | None
    reranker: Reranker | None
    entailment: Entailment | None
    evidence_tokens: int
    answer_tokens: int
    thinking_tokens: int
    strictness: float

    def gathered(self, question: str, history: Sequence[Turn]) -> list[Passage]:
        """The passages for a question in its conversation, best first."""

        def search(query: str, limit: int) -> list[Passage]:
            return gather(query, self.index, limit)

        found = in_context(search, question, history, SEARCH_DEPTH)
        return rerank(question, found, self.reranker) if self.reranker else found

    @property
    def opinions(self) -> SecondOpinions | None:
        """The small calls to the model, if there is one."""
        return SecondOpinions(self.llm) if self.llm else None

    @property
    def complete(self) -> Callable[[list[Message]], str] | None:
        """A short text by the model, if there is one."""
        return self.opinions.complete if self.opinions else None

    @property
    def yes(self) -> Verifier | None:
        """P(yes) by the model, if there is one."""
        return self.opinions.yes if self.opinions else None


def _understood(
    question: str,
    history: Sequence[Turn],
    means: _Means,
    catalogue: Catalogue | None,
    as_of: str | None,
) -> tuple[str, Told]:
    """The question as it stands alone, with its names set right, and what the cards tell of it."""
    earlier = [turn.text for turn in history if turn.role == "user"]
    if (more := tell_more(catalogue, question, earlier, as_of)) is not None:
        return f"{question} (asked after: {earlier[-1]})", more
    opinions = means.opinions

    def rewrite(text: str, turns: Sequence[Turn]) -> str:
        return opinions.complete(prompts.rewrite_messages(text, turns)) if opinions else ""

    standalone = stand_alone(question, history, rewrite if opinions else None)
    choose = opinions.choose if opinions else None
    told = tell(catalogue, standalone, as_of, means.similarity, choose)
    return (told.rest if told.composed is None else standalone), told


def _without_model(told: Told, standalone: str, index: Searchable) -> Answer | None:
    """The answer where the cards hold all of it, or the documents its dated events."""
    if told.composed is not None and told.complete:
        return answer_of(told.composed, standalone, told.notice)
    if not timeline.asks_for_events(told.rest):
        return None
    found = _events(index, told.rest)
    return replace(join(told, found), standalone_question=standalone) if found else None


def _drafted(
    told: Told, asked: _Asked, means: _Means, clock: Clock
) -> Generator[Event, None, Answer]:
    """Search, draft and check; what the catalogue told comes first in the answer."""
    searched, standalone, llm = told.rest, asked.standalone, means.llm
    passages = means.gathered(searched, asked.history)
    worded = ""
    if (english := translated(searched, passages, means.complete)) is not None:
        searched, worded = english, searched
        standalone = standalone if told.composed else english
        yield Rewritten(standalone)
        passages = means.gathered(searched, asked.history)
    found = _packed(searched, worded, passages, means)
    clock.note("search")
    clock.note("evidence")
    yield EvidenceFound(_numbered(told.evidence + compose.sources(found.evidence)))
    outcome = _without_draft(found, told, asked, means)
    written = Written()
    if outcome is None:
        outcome = yield from _written(found, written, means, clock)
    answer = join(told, outcome)
    return replace(
        answer,
        standalone_question=standalone,
        thinking=written.thinking or None,
        model=llm.name if llm else "",
        unused=compose.unused(searched, passages, answer.citations or answer.nearest),
    )


def _packed(question: str, worded: str, passages: list[Passage], means: _Means) -> Found:
    """The evidence of what was found, without what looks planted."""
    doubted = planted(question, passages)
    trusted = [passage for passage in passages if passage not in doubted]
    tokens = budget_for(question, means.evidence_tokens)
    evidence = pack(question, trusted, tokens, means.encode)
    missing = abstain.lacks_subject(question, evidence)
    return Found(question, passages, evidence, missing, doubted, worded)


def _without_draft(found: Found, told: Told, asked: _Asked, means: _Means) -> Answer | None:
    """A question back, or a false premise put right: what needs no draft."""
    if told.composed is None and (
        back := clarification(asked.question, asked.standalone, asked.history, found.passages)
    ):
        return outcomes.asked_back(found, back)
    doubted = {passage.document.id for passage in found.doubted}
    more = (
        passage
        for query in premise.queries(found.question)
        for passage in means.index.search(query, PREMISE_DEPTH)
        if passage.document.id not in doubted
    )
    wrong = premise.correction(found.question, [*found.trusted, *more])
    if wrong is None or any(instructs(quote.text, found.question) for quote in wrong.quotes):
        return None
    return outcomes.corrected(found, wrong)


def _written(
    found: Found, written: Written, means: _Means, clock: Clock
) -> Generator[Event, None, Answer]:
    """The draft, checked: each sentence against its quote, and whether it answers at all."""
    llm, question, evidence = means.llm, found.question, found.evidence
    ask = means.yes if found.trusted and not found.missing else None
    checks = Checks(found.trusted, question, means.similarity, means.entailment)
    judge = ask if means.strictness else None
    decision = answerable.before(question, evidence, judge, found.worded)
    clock.note("judged")
    if llm is not None and ask is not None and not decision.hopeless(means.strictness):
        messages = prompts.answer_messages(question, evidence, found.worded)
        pieces = llm.stream(
            messages, max_tokens=means.answer_tokens, thinking_tokens=means.thinking_tokens
        )
        yield from write(written, pieces, checks, clock)
        decision = answerable.after(decision, messages, written.text, ask)
        if decision.answered(means.strictness):
            checks.verify(ask)
    return outcomes.settle(found, written, checks.done, decision, means.strictness)


def _events(index: Searchable, question: str) -> Answer | None:
    """The answer to a question for several dated events; None where the corpus has too few."""
    passages = index.search(question, timeline.DEPTH)
    today = datetime.now(UTC).date().isoformat()
    checked = timeline.events(question, passages, today)
    if not checked:
        return None
    sentences, citations = compose.cite(checked)
    text = compose.written(sentences)
    trace = {"timeline": True, "searched": len(passages)}
    return Answer("answered", question, question, text, sentences, citations, trace=trace)


def _numbered(sources: tuple[Citation, ...]) -> tuple[Citation, ...]:
    return tuple(replace(source, number=n) for n, source in enumerate(sources, start=1))


def ask(question: str, history: Sequence[Turn] = (), **parts: Any) -> Answer:
    """``stream`` drained to its final answer; takes the same keyword arguments."""
    answers = [e.answer for e in stream(question, history, **parts) if isinstance(e, Answered)]
    return answers[-1]


def _checked(question: str) -> str:
    question = " ".join(question.split())
    if not question:
        raise InputError("The question is empty: type what you want to know.")
    if len(question) > MAX_QUESTION:
        raise InputError(f"The question is longer than {MAX_QUESTION} characters: shorten it.")
    return question
