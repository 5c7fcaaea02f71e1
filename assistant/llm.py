"""The language model: one client for every OpenAI-compatible chat API, embedded or not.

Requests go through LlamaIndex's ``OpenAILike``. What its interface lacks goes through it so:

* cancelling: ``Stream.close`` shuts down the connection noted by ``assistant.llm_client``;
* private reasoning: its ``thinking_delta``, and tags in the text by ``assistant.reasoning``;
* token counts and timings: the ``raw`` chunks (``stream_options`` asks for them);
* log-probabilities, JSON schemas, engine options: keyword arguments of the request body.

Knows nothing of passages, prompts or citations.
"""

from __future__ import annotations

import json
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.engine import Engine
from assistant.llm_client import Call, Client, Timeouts, is_loopback, normal_base_url
from assistant.llm_errors import cut_short, not_compatible, translated
from assistant.llm_stream import Completion, Outcome, Stream
from assistant.reasoning import Piece, ReasoningSplitter
from corpus.errors import ModelError

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage, ChatResponse
    from llama_index.llms.openai_like import OpenAILike  # type: ignore[import-untyped]

__all__ = ["Completion", "LanguageModel", "Message", "Piece", "Stream", "open_language_model"]

CONNECT_SECONDS = 5.0
READ_SECONDS = 120.0
CONTEXT_TOKENS = 4096
JSON_TOKENS = 400
TOP_LOGPROBS = 20
"""Alternatives asked for per token; 20 is the most that the chat API allows."""
MAX_CHARACTERS_PER_TOKEN = 50
"""A server that sends more than this per token asked for is not counting: it is cut off."""
MOST_JUDGED = 512
"""Prompts whose P(yes) is remembered, the latest: 1 to 4 KB each."""
YES = frozenset({"yes", "y", "true"})
NO = frozenset({"no", "n", "false"})


class Message(Protocol):
    """One chat message: ``assistant.prompts.Message`` or anything of its shape."""

    @property
    def role(self) -> str:
        """``system``, ``user`` or ``assistant``."""

    @property
    def content(self) -> str:
        """Its text."""


class ModelServer(Protocol):
    """Where a model is served: the embedded engine or an address."""

    @property
    def base_url(self) -> str:
        """Address of the chat API; may start the server."""

    @property
    def api_key(self) -> str | None:
        """Key to send, if any."""

    @property
    def model_name(self) -> str:
        """The name that requests ask for."""


@dataclass(frozen=True, slots=True)
class ExternalServer:
    """A model server that somebody else runs."""

    base_url: str
    api_key: str | None
    model_name: str


class LanguageModel:
    """A chat model behind ``server``. Thread-safe; nothing is contacted before the first call.

    ``starts_thinking``: the chat template opens the model's reasoning and the server passes
    it on as text (vLLM with QwQ or DeepSeek-R1 and no reasoning parser); None: find out.
    """

    def __init__(
        self,
        server: ModelServer,
        *,
        context_tokens: int = CONTEXT_TOKENS,
        connect_timeout: float = CONNECT_SECONDS,
        read_timeout: float = READ_SECONDS,
        starts_thinking: bool | None = None,
    ) -> None:
        self._server = server
        self.engine = server if isinstance(server, Engine) else None
        """The embedded engine, if that is what serves this model."""
        self.context_tokens = context_tokens
        self._timeouts = Timeouts(connect_timeout, read_timeout)
        self._starts_thinking = bool(starts_thinking)
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._judged: OrderedDict[tuple[tuple[str, str], ...], float] = OrderedDict()

    @property
    def name(self) -> str:
        """The model's name, as shown with its answers."""
        return self._server.model_name

    @property
    def is_local(self) -> bool:
        """Whether questions and passages stay on this machine."""
        return self.engine is not None or is_loopback(self._server.base_url)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        thinking_tokens: int = 0,
        temperature: float = 0.0,
        stop: Sequence[str] = (),
    ) -> Stream:
        """The answer in pieces, at most ``max_tokens`` after ``thinking_tokens`` of reasoning.

        The request is sent when the first piece is asked for.
        """
        options: dict[str, Any] = {"temperature": temperature}
        if stop:
            options["stop"] = list(stop)
        return self._stream(messages, max_tokens, thinking_tokens, options)

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        thinking_tokens: int = 0,
        temperature: float = 0.0,
        stop: Sequence[str] = (),
    ) -> Completion:
        """``stream``, drained."""
        return self.stream(
            messages,
            max_tokens=max_tokens,
            thinking_tokens=thinking_tokens,
            temperature=temperature,
            stop=stop,
        ).completion()

    def json(
        self,
        messages: Sequence[Message],
        schema: dict[str, Any],
        *,
        max_tokens: int = JSON_TOKENS,
        thinking_tokens: int = 0,
    ) -> Any:
        """Output constrained to a JSON schema, decoded. Raises ModelError if it is not JSON.

        The engine enforces the schema; check the value all the same, other servers may not.
        """
        form = {"name": "answer", "schema": schema, "strict": True}
        options = {
            "temperature": 0.0,
            "response_format": {"type": "json_schema", "json_schema": form},
        }
        done = self._stream(messages, max_tokens, thinking_tokens, options).completion()
        try:
            return json.loads(done.text)
        except ValueError as error:
            if done.finish_reason == "length":
                raise ModelError(
                    f"The model {self.name} did not finish its JSON within {max_tokens} tokens."
                ) from error
            raise ModelError(
                f"The model {self.name} did not answer with JSON: use a server that supports"
                " response_format, or the embedded engine."
            ) from error

    def yes_probability(self, messages: Sequence[Message]) -> float | None:
        """P(yes) / (P(yes) + P(no)) for the first token of the answer.

        None when neither is among the likely first tokens, or the server gives no
        log-probabilities. The same prompt gives the same probability: llama.cpp rounds otherwise
        when more of a prompt is in its cache, so a question near the threshold, asked again,
        would be refused after it was answered.
        """
        prompt = tuple((message.role, message.content) for message in messages)
        with self._lock:
            if prompt in self._judged:
                self._judged.move_to_end(prompt)
                return self._judged[prompt]
        share = self._yes_probability(messages)
        if share is None:
            return None
        with self._lock:
            share = self._judged.setdefault(prompt, share)
            while len(self._judged) > MOST_JUDGED:
                self._judged.popitem(last=False)
        return share

    def _yes_probability(self, messages: Sequence[Message]) -> float | None:
        client = self._connected()
        options = self._body(max_tokens=1, thinking_tokens=0)
        options |= {"temperature": 0.0, "logprobs": True, "top_logprobs": TOP_LOGPROBS}
        with self._translated(client):
            response = client.llm.chat(_chat_messages(messages), **options)
            likely = response.logprobs[0] if response.logprobs else []
            return _yes_share((token.token, token.logprob) for token in likely)

    def warm_up(self) -> None:
        """Start the embedded engine, and import the client, before the first question."""
        self._connected()

    def as_llamaindex(self) -> OpenAILike:
        """This model for LlamaIndex programs; starts the engine."""
        return self._connected().llm

    def close(self) -> None:
        """Close the connections and stop the embedded engine."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()
        if self.engine is not None:
            self.engine.stop()

    def _connected(self) -> Client:
        with self._lock:
            if self._client is None or self._client.base_url != self._server.base_url:
                self._client = Client(
                    base_url=self._server.base_url,
                    api_key=self._server.api_key,
                    model=self._server.model_name,
                    context_tokens=self.context_tokens,
                    timeouts=self._timeouts,
                )
            return self._client

    def _translated(self, client: Client) -> Any:
        return translated(client.base_url, self.name, client.models)

    def _body(self, *, max_tokens: int, thinking_tokens: int) -> dict[str, Any]:
        """Request fields for the length of the output, as this server understands them."""
        if self.engine is None:
            return {"max_tokens": max_tokens + thinking_tokens}
        if not self.engine.reasons:
            return {"max_tokens": max_tokens}
        extra = {
            "thinking_budget_tokens": max(thinking_tokens, 1),  # 0 would mean no limit
            "chat_template_kwargs": {"enable_thinking": thinking_tokens > 0},
        }
        return {"max_tokens": max_tokens + thinking_tokens, "extra_body": extra}

    def _stream(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        thinking_tokens: int,
        options: dict[str, Any],
    ) -> Stream:
        call, outcome = Call(), Outcome()
        limits = (max_tokens, thinking_tokens)
        return Stream(self._pieces(messages, limits, options, call, outcome), call, outcome)

    def _pieces(
        self,
        messages: Sequence[Message],
        limits: tuple[int, int],
        options: dict[str, Any],
        call: Call,
        outcome: Outcome,
    ) -> Generator[Piece]:
        with closing(self._responses(messages, limits, options, call)) as responses:
            yield from self._split(responses, limits, outcome)
        if not outcome.finish_reason and not call.cancelled:
            raise ModelError(cut_short(self._server.base_url))

    def _split(
        self, responses: Iterable[ChatResponse], limits: tuple[int, int], outcome: Outcome
    ) -> Iterator[Piece]:
        """Pieces of the chunks, noting what they say of the whole; at most the answer's limit."""
        splitter = ReasoningSplitter(starts_thinking=self._starts_thinking)
        answer_chunks = 0
        for response in responses:
            outcome.note(response.raw)
            thought = response.additional_kwargs.get("thinking_delta")
            if thought:
                yield Piece(thought, thinking=True)
            pieces = splitter.feed(response.delta) if response.delta else []
            for piece in pieces:
                self._starts_thinking |= piece.thinking and piece.reclaims
                yield piece
            answer_chunks += any(piece.text and not piece.thinking for piece in pieces)
            if limits[1] and answer_chunks >= limits[0] and not outcome.finish_reason:
                outcome.finish_reason = "length"  # it did not need its tokens for thinking
                break
        yield from splitter.finish(truncated=outcome.finish_reason != "stop")

    def _responses(
        self,
        messages: Sequence[Message],
        limits: tuple[int, int],
        options: dict[str, Any],
        call: Call,
    ) -> Generator[ChatResponse]:
        """Chunks as LlamaIndex gives them, with failures translated."""
        client = self._connected()
        body = self._body(max_tokens=limits[0], thinking_tokens=limits[1]) | options
        body["stream_options"] = {"include_usage": True}
        complete = False
        most = MAX_CHARACTERS_PER_TOKEN * max(sum(limits), 100)
        try:
            with self._translated(client):
                responses = client.llm.stream_chat(_chat_messages(messages), **body)
            while not call.cancelled:
                with self._translated(client), client.during(call):
                    response = next(responses, None)
                if response is None:
                    complete = True
                    return
                most -= len(response.delta or "")
                if most < 0:
                    raise ModelError(not_compatible(client.base_url))
                yield response
        finally:
            call.release(complete=complete)


def open_language_model(
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    model: str | None = None,
    gguf: Path | Callable[[], Path] | None = None,
    context_tokens: int = CONTEXT_TOKENS,
    threads: int | None = None,
    parallel: int = 2,
    connect_timeout: float = CONNECT_SECONDS,
    read_timeout: float = READ_SECONDS,
) -> LanguageModel:
    """The model at ``base_url`` (Ollama, llama-server, vLLM), else the embedded one of ``gguf``.

    ``gguf`` may be a function that finds the file when the engine starts. Raises InputError
    for an unusable address; a server that is down shows with the first call.
    """
    server: ModelServer
    if base_url is not None:
        server = ExternalServer(normal_base_url(base_url), api_key, model or "default")
    elif gguf is not None:
        server = Engine(
            gguf, context_tokens=context_tokens, threads=threads, parallel=parallel, name=model
        )
    else:
        raise ModelError("No language model is set: set REFDESK_MODEL or REFDESK_BASE_URL.")
    return LanguageModel(
        server,
        context_tokens=context_tokens,
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
    )


def _chat_messages(messages: Sequence[Message]) -> list[ChatMessage]:
    from llama_index.core.base.llms.types import ChatMessage, MessageRole

    return [ChatMessage(role=MessageRole(m.role), content=m.content) for m in messages]


def _yes_share(likely: Iterator[tuple[str, float]]) -> float | None:
    yes = no = 0.0
    for token, logprob in likely:
        word = token.strip().lower()
        yes += math.exp(logprob) if word in YES else 0.0
        no += math.exp(logprob) if word in NO else 0.0
    return yes / (yes + no) if yes + no > 0 else None
