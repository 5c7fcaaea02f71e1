"""A web server on loopback that answers as a test tells it to, byte for byte if need be."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

Answer = Callable[[socket.socket, "Asked"], None]


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]


@dataclass
class Site:
    """Answers by path; ``asked`` holds the requests for anything but robots.txt."""

    port: int = 0
    answers: dict[str, bytes | Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/page", host: str = "site.test", scheme: str = "http") -> str:
        """The address of ``path``."""
        return f"{scheme}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [asked.path for asked in self.asked]


def reply(
    body: bytes | str = b"",
    status: str = "200 OK",
    content_type: str = "text/html; charset=utf-8",
    **headers: str,
) -> bytes:
    """A whole response; underscores in header names stand for hyphens."""
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(data)}"]
    lines += [f"Content-Type: {content_type}"] if content_type else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def redirect(location: str, status: str = "302 Found") -> bytes:
    """A redirect to ``location``."""
    return reply(b"", status, Location=location)


def page(text: str, title: str = "A page", head: str = "") -> str:
    """A small web page with a paragraph."""
    return (
        f"<html><head><title>{title}</title>{head}</head><body><main><h1>{title}</h1>"
        f"<p>{text}</p></main></body></html>"
    )


def loopback(host: str, port: int) -> Sequence[str]:
    """A resolver for which every name is this machine."""
    return ["127.0.0.1"]


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Serve a site until the block ends; connections that hang are cut off then."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    site = Site(port=listener.getsockname()[1])
    site.answers["/robots.txt"] = reply("", "404 Not Found")
    threads: list[threading.Thread] = []

    def accept() -> None:
        while not site.stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=_answer, args=(site, connection, tls), daemon=True)
            threads.append(thread)
            thread.start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield site
    finally:
        site.stop.set()
        accepting.join(5)
        for thread in threads:
            thread.join(5)
        listener.close()


def _answer(site: Site, connection: socket.socket, tls: ssl.SSLContext | None) -> None:
    connection.settimeout(5)
    try:
        with tls.wrap_socket(connection, server_side=True) if tls else connection as stream:
            asked = _read(stream)
            if asked.path != "/robots.txt":
                site.asked.append(asked)
            answer = site.answers.get(asked.path, reply("", "404 Not Found"))
            if callable(answer):
                answer(stream, asked)
            else:
                stream.sendall(answer)
    except OSError:  # the client hung up, as it should in many of these tests
        connection.close()


def _read(stream: socket.socket) -> Asked:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = stream.recv(65536)
        if not piece:
            raise ConnectionError("hung up")
        data += piece
    first, *lines = data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return Asked(first.split()[1], {name.lower(): value for name, value in headers.items()})
