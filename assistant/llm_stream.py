"""An answer in the making, and the whole it becomes.

Knows how chunks of the chat API report tokens and timings; nothing of servers or requests.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from assistant.llm_client import Call
from assistant.reasoning import Piece, collect
from corpus.errors import ModelError


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole output. Counts are tokens; ``cached_tokens`` of the prompt were not read anew.

    ``prompt_seconds`` and ``tokens_per_second`` are the server's own, None if it says none.
    """

    text: str
    thinking: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    finish_reason: str = ""
    prompt_seconds: float | None = None
    tokens_per_second: float | None = None


@dataclass(slots=True)
class Outcome:
    """What the chunks of a stream say about the whole answer."""

    finish_reason: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    prompt_seconds: float | None = None
    tokens_per_second: float | None = None

    def note(self, raw: Any) -> None:
        """Take in one chunk as the OpenAI client decodes it."""
        for choice in raw.choices or ():
            self.finish_reason = choice.finish_reason or self.finish_reason
        usage = getattr(raw, "usage", None)
        if usage is not None:
            self.prompt_tokens = usage.prompt_tokens or 0
            self.completion_tokens = usage.completion_tokens or 0
            details = getattr(usage, "prompt_tokens_details", None)
            self.cached_tokens = getattr(details, "cached_tokens", None) or 0
        timings = getattr(raw, "timings", None)  # llama.cpp
        if isinstance(timings, dict) and "prompt_ms" in timings:
            self.prompt_seconds = timings["prompt_ms"] / 1000
            self.tokens_per_second = timings.get("predicted_per_second")


class Stream(Iterator[Piece]):
    """An answer in the making. Any thread may ``close`` it; then the iteration just ends.

    Closing frees the model at once. Iterating raises ModelError when the server fails.
    """

    def __init__(self, pieces: Generator[Piece], call: Call, outcome: Outcome) -> None:
        self._pieces = pieces
        self._call = call
        self._outcome = outcome

    def __next__(self) -> Piece:
        try:
            return next(self._pieces)
        except ModelError:
            if self._call.cancelled:
                raise StopIteration from None
            raise

    def close(self) -> None:
        """Stop generating."""
        self._call.cancel()
        try:
            self._pieces.close()
        except ValueError:
            return  # another thread is inside; the hang-up wakes it and it finishes

    def completion(self) -> Completion:
        """The rest of the stream, drained, as a whole."""
        text, thinking = collect(self)
        done = self._outcome
        return Completion(
            text,
            thinking,
            prompt_tokens=done.prompt_tokens,
            completion_tokens=done.completion_tokens,
            cached_tokens=done.cached_tokens,
            finish_reason=done.finish_reason,
            prompt_seconds=done.prompt_seconds,
            tokens_per_second=done.tokens_per_second,
        )

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
