"""A fetcher with tight bounds, for which every name is this machine."""

from __future__ import annotations

import pytest

from corpus.errors import SourceError
from corpus.web.fetch import Fetcher, Limits
from tests.corpus.web_server import Site, loopback, page

QUICK = Limits(bytes=200_000, seconds=4, attempts=2, pause=0)
TEXT = page("The desk is open until nine.")
SHORT = Limits(bytes=200_000, seconds=1, attempts=1, pause=0)


def fetcher(limits: Limits = QUICK, **options: object) -> Fetcher:
    """A fetcher for which ``site.test`` and every other name is this machine."""
    return Fetcher(["site.test"], limits, **{"resolver": loopback, **options})  # type: ignore[arg-type]


def refusal(site: Site, path: str = "/page", limits: Limits = QUICK) -> str:
    """The one line that says why a page cannot be fetched."""
    with pytest.raises(SourceError) as caught:
        fetcher(limits).fetch(site.url(path))
    line = str(caught.value)
    assert "\n" not in line
    return line
