"""The MCP server at its address on the web server, where the ``mcp`` package is installed.

Knows nothing of the tools.
"""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ui.api import Programs
from ui.api_guard import Keyed
from ui.openai_api import refuse_without_key

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

# The address of the protocol's own examples, and the one that Gradio's apps have.
PATHS = ("/mcp", "/mcp/", "/gradio_api/mcp", "/gradio_api/mcp/")
METHODS = ["GET", "POST", "DELETE"]
MAX_BODY = 1_000_000  # bytes
MISSING = 'The MCP server needs one more package; run: pip install "mcp>=2.3" "anyio>=4.9"'


def available() -> bool:
    """Whether the ``mcp`` package is installed."""
    return importlib.util.find_spec("mcp") is not None


class McpDoor:
    """The routes of the MCP server; ``running`` must be entered while they are served."""

    def __init__(self, programs: Programs) -> None:
        self._server = _server(programs) if available() else None
        app: ASGIApp = _Missing() if self._server is None else _application(self._server)
        guarded = Keyed(app, programs.check_key, refuse_without_key)
        self.routes = [Route(path, guarded, methods=METHODS) for path in PATHS]

    @asynccontextmanager
    async def running(self, app: Any) -> AsyncIterator[None]:
        """Serve for the length of the block, once."""
        if self._server is None:
            yield
            return
        async with self._server.session_manager.run():
            yield


class _Missing:
    """Says which package is missing."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        response: Response = PlainTextResponse(MISSING, 501)
        await response(scope, receive, send)


def _server(programs: Programs) -> MCPServer:
    from ui.mcp_server import build_mcp

    async def ready() -> Programs:
        return programs

    return build_mcp(ready, refresh=programs.access.tools_refresh)


def _application(server: MCPServer) -> ASGIApp:
    """The server without sessions: each request stands alone, so nothing piles up."""
    from mcp.server.transport_security import TransportSecuritySettings

    server.streamable_http_app(
        stateless_http=True,
        max_request_body_size=MAX_BODY,
        # The whole web server looks at Host and Origin already.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return _ToManager(server)


class _ToManager:
    """Hands a request to the server's session manager."""

    def __init__(self, server: MCPServer) -> None:
        self._server = server

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._server.session_manager.handle_request(scope, receive, send)
