"""What the weights tests fetch from: a small Hugging Face Hub and a folder of wheels.

The Hub speaks the real protocol (resolve addresses, HEAD and GET, ETag, X-Repo-Commit,
Range, redirects) on 127.0.0.1 and can be told to misbehave.
"""

from __future__ import annotations

import hashlib
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from index.weights import Mirror, ModelEntry, WeightFile

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPO = "lab/tiny-GGUF"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass
class Hub:
    """The state of a running Hub: what it serves, how it misbehaves, what it was asked."""

    files: dict[str, bytes]
    etags: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None  # close the first GET after so many bytes
    is_hub: bool = True
    status: int = 200
    silent: bool = False  # accept, never answer
    redirect_to: str | None = None
    drip_until: threading.Event | None = None  # send slowly until set
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    endpoint: str = ""
    stopped: threading.Event = field(default_factory=threading.Event)
    got_get: threading.Event = field(default_factory=threading.Event)

    def gets(self) -> list[dict[str, str]]:
        return [headers for method, headers in self.requests if method == "GET"]


class _Handler(BaseHTTPRequestHandler):
    hub: Hub  # set on the subclass that one server uses

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def log_message(self, format: str, *args: object) -> None:
        return

    def answer(self) -> None:
        self.hub.requests.append((self.command, dict(self.headers)))
        if self.hub.silent:
            self.hub.stopped.wait(20)
            return
        name = self.path.split("/resolve/")[-1].partition("/")[2] or self.path.lstrip("/")
        data = self.hub.files.get(name)
        if data is None or self.hub.status != 200:
            self.refuse(404 if data is None else self.hub.status)
        elif self.hub.redirect_to is not None:
            self.redirect(f"{self.hub.redirect_to}/{name}", name, data)
        else:
            self.send(name, data)

    def refuse(self, status: int) -> None:
        self.send_response(status)
        if status == 404:
            self.send_header("X-Error-Code", "EntryNotFound")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def redirect(self, location: str, name: str, data: bytes) -> None:
        self.send_response(302)
        self.describe(name, data)
        self.send_header("X-Linked-Size", str(len(data)))
        self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def describe(self, name: str, data: bytes) -> None:
        etag = self.hub.etags.get(name, sha256(data))
        self.send_header("ETag", f'"{etag}"')
        self.send_header("X-Linked-Etag", f'"{etag}"')
        if self.hub.is_hub:
            self.send_header("X-Repo-Commit", COMMIT)

    def send(self, name: str, data: bytes) -> None:
        wanted = self.headers.get("Range")
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        self.send_response(206 if wanted else 200)
        self.describe(name, data)
        self.send_header("Content-Length", str(len(data) - start))
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        if self.command == "GET":
            self.body(data[start:])

    def body(self, data: bytes) -> None:
        self.hub.got_get.set()
        if self.hub.cut_after is not None:
            data, self.hub.cut_after = data[: self.hub.cut_after], None
            self.close_connection = True
        gate = self.hub.drip_until
        while gate is not None and not gate.is_set() and len(data) > 1:
            self.wfile.write(data[:1])
            data = data[1:]
            time.sleep(0.1)
        self.wfile.write(data)


@contextmanager
def serve(hub: Hub) -> Iterator[Hub]:
    """Run ``hub`` for the length of the block."""
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def tiny_entry(
    data: bytes, *, mirror: Mirror | None = None, known_hash: bool = True, known_size: bool = True
) -> ModelEntry:
    """A language model of one file that holds ``data``."""
    file = WeightFile(
        name="tiny.gguf",
        path="tiny.gguf",
        size=len(data) if known_size else None,
        sha256=sha256(data) if known_hash else None,
    )
    return ModelEntry(
        name="tiny",
        kind="llm",
        family="Tiny",
        developer="Lab",
        repo=REPO,
        licence="Apache-2.0",
        files=(file,),
        mirror=mirror,
    )


def make_wheel(folder: Path, name: str, version: str, members: dict[str, bytes]) -> Path:
    """A wheel that pip accepts, holding ``members``."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    path = folder / f"{module}-{version}-py3-none-any.whl"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as wheel:
        for member, data in members.items():
            wheel.writestr(member, data)
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        wheel.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{info}/RECORD", "")
    return path
