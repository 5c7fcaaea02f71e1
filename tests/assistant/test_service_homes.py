"""One process owns a home, others work through it, and the next one takes over."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from assistant import ownership
from assistant.ownership import open_home
from assistant.remote import OwnerGoneError, RemoteAssistant
from assistant.settings import Settings
from assistant.types import Answered, Draft
from corpus.errors import HomeError, WeightsError
from index.home import Home, Owner, acquire, read_owner, write_owner
from tests.assistant.served_desk import ANSWER, STATUS, ScriptedDesk

OWNER_PROGRAM = """
import sys, time
from pathlib import Path
from assistant.ownership import open_home
from assistant.settings import Settings
from tests.assistant.test_service_homes import build
desk = open_home(Settings(home=Path(sys.argv[1])), build)
print("owner", flush=True)
sys.stdin.read()
"""


class OwnedDesk(ScriptedDesk):
    """A scripted desk that closes what it was opened with."""

    def __init__(self, stack: ExitStack) -> None:
        super().__init__()
        self._stack = stack

    def close(self) -> None:
        super().close()
        self._stack.close()


def build(settings: Settings, stack: ExitStack) -> OwnedDesk:
    """The local desk of a home."""
    return OwnedDesk(stack)


def test_the_first_owns_the_home_and_the_second_works_through_it(home: Path) -> None:
    settings = Settings(home=home)
    first = open_home(settings, build)
    assert isinstance(first, OwnedDesk)
    second = open_home(settings, build)
    assert isinstance(second, RemoteAssistant)
    assert second.owner.pid == os.getpid()
    assert second.owner.model == "tiny"
    assert second.status() == STATUS
    assert first.asked == [("status",)]
    second.close()
    assert not first.closed.is_set(), "a client that leaves does not close the owner"
    first.close()


def test_closing_gives_the_home_back_and_withdraws_the_address(home: Path) -> None:
    settings = Settings(home=home)
    first = open_home(settings, build)
    assert Home(home).owner.stat().st_mode & 0o077 == 0
    key = read_owner(home)
    first.close()
    assert not Home(home).owner.exists()
    again = open_home(settings, build)
    assert isinstance(again, OwnedDesk)
    assert read_owner(home) != key
    again.close()


def test_a_desk_that_cannot_be_built_leaves_the_home_free(home: Path) -> None:
    def fail(settings: Settings, stack: ExitStack) -> OwnedDesk:
        raise WeightsError("no embedder")

    with pytest.raises(WeightsError, match="no embedder"):
        open_home(Settings(home=home), fail)
    lock = acquire(home)
    assert lock is not None
    lock.release()


def test_a_locked_home_whose_owner_never_replies_is_a_clear_error(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownership, "PUBLISH_SECONDS", 0.3)
    lock = acquire(home)
    assert lock is not None
    write_owner(home, Owner(os.getpid(), "127.0.0.1:9", "key"))  # the discard port: refused
    with pytest.raises(HomeError, match="another --home"):
        open_home(Settings(home=home), build)
    lock.release()


def test_an_owner_that_publishes_late_is_waited_for(home: Path) -> None:
    settings = Settings(home=home)
    may_build = threading.Event()
    opened: list[object] = []

    def build_late(settings: Settings, stack: ExitStack) -> OwnedDesk:
        may_build.wait(20)
        return OwnedDesk(stack)

    owner = threading.Thread(target=lambda: opened.append(open_home(settings, build_late)))
    owner.start()
    while acquire_and_release(home):
        pass
    threading.Timer(0.3, may_build.set).start()
    second = open_home(settings, build)
    owner.join(20)
    assert isinstance(second, RemoteAssistant)
    second.close()
    assert isinstance(opened[0], OwnedDesk)
    opened[0].close()


def acquire_and_release(home: Path) -> bool:
    """Whether the home is still free."""
    lock = acquire(home)
    if lock is not None:
        lock.release()
    return lock is not None


def test_an_answer_in_flight_is_finished_before_the_owner_ends(home: Path) -> None:
    settings = Settings(home=home)
    first, second = open_home(settings, build), open_home(settings, build)
    assert isinstance(first, OwnedDesk)
    events = second.stream("endless")
    assert next(events) == Draft("and ")
    closing = threading.Thread(target=first.close)
    closing.start()
    next(events)
    first.hold.set()
    assert list(events)[-1] == Answered(ANSWER)
    closing.join(20)
    assert not closing.is_alive()
    second.close()


def test_a_client_takes_the_home_over_when_its_owner_has_closed(home: Path) -> None:
    settings = Settings(home=home)
    first, second = open_home(settings, build), open_home(settings, build)
    first.close()
    assert second.status() == STATUS
    third = open_home(settings, build)
    assert isinstance(third, RemoteAssistant), "the second process owns the home now"
    assert third.status() == STATUS
    third.close()
    second.close()
    assert not Home(home).owner.exists()


def test_a_client_takes_the_home_over_when_its_owner_was_killed(home: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER_PROGRAM, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
    )
    try:
        assert owner.stdout is not None
        assert owner.stdout.readline().strip() == b"owner"
        desk = open_home(Settings(home=home), build)
        assert isinstance(desk, RemoteAssistant)
        assert desk.owner.pid == owner.pid
        events = desk.stream("endless")
        next(events)
        owner.kill()
        with pytest.raises(OwnerGoneError, match="run the command again"):
            list(events)
        assert desk.ask("q") == ANSWER, "the next call takes over"
        desk.close()
    finally:
        owner.kill()
        owner.communicate()
