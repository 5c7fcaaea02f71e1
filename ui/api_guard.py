"""Keep web pages of other origins away from the server, and strangers from its doors.

Plain ASGI, so that streamed answers pass through. Knows nothing of what the doors do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 16_000_000  # bytes of any request but an upload; a page's own are under one million
UPLOAD = "/gradio_api/upload"  # bounded by Gradio, file by file
TOO_LARGE = "The request is too large."
FOREIGN = "A web page of another origin may not use this server."


class SameOrigin:
    """Turn away what a browser sends on behalf of a page that this server did not serve.

    Programs send no ``Origin`` and pass. A proxy in front may change ``Host``; then it tells
    the one that was asked for in ``X-Forwarded-Host``, which no page of another origin can
    set without the server's leave.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _is_foreign(scope):
            from starlette.responses import PlainTextResponse

            await PlainTextResponse(FOREIGN, 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _is_foreign(scope: Scope) -> bool:
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get(b"origin")
    if origin is None:
        return False
    own = (headers.get(b"host"), headers.get(b"x-forwarded-host"))
    return _authority(origin) not in [host.lower() for host in own if host]


def _authority(origin: str) -> str:
    try:
        return urlsplit(origin.strip()).netloc.lower()
    except ValueError:  # an unclosed bracket
        return ""


class Bounded:
    """Turn away requests whose body would fill the memory; uploads go to the disk."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].rstrip("/") == UPLOAD:
            await self.app(scope, receive, send)
            return
        if _length(scope) > MAX_BODY:
            from starlette.responses import PlainTextResponse

            await PlainTextResponse(TOO_LARGE, 413)(scope, receive, send)
            return
        read = 0

        async def bounded_receive() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            # As if the client had gone: what follows is not read, and the connection is closed.
            return {"type": "http.disconnect"} if read > MAX_BODY else message

        await self.app(scope, bounded_receive, send)


def _length(scope: Scope) -> int:
    told = dict(scope["headers"]).get(b"content-length", b"")
    return int(told) if told.isdigit() else 0


class Keyed:
    """Let requests pass to ``app`` that show the key; ``refuse`` answers the others."""

    def __init__(
        self,
        app: ASGIApp,
        is_allowed: Callable[[str | None], bool],
        refuse: Callable[[Scope, Receive, Send], Awaitable[None]],
    ) -> None:
        self._app = app
        self._is_allowed = is_allowed
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        shown = headers.get(b"authorization")
        allowed = self._is_allowed(shown.decode("latin-1") if shown else None)
        await (self._app if allowed else self._refuse)(scope, receive, send)
