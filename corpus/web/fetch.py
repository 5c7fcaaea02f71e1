"""Fetch a page by its address: redirects by hand, retries, limits, and the site's own wishes.

Every hop is checked anew, because a page may send us anywhere. Knows nothing of what is kept
of a page (``corpus.web.pages``), nor of how it is parsed.
"""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from corpus.errors import InputError, SourceError
from corpus.web import media
from corpus.web.addresses import Resolver, literal, public_addresses, system_resolver
from corpus.web.connection import Deadline, Rules
from corpus.web.listing import kind_of
from corpus.web.request import Reply, TransientError, get
from corpus.web.robots import MOST_BYTES as ROBOTS_BYTES
from corpus.web.robots import Robots

MOST_ADDRESS = 2000  # characters, as in front matter
LOWEST_PORT = 1024  # below it only the web's own: 80 and 443 (25 is mail, 22 a shell)
HIGHEST_PORT = 65535
REDIRECTS = frozenset([301, 302, 303, 307, 308])
GONE = frozenset([404, 410])
PASSING = frozenset([429, 502, 503, 504])
_HOST = re.compile(rb"[a-zA-Z0-9._:-]{1,253}")  # a name in ASCII form, or an address
LONGEST_WAIT = 20.0  # of what Retry-After may ask


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one fetch may cost. ``pause``: least seconds between two pages of a host."""

    bytes: int = 25 * 2**20
    seconds: float = 60.0
    redirects: int = 5
    attempts: int = 3
    pause: float = 1.0


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask later whether ``url`` has changed."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page: where it was in the end, its bytes, and the suffix of their format."""

    url: str
    content: bytes
    suffix: str
    validators: Validators


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The page is as it was when its validators were given."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The server says that there is no such page (404), or no longer (410)."""

    status: int


Outcome = Fetched | Unchanged | Missing


def page_address(text: str) -> httpx.URL:
    """``text`` as the address of a page, without its fragment; raises InputError."""
    try:
        url = httpx.URL(text.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise InputError(f"{text[:200]!r} is not a web address; correct it.") from error
    if url.scheme not in ("http", "https") or not _HOST.fullmatch(url.raw_host):
        raise InputError(f"{text[:200]!r} is not a web address; it must begin with https://.")
    if url.userinfo:
        raise InputError("Leave the user name and password out of the address; none are sent.")
    if len(str(url)) > MOST_ADDRESS:
        raise InputError(f"The address is over {MOST_ADDRESS:,} characters.")
    if url.port not in (None, 80, 443) and not LOWEST_PORT <= (url.port or 0) <= HIGHEST_PORT:
        raise InputError(f"No page is read from port {url.port}; use 80, 443 or one over 1023.")
    return url


def linked_address(base: str, link: str) -> str | None:
    """The page that a link found at ``base`` means, or None for what is no web address."""
    try:
        return str(page_address(str(httpx.URL(base).join(link.strip()))))
    except (InputError, httpx.InvalidURL, UnicodeError, ValueError):
        return None


class Fetcher:
    """Fetches pages under one set of rules; remembers per site what it asks of programs.

    ``allow_hosts`` may have private addresses; the other arguments are for tests. Thread-safe.
    """

    def __init__(
        self,
        allow_hosts: Collection[str] = (),
        limits: Limits | None = None,
        *,
        resolver: Resolver = system_resolver,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._rules = Rules(resolver, frozenset(host.lower() for host in allow_hosts))
        self._given_tls = tls
        self._robots = Robots()
        self._next: dict[str, float] = {}
        self._turn = threading.Lock()

    @property
    def rules(self) -> Rules:
        """Whom this fetcher may ask, for others that speak to servers."""
        return self._rules

    def accepted(self, text: str) -> str:
        """``text`` as the address of a page that may be asked for; raises InputError.

        A name is not looked up: that is done, and checked, with each fetch.
        """
        url = page_address(text)
        address = literal(url.host)
        if address is not None and url.host.lower() not in self._rules.allowed:
            try:
                public_addresses(url.host, url.port or 0, [address])
            except SourceError as error:
                raise InputError(str(error)) from error
        return str(url)

    def fetch(
        self, url: str, validators: Validators | None = None, *, listing: bool = False
    ) -> Outcome:
        """The page at ``url``, unless it is as ``validators`` say; raises SourceError.

        With ``listing`` a feed or a sitemap is asked for, and whatever comes is given back: only
        its bytes tell what it is. Without, a feed has the suffix ``media.LISTING``.
        Ends within ``limits.seconds``, waits and retries included.
        """
        deadline = Deadline.after(self.limits.seconds)

        def wait(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = getattr(error, "after", None)
            return asked if asked is not None else backoff(state)

        backoff = wait_exponential_jitter(initial=1, max=10, jitter=1)
        retrying = Retrying(
            retry=retry_if_exception_type(TransientError),
            stop=lambda state: _is_over(state, self.limits.attempts, deadline),
            wait=wait,
            reraise=True,
        )
        try:
            return retrying(self._follow, page_address(url), validators, deadline, listing)
        except TransientError as error:
            raise SourceError(f"{error}; it is tried again at the next refresh") from error
        except InputError as error:
            raise SourceError(str(error)) from error

    def _follow(
        self,
        url: httpx.URL,
        validators: Validators | None,
        deadline: Deadline,
        listing: bool,
    ) -> Outcome:
        """Follow redirects from ``url`` to a page; each address on the way is checked."""
        passed = [url]
        while True:
            self._await_turn(url, deadline)
            reply = self._get(url, _headers(url, validators, listing), deadline, self.limits.bytes)
            if reply.status not in REDIRECTS:
                return _outcome(url, reply, listing)
            url = next_address(url, reply)
            if url in passed:
                raise SourceError("the page redirects in a circle")
            if len(passed) > self.limits.redirects:
                raise SourceError(f"the page redirects more than {self.limits.redirects} times")
            passed.append(url)

    def _get(
        self, url: httpx.URL, headers: Mapping[str, str], deadline: Deadline, most_bytes: int
    ) -> Reply:
        return get(
            url,
            headers,
            rules=self._rules,
            tls=self.tls,
            deadline=deadline,
            most_bytes=most_bytes,
        )

    def _robots_txt(self, address: httpx.URL, deadline: Deadline) -> Reply:
        """The site's robots.txt, wherever it redirects to."""
        for _ in range(self.limits.redirects + 1):
            reply = self._get(address, {"Accept": "text/plain"}, deadline, ROBOTS_BYTES)
            if reply.status not in REDIRECTS:
                return reply
            address = next_address(address, reply)
        return Reply(404, httpx.Headers(), b"")  # RFC 9309: then it is as if there were none

    def _await_turn(self, url: httpx.URL, deadline: Deadline) -> None:
        """Wait until the host may be asked for another page; raises SourceError if never."""
        asked = self._robots.delay(url, lambda address: self._robots_txt(address, deadline))
        with self._turn:
            now = time.monotonic()
            due = max(now, self._next.get(url.host, now))
            self._next[url.host] = due + max(asked, self.limits.pause)
        if due - now > deadline.left():
            raise TransientError("the site asks for long pauses between its pages")
        time.sleep(due - now)

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """The certificates that are trusted; loading them takes a tenth of a second."""
        return self._given_tls or httpx.create_ssl_context(trust_env=False)


class _AskedToWaitError(TransientError):
    """A passing failure whose server said how many seconds to wait."""

    def __init__(self, said: str, after: float | None) -> None:
        super().__init__(said)
        self.after = after


def _is_over(state: RetryCallState, attempts: int, deadline: Deadline) -> bool:
    return stop_after_attempt(attempts)(state) or state.upcoming_sleep >= deadline.left()


def _headers(url: httpx.URL, validators: Validators | None, listing: bool) -> dict[str, str]:
    headers = {"Accept": media.ACCEPT_LISTING if listing else media.ACCEPT}
    if validators is not None and validators.url == str(url):
        if validators.etag:
            headers["If-None-Match"] = validators.etag
        if validators.last_modified:
            headers["If-Modified-Since"] = validators.last_modified
    return headers


def next_address(url: httpx.URL, reply: Reply) -> httpx.URL:
    """Where a redirect leads; raises SourceError if it must not be followed."""
    location = reply.headers.get("location", "")
    try:
        target = page_address(str(url.join(location))) if location else None
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise SourceError("the page redirects to something that is no web address") from error
    except InputError as error:
        raise SourceError(f"the page redirects to an address that is refused: {error}") from error
    if target is None:
        raise SourceError("the page redirects without saying where to")
    if url.scheme == "https" and target.scheme == "http":
        raise SourceError("the page redirects from https to http, which others could alter")
    return target


def _outcome(url: httpx.URL, reply: Reply, listing: bool) -> Outcome:
    status = reply.status
    if status == httpx.codes.NOT_MODIFIED:
        return Unchanged()
    if status in GONE:
        return Missing(status)
    if status in PASSING:
        after = _seconds(reply.headers.get("retry-after"))
        raise _AskedToWaitError(f"the server cannot answer now ({status})", after)
    if status in (401, 403, 451):
        raise SourceError(f"the server does not let programs read the page ({status})")
    if status != httpx.codes.OK:
        raise SourceError(f"the server answers with an error ({status})")
    if not reply.body:
        raise SourceError("the page is empty")
    headers = reply.headers
    said = headers.get("content-type", "")
    is_listing = listing or kind_of(reply.body) is not None
    suffix = media.LISTING if is_listing else media.suffix_of(said, url.path)
    content = media.as_utf8(reply.body, said, suffix)
    kept = Validators(str(url), headers.get("etag"), headers.get("last-modified"))
    return Fetched(str(url), content, suffix, kept)


def _seconds(value: str | None) -> float | None:
    """What Retry-After asks: seconds or a date; within bounds, None if it asks nothing."""
    if not value:
        return None
    if value.strip().isdecimal():
        return min(LONGEST_WAIT, float(value.strip()[:6]))
    try:
        wait = parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
    return min(LONGEST_WAIT, max(0.0, wait))
