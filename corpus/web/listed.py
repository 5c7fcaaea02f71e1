"""What is known of a feed or a sitemap: the pages that it lists, and when each was asked for.

``listing.json`` in the folder of the list's own copies; it outlives what the list shows. Pure
but for reading and writing that file: it merges what a list says now with what was known.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.errors import SourceError
from corpus.kept_copies import write_whole
from corpus.patterns import Choice
from corpus.web.listing import Entry, ListingKind

log = logging.getLogger(__name__)

FILE = "listing.json"
LIMITS: dict[ListingKind, int] = {"feed": 200, "sitemap": 2_000}
"""How many of the pages that a list shows are taken, unless its source says otherwise."""
MOST_KEPT = 20_000  # pages of one list; a daily blog takes 50 years to get there
MOST_SLUG = 60
# A date of change that stays the same is believed for so long: some lists never change theirs.
BELIEVED = timedelta(days=7)
# While more pages wait than one refresh has time for (at one a second, for two minutes), one
# that was asked for lately waits for its next turn.
AT_ONCE = 100
LATELY = timedelta(minutes=15)
_NEVER = datetime.min.replace(tzinfo=UTC)


class Item(BaseModel):
    """A page that is or was listed; ``asked`` and ``asked_stamp`` are of its last good fetch."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str
    address: str
    title: str | None = None
    published: str | None = None
    stamp: str | None = None
    listed: bool = True
    asked: datetime | None = None
    asked_stamp: str | None = None

    def is_settled(self, now: datetime) -> bool:
        """Whether its good copy need not be asked for again."""
        fresh = self.asked is not None and now - self.asked < BELIEVED
        return fresh and self.stamp is not None and self.stamp == self.asked_stamp


class Known(BaseModel):
    """``listing.json``: the list at ``address`` as it was read last, and the lists it names.

    ``left_out`` counts the pages over its limit, ``foreign`` those of other sites.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    address: str
    kind: ListingKind
    sitemaps: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    left_out: int = 0
    foreign: int = 0

    def of(self, chosen: Choice) -> Known:
        """The list with only those of its pages whose addresses are ``chosen``."""
        items = tuple(item for item in self.items if is_chosen(item.address, chosen))
        return self.model_copy(update={"items": items})

    def note(self, limit: int | None) -> str | None:
        """What of the list is not taken on purpose, in words; None if all of it is."""
        said: list[str] = []
        if self.left_out:
            said.append(
                f"{self.left_out:,} of the pages that it lists were left out; at most "
                f"{limit or LIMITS[self.kind]:,} are taken (refdesk add --limit)"
            )
        if self.foreign:
            said.append(f"{self.foreign:,} pages of other sites were left out")
        return "; ".join(said) or None


@dataclass(frozen=True, slots=True)
class Merged:
    """The pages to have now, and how many of those listed were left out."""

    items: tuple[Item, ...]
    left_out: int = 0


def merged(
    kind: ListingKind, before: Iterable[Item], entries: Iterable[Entry], limit: int, *, whole: bool
) -> Merged:
    """What a list shows now, with what was known of its pages.

    What has left a feed stays: feeds show their newest entries only. What has left a sitemap
    goes, if the ``whole`` of it was read; of a sitemap, known pages are taken before new ones.
    """
    known = {item.key: item for item in before}
    if kind == "feed":
        shown = _newest_first(entries)
        taken = [e for e in shown[:limit] if e.key in known or len(known) < MOST_KEPT]
        stay = {k: i.model_copy(update={"listed": False}) for k, i in known.items()}
    else:
        shown = sorted(entries, key=lambda entry: entry.key not in known)
        taken = shown[:limit]
        stay = {} if whole else known
    now = {entry.key: _item(entry, known.get(entry.key)) for entry in taken}
    items = tuple(now.values()) + tuple(i for key, i in stay.items() if key not in now)
    return Merged(items, len(shown) - len(taken))


def is_chosen(address: str, chosen: Choice) -> bool:
    """Whether patterns want the page at ``address``, by the path in it; "" has an empty path."""
    return why_not_chosen(address, chosen) is None


def why_not_chosen(address: str, chosen: Choice) -> str | None:
    """Which pattern leaves out the page at ``address``; None if it is wanted."""
    path = unquote(urlsplit(address).path).lstrip("/")
    return chosen.left_out(path) or chosen.not_included(path)


def entry_id(name: str, key: str) -> str:
    """The document id of a listed page of the source ``name``: readable, and the page's own."""
    parts = urlsplit(key)
    words = unquote(parts.path).strip("/") if parts.scheme in ("http", "https") else key
    slug = re.sub(r"[^\w.-]+", "-", words).strip("-.")
    slug = slug.encode("utf-8", "ignore").decode()[-MOST_SLUG:].strip("-.")
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{name}/{slug}-{digest}" if slug else f"{name}/{digest}"


def load(folder: Path) -> Known | None:
    """What is known of a list, or None; raises SourceError if it can no longer be read."""
    path = folder / FILE
    try:
        return Known.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        log.warning("%s cannot be read: %s", path, error)
        raise SourceError(
            f"what is known of it cannot be read, so nothing is changed; delete {path} to have "
            "the list read anew"
        ) from error


def save(folder: Path, known: Known) -> None:
    """Keep what is known of a list."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / FILE, known.model_dump_json(exclude_defaults=True).encode())


def asked(known: Known, keys: Mapping[str, bool], now: datetime) -> Known:
    """``known``, after the pages ``keys`` were asked for; True: and had a good answer."""
    items = tuple(
        item.model_copy(
            update={"asked": now, "asked_stamp": item.stamp if keys[item.key] else None}
        )
        if item.key in keys
        else item
        for item in known.items
    )
    return known.model_copy(update={"items": items})


def in_turn(items: Iterable[Item], here: Mapping[str, bool], now: datetime) -> list[Item]:
    """The pages to ask for, those first that are not ``here``, then whose turn is longest ago."""
    wanted = [
        item for item in items if item.listed and not (here[item.key] and item.is_settled(now))
    ]
    if sum(item.asked is None and not here[item.key] for item in wanted) > AT_ONCE:
        wanted = [item for item in wanted if now - (item.asked or _NEVER) > LATELY]
    return sorted(wanted, key=lambda item: (here[item.key], item.asked or _NEVER))


def _newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """By their dates if each has one; else in the feed's order, which is that by custom."""
    shown = list(entries)
    if all(entry.published for entry in shown):
        shown.sort(key=lambda entry: entry.published or "", reverse=True)  # stable
    return shown


def _item(entry: Entry, before: Item | None) -> Item:
    return Item(
        key=entry.key,
        address=entry.address,
        title=entry.title,
        published=entry.published or (before.published if before else None),
        stamp=entry.stamp,
        asked=before.asked if before else None,
        asked_stamp=before.asked_stamp if before else None,
    )
