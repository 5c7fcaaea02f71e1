"""An OpenAI-compatible server on the desk: ``/v1/chat/completions`` and ``/v1/models``.

A streamed answer sends its text when it has been checked, never a draft as text; what happens
before comes in the extra field ``refdesk`` of chunks without text. Knows nothing of how an
answer is made, nor of the page.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing, suppress
from typing import Any

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from assistant.types import Answer, Answered, Event, Thinking
from corpus.errors import InputError, RefdeskError
from ui import openai_shapes as shapes
from ui.api import Programs
from ui.api_events import BusyError
from ui.api_json import event_json

PREFIX = "/v1"
MAX_BODY = 1_000_000  # bytes; a conversation of 80 messages is far less
BODY_SECONDS = 30.0  # within which a request must have arrived
HEARTBEAT_SECONDS = 10.0  # clients and proxies hang up on a stream that is silent for a minute
GONE_SECONDS = 0.25  # how late a client that left is noticed
RETRY_SECONDS = 5
HEARTBEAT = ": still at work\n\n"
NO_KEY = "This desk asks for its key; send it as the API key."


class TooLargeError(InputError):
    """The body is larger than ``MAX_BODY``."""


class TooSlowError(InputError):
    """The body did not arrive within ``BODY_SECONDS``."""


class ChatServer:
    """The routes under ``/v1``."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs

    def connect(self, server: FastAPI) -> None:
        """Add the routes to a server."""
        server.post(f"{PREFIX}/chat/completions", response_model=None)(self.chat)
        server.get(f"{PREFIX}/models", response_model=None)(self.models)
        server.get(f"{PREFIX}/models/{{name:path}}", response_model=None)(self.model)
        server.api_route(f"{PREFIX}/{{rest:path}}", methods=["GET", "POST"], response_model=None)(
            self.unknown
        )

    async def chat(self, request: Request) -> Response:
        """Answer the last message."""
        if (refused := self._refusal(request)) is not None:
            return refused
        try:
            asked = shapes.parse(await _body(request))
            self._programs.answering.check_room()
            if asked.stream:
                events = self._stream(asked, str(request.base_url))
                return StreamingResponse(events, media_type="text/event-stream",
                                         headers={"cache-control": "no-store"})  # fmt: skip
            answer = await _while_there(request, self._answer(asked))
        except RefdeskError as error:
            return _problem(error)
        except ClientDisconnect:
            return Response(status_code=499)  # nobody reads it
        return JSONResponse(_plain(shapes.completion(answer, str(request.base_url))))

    async def models(self, request: Request) -> Response:
        """List the one model."""
        return self._refusal(request) or JSONResponse(shapes.models())

    async def model(self, request: Request, name: str) -> Response:
        """Describe the model."""
        if (refused := self._refusal(request)) is not None:
            return refused
        if name != shapes.MODEL:
            return _problem(shapes.UnknownModelError(f"There is no model {name[:100]!r}."))
        return JSONResponse(shapes.model())

    async def unknown(self, request: Request) -> Response:
        """Say which addresses there are."""
        line = f"There is no {request.url.path[:100]}; use {PREFIX}/chat/completions."
        return _error(404, line, "not_found")

    def _refusal(self, request: Request) -> Response | None:
        if self._programs.check_key(request.headers.get("authorization")):
            return None
        response = _error(401, NO_KEY, "invalid_api_key")
        response.headers["www-authenticate"] = "Bearer"
        return response

    async def _answer(self, asked: shapes.ChatRequest) -> Answer:
        return await self._programs.answering.answer(asked.question, asked.history)

    async def _stream(self, asked: shapes.ChatRequest, base: str) -> AsyncIterator[str]:
        """Server-sent events; when the client leaves, closing this frees the model."""
        head = shapes.Head()
        yield _sse(head.chunk({"role": "assistant", "content": ""}))
        answering = self._programs.answering
        events = answering.beating(asked.question, asked.history, HEARTBEAT_SECONDS)
        try:
            async with aclosing(events):
                async for event in events:
                    for piece in _pieces(event, head, asked, base):
                        yield piece
        except RefdeskError as error:
            yield _sse({"error": _error_body(*_kind(error), str(error))})
        yield "data: [DONE]\n\n"


def _pieces(
    event: Event | None, head: shapes.Head, asked: shapes.ChatRequest, base: str
) -> list[str]:
    if event is None:
        return [HEARTBEAT]
    if isinstance(event, Thinking):
        return [_sse(head.chunk({"reasoning_content": event.text}))]
    if isinstance(event, Answered):
        return _last(event.answer, head, asked, base)
    return [_sse(head.chunk({}, refdesk=event_json(event)))]


def _last(answer: Answer, head: shapes.Head, asked: shapes.ChatRequest, base: str) -> list[str]:
    content = shapes.content_of(answer)
    sent = [_sse(head.chunk({"content": piece})) for piece in shapes.pieces(content)]
    noted = {"annotations": shapes.url_citations(content, answer, base)}
    sent.append(_sse(head.chunk(noted, "stop", refdesk=answer.to_dict())))
    usage = shapes.usage_of(answer)
    if asked.usage and usage is not None:
        sent.append(_sse(head.of("chat.completion.chunk", None, usage=usage)))
    return sent


async def _body(request: Request) -> bytes:
    """The bounded body of a JSON request (a web page's form can send no such type)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise InputError("Send the request as application/json.")
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _bounded(request)
    except TimeoutError as error:
        raise TooSlowError("The request did not arrive in time; send it again.") from error


async def _bounded(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise TooLargeError(f"The request is over {MAX_BODY:,} bytes; shorten it.")
    return bytes(body)


async def _while_there(request: Request, work: Coroutine[Any, Any, Answer]) -> Answer:
    """The work's result; cancels it and raises ClientDisconnect when the client leaves."""
    task = asyncio.ensure_future(work)
    try:
        while True:
            await asyncio.wait({task}, timeout=GONE_SECONDS)
            if task.done():
                return task.result()
            if await request.is_disconnected():
                raise ClientDisconnect
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, RefdeskError):
            await task


def _sse(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(_plain(data), ensure_ascii=False)}\n\n"


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """Values of a table or trace that JSON lacks, as text."""
    plain: dict[str, Any] = json.loads(json.dumps(data, default=str))
    return plain


def _kind(error: RefdeskError) -> tuple[int, str]:
    """The status and OpenAI's code of an error."""
    if isinstance(error, shapes.UnknownModelError):
        return 404, "model_not_found"
    if isinstance(error, TooLargeError):
        return 413, "request_too_large"
    if isinstance(error, TooSlowError):
        return 408, "request_timeout"
    if isinstance(error, InputError):
        return 400, "invalid_request"
    if type(error) is RefdeskError:
        return 500, "internal_error"
    return 503, "busy" if isinstance(error, BusyError) else "unavailable"


def _problem(error: RefdeskError) -> JSONResponse:
    status, code = _kind(error)
    return _error(status, str(error), code)


def _error(status: int, line: str, code: str) -> JSONResponse:
    response = JSONResponse({"error": _error_body(status, code, line)}, status)
    if status == 503:
        response.headers["retry-after"] = str(RETRY_SECONDS)
    return response


def _error_body(status: int, code: str, line: str) -> dict[str, Any]:
    kind = "server_error" if status >= 500 else "invalid_request_error"
    return {"message": line, "type": kind, "param": None, "code": code}


async def refuse_without_key(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request that did not show the key (an ASGI application)."""
    response = _error(401, NO_KEY, "invalid_api_key")
    response.headers["www-authenticate"] = "Bearer"
    await response(scope, receive, send)
