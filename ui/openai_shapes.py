"""The chat API of OpenAI as JSON: what a request asks, and an answer in that shape.

Pure functions; knows nothing of servers. The last user message is the question and the
messages before it are the conversation; system messages and sampling options have no effect,
because an answer says what its sources say.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from assistant.types import Answer, Citation, Table, Turn
from corpus.errors import InputError
from ui.api import MAX_TURNS, text_of, turns_of
from ui.markup import Span, document_href, web_url

MODEL = "refdesk"
MOST_ROWS = 50  # rows of a table in the text; the whole table is in the field "refdesk"

Json = dict[str, Any]

_MARKER = re.compile(r"\[(\d{1,3})\]")
_PIECE = re.compile(r".+?(?:(?<=[.!?\]])\s+|\n+|$)", re.DOTALL)
_QUIET = ("system", "developer", "tool", "function")


class UnknownModelError(InputError):
    """A model was asked for that is not the desk."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What is asked: a question in its conversation, and how the answer shall come."""

    question: str
    history: tuple[Turn, ...]
    stream: bool = False
    usage: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """What every piece of one completion says of it."""

    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def of(self, kind: str, choice: Json | None, **more: Any) -> Json:
        """Return a completion or a chunk of it."""
        choices = [] if choice is None else [choice]
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL,
                "choices": choices, **more}  # fmt: skip

    def chunk(self, delta: Json, finish_reason: str | None = None, **more: Any) -> Json:
        """Return one chunk of a stream."""
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return self.of("chat.completion.chunk", choice, **more)


def parse(body: bytes) -> ChatRequest:
    """Return what a request asks; raises InputError with what is wrong with it."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InputError("The body is not valid JSON.") from error
    if not isinstance(data, dict):
        raise InputError("The body must be a JSON object.")
    _check_options(data)
    question, history = _conversation(data.get("messages"))
    options = data.get("stream_options")
    wanted = isinstance(options, dict) and options.get("include_usage") is True
    return ChatRequest(question, history, data.get("stream") is True, wanted)


def _check_options(data: Json) -> None:
    model = data.get("model", MODEL)
    if not isinstance(model, str):
        raise InputError(f"model must be text; use {MODEL!r}.")
    if model != MODEL:
        raise UnknownModelError(f"There is no model {model[:100]!r}; use {MODEL!r}.")
    if data.get("n") not in (None, 1):
        raise InputError("n must be 1: the desk gives one checked answer.")
    form = data.get("response_format")
    if form is not None and not (isinstance(form, dict) and form.get("type") == "text"):
        raise InputError("response_format must be text; the field refdesk holds the JSON.")
    if data.get("tool_choice") not in (None, "none", "auto"):
        raise InputError("tool_choice must be none or auto: the desk calls no tools.")


def _conversation(messages: object) -> tuple[str, tuple[Turn, ...]]:
    if not isinstance(messages, list) or not messages:
        raise InputError("messages must be a list of messages, the last from the user.")
    said = [turn for message in messages[-MAX_TURNS:] if (turn := _message(message)) is not None]
    if not said or said[-1]["role"] != "user":
        raise InputError("The last message must be the user's question.")
    return text_of(said[-1]["text"], "the question"), turns_of(said[:-1])


def _message(message: object) -> Json | None:
    """The role and text of a message; None for one that says nothing in the conversation."""
    fields = message if isinstance(message, dict) else {}
    role, content = fields.get("role"), fields.get("content")
    if role in _QUIET:
        return None
    if role not in ("user", "assistant"):
        raise InputError("Each message has a role: system, user or assistant.")
    if content is None and role == "assistant":  # it called a tool
        return None
    return {"role": role, "text": _text(content)}


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise InputError("The content of a message is text, or a list of parts of type text.")
    parts = [part.get("text") if isinstance(part, dict) and part.get("type") == "text" else None
             for part in content]  # fmt: skip
    if not all(isinstance(part, str) for part in parts):
        raise InputError("The desk reads text only: leave out images, audio and files.")
    return "\n".join(str(part) for part in parts)


def content_of(answer: Answer) -> str:
    """Return the answer as a chat shows it: text with its markers, and a table in Markdown."""
    parts = [answer.text]
    if answer.table is not None and answer.table.rows:
        parts.append(_markdown(answer.table))
    if answer.notice:
        parts.append(f"({answer.notice})")
    return "\n\n".join(part for part in parts if part)


def pieces(content: str) -> Iterator[str]:
    """Yield the content sentence by sentence; together they are the content."""
    for match in _PIECE.finditer(content):
        yield match[0]


def url_citations(content: str, answer: Answer, base: str) -> list[Json]:
    """Return OpenAI's own form of citations: each marker with the address of its source.

    ``base`` is the server's address, for documents that have none elsewhere.
    """
    numbered = {citation.number: citation for citation in answer.citations}
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": match.start(),
                "end_index": match.end(),
                "title": citation.title,
                "url": _address(citation, base),
            },
        }
        for match in _MARKER.finditer(content)
        if (citation := numbered.get(int(match[1]))) is not None
    ]


def usage_of(answer: Answer) -> Json | None:
    """Return the tokens of the prompt and the draft; None where the model did not tell."""
    read, written = answer.trace.get("prompt_tokens"), answer.trace.get("answer_tokens")
    if not answer.model and read is None:  # answered from the cards: no model was asked
        read = written = 0
    if read is None or written is None:
        return None
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def completion(answer: Answer, base: str) -> Json:
    """Return the whole answer as one completion."""
    content = content_of(answer)
    message = {
        "role": "assistant",
        "content": content,
        "refusal": None,
        "annotations": url_citations(content, answer, base),
        "refdesk": answer.to_dict(),
    }
    if answer.thinking:
        message["reasoning_content"] = answer.thinking
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    usage = usage_of(answer)
    return Head().of("chat.completion", choice, **({"usage": usage} if usage else {}))


def models() -> Json:
    """Return the one model that there is."""
    return {"object": "list", "data": [model()]}


def model() -> Json:
    """Return the desk as a model."""
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": "refdesk"}


def _address(citation: Citation, base: str) -> str:
    here = document_href(citation.document_id, Span(citation.start, citation.end), citation.quote)
    return web_url(citation.url) or base.rstrip("/") + here


def _markdown(table: Table) -> str:
    heads = [*(name.replace("_", " ") for name in table.columns), "Source"]
    lines = [_row(heads), _row(["---"] * len(heads))]
    for number, row in enumerate(table.rows[:MOST_ROWS]):
        cited = table.row_citations[number] if number < len(table.row_citations) else ()
        lines.append(_row([*map(_cell, row), "".join(f"[{n}]" for n in cited)]))
    if len(table.rows) > MOST_ROWS:
        lines.append(f"\n… and {len(table.rows) - MOST_ROWS} more rows.")
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    flat = " ".join(str(value).split())
    return re.sub(r"([\\|<>\[\]*_`])", r"\\\1", flat)
