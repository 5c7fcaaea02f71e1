"""What this process calls, recorded while an app is served in it: nothing may leave the machine.

Python tells an audit hook of every look-up and every connection, whichever library makes it:
Gradio's version check and analytics, the hubs of models, telemetry. What native code does by
itself is not seen; what the browser asks for is recorded in ``conftest``.
"""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LOOKUPS = ("socket.getaddrinfo", "socket.gethostbyname")
CALLS = ("socket.connect", "socket.sendto", "socket.sendmsg")

_records: list[list[str]] = []


@contextmanager
def nothing_leaves() -> Iterator[None]:
    """Fail at the end if a name was looked up or an address called that is not this machine's."""
    told: list[str] = []
    _records.append(told)
    try:
        yield
    finally:
        _records.remove(told)
    if told:
        raise AssertionError(f"This left the machine: {told}")


def _hear(event: str, args: tuple[Any, ...]) -> None:
    if not _records or event not in (*LOOKUPS, *CALLS):
        return
    host = _host(args[0] if event in LOOKUPS else args[1])
    if host is not None and not _here(host):
        for told in _records:
            told.append(f"{event} {host}")


def _host(target: Any) -> str | None:
    """The host of an address or a look-up; None for a socket file and for "any of mine"."""
    if isinstance(target, tuple):
        target = target[0]
    if isinstance(target, bytes):
        target = target.decode(errors="replace")
    return target if isinstance(target, str) and not target.startswith("/") else None


def _here(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False  # a name: looking it up is a call already
    return address.is_loopback or address.is_unspecified


sys.addaudithook(_hear)
