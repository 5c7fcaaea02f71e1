"""A small Hugging Face Hub on loopback: its model API and the READMEs, as a test fills it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Reply = tuple[int, bytes]


@dataclass
class FakeHub:
    """Models by id; ``replies`` stand in for what a path would give."""

    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    readmes: dict[str, str] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    redirect: bool = False
    port: int = 0

    @property
    def endpoint(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def add(self, model_id: str, readme: str | None = None, **changes: Any) -> None:
        """Put a model there, or change it; its version follows from what it holds."""
        base = self.models.get(model_id) or {
            "id": model_id,
            "createdAt": "2025-01-20T03:46:07.000Z",
            "lastModified": "2025-03-27T04:01:59.000Z",
            "private": False,
            "gated": False,
            "disabled": False,
            "tags": ["transformers", "safetensors", "license:mit"],
            "pipeline_tag": "text-generation",
            "cardData": {"license": "mit", "language": ["en", "zh"]},
            "safetensors": {"parameters": {"BF16": 7_615_616_512}, "total": 7_615_616_512},
        }
        model = base | changes
        if readme is not None:
            self.readmes[model_id] = readme
        told = json.dumps([model, self.readmes.get(model_id)], sort_keys=True, default=str)
        self.models[model_id] = model | {"sha": changes.get("sha", sha1(told.encode()).hexdigest())}

    def reply(self, target: str) -> Reply:
        """What a GET of ``target`` gives."""
        parts = urlsplit(target)
        path = unquote(parts.path)
        if path in self.replies:
            return self.replies[path]
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if path == "/api/models":
            own = [m for i, m in self.models.items() if i.split("/")[0] == query.get("author")]
            own.sort(key=lambda model: str(model["createdAt"]), reverse=True)
            return 200, json.dumps(own[: int(query.get("limit", "1000"))]).encode()
        if path.startswith("/api/models/"):
            model = self.models.get(path.removeprefix("/api/models/"))
            return (200, json.dumps(model).encode()) if model else (404, b"{}")
        model_id, _, rest = path.strip("/").partition("/resolve/")
        if rest.endswith("/README.md") and model_id in self.readmes:
            return 200, self.readmes[model_id].encode()
        return 404, b"Entry not found"


@contextmanager
def hub_serving() -> Iterator[FakeHub]:
    """Serve a Hub until the block ends."""
    hub = FakeHub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hub.asked.append(self.path)
            hub.headers.append(dict(self.headers.items()))
            if hub.redirect and "/resolve/" in self.path and "cache" not in self.path:
                self.send_response(307)
                self.send_header("Location", self.path + "?cache=1")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            status, body = hub.reply(self.path)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Nothing: a client that hangs up early is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    hub.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
