"""What all visitors and programs of one server share.

Knows nothing of pages, addresses or answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ui.api import Access, Programs
from ui.api_listeners import Listeners
from ui.keeping import Keeper
from ui.refreshing import Refresher
from ui.views import Desk


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """One desk and what is kept beside it for as long as it is served; ``close`` it."""

    desk: Desk
    refresher: Refresher
    keeper: Keeper
    programs: Programs
    listeners: Listeners = field(default_factory=Listeners)

    @classmethod
    def of(cls, desk: Desk, access: Access | None = None) -> Shared:
        """Return what a server of ``desk`` needs; ``access`` is for programs."""
        refresher = Refresher(desk)
        programs = Programs(desk, refresher, access or Access())
        return cls(desk, refresher, Keeper(desk), programs)

    def close(self) -> None:
        """End a running refresh in good order and close the kept conversations."""
        self.refresher.close()
        self.keeper.close()
