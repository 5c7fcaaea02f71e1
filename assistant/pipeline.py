"""A question's way to a checked answer, as one generator.

    rewrite -> catalogue, if the cards can answer
            -> search -> pack evidence -> draft -> check each sentence -> compose

``stream`` yields events as they happen; ``ask`` drains it. The final event replaces
everything that was drafted. Knows nothing of homes, servers or browsers.
"""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from assistant import abstain, compose, prompts, timeline
from assistant.attribution import Similarity, Support, check
from assistant.attribution.names import names
from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.told import Told, answer_of, join, tell, tell_more
from assistant.evidence import Evidence, pack
from assistant.lexical import units
from assistant.llm import LanguageModel, Stream
from assistant.rewrite import stand_alone
from assistant.second_opinions import SecondOpinions
from assistant.translate import translated
from assistant.types import (
    Answer,
    Answered,
    Citation,
    Draft,
    Event,
    EvidenceFound,
    Rewritten,
    Thinking,
    Timings,
    Turn,
)
from assistant.verify import Verifier, verified
from corpus.errors import InputError, ModelError, WeightsError
from index.types import Passage

SEARCH_DEPTH = 12
"""Passages fetched per question; eight are packed, the rest can still support a sentence."""
MAX_QUESTION = 2000
"""Longest question, in characters: more is a document, not a question."""
_MARKER = re.compile(r" ?\[\d{1,3}\]")
_TERMINAL = tuple(".!?。！？…\"'”’)]")


class Searchable(Protocol):
    """What the pipeline needs of an index."""

    def search(self, query: str, limit: int = 10) -> list[Passage]:
        """Passages for ``query``, best first."""
        ...


@dataclass(slots=True)
class _Clock:
    """Seconds since the question arrived, noted once per stage."""

    started: float = field(default_factory=time.perf_counter)
    noted: dict[str, float] = field(default_factory=dict)

    def now(self) -> float:
        return time.perf_counter() - self.started

    def note(self, stage: str) -> None:
        self.noted.setdefault(stage, self.now())

    def timings(self) -> Timings:
        noted = self.noted
        rewritten, searched = noted.get("rewrite", 0.0), noted.get("search", 0.0)
        return Timings(
            rewrite=round(rewritten, 4),
            search=round(max(searched - rewritten, 0.0), 4),
            first_evidence=_rounded(noted.get("evidence")),
            first_token=_rounded(noted.get("token")),
            total=round(self.now(), 4),
        )


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 4)


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
    question, clock = _checked(question), _Clock()
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
    told: Told, standalone: str, means: _Means, clock: _Clock
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
    draft = _Draft()
    missing = abstain.lacks_subject(searched, evidence)
    if llm is not None and passages and not missing:
        messages = prompts.answer_messages(searched, evidence)
        pieces = llm.stream(
            messages, max_tokens=means.answer_tokens, thinking_tokens=means.thinking_tokens
        )
        yield from _write(draft, pieces, clock)
    verify = opinions.yes if opinions else None
    checked = _checked_sentences(draft, passages, searched, means.similarity, verify)
    outcome = _compose(searched, draft, checked, evidence, passages, missing)
    outcome = join(told, outcome)
    return replace(
        outcome,
        standalone_question=standalone,
        thinking=draft.thinking or None,
        model=llm.name if llm else "",
        trace=outcome.trace | _search_trace(passages, evidence),
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


@dataclass(slots=True)
class _Draft:
    """What the model wrote, and why it stopped if it failed."""

    text: str = ""
    thinking: str = ""
    failure: str | None = None
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    cut_off: bool = False


def _write(draft: _Draft, pieces: Stream, clock: _Clock) -> Iterator[Event]:
    """Pass the pieces on as they come, and keep them; a model that fails ends the draft."""
    try:
        with closing(pieces):
            for piece in pieces:
                if piece.thinking:
                    draft.thinking += piece.text
                    yield Thinking(piece.text)
                elif piece.text:
                    clock.note("token")
                    draft.text += piece.text
                    yield Draft(piece.text)
            done = pieces.completion()  # nothing is left to drain: this gives the counts
        draft.prompt_tokens, draft.cached_tokens = done.prompt_tokens, done.cached_tokens
        draft.cut_off = done.finish_reason == "length"
    except (ModelError, WeightsError) as error:
        draft.failure = str(error)


def _compose(
    question: str,
    draft: _Draft,
    checked: list[tuple[str, Support]],
    evidence: Evidence,
    passages: list[Passage],
    missing: tuple[str, ...],
) -> Answer:
    """The checked answer, or the best quotes, or a refusal: in that order."""
    trace: dict[str, Any] = {
        "draft": draft.text,
        "prompt_tokens": draft.prompt_tokens,
        "cached_tokens": draft.cached_tokens,
        "gates": [_gate_trace(*pair) for pair in checked],
    }
    notice = draft.failure
    if missing:
        trace["missing"] = list(missing)
        return _refusal(question, passages, trace)
    declined = any(abstain.declines(text) for text, _ in checked)
    checked = [(text, support) for text, support in checked if not abstain.declines(text)]
    if any(support.supported for _, support in checked):
        sentences, citations = compose.cite(checked)
        text = compose.written(sentences)
        return Answer("answered", question, question, text, sentences, citations,
                      notice=notice, trace=trace)  # fmt: skip
    if declined or evidence.overlap < abstain.MIN_OVERLAP:
        return _refusal(question, passages, trace, notice)
    return _quoted(question, evidence, passages, trace, notice)


def _checked_sentences(
    draft: _Draft,
    passages: list[Passage],
    question: str,
    similarity: Similarity | None,
    verify: Verifier | None,
) -> list[tuple[str, Support]]:
    """Each drafted sentence with its support; "It …" is about what the one before named."""
    checked: list[tuple[str, Support]] = []
    subject: list[str] = []
    for text in _sentences(draft):
        support = check(text, passages, question, similarity, subject)
        checked.append((text, verified(text, support, verify, question)))
        subject = names(text) or subject
    return checked


def _sentences(draft: _Draft) -> list[str]:
    """The draft's sentences, without markers of the model's own making.

    A last sentence that was cut off is left out if others stand.
    """
    texts = [unit.text for unit in units(_MARKER.sub("", draft.text))]
    cut_off = draft.cut_off or draft.failure is not None
    if cut_off and len(texts) > 1 and not texts[-1].endswith(_TERMINAL):
        texts.pop()
    return texts


def _quoted(
    question: str,
    evidence: Evidence,
    passages: list[Passage],
    trace: dict[str, Any],
    notice: str | None,
) -> Answer:
    quotes = compose.extracts(question, evidence)
    if not quotes:
        return _refusal(question, passages, trace, notice)
    notice = f"{notice} These are quotes." if notice else None
    checked = [(quote.text, Support((quote,), 1.0, ())) for quote in quotes]
    sentences, citations = compose.cite(checked)
    return Answer("answered", question, question, compose.written(sentences), sentences, citations,
                  notice=notice, trace=trace | {"extractive": True})  # fmt: skip


def _refusal(
    question: str, passages: list[Passage], trace: dict[str, Any], notice: str | None = None
) -> Answer:
    return Answer(
        "not_in_corpus",
        question,
        question,
        compose.NOT_DRAFTED if notice else compose.NOT_IN_CORPUS,
        nearest=compose.nearest(question, passages),
        notice=notice,
        trace=trace,
    )


def _gate_trace(text: str, support: Support) -> dict[str, Any]:
    failed = {gate.name: list(gate.missing) for gate in support.gates if not gate.passed}
    return {"sentence": text, "coverage": round(support.coverage, 3), "failed": failed}


def _search_trace(passages: list[Passage], evidence: Evidence) -> dict[str, Any]:
    used = {(p.chunk.document_id, p.chunk.position) for p in evidence.passages}
    rows = [
        {
            "document_id": p.chunk.document_id,
            "position": p.chunk.position,
            "score": p.score,
            "cosine": p.cosine,
            "bm25": p.bm25,
            "used": (p.chunk.document_id, p.chunk.position) in used,
        }
        for p in passages
    ]
    return {"passages": rows, "evidence_tokens": evidence.tokens, "overlap": evidence.overlap}
