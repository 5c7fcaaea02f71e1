"""Keep each visitor's conversation as it goes: which one a page has open, and what is in it.

A page that is shut while its answer is being written leaves the question as a stopped turn.
That a conversation cannot be kept never ends it. Knows nothing of components or HTML.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.errors import RefdeskError
from ui.talks import Kept, Talk, Talks
from ui.views import Conversation, Desk, TurnView, source_cards
from ui.visitors import Visit

log = logging.getLogger(__name__)

MAX_PAGES = 10_000  # open pages remembered; about 0.3 kB each


@dataclass(frozen=True, slots=True)
class _Open:
    visitor: str
    kept: Kept


class Keeper:
    """The conversations that pages have open, and the file that they are kept in."""

    def __init__(self, desk: Desk) -> None:
        """The file in the desk's home is opened when it is first needed."""
        self._desk = desk
        self._guard = threading.Lock()
        self._talks: Talks | None = None
        self._pages: OrderedDict[str, _Open] = OrderedDict()

    @property
    def talks(self) -> Talks:
        """The kept conversations; raises RefdeskError if they cannot be opened."""
        with self._guard:
            if self._talks is None:
                self._talks = Talks(Path(self._desk.status().home))
            return self._talks

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            if self._talks is not None:
                self._talks.close()

    # --- while a visitor asks

    def begin(self, visit: Visit, turns: Conversation, turn: TurnView) -> Conversation:
        """Keep a question that is about to be answered; return the turns with their feedback."""
        return self.keep(visit, (*turns, turn))[:-1]

    def keep(self, visit: Visit, turns: Conversation) -> Conversation:
        """Keep what a page shows now; return it with the feedback that was given."""
        if visit.visitor is None or not turns:
            return turns
        known = self.opened(visit)
        try:
            talks = self.talks
            kept = talks.keep(
                visit.visitor,
                known.id if known else None,
                turns,
                known.revision if known else None,
            )
            self._remember(visit, kept)
            return talks.judged(visit.visitor, kept.id, turns)
        except RefdeskError as error:
            log.warning("a conversation could not be kept: %s", error)
            return turns

    # --- which conversation a page has open

    def opened(self, visit: Visit) -> Kept | None:
        """The conversation that a page has open; a page is known to its own visitor only."""
        with self._guard:
            page = self._pages.get(visit.session)
        return page.kept if page is not None and page.visitor == visit.visitor else None

    def open(self, visit: Visit, talk_id: str) -> Talk | None:
        """Open a conversation of the visitor in a page, its sources as on the day they were."""
        talk = self.talks.read(visit.visitor, talk_id) if visit.visitor else None
        if talk is None:
            return None
        shown = replace(talk, turns=with_sources(self._desk, talk.turns))
        self._remember(visit, Kept(talk.info.id, talk.info.revision))  # not what cannot be shown
        return shown

    def held(self, visit: Visit, turns: Conversation) -> Conversation:
        """The turns of a page; where the server has forgotten them, as they were kept."""
        known = None if turns else self.opened(visit)
        if known is None:
            return turns
        try:
            talk = self.open(visit, known.id)
        except RefdeskError as error:
            log.warning("a conversation could not be gone on with: %s", error)
            self.leave(visit)  # what is asked now must not take its place
            return turns
        return talk.turns if talk is not None else turns

    def share_of(self, visit: Visit) -> str | None:
        """The token of the link to what a page has open, if it has one."""
        known = self.opened(visit)
        try:
            return self.talks.share_of(visit.visitor or "", known.id) if known else None
        except RefdeskError as error:
            log.warning("a conversation's link could not be read: %s", error)
            return None

    def leave(self, visit: Visit) -> None:
        """Begin afresh in a page: what it asks next is a new conversation."""
        with self._guard:
            self._pages.pop(visit.session, None)

    def _remember(self, visit: Visit, kept: Kept) -> None:
        with self._guard:
            self._pages[visit.session] = _Open(visit.visitor or "", kept)
            self._pages.move_to_end(visit.session)
            while len(self._pages) > MAX_PAGES:
                self._pages.popitem(last=False)


def with_sources(desk: Desk, turns: Conversation) -> Conversation:
    """The turns with the source cards of their answers."""
    return tuple(
        replace(turn, cards=source_cards(desk, turn.answer.citations or turn.answer.nearest))
        if turn.answer is not None
        else turn
        for turn in turns
    )
