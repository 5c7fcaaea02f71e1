"""What robots.txt lets this program read, and how often (RFC 9309).

Knows nothing of how the file is fetched.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from protego import Protego

from corpus.errors import SourceError
from corpus.web.request import AGENT, Reply

KEPT_SECONDS = 600.0
MOST_BYTES = 2 * 2**20  # RFC 9309 asks for at least 500 KB to be read
LONGEST_DELAY = 10.0  # of what a site asks between two pages; a refresh has other work to do


@dataclass(frozen=True, slots=True)
class _Known:
    rules: Protego
    until: float


class Robots:
    """The rules of the sites asked so far, each kept for ten minutes. Thread-safe."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._turn = threading.Lock()

    def delay(self, url: httpx.URL, fetch: Callable[[httpx.URL], Reply]) -> float:
        """Seconds to leave between two pages of the site.

        Raises SourceError if its robots.txt keeps this program from reading ``url``.
        """
        rules = self._rules(url.join("/robots.txt"), fetch)
        if not rules.can_fetch(str(url), AGENT):
            raise SourceError("the site's robots.txt asks programs not to read this page")
        return min(LONGEST_DELAY, rules.crawl_delay(AGENT) or 0.0)

    def _rules(self, address: httpx.URL, fetch: Callable[[httpx.URL], Reply]) -> Protego:
        with self._turn:
            known = self._known.get(str(address))
        if known is None or known.until < time.monotonic():
            known = _Known(_parsed(fetch(address)), time.monotonic() + KEPT_SECONDS)
            with self._turn:
                self._known[str(address)] = known
        return known.rules


def _parsed(reply: Reply) -> Protego:
    """The rules in a reply: none in one that says the file is not there."""
    if reply.status >= 500 or reply.status == httpx.codes.TOO_MANY_REQUESTS:
        raise SourceError(
            f"the site's robots.txt cannot be read ({reply.status}), so its pages are left alone"
        )
    return Protego.parse(reply.body.decode("utf-8", "replace"))
