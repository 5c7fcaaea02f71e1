"""What a visitor wants to see of a shelf: words, filters, order, page; read from an address.

The same pairs stand in the page's own address after ``#corpus?`` or ``#models?``, so that a
filtered list can be linked to. Everything is bounded; knows nothing of documents or models.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

MAX_VALUE = 200  # characters of one value
MAX_PAIRS = 60  # filters that may be chosen at once
PAGE_ROWS = 50  # rows of a page: 50 documents are about 30 kB of HTML, 10,000 would be 6 MB
MAX_PAGE = 100_000

_SINGLE = ("q", "sort", "since", "show", "benchmark", "size", "from", "to", "new")


@dataclass(frozen=True, slots=True)
class Wanted:
    """``chosen`` are pairs (filter, value); ``settings`` hold what has one value, by name."""

    chosen: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    page: int = 1

    def of(self, name: str) -> tuple[str, ...]:
        """The values chosen for one filter."""
        return tuple(value for key, value in self.chosen if key == name)

    def get(self, name: str) -> str:
        """A setting's value, or ""."""
        return next((value for key, value in self.settings if key == name), "")

    @property
    def words(self) -> tuple[str, ...]:
        """What is searched for, each word lower-cased."""
        return tuple(self.get("q").casefold().split()[:20])

    def without(self, name: str) -> Wanted:
        """The same wish without one filter or setting."""
        return replace(
            self,
            chosen=tuple(pair for pair in self.chosen if pair[0] != name),
            settings=tuple(pair for pair in self.settings if pair[0] != name),
            page=1,
        )

    def address(self, **changed: str) -> str:
        """The wish as the pairs of an address; a changed setting goes back to the first page."""
        kept = [pair for pair in self.settings if pair[0] not in changed]
        page = changed.pop("page", "")
        pairs = [*self.chosen, *kept, *((key, value) for key, value in changed.items() if value)]
        return urlencode([*pairs, ("page", page)] if page else pairs)


def read_wanted(pairs: Iterable[tuple[str, str]], filters: Iterable[str]) -> Wanted:
    """The wish of an address; what is not known, or too long, is left out."""
    known, chosen, settings, page = set(filters), [], {}, 1
    for key, value in list(pairs)[:MAX_PAIRS]:
        if not value or len(value) > MAX_VALUE:
            continue
        if key in known:
            chosen.append((key, value))
        elif key in _SINGLE:
            settings[key] = value
        elif key == "page" and value.isdecimal() and len(value) < 7:
            page = min(max(int(value), 1), MAX_PAGE)
    return Wanted(tuple(dict.fromkeys(chosen)), tuple(settings.items()), page)
