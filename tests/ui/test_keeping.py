"""Which conversation a page has open: one that cannot be shown takes nobody's place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import HomeError
from corpus.types import Document
from index.types import Quoted
from tests.ui.scripted import ScriptedDesk, licence_answer, qwq_answer
from ui.keeping import Keeper
from ui.views import TurnView
from ui.visitors import Visit

FIRST = (TurnView(1, "Which licence?", phase="done", answer=licence_answer("Which licence?")),)
OTHER = (TurnView(1, "And QwQ-32B?", phase="done", answer=qwq_answer("And QwQ-32B?")),)
PAGE, OTHER_PAGE = Visit("page", "ann"), Visit("other page", "ann")


class LockedDesk(ScriptedDesk):
    """A desk whose documents cannot be read while it is locked."""

    locked = False

    def document(self, document_id: str, quoted: Quoted | None = None) -> Document | None:
        if self.locked:
            raise HomeError("The home is locked.")
        return super().document(document_id, quoted)


@pytest.fixture
def desk(tmp_path: Path) -> LockedDesk:
    return LockedDesk(tmp_path)


@pytest.fixture
def keeper(desk: LockedDesk) -> Iterator[Keeper]:
    keeper = Keeper(desk)
    yield keeper
    keeper.close()


def kept(keeper: Keeper) -> dict[str, list[str]]:
    """The visitor's conversations: the questions of each, by its title."""
    read = (keeper.talks.read("ann", info.id) for info in keeper.talks.listed("ann"))
    return {talk.info.title: [turn.question for turn in talk.turns] for talk in read if talk}


def test_a_conversation_that_cannot_be_shown_is_not_overwritten_by_the_one_that_is(
    desk: LockedDesk, keeper: Keeper
) -> None:
    keeper.keep(OTHER_PAGE, OTHER)
    keeper.keep(PAGE, FIRST)
    other = keeper.opened(OTHER_PAGE)
    desk.locked = True
    assert other is not None
    with pytest.raises(HomeError):
        keeper.open(PAGE, other.id)
    keeper.keep(PAGE, (*FIRST, TurnView(2, "And now?", phase="stopped")))
    assert kept(keeper) == {
        "Which licence?": ["Which licence?", "And now?"],
        "And QwQ-32B?": ["And QwQ-32B?"],
    }


def test_a_forgotten_conversation_that_cannot_be_shown_is_not_overwritten_by_a_new_one(
    desk: LockedDesk, keeper: Keeper
) -> None:
    keeper.keep(PAGE, FIRST)
    desk.locked = True
    assert keeper.held(PAGE, ()) == ()
    keeper.keep(PAGE, (TurnView(1, "And now?", phase="stopped"),))
    assert kept(keeper) == {"Which licence?": ["Which licence?"], "And now?": ["And now?"]}
