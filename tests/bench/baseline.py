"""The baseline that refdesk is measured against: LlamaIndex's CitationQueryEngine.

Set up as its documentation shows (an in-memory vector index with the default splitter,
top 3, citation chunks of 512 tokens, no streaming), over the same texts, language model
and embedder as refdesk. A question with a history goes through LlamaIndex's own
CondenseQuestionChatEngine, its documented way to chat over a query engine, so that
follow-ups are not lost for want of a rewrite. Knows nothing of refdesk's search, prompts
or checks, and does not judge the answers.

The language model must wait long enough: on two CPU cores one answer takes 46 to 96 s, so
build it with a time-out of several minutes and no retries. A question that fails is
recorded with its error and an empty text; it does not vanish.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from assistant.types import Turn

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.llms import LLM
    from llama_index.core.query_engine import CitationQueryEngine

    from index.embed import Embedder

TOP_K = 3
CITATION_CHUNK_SIZE = 512


class Asked(Protocol):
    """What the baseline needs to know of a question."""

    @property
    def id(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def history(self) -> Sequence[Turn]: ...


@dataclass(frozen=True, slots=True)
class BaselineAnswer:
    """One answer. Token counts are the server's own, summed over the question's calls.

    They are None when a call reported no usage: a guess is not a measurement.
    """

    id: str
    text: str
    seconds: float
    prompt_tokens: int | None
    completion_tokens: int | None
    calls: int
    sources: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class BaselineRun:
    """All answers in the order asked, and what it took to build the index."""

    answers: tuple[BaselineAnswer, ...]
    nodes: int
    index_seconds: float


@dataclass(slots=True)
class _Meter:
    """Sums the usage of the language model calls made while one question is answered."""

    calls: int = 0
    unmeasured: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def add(self, raw: object) -> None:
        usage = raw.get("usage") if isinstance(raw, dict) else getattr(raw, "usage", None)
        self.calls += 1
        if usage is None:
            self.unmeasured += 1
            return
        fields = usage if isinstance(usage, dict) else vars(usage)
        self.prompt_tokens += int(fields["prompt_tokens"])
        self.completion_tokens += int(fields["completion_tokens"])

    def measured(self, tokens: int) -> int | None:
        return tokens if self.calls and not self.unmeasured else None


def adapt_embedder(embedder: Embedder) -> BaseEmbedding:
    """Wrap refdesk's embedder as a LlamaIndex embedding model."""
    from llama_index.core.base.embeddings.base import BaseEmbedding

    class EmbedderAdapter(BaseEmbedding):
        def _get_query_embedding(self, query: str) -> list[float]:
            return [float(x) for x in embedder.encode_query(query)]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [[float(x) for x in row] for row in embedder.encode(texts)]

    # Large batches let the embedder sort by length, as it does for refdesk.
    return EmbedderAdapter(model_name=embedder.name, embed_batch_size=256)


def run_baseline(
    documents: Sequence[tuple[str, str]],
    llm: LLM,
    embed_model: BaseEmbedding,
    questions: Sequence[Asked],
    *,
    limit: int | None = None,
    on_answer: Callable[[BaselineAnswer], None] | None = None,
) -> BaselineRun:
    """Index ``documents`` (title, text) and answer the first ``limit`` questions (all if None)."""
    started = time.perf_counter()
    engine, nodes = _build_engine(documents, llm, embed_model)
    index_seconds = time.perf_counter() - started
    answers: list[BaselineAnswer] = []
    for question in questions[:limit]:
        answers.append(_answer(engine, llm, question))
        if on_answer:
            on_answer(answers[-1])
    return BaselineRun(tuple(answers), nodes, index_seconds)


def _build_engine(
    documents: Sequence[tuple[str, str]], llm: LLM, embed_model: BaseEmbedding
) -> tuple[CitationQueryEngine, int]:
    """The documented set-up; returns the engine and the number of indexed nodes."""
    from llama_index.core import Document, VectorStoreIndex
    from llama_index.core.query_engine import CitationQueryEngine

    index = VectorStoreIndex.from_documents(
        [Document(text=text, metadata={"title": title}) for title, text in documents],
        embed_model=embed_model,
    )
    engine = CitationQueryEngine.from_args(
        index,
        llm=llm,
        similarity_top_k=TOP_K,
        citation_chunk_size=CITATION_CHUNK_SIZE,
        embed_model=embed_model,
    )
    return engine, len(index.index_struct.nodes_dict)


def _answer(engine: CitationQueryEngine, llm: LLM, question: Asked) -> BaselineAnswer:
    """Ask one question; a failure of the server or of the prompt size is recorded, not raised."""
    from openai import OpenAIError

    text = ""
    sources: tuple[str, ...] = ()
    error = None
    started = time.perf_counter()
    with _metered() as meter:
        try:
            text, sources = _ask(engine, llm, question)
        except (OpenAIError, ValueError) as failure:
            # ValueError is LlamaIndex's complaint that the prompt leaves no room for sources.
            error = f"{type(failure).__name__}: {failure}"
    return BaselineAnswer(
        id=question.id,
        text=text,
        seconds=time.perf_counter() - started,
        prompt_tokens=meter.measured(meter.prompt_tokens),
        completion_tokens=meter.measured(meter.completion_tokens),
        calls=meter.calls,
        sources=sources,
        error=error,
    )


def _ask(engine: CitationQueryEngine, llm: LLM, question: Asked) -> tuple[str, tuple[str, ...]]:
    """The answer's text, and the titles of the documents whose text the model was given."""
    chat = _chat(engine, llm, question)
    titles = [str(hit.node.metadata.get("title", "")) for hit in chat.source_nodes]
    return str(chat), tuple(dict.fromkeys(titles))


def _chat(engine: CitationQueryEngine, llm: LLM, question: Asked) -> Any:
    """Query at once, or first let LlamaIndex condense the conversation into one question."""
    if not question.history:
        return engine.query(question.question)
    from llama_index.core.base.llms.types import ChatMessage, MessageRole
    from llama_index.core.chat_engine import CondenseQuestionChatEngine

    chat = CondenseQuestionChatEngine.from_defaults(query_engine=engine, llm=llm)
    history = [ChatMessage(role=MessageRole(t.role), content=t.text) for t in question.history]
    return chat.chat(question.question, chat_history=history)


@contextmanager
def _metered() -> Iterator[_Meter]:
    """While open, every language model call that LlamaIndex finishes is added to the meter."""
    from llama_index.core.instrumentation.events.llm import LLMChatEndEvent, LLMCompletionEndEvent
    from llama_index_instrumentation import get_dispatcher
    from llama_index_instrumentation.base import BaseEvent
    from llama_index_instrumentation.event_handlers.base import BaseEventHandler

    meter = _Meter()

    class UsageHandler(BaseEventHandler):
        def handle(self, event: BaseEvent, **_: object) -> None:
            if isinstance(event, LLMChatEndEvent | LLMCompletionEndEvent):
                meter.add(event.response.raw if event.response else None)

    handler, dispatcher = UsageHandler(), get_dispatcher()
    dispatcher.add_event_handler(handler)
    try:
        yield meter
    finally:
        dispatcher.event_handlers.remove(handler)
