"""What all visitors and programs of one server share.

Knows nothing of pages, addresses or answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ui.api import Access, Programs
from ui.api_listeners import Listeners
from ui.asker import Asker
from ui.keeping import Keeper
from ui.refreshing import Refresher
from ui.views import Desk
from ui.watching import Watcher


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """One desk and what is kept beside it for as long as it is served; ``close`` it."""

    desk: Desk
    refresher: Refresher
    keeper: Keeper
    programs: Programs
    watcher: Watcher
    asker: Asker
    listeners: Listeners = field(default_factory=Listeners)
    at_home: bool = True
    """Whether only this machine reaches the server: then who sees the page may choose its model."""

    @classmethod
    def of(cls, desk: Desk, access: Access | None = None, *, at_home: bool = True) -> Shared:
        """Return what a server of ``desk`` needs; ``access`` is for programs."""
        refresher = Refresher(desk)
        programs = Programs(desk, refresher, access or Access())
        watcher = Watcher(desk, refresher)
        return cls(desk, refresher, Keeper(desk), programs, watcher, Asker(desk), at_home=at_home)

    def close(self) -> None:
        """End what runs behind the pages in good order, close the kept conversations."""
        self.watcher.close()
        self.asker.close()
        self.refresher.close()
        self.keeper.close()
