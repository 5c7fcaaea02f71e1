"""The owner's service: other processes of this user work through it, over loopback.

A random port, a random key, one route. Every call runs on a thread of its own, from its
first event to its last, because SQLite connections and locks belong to threads. Knows
nothing of answers or indexes, nor of how a home finds its owner.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from dataclasses import asdict

import uvicorn
from pydantic import TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from assistant import wire
from assistant.calls import Call, Desk, Returned, Running, perform
from corpus.errors import RefdeskError

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
LARGEST_BODY = 1_048_576  # bytes; a long conversation's history is some tens of kilobytes
MOST_CALLS = 16  # at once; beyond it the caller is told to try again
HEARTBEAT_SECONDS = 5.0  # a client that hears nothing for several of these gives up
FINISH_SECONDS = 60.0  # an answer takes 10 to 30 on two cores


class Service:
    """Serves one desk to other processes until ``stop``."""

    def __init__(self, desk: Desk) -> None:
        self.key = secrets.token_urlsafe(32)
        self.port = 0
        self._desk = desk
        self._works: set[_Work] = set()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """Where the service listens, for example ``127.0.0.1:43121``."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def in_flight(self) -> int:
        """How many calls of other processes are being worked on."""
        return len(self._works)

    def start(self) -> None:
        """Bind a free loopback port and serve it from a daemon thread."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.bind((LOOPBACK, 0))
        listener.listen(64)
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._app(),
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="refdesk-service", daemon=True
        )
        self._thread.start()

    def stop(self, grace: float = FINISH_SECONDS) -> None:
        """Take no more calls, let those in flight finish for ``grace`` seconds, then end them."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        if self._works:
            logger.warning("finishing what other refdesk commands wait for; Ctrl-C ends at once")
        self._thread.join(grace)
        for work in list(self._works):
            work.cancel()
        self._thread.join(HEARTBEAT_SECONDS)
        self._server.force_exit = True
        self._thread.join(1.0)
        for work in list(self._works):
            work.join(HEARTBEAT_SECONDS)
        self._server = self._thread = None

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/health", self._health, methods=["GET"]),
                Route("/call", self._answer, methods=["POST"]),
            ]
        )

    async def _health(self, request: Request) -> Response:
        settings = self._desk.settings
        running = Running(os.getpid(), settings.model, settings.base_url)
        return self._refuse(request) or JSONResponse(asdict(running))

    async def _answer(self, request: Request) -> Response:
        refusal = self._refuse(request)
        if refusal is not None:
            return refusal
        body = await _bounded_body(request)
        if body is None:
            return PlainTextResponse("the request is too large", 413)
        try:
            call: Call = TypeAdapter(Call).validate_json(body)
        except (ValidationError, RefdeskError):  # the latter: a query that nobody could ask
            return PlainTextResponse("not a call of this version of refdesk", 400)
        if len(self._works) >= MOST_CALLS:
            return PlainTextResponse("too many calls at once, try again", 503)
        work = _Work(self._lines(call), self._works.discard)
        self._works.add(work)
        work.start()  # only now: a quick call may end, and leave the set, before this line does
        return _Lines(work)

    def _refuse(self, request: Request) -> Response | None:
        """A web page that rebinds its name to loopback fails here, and so does a guessed key."""
        if request.headers.get("host") != self.address:
            return PlainTextResponse("wrong host", 421)
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {self.key}".encode()):
            return PlainTextResponse("wrong key", 401)
        return None

    def _lines(self, call: Call) -> Iterator[bytes]:
        for message in perform(self._desk, call):
            if isinstance(message, Returned):
                yield wire.encode_result(message.value)
            else:
                yield wire.encode_event(message)


class _Work:
    """One call on its thread, handing its lines to the event loop as they come."""

    def __init__(self, reply: Iterator[bytes], ended: Callable[[_Work], None]) -> None:
        self._reply = reply
        self._ended = ended
        self._gone = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._thread = threading.Thread(target=self._run, name="refdesk-call", daemon=True)

    def start(self) -> None:
        """Begin the call."""
        self._thread.start()

    def cancel(self) -> None:
        """Nobody listens any more: stop at the next event."""
        self._gone.set()

    def join(self, seconds: float) -> None:
        """Wait until the thread has ended, at most ``seconds``."""
        self._thread.join(seconds)

    async def lines(self) -> AsyncIterator[bytes]:
        """The lines of the reply, with a heartbeat whenever it is silent."""
        while True:
            try:
                line = await asyncio.wait_for(self._queue.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                line = wire.HEARTBEAT
            if line is None:
                return
            yield line

    def _run(self) -> None:
        try:
            for line in self._reply:
                self._put(line)
                if self._gone.is_set():
                    break
        except RefdeskError as error:
            self._put(wire.encode_problem(error))
        except Exception as error:
            logger.exception("a call of another process failed")
            self._put(wire.encode_problem(error))
        finally:
            if isinstance(self._reply, Generator):
                self._reply.close()  # here, in its own thread: it may hold a lock or a transaction
            self._put(None)
            self._ended(self)

    def _put(self, line: bytes | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, line)
        except RuntimeError:  # the loop is closed: the process is ending, nobody listens
            self._gone.set()


class _Lines(StreamingResponse):
    """A reply of JSON lines whose work is cancelled when its reader goes away."""

    def __init__(self, work: _Work) -> None:
        super().__init__(work.lines(), media_type="application/x-ndjson")
        self._work = work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._work.cancel()


async def _bounded_body(request: Request) -> bytes | None:
    """The body, or None when it is over ``LARGEST_BODY`` whatever its header says."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)
