"""Connections that go to a checked address, and end at a set time whatever the other side does.

A name is resolved once, here, and the very address that was checked is connected to: a name
that changes its address between check and use (DNS rebinding) gains nothing. The name still
goes into the TLS handshake and the Host header. Knows nothing of pages or redirects.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any

import httpcore

from corpus.web.addresses import Resolver, public_addresses, resolve

CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock by which everything must be over."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The moment that is ``seconds`` from now."""
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds until then; 0 when it has passed."""
        return max(0.0, self.at - time.monotonic())


@dataclass(frozen=True, slots=True)
class Rules:
    """Whom to ask for addresses, and the hosts whose addresses may be private."""

    resolver: Resolver
    allowed: Container[str] = ()


class GuardedBackend(httpcore.NetworkBackend):
    """Opens TCP connections for one fetch; each read is bounded by its deadline."""

    def __init__(self, rules: Rules, deadline: Deadline) -> None:
        self._rules = rules
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the host's checked addresses that answers."""
        problem: Exception = httpcore.ConnectTimeout("no time left")
        for address in self._addresses(host, port):
            left = min(self._deadline.left(), CONNECT_SECONDS)
            if not left:
                break
            try:
                stream = self._plain.connect_tcp(address, port, left, None, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
            else:
                return _BoundedStream(stream, self._deadline)
        raise problem

    def _addresses(self, host: str, port: int) -> list[str]:
        seconds = min(self._deadline.left(), CONNECT_SECONDS)
        found = resolve(self._rules.resolver, host, port, seconds)
        if found and host.lower() in self._rules.allowed:
            return found
        return public_addresses(host, port, found)


class _BoundedStream(httpcore.NetworkStream):
    """A stream that never waits past its deadline, however little arrives at a time."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._bounded(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._bounded(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        bounded = self._bounded(timeout, httpcore.ConnectTimeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, bounded)
        return _BoundedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _bounded(self, timeout: float | None, error: type[Exception]) -> float:
        left = self._deadline.left()
        if not left:
            raise error("no time left")
        return left if timeout is None else min(left, timeout)
