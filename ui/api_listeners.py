"""Who still reads what the HTTP API answers, so that nobody's answer is made to its end.

Gradio runs an endpoint whether or not its caller is still there. This notes, by session, which
streams of results are open and which were hung up. Knows nothing of what travels on them.
"""

from __future__ import annotations

import re
from collections import Counter
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

GRACE_SECONDS = 2.0  # a client may end one stream and open the next
REMEMBERED = 1000  # sessions that hung up; older ones are over

_STREAM = re.compile(r"/gradio_api/(?:queue/data|call/(?:v2/)?[^/]+/([^/]+))/?")


class Listeners:
    """The open streams of each session. For one event loop."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self._left_at: dict[str, float] = {}

    def has_left(self, session: str | None) -> bool:
        """Whether a session hung up a while ago and has not come back."""
        if session is None or session in self._open:
            return False
        left_at = self._left_at.get(session)
        return left_at is not None and monotonic() - left_at > GRACE_SECONDS

    def come(self, session: str) -> None:
        """Note that a session has opened a stream."""
        self._open[session] += 1
        self._left_at.pop(session, None)

    def go(self, session: str, *, hung_up: bool) -> None:
        """Note that a stream of a session has ended."""
        self._open[session] -= 1
        if self._open[session] > 0:
            return
        del self._open[session]
        if hung_up:
            self._left_at[session] = monotonic()
            if len(self._left_at) > REMEMBERED:
                del self._left_at[next(iter(self._left_at))]


class Listening:
    """Tell ``listeners`` of the streams of results that ``app`` serves (plain ASGI)."""

    def __init__(self, app: ASGIApp, listeners: Listeners) -> None:
        self._app = app
        self._listeners = listeners

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = _session(scope)
        if session is None:
            await self._app(scope, receive, send)
            return
        complete, hung_up = False, False

        async def noting_send(message: Message) -> None:
            nonlocal complete
            await send(message)
            complete = message["type"] == "http.response.body" and not message.get("more_body")

        async def noting_receive() -> Message:
            nonlocal hung_up
            message = await receive()
            hung_up = hung_up or (message["type"] == "http.disconnect" and not complete)
            return message

        self._listeners.come(session)
        try:
            await self._app(scope, noting_receive, noting_send)
        finally:
            self._listeners.go(session, hung_up=hung_up or not complete)


def _session(scope: Scope) -> str | None:
    """Whose results a request asks for; an event that names no session is one of its own."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    found = _STREAM.fullmatch(scope["path"])
    if found is None:
        return None
    named = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash")
    return found[1] or (named[0] if named else None)
