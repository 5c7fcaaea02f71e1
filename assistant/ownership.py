"""One process owns a home; the others work through it.

A second process that has the same Chroma folder open does not see what the first one adds
and is still given what it deletes (measured with chromadb 1.5.9), hence one owner. Knows
nothing of how answers are made.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar

from assistant.calls import Desk
from corpus.errors import HomeError
from index.home import HomeLock, Owner, acquire, clear_owner, read_owner, write_owner

if TYPE_CHECKING:
    from assistant.remote import RemoteAssistant
    from assistant.settings import Settings

logger = logging.getLogger(__name__)

Local = TypeVar("Local", bound=Desk)
Build = Callable[["Settings", ExitStack], Local]

PUBLISH_SECONDS = 60.0  # an owner on a busy machine opens its stores first, then publishes
POLL_SECONDS = 0.1


def open_home(settings: Settings, build: Build[Local]) -> Local | RemoteAssistant:
    """The desk of ``settings.home``: built here when nobody owns it, else through its owner.

    ``build`` makes the local desk and pushes what it opens on the stack, which the desk's
    ``close`` unwinds: the service ends first, then the stores close, then the lock goes.
    Raises HomeError when the home is locked by a process that does not reply.
    """
    deadline = time.monotonic() + PUBLISH_SECONDS
    while True:
        lock = acquire(settings.home)
        if lock is not None:
            return _own(settings, lock, build)
        remote = _through_owner(settings, build)
        if remote is not None:
            return remote
        if time.monotonic() > deadline:
            raise HomeError(
                f"{settings.home} is in use by another refdesk process that does not reply; "
                "stop it, or use another --home"
            )
        time.sleep(POLL_SECONDS)


def _own(settings: Settings, lock: HomeLock, build: Build[Local]) -> Local:
    from assistant.service import Service

    stack = ExitStack()
    stack.callback(lock.release)
    try:
        desk = build(settings, stack)
        service = Service(desk)
        service.start()
        stack.callback(service.stop)
        write_owner(settings.home, Owner(os.getpid(), service.address, service.key))
        stack.callback(clear_owner, settings.home)
    except BaseException:
        stack.close()
        raise
    return desk


def _through_owner(settings: Settings, build: Build[Local]) -> RemoteAssistant | None:
    """None while the owner has not published itself, or has just ended."""
    from assistant.remote import OwnerConnection, RemoteAssistant

    owner = read_owner(settings.home)
    if owner is None:
        return None
    connection = OwnerConnection(owner.address, owner.key)
    running = connection.running()
    if running is None:
        connection.close()
        return None
    logger.info("working through the refdesk process %d, which owns %s", owner.pid, settings.home)
    return RemoteAssistant(connection, settings, running, lambda: open_home(settings, build))
