"""Keeps a reasoning model's private text apart from its answer, piece by piece.

Works on the text alone, whatever server sent it, in the forms that model families write:
``<think>…</think>`` (QwQ, Qwen3, DeepSeek-R1; the opening tag is missing where the chat
template put it into the prompt), ``<answer>`` or ``<response>`` around the answer (Hunyuan,
ERNIE), ``◁think▷`` (Kimi), ``[THINK]`` (Magistral) and the harmony channels of gpt-oss.
Knows nothing of servers, tokens or citations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

_OPEN = ("<think>", "<thinking>", "<thought>", "<seed:think>", "◁think▷", "[THINK]")
_CLOSE = ("</think>", "</thinking>", "</thought>", "</seed:think>", "◁/think▷", "[/THINK]")
_WRAP = ("<answer>", "</answer>", "<response>", "</response>")
_CHANNEL, _START, _MESSAGE = "<|channel|>", "<|start|>", "<|message|>"
_END = ("<|end|>", "<|return|>", "<|call|>")
_MARKS = (*_OPEN, *_CLOSE, *_WRAP, _CHANNEL, _START, _MESSAGE, *_END)
_MARK = re.compile("|".join(re.escape(mark) for mark in _MARKS))
_LONGEST = max(map(len, _MARKS))
_FINAL_CHANNEL = "final"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of model output, private (``thinking``) or part of the answer.

    ``reclaims`` marks the rare piece that shows all earlier text to belong to its own side:
    a closing tag came whose opening tag was never written (all of it was thinking), or an
    output expected to start with thinking ended without any (all of it was the answer).
    """

    text: str
    thinking: bool = False
    reclaims: bool = False


class ReasoningSplitter:
    """Splits output fed in pieces of any size; gives each character out once, in order.

    ``starts_thinking``: the prompt already holds the opening tag. Outside thinking a tag
    counts only at the start of a line, so that an answer may quote ``<think>`` in passing.
    """

    def __init__(self, *, starts_thinking: bool = False) -> None:
        self._state: Literal["answer", "thinking", "header"] = (
            "thinking" if starts_thinking else "answer"
        )
        self._assumed = starts_thinking
        self._harmony = False
        self._wrapped = False
        self._after_thinking = False
        self._buffer = ""
        self._line = ""
        self._held: list[str] = []  # white space that is dropped if the answer ends here
        self._answered = False

    def feed(self, text: str) -> list[Piece]:
        """The pieces that are certain after this much more output."""
        self._buffer += text
        pieces: list[Piece] = []
        while mark := _MARK.search(self._buffer):
            self._emit(self._buffer[: mark.start()], pieces)
            self._buffer = self._buffer[mark.end() :]
            self._mark(mark.group(), pieces)
        keep = _partial_mark(self._buffer)
        self._emit(self._buffer[: len(self._buffer) - keep], pieces)
        self._buffer = self._buffer[len(self._buffer) - keep :]
        return pieces

    def finish(self, *, truncated: bool = False) -> list[Piece]:
        """The rest, at the end of the output.

        A complete output (not ``truncated``) that was assumed to start with thinking but
        never closed it was an answer after all.
        """
        pieces: list[Piece] = []
        rest, self._buffer = self._buffer, ""
        self._emit(rest, pieces)
        if self._assumed and self._state == "thinking" and not truncated:
            pieces.append(Piece("", reclaims=True))
        return pieces

    def _mark(self, mark: str, pieces: list[Piece]) -> None:
        """Act on one marker, or pass it on as text where it does not count."""
        line_start = not self._line.strip()
        if self._state == "thinking":
            self._mark_in_thinking(mark, line_start, pieces)
        elif mark.startswith("<|") and (self._harmony or (mark == _CHANNEL and line_start)):
            self._harmony_mark(mark)
        elif mark in _OPEN and line_start:
            self._enter("thinking")
            self._assumed = False
        elif mark in _CLOSE and line_start:
            self._reclaim(pieces)
        elif mark in _WRAP and self._is_wrapper(mark):
            self._wrapped = not mark.startswith("</")
        else:
            self._emit(mark, pieces)

    def _mark_in_thinking(self, mark: str, line_start: bool, pieces: list[Piece]) -> None:
        if mark in _CLOSE:
            self._enter("answer")
            self._after_thinking = True
            self._assumed = False
        elif mark in _OPEN and line_start:
            self._assumed = False  # the model repeats the tag that the prompt gave it
        elif self._harmony and mark.startswith("<|"):
            self._harmony_mark(mark)
        else:
            self._emit(mark, pieces)

    def _harmony_mark(self, mark: str) -> None:
        """``<|channel|>NAME<|message|>TEXT<|end|><|start|>ROLE<|channel|>…``"""
        self._harmony = True
        if mark in (_CHANNEL, _START):
            self._enter("header")
        elif mark == _MESSAGE:
            final = self._line.strip().startswith(_FINAL_CHANNEL)
            self._enter("answer" if final else "thinking")
        self._after_thinking = True

    def _is_wrapper(self, mark: str) -> bool:
        """Whether an answer tag wraps the whole answer, rather than being quoted in it."""
        if mark.startswith("</"):
            return self._wrapped
        return self._after_thinking and not self._answered

    def _reclaim(self, pieces: list[Piece]) -> None:
        pieces.append(Piece("", thinking=True, reclaims=True))
        self._enter("answer")
        self._answered = False
        self._after_thinking = True

    def _enter(self, state: Literal["answer", "thinking", "header"]) -> None:
        self._state = state
        self._line = ""
        self._held.clear()

    def _emit(self, text: str, pieces: list[Piece]) -> None:
        if not text:
            return
        self._line = (self._line + text).rsplit("\n", 1)[-1]
        if self._state == "thinking":
            pieces.append(Piece(text, thinking=True))
        elif self._state == "answer":
            self._emit_answer(text, pieces)

    def _emit_answer(self, text: str, pieces: list[Piece]) -> None:
        """White space waits until answer text follows it, so that none frames the answer."""
        body = text.rstrip()
        if not body:
            self._held.append(text)
            return
        lead = "".join(self._held) + body if self._answered else body.lstrip()
        self._held[:] = [text[len(body) :]]
        self._answered = True
        pieces.append(Piece(lead))


def split_reasoning(text: str, *, starts_thinking: bool = False) -> tuple[str, str]:
    """(answer, thinking) of a complete output."""
    splitter = ReasoningSplitter(starts_thinking=starts_thinking)
    return collect([*splitter.feed(text), *splitter.finish()])


def split_stream(chunks: Iterable[str], *, starts_thinking: bool = False) -> Iterator[Piece]:
    """The pieces of an output that arrives in chunks."""
    splitter = ReasoningSplitter(starts_thinking=starts_thinking)
    for chunk in chunks:
        yield from splitter.feed(chunk)
    yield from splitter.finish()


def collect(pieces: Iterable[Piece]) -> tuple[str, str]:
    """(answer, thinking) of a stream of pieces, both stripped."""
    answer: list[str] = []
    thinking: list[str] = []
    for piece in pieces:
        side, other = (thinking, answer) if piece.thinking else (answer, thinking)
        if piece.reclaims:
            side.extend(other)
            other.clear()
        side.append(piece.text)
    return "".join(answer).strip(), "".join(thinking).strip()


def _partial_mark(text: str) -> int:
    """How many characters at the end may still grow into a marker."""
    for size in range(min(_LONGEST - 1, len(text)), 0, -1):
        tail = text[-size:]
        if any(mark.startswith(tail) for mark in _MARKS):
            return size
    return 0
