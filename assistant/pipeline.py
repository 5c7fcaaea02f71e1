"""A question's way to a checked answer, as one generator.

    rewrite -> catalogue, if the cards can answer
            -> search -> pack evidence -> draft -> check each sentence -> compose

``stream`` yields events as they happen; ``ask`` drains it. The final event replaces
everything that was drafted. Knows nothing of homes, servers or browsers.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from assistant import abstain, compose, prompts, timeline
from assistant.attribution import Similarity
from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.told import Told, answer_of, join, tell, tell_more
from assistant.clock import Clock
from assistant.drafting import Checks, Written, write
from assistant.evidence import pack
from assistant.llm import LanguageModel
from assistant.outcome import Found, settle
from assistant.rewrite import stand_alone
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
from corpus.errors import InputError
from index.types import Passage

SEARCH_DEPTH = 12
"""Passages fetched per question; eight are packed, the rest can still support a sentence."""
MAX_QUESTION = 2000
"""Longest question, in characters: more is a document, not a question."""


class Searchable(Protocol):
    """What the pipeline needs of an index."""

    def search(self, query: str, limit: int = 10) -> list[Passage]:
        """Passages for ``query``, best first."""
        ...


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
) -> Generator[Event]:
    """Answer ``question``; the last event is always ``Answered``.

    Closing the generator cancels the draft and frees the model. ``llm=None``, or a model
    that fails, degrades the answer to checked quotes. ``as_of`` is when the index was last
    refreshed (ISO 8601); ``similarity`` is for the checks. Raises InputError for an empty or
    overlong question.

    Where ``catalogue`` can answer the question, or a part of it, from the model cards, it does:
    exactly, and without the model.
    """
    question, clock = _checked(question), Clock()
    means = _Means(index, llm, similarity, evidence_tokens, answer_tokens, thinking_tokens)
    standalone, told = _understood(question, history, means, catalogue, as_of)
    clock.note("rewrite")
    if standalone != question:
        yield Rewritten(standalone)
    outcome = _without_model(told, standalone, index)
    if outcome is not None:
        clock.note("search")
        clock.note("evidence")
        yield EvidenceFound(told.evidence if told.complete else _numbered(outcome.citations))
    else:
        outcome = yield from _drafted(told, standalone, means, clock)
    yield Answered(replace(outcome, question=question, as_of=as_of, timings=clock.timings()))


@dataclass(frozen=True, slots=True)
class _Means:
    """What a draft is made with, and how much of it."""

    index: Searchable
    llm: LanguageModel | None
    similarity: Similarity | None
    evidence_tokens: int
    answer_tokens: int
    thinking_tokens: int

    @property
    def opinions(self) -> SecondOpinions | None:
        """The small calls to the model, if there is one."""
        return SecondOpinions(self.llm) if self.llm else None


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
    told: Told, standalone: str, means: _Means, clock: Clock
) -> Generator[Event, None, Answer]:
    """Search, draft and check; what the catalogue told comes first in the answer."""
    searched, llm, opinions = told.rest, means.llm, means.opinions
    passages = means.index.search(searched, SEARCH_DEPTH)
    if (
        english := translated(searched, passages, opinions.complete if opinions else None)
    ) is not None:
        searched = english
        standalone = standalone if told.composed else english
        yield Rewritten(standalone)
        passages = means.index.search(searched, SEARCH_DEPTH)
    evidence = pack(searched, passages, means.evidence_tokens)
    clock.note("search")
    clock.note("evidence")
    yield EvidenceFound(_numbered(told.evidence + compose.sources(evidence)))
    found = Found(searched, passages, evidence, abstain.lacks_subject(searched, evidence))
    written, checks = Written(), Checks(passages, searched, means.similarity)
    if llm is not None and passages and not found.missing:
        messages = prompts.answer_messages(searched, evidence)
        pieces = llm.stream(
            messages, max_tokens=means.answer_tokens, thinking_tokens=means.thinking_tokens
        )
        yield from write(written, pieces, checks, clock)
    checks.verify(opinions.yes if opinions else None)
    return replace(
        join(told, settle(found, written, checks.done)),
        standalone_question=standalone,
        thinking=written.thinking or None,
        model=llm.name if llm else "",
    )


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
