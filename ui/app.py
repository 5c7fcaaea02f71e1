"""The browser app: build its page and serve it, from this machine only unless told otherwise.

Knows nothing of layout (``ui.page``), events (``ui.handlers``) or HTML (``ui.render``).
Gradio is imported on the first call, not with this module.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from corpus.errors import InputError, RefdeskError
from index.types import Quoted
from ui.api import Access
from ui.atom import ATOM_PATH, atom_feed
from ui.markup import DOCUMENT_PATH, Span
from ui.reader import IMAGE_PATH, NO_DOCUMENT, page_image, reader_page
from ui.shared import Shared
from ui.talk_pages import serve_talks
from ui.uploads import MAX_BYTES
from ui.views import Desk
from ui.visitors import VisitorCookies

if TYPE_CHECKING:
    import gradio as gr
    import uvicorn
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import HTMLResponse, Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
# How long the end of the server waits for models that are just being loaded.
LOAD_SECONDS = 60.0

# The page may talk to its own server and to nobody else. Gradio's front end compiles its
# HTML templates with Function() and has inline scripts and styles, hence the two unsafe-*.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    b"content-security-policy": CONTENT_POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
}


def build_app(
    desk: Desk,
    examples: Sequence[str] = (),
    shared: Shared | None = None,
) -> gr.Blocks:
    """Return the page as Gradio blocks; ``examples`` are questions to start with."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read by Gradio when it is imported
    from ui.page import build_page

    return build_page(shared or Shared.of(desk), examples)


def build_server(
    desk: Desk,
    host: str,
    examples: Sequence[str] = (),
    shared: Shared | None = None,
) -> FastAPI:
    """Return the page as a web application with its security headers and its doors."""
    shared = shared or Shared.of(desk)
    blocks = build_app(desk, examples, shared)
    import gradio as gr
    from fastapi import FastAPI
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from ui.api_guard import Bounded, SameOrigin
    from ui.api_listeners import Listening
    from ui.mcp_door import McpDoor
    from ui.openai_api import ChatServer
    from ui.shelf import add_shelf
    from ui.theme import head, style, theme

    tools = McpDoor(shared.programs)
    server = FastAPI(
        title="refdesk", docs_url=None, redoc_url=None, openapi_url=None, lifespan=tools.running
    )
    server.add_middleware(Listening, listeners=shared.listeners)
    server.add_middleware(Bounded)
    server.add_middleware(VisitorCookies)
    server.add_middleware(SameOrigin)
    server.add_middleware(_SecurityHeaders)
    if host in LOOPBACK:  # a web site whose name resolves to 127.0.0.1 must not get in
        server.add_middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK])
    server.get(DOCUMENT_PATH, response_model=None)(partial(_document, desk))
    server.add_route(ATOM_PATH, partial(_atom, desk))
    add_shelf(server, desk)
    server.add_route(IMAGE_PATH, partial(page_image, desk))
    serve_talks(server, shared.keeper)
    server.routes.extend(tools.routes)
    ChatServer(shared.programs).connect(server)
    gr.mount_gradio_app(
        server,
        blocks,
        path="/",
        server_name=host,
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        show_error=False,  # unknown errors go to the log; known ones are shown anyway
        max_file_size=MAX_BYTES,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=theme(),
        css=style(),
        head=head(),
    )
    return server


def _atom(desk: Desk, request: Request) -> Response:
    """What is new, for feed readers."""
    base, token = str(request.base_url).rstrip("/"), request.query_params.get("saved", "")
    return atom_feed(desk, base, token)


def _document(
    desk: Desk, id: str, start: int = 0, end: int = 0, part: str = "", q: str = ""
) -> HTMLResponse:
    """The page of one document, or a part of it for the reader; all but ``desk`` is untrusted."""
    from starlette.responses import HTMLResponse

    from ui.render_document import document_page, missing_page
    from ui.theme import document_style

    quoted = Quoted(start, end, q) if q else None
    if part:
        return reader_page(desk, id, Span(start, end), part, quoted)
    try:
        document = desk.document(id, quoted)
    except RefdeskError as error:
        return HTMLResponse(missing_page(str(error), document_style()), 503)
    if document is None:
        return HTMLResponse(missing_page(NO_DOCUMENT, document_style()), 404)
    return HTMLResponse(document_page(document, document_style(), Span(start, end)))


def serve(
    desk: Desk,
    host: str = "127.0.0.1",
    port: int = 7860,
    examples: Sequence[str] = (),
    on_ready: Callable[[str], None] | None = None,
    stop: threading.Event | None = None,
    refresh: bool = False,
    access: Access | None = None,
    watch: bool = False,
) -> None:
    """Serve the page until interrupted or ``stop`` is set; ``access`` is for programs.

    Once the page answers, ``on_ready`` is told its address, a refresh starts if asked for,
    the sources are watched if asked for, and the models load. Raises InputError if the
    address cannot be used.
    """
    import uvicorn

    with (
        closing(_listen(host, port)) as listener,
        closing(Shared.of(desk, access, at_home=host in LOOPBACK)) as shared,
    ):
        config = uvicorn.Config(
            build_server(desk, host, examples, shared),
            log_level="warning",
            timeout_graceful_shutdown=2,
        )
        server = uvicorn.Server(config)
        address = _address(host, listener)

        def after_start() -> None:
            if on_ready is not None:
                on_ready(address)
            if refresh:  # its first step shows that it has begun: the models load after it
                next(shared.refresher.follow(shared.refresher.request()), None)
            if watch:
                shared.watcher.start()
            _warm_up(desk)
            shared.asker.start()

        warm_up = threading.Thread(target=after_start, name="refdesk-warm-up", daemon=True)
        threading.Thread(
            target=_watch, args=(server, warm_up, stop), name="refdesk-start", daemon=True
        ).start()
        server.run(sockets=[listener])
        if warm_up.is_alive():  # native code that is cut off while it loads aborts the process
            warm_up.join(LOAD_SECONDS)


def _address(host: str, listener: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}/"


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything slow is done, so that a conflict shows at once."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        if os.name == "posix":  # elsewhere the option would let two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        raise InputError(
            f"Cannot serve on {host}:{port} ({error}); choose another address with --host and"
            " --port."
        ) from error
    return listener


def _watch(server: uvicorn.Server, warm_up: threading.Thread, stop: threading.Event | None) -> None:
    """Do what must not delay the page once it answers, and end the server on ``stop``."""
    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.05)
    warm_up.start()
    if stop is not None:
        stop.wait()
        server.should_exit = True


def _warm_up(desk: Desk) -> None:
    try:
        desk.warm_up()
    except RefdeskError as error:  # the first question says it again, to the visitor
        log.warning("the models could not be loaded yet: %s", error)


class _SecurityHeaders:
    """Put ``HEADERS`` on every response (plain ASGI: streamed answers pass through)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS.items()]
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)
