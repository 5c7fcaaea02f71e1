"""Who is asking: a random cookie tells one visitor's browser from another's.

The cookie is out of reach of scripts, goes to this server only, and never stands in an address;
what is kept under a visitor is kept under a digest of it. Knows nothing of what is kept.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "refdesk_visitor"
YEAR_SECONDS = 365 * 24 * 3600

_MADE_HERE = re.compile(r"[A-Za-z0-9_-]{43}")  # token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Visit:
    """One open page of a visitor; ``visitor`` is None where the browser takes no cookies."""

    session: str
    visitor: str | None


def visit_of(request: gr.Request) -> Visit:
    """The page that an event comes from."""
    cookies = dict(request.cookies) if hasattr(request, "cookies") else {}
    return Visit(request.session_hash or "", _digest(cookies.get(COOKIE)))


def visitor_of(request: Request) -> str | None:
    """The visitor that a plain request comes from; None if it carries no cookie of ours."""
    return _digest(request.cookies.get(COOKIE))


def _digest(cookie: object) -> str | None:
    if not isinstance(cookie, str) or not _MADE_HERE.fullmatch(cookie):
        return None
    return hashlib.sha256(cookie.encode()).hexdigest()


class VisitorCookies:
    """Give the cookie to whoever opens the page without one (plain ASGI middleware)."""

    def __init__(self, app: ASGIApp, path: str = "/") -> None:
        self.app = app
        self.path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_new(scope):
            await self.app(scope, receive, send)
            return
        cookie = _set_cookie(secure=scope.get("scheme") == "https")

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"set-cookie", cookie)]
            await send(message)

        await self.app(scope, receive, send_with_cookie)

    def _is_new(self, scope: Scope) -> bool:
        from starlette.requests import Request

        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != self.path:
            return False
        return visitor_of(Request(scope)) is None


def _set_cookie(*, secure: bool) -> bytes:
    value = secrets.token_urlsafe(32)
    marks = f"Path=/; Max-Age={YEAR_SECONDS}; HttpOnly; SameSite=Lax" + "; Secure" * secure
    return f"{COOKIE}={value}; {marks}".encode()
