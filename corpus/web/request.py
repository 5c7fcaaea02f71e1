"""One request: no cookies, no credentials, no proxy, bounded in bytes and in time.

A proxy would look the name up itself and so undo the check of its address. Knows neither
redirects nor retries; ``corpus.web.fetch`` decides what a status means.
"""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import httpcore
import httpx

from corpus.errors import SourceError
from corpus.web.connection import Deadline, GuardedBackend, Rules

AGENT = "refdesk"
READ_SECONDS = 20.0  # without a byte; the whole fetch has a deadline of its own


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; ``body`` is decoded, and empty unless the status is 200."""

    status: int
    headers: httpx.Headers
    body: bytes


class TransientError(Exception):
    """It may go well on another try; ``str`` says what went wrong."""


def agent() -> str:
    """The User-Agent header: who asks, and why."""
    try:
        number = version("refdesk")
    except PackageNotFoundError:  # run from a source tree that is not installed
        number = "0"
    return f"{AGENT}/{number} (reads pages that its user has asked for)"


def get(
    url: httpx.URL,
    headers: Mapping[str, str],
    *,
    rules: Rules,
    tls: ssl.SSLContext,
    deadline: Deadline,
    most_bytes: int,
) -> Reply:
    """Ask for ``url``; raises SourceError, or TransientError where a later try may succeed."""
    asked = {"Accept-Encoding": "gzip, deflate", **headers}  # whose output zlib can bound
    with exchange("GET", url, asked, rules=rules, tls=tls, deadline=deadline) as response:
        answered = httpx.Headers(response.headers)
        body = b""
        if response.status == httpx.codes.OK:
            body = b"".join(_decoded(response.iter_stream(), answered, most_bytes))
        return Reply(response.status, answered, body)


@contextmanager
def exchange(
    method: str,
    url: httpx.URL,
    headers: Mapping[str, str],
    *,
    rules: Rules,
    tls: ssl.SSLContext,
    deadline: Deadline,
    content: bytes | None = None,
) -> Iterator[httpcore.Response]:
    """One request and its answer, to be read inside; raises as ``get`` does."""
    backend = GuardedBackend(rules, deadline)
    target = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
    told = {
        "Host": url.netloc.decode("ascii"),
        "User-Agent": agent(),
        "Connection": "close",
        **headers,
    }
    waits = {"timeout": {"connect": READ_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS}}
    with (
        plain_errors(url.host, deadline),
        httpcore.ConnectionPool(ssl_context=tls, network_backend=backend) as pool,
        pool.stream(
            method, target, headers=list(told.items()), content=content, extensions=waits
        ) as response,
    ):
        yield response


@contextmanager
def plain_errors(host: str, deadline: Deadline) -> Iterator[None]:
    """Turn what a connection raises into SourceError, or TransientError if it may pass."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise TransientError(_slow(deadline)) from error
    except ssl.SSLError as error:
        raise SourceError(_untrusted(host, error)) from error
    except httpcore.ConnectError as error:
        if isinstance(error.__context__, ssl.SSLError):
            raise SourceError(_untrusted(host, error.__context__)) from error
        raise TransientError(f"{host} cannot be reached") from error
    except httpcore.NetworkError as error:
        raise TransientError(f"{host} broke the connection off") from error
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise SourceError(f"{host} does not answer as a web server should") from error


def _decoded(pieces: Iterator[bytes], headers: httpx.Headers, most: int) -> Iterator[bytes]:
    """The body without its compression; stops reading as soon as it is over ``most`` bytes."""
    too_large = SourceError(
        f"the page is over {most / 2**20:,.0f} MB; raise REFDESK_PAGE_MEGABYTES, or save the part "
        "that you need and add the file"
    )
    length = headers.get("content-length", "")
    if length.isdecimal() and len(length) < 20 and int(length) > most:
        raise too_large
    unpack = _unpacker(headers)
    taken = 0
    for piece in pieces:
        plain = piece if unpack is None else _unpacked(unpack, piece, most - taken + 1)
        taken += len(plain)
        if taken > most:
            raise too_large
        yield plain
    if unpack is not None and not unpack.eof:
        raise TransientError("the page ended before it was complete")


def _unpacker(headers: httpx.Headers) -> zlib._Decompress | None:
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding in ("", "identity"):
        return None
    if coding in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(wbits=47)  # either header, told by the first bytes
    raise SourceError(f"the page is packed as {coding!r}, which was not asked for")


def _unpacked(unpack: zlib._Decompress, piece: bytes, most: int) -> bytes:
    """``piece`` unpacked, at most ``most`` bytes of it: a bomb goes off no further than that."""
    try:
        return unpack.decompress(piece, most)
    except zlib.error as error:
        raise SourceError("the page is packed in a damaged way") from error


def _slow(deadline: Deadline) -> str:
    return "the server answers too slowly" if not deadline.left() else "the server does not reply"


def _untrusted(host: str, error: ssl.SSLError) -> str:
    reason = getattr(error, "verify_message", "") or error.reason or "handshake failed"
    said = str(reason).replace("_", " ").lower()
    return f"the connection to {host} is not secure ({said}), so nothing was read from it"
