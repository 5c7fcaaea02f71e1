"""A chat API server that misbehaves on request: what ``LanguageModel`` must survive.

Listens on 127.0.0.1 for the length of a ``with`` block. Each request is answered by the next
of ``replies``, the last one repeating.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Reply:
    """``chunks`` of body, ``pause`` seconds apart; ``cut`` drops the connection after them."""

    chunks: tuple[bytes, ...] = ()
    status: int = 200
    content_type: str = "text/event-stream"
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    cut: bool = False


def delta(finish: str | None = None, **fields: Any) -> bytes:
    """One server-sent event of a chat completion."""
    choice = {"index": 0, "delta": fields, "finish_reason": finish}
    return event({"id": "1", "object": "chat.completion.chunk", "choices": [choice]})


def event(body: Any) -> bytes:
    """``body`` as a server-sent event."""
    return f"data: {json.dumps(body)}\n\n".encode()


def streamed(*texts: str, usage: dict[str, Any] | None = None) -> Reply:
    """A well-behaved stream of ``texts``."""
    chunks = [delta(role="assistant"), *(delta(content=text) for text in texts), delta("stop")]
    if usage is not None:
        chunks.append(event({"id": "1", "choices": [], "usage": usage}))
    return Reply((*chunks, b"data: [DONE]\n\n"))


def refused(status: int, body: Any) -> Reply:
    """An error reply with a JSON body."""
    return Reply((json.dumps(body).encode(),), status, "application/json")


class ChatServer:
    """``url`` is its base URL; ``requests`` the decoded bodies, ``headers`` their headers."""

    def __init__(self, *replies: Reply, models: Sequence[str] = ("alpha", "beta")) -> None:
        self.replies = list(replies)
        self.models = models
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.hung_up = threading.Event()
        self._stopping = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = False
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def wait(self, seconds: float) -> None:
        """Sleep, but not beyond the end of the test."""
        self._stopping.wait(seconds)

    def __enter__(self) -> ChatServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _handler(server: ChatServer) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - one small class
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def do_GET(self) -> None:
            body = json.dumps({"data": [{"id": name} for name in server.models]}).encode()
            self.close_connection = True
            self._head(Reply(content_type="application/json"), len(body))
            self.wfile.write(body)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            server.requests.append(json.loads(self.rfile.read(length)))
            server.headers.append(dict(self.headers))
            reply = server.next_reply()
            self._head(reply, None)
            self.close_connection = True
            try:
                self._send(reply)
            except OSError:
                server.hung_up.set()

        def _send(self, reply: Reply) -> None:
            for chunk in reply.chunks:
                if reply.pause:
                    server.wait(reply.pause)
                self.wfile.write(f"{len(chunk):X}\r\n".encode() + chunk + b"\r\n")
                self.wfile.flush()
            if not reply.cut:
                self.wfile.write(b"0\r\n\r\n")

        def _head(self, reply: Reply, length: int | None) -> None:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            if length is None:
                self.send_header("Transfer-Encoding", "chunked")
            else:
                self.send_header("Content-Length", str(length))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Tests are quiet."""

    return Handler


def wait_until(condition: Callable[[], object], seconds: float = 20.0, pause: float = 0.02) -> bool:
    """Whether ``condition()`` came true in time, asked every ``pause`` seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(pause)
    return False
