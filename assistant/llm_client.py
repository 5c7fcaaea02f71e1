"""The connection under the language model: LlamaIndex's OpenAILike over our own HTTP client.

Gives three things that the interface itself lacks: time-outs per phase, a way to end a
request from any thread, and loopback traffic that ignores proxy variables. Knows nothing of
messages.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import httpx

from corpus.errors import InputError

if TYPE_CHECKING:
    from llama_index.llms.openai_like import OpenAILike  # type: ignore[import-untyped]

NO_KEY = "none"
"""Sent where a server needs no key; the OpenAI client insists on one."""
_MODEL_LIST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to connect, and seconds without a byte while reading."""

    connect: float
    read: float


class Call:
    """One HTTP exchange, which any thread may cancel while another is blocked reading it."""

    def __init__(self) -> None:
        self.cancelled = False
        self._lock = threading.Lock()
        self._response: httpx.Response | None = None

    def opened(self, response: httpx.Response) -> None:
        """Note the response whose headers have just come."""
        with self._lock:
            self._response = response
        if self.cancelled:
            self.hang_up()

    def release(self, *, complete: bool) -> None:
        """Give the connection back if the response is ``complete``, else close it.

        Closed here and now, by the thread that read it: left to the garbage collector, it was
        closed in the middle of another request of that thread, which waited for itself.
        """
        if not complete:
            self.hang_up()
        with self._lock:
            response, self._response = self._response, None
        if response is not None:
            response.close()

    def cancel(self) -> None:
        """Hang up because nobody listens any more; a blocked reader wakes up."""
        self.cancelled = True
        self.hang_up()

    def hang_up(self) -> None:
        """Shut the connection down unless it was released; the server then stops."""
        with self._lock:
            if self._response is None:
                return
            stream = self._response.extensions.get("network_stream")
            sock = stream.get_extra_info("socket") if stream is not None else None
            if sock is not None:
                with contextlib.suppress(OSError):  # already closed by the other side
                    sock.shutdown(socket.SHUT_RDWR)


class Client:
    """The OpenAI-compatible API of one server. ``llm`` is what LlamaIndex programs use."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str | None,
        model: str,
        context_tokens: int,
        timeouts: Timeouts,
    ) -> None:
        self.base_url = base_url
        self._here = threading.local()
        proxied = not is_loopback(base_url)  # loopback traffic never goes through a proxy
        hooks = {"response": [self._opened]}
        self._http = httpx.Client(trust_env=proxied, event_hooks=hooks)
        self._async_http = httpx.AsyncClient(trust_env=proxied)
        self._headers = {"Authorization": f"Bearer {api_key or NO_KEY}"}
        self._timeout = httpx.Timeout(timeouts.read, connect=timeouts.connect)
        self.llm = self._build(api_key or NO_KEY, model, context_tokens)

    def _build(self, api_key: str, model: str, context_tokens: int) -> OpenAILike:
        from llama_index.llms.openai_like import OpenAILike
        from openai import AsyncOpenAI, OpenAI

        return OpenAILike(
            model=model,
            api_base=self.base_url,
            api_key=api_key,
            is_chat_model=True,
            is_function_calling_model=False,
            context_window=context_tokens,
            temperature=0.0,
            max_retries=0,
            openai_client=OpenAI(
                api_key=api_key,
                base_url=self.base_url,
                timeout=self._timeout,
                max_retries=0,
                http_client=self._http,
            ),
            async_openai_client=AsyncOpenAI(
                api_key=api_key,
                base_url=self.base_url,
                timeout=self._timeout,
                max_retries=0,
                http_client=self._async_http,
            ),
        )

    @contextlib.contextmanager
    def during(self, call: Call) -> Iterator[None]:
        """Requests of this thread belong to ``call`` while inside."""
        self._here.call = call
        try:
            yield
        finally:
            self._here.call = None

    def _opened(self, response: httpx.Response) -> None:
        call = getattr(self._here, "call", None)
        if call is not None:
            call.opened(response)

    def models(self) -> tuple[str, ...]:
        """Names of the models that the server lists; empty when it does not say."""
        try:
            response = self._http.get(
                f"{self.base_url}/models", headers=self._headers, timeout=self._timeout
            )
            data = response.json()["data"] if len(response.content) < _MODEL_LIST_BYTES else []
            return tuple(str(entry["id"]) for entry in data)
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return ()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def normal_base_url(base_url: str) -> str:
    """``base_url`` as clients need it: a bare host gets ``/v1``. Raises InputError."""
    parts = urlsplit(base_url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(
            f"'{base_url}' is not the address of a model server: it should look like"
            " http://127.0.0.1:11434/v1."
        )
    path = parts.path.rstrip("/") or "/v1"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def is_loopback(base_url: str) -> bool:
    """Whether the address is on this machine."""
    host = urlsplit(base_url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False
