"""Dulwich's Git client over connections to checked addresses, bounded in bytes and in time.

No credentials are sent, and POST requests follow no redirect. Knows nothing of what is fetched.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import httpx
from dulwich.client import AbstractHttpGitClient

from corpus.errors import SourceError
from corpus.web.connection import Deadline, Rules
from corpus.web.fetch import REDIRECTS, next_address, page_address
from corpus.web.request import Reply, exchange, plain_errors

MOST_REDIRECTS = 5
_REFUSED = {
    401: "the repository is not public, or not there (401)",
    403: "the server does not let programs read the repository (403)",
    404: "there is no such repository (404)",
    410: "there is no such repository any more (410)",
}


@dataclass(slots=True)
class Channel:
    """Whom a client may ask, and how much may come altogether."""

    rules: Rules
    tls: ssl.SSLContext
    deadline: Deadline
    most_bytes: int
    taken: int = 0

    def take(self, size: int) -> None:
        """Count bytes that came; raises SourceError when they are too many."""
        self.taken += size
        if self.taken > self.most_bytes:
            raise SourceError(
                f"the server sent more than {self.most_bytes / 2**20:,.0f} MB; name fewer files "
                "with --include, or add a copy on this machine"
            )


@dataclass(slots=True)
class Answer:
    """A response as dulwich wants it; ``read`` gives as many bytes as asked for, or the rest."""

    status: int
    content_type: str | None
    redirect_location: str
    headers: httpx.Headers
    _stream: Iterator[bytes]
    _host: str
    _channel: Channel
    _closing: ExitStack
    _held: bytearray = field(default_factory=bytearray)

    def read(self, size: int = -1) -> bytes:
        """The next ``size`` bytes."""
        while size < 0 or len(self._held) < size:
            with plain_errors(self._host, self._channel.deadline):
                piece = next(self._stream, b"")
            if not piece:
                break
            self._channel.take(len(piece))
            self._held += piece
        size = len(self._held) if size < 0 else size
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def close(self) -> None:
        """End the connection."""
        self._closing.close()


class GuardedClient(AbstractHttpGitClient):
    """A Git client for one repository, through a channel; of servers that speak Git only.

    A folder of plain files would be read object by object, in as many requests.
    """

    def __init__(self, address: str, channel: Channel) -> None:
        super().__init__(address, quiet=True)
        self._channel = channel

    def _http_request(  # type: ignore[override]  # dulwich names urllib3's response
        self,
        url: str,
        headers: dict[str, str] | None = None,
        data: bytes | Iterator[bytes] | None = None,
        raise_for_status: bool = True,
    ) -> tuple[Answer, Callable[[int], bytes]]:
        target = page_address(url)
        content = data if isinstance(data, bytes) or data is None else b"".join(data)
        answer = self._ask(target, headers or {}, content)
        for _ in range(MOST_REDIRECTS):
            if content is not None or answer.status not in REDIRECTS:
                break
            answer.close()
            target = next_address(target, Reply(answer.status, answer.headers, b""))
            answer = self._ask(target, headers or {}, None)
        if answer.status != httpx.codes.OK:
            answer.close()
            said = f"the server answers with an error ({answer.status})"
            raise SourceError(_REFUSED.get(answer.status, said))
        if not (answer.content_type or "").startswith("application/x-git-"):
            answer.close()
            raise SourceError("the server does not answer as a Git server does")
        answer.redirect_location = str(target) if str(target) != url else ""
        return answer, answer.read

    def _ask(self, url: httpx.URL, headers: dict[str, str], content: bytes | None) -> Answer:
        closing = ExitStack()
        channel = self._channel
        response = closing.enter_context(
            exchange(
                "GET" if content is None else "POST",
                url,
                {"Accept-Encoding": "identity", **headers},
                rules=channel.rules,
                tls=channel.tls,
                deadline=channel.deadline,
                content=content,
            )
        )
        told = httpx.Headers(response.headers)
        stream = response.iter_stream()
        kind = told.get("content-type")
        return Answer(response.status, kind, "", told, iter(stream), url.host, channel, closing)
