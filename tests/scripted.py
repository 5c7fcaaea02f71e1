"""A language model that follows a script: records what it is asked, refuses to improvise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from assistant.llm import Completion, Message
from assistant.reasoning import Piece, collect, split_stream

Answer = str | Exception | Callable[[Sequence[Message]], str]
"""What to say next: the raw output (reasoning tags and all), an error, or a function."""


@dataclass(frozen=True)
class Asked:
    """One recorded request."""

    method: str
    messages: tuple[Message, ...]
    options: dict[str, Any]

    @property
    def prompt(self) -> str:
        """All messages as one text, for assertions."""
        return "\n".join(message.content for message in self.messages)


class ScriptedStream(Iterator[Piece]):
    """A scripted answer in pieces; ``closed`` tells whether the listener hung up."""

    def __init__(self, pieces: Iterator[Piece], finish_reason: str = "stop") -> None:
        self._pieces = pieces
        self._finish_reason = finish_reason
        self.closed = False

    def __next__(self) -> Piece:
        if self.closed:
            raise StopIteration
        return next(self._pieces)

    def close(self) -> None:
        self.closed = True

    def completion(self) -> Completion:
        text, thinking = collect(self)
        return Completion(text, thinking, finish_reason=self._finish_reason)

    def __enter__(self) -> ScriptedStream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@dataclass
class ScriptedLanguageModel:
    """``LanguageModel`` without a model: answers come from its scripts, in order.

    ``answers`` serve ``stream`` and ``complete``, ``values`` serve ``json``, and
    ``probabilities`` serve ``yes_probability``. A request beyond the script fails the test.
    """

    answers: Sequence[Answer] = ()
    values: Sequence[Any] = ()
    probabilities: Sequence[float | None] = ()
    name: str = "scripted"
    is_local: bool = True
    context_tokens: int = 4096
    finish_reason: str = "stop"
    asked: list[Asked] = field(default_factory=list)
    streams: list[ScriptedStream] = field(default_factory=list)
    closed: bool = False
    warm: bool = False

    def __post_init__(self) -> None:
        self._answers = iter(self.answers)
        self._values = iter(self.values)
        self._probabilities = iter(self.probabilities)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        thinking_tokens: int = 0,
        temperature: float = 0.0,
        stop: Sequence[str] = (),
    ) -> ScriptedStream:
        options = {
            "max_tokens": max_tokens,
            "thinking_tokens": thinking_tokens,
            "temperature": temperature,
            "stop": tuple(stop),
        }
        stream = ScriptedStream(
            self._pieces(self._next("stream", messages, options), messages), self.finish_reason
        )
        self.streams.append(stream)
        return stream

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        thinking_tokens: int = 0,
        temperature: float = 0.0,
        stop: Sequence[str] = (),
    ) -> Completion:
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
        max_tokens: int = 400,
        thinking_tokens: int = 0,
    ) -> Any:
        value = self._scripted(self._values, "json", messages, {"schema": schema})
        if isinstance(value, Exception):
            raise value
        return value

    def yes_probability(self, messages: Sequence[Message]) -> float | None:
        value: float | None = self._scripted(self._probabilities, "yes_probability", messages, {})
        return value

    def warm_up(self) -> None:
        self.warm = True

    def close(self) -> None:
        self.closed = True

    def assert_finished(self) -> None:
        """Fail if the script was not played to its end."""
        for script in (self._answers, self._values, self._probabilities):
            left = list(script)
            assert not left, f"never asked for: {left!r}"

    def _next(self, method: str, messages: Sequence[Message], options: dict[str, Any]) -> Answer:
        answer: Answer = self._scripted(self._answers, method, messages, options)
        return answer

    def _scripted(
        self,
        script: Iterator[Any],
        method: str,
        messages: Sequence[Message],
        options: dict[str, Any],
    ) -> Any:
        asked = Asked(method, tuple(messages), options)
        self.asked.append(asked)
        for value in script:
            return value
        raise AssertionError(f"{method} was not scripted for:\n{asked.prompt}")

    @staticmethod
    def _pieces(answer: Answer, messages: Sequence[Message]) -> Iterator[Piece]:
        """The answer word by word, as a server would send it; an error when first read."""
        if isinstance(answer, Exception):
            raise answer
        text = answer(messages) if callable(answer) else answer
        words = text.splitlines(keepends=True)
        yield from split_stream(word for line in words for word in _words(line))


def _words(line: str) -> list[str]:
    parts = line.split(" ")
    return [part + " " for part in parts[:-1]] + [parts[-1]]
