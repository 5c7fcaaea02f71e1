"""The recorder of outgoing calls notices what it should; every served app is under it."""

from __future__ import annotations

import socket
from contextlib import suppress

import pytest

from tests.browser.outgoing import nothing_leaves

ELSEWHERE = "192.0.2.1"  # reserved for examples: no machine has it


def test_a_connection_to_another_machine_is_noticed() -> None:
    with socket.socket() as one, pytest.raises(AssertionError, match=ELSEWHERE):
        one.setblocking(False)
        with nothing_leaves():
            one.connect_ex((ELSEWHERE, 9))


def test_a_look_up_of_a_name_is_noticed() -> None:
    with (
        pytest.raises(AssertionError, match=r"nobody\.invalid"),
        nothing_leaves(),
        suppress(OSError),
    ):
        socket.getaddrinfo("nobody.invalid", 443)


def test_this_machine_may_be_called() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, nothing_leaves():
        socket.create_connection(server.getsockname()).close()
