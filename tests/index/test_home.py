"""The home folder: one owner at a time, and a note that says how to reach it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.errors import HomeError
from index.home import Home, Owner, acquire, clear_owner, read_owner, write_owner

OWNER = Owner(pid=os.getpid(), address="127.0.0.1:50123", key="secret")


def test_only_one_process_owns_a_home(tmp_path: Path) -> None:
    lock = acquire(tmp_path)
    assert lock is not None
    assert acquire(tmp_path) is None
    child = "import sys; from pathlib import Path; from index.home import acquire; "
    child += "sys.exit(0 if acquire(Path(sys.argv[1])) is None else 1)"
    assert subprocess.run([sys.executable, "-c", child, str(tmp_path)], timeout=60).returncode == 0
    lock.release()
    lock.release()
    again = acquire(tmp_path)
    assert again is not None
    again.release()


def test_a_dead_process_owns_nothing(tmp_path: Path) -> None:
    child = "import os, sys; from pathlib import Path; from index.home import *; "
    child += "lock = acquire(Path(sys.argv[1])); "
    child += "write_owner(Path(sys.argv[1]), Owner(os.getpid(), 'a:1', 'k')); os._exit(9)"
    subprocess.run([sys.executable, "-c", child, str(tmp_path)], timeout=60, check=False)
    assert Home(tmp_path).owner.exists()
    assert read_owner(tmp_path) is None
    lock = acquire(tmp_path)
    assert lock is not None
    lock.release()


def test_the_owner_is_found_while_it_holds_the_lock(tmp_path: Path) -> None:
    with acquire(tmp_path) or pytest.fail("not acquired"):
        assert read_owner(tmp_path) is None
        write_owner(tmp_path, OWNER)
        assert read_owner(tmp_path) == OWNER
        clear_owner(tmp_path)
        clear_owner(tmp_path)
        assert read_owner(tmp_path) is None


def test_a_note_without_a_held_lock_is_ignored(tmp_path: Path) -> None:
    write_owner(tmp_path, OWNER)
    assert read_owner(tmp_path) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")
def test_only_this_user_can_read_the_key(tmp_path: Path) -> None:
    write_owner(tmp_path, OWNER)
    write_owner(tmp_path, OWNER)
    assert stat.S_IMODE(Home(tmp_path).owner.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["owner.json"]


@pytest.mark.parametrize(
    "note",
    ["", "[]", "{", '{"pid": 1}', json.dumps({"pid": "x", "address": "a", "key": "k"})],
)
def test_an_unreadable_note_is_ignored(tmp_path: Path, note: str) -> None:
    with acquire(tmp_path) or pytest.fail("not acquired"):
        Home(tmp_path).owner.write_text(note)
        assert read_owner(tmp_path) is None


def test_a_home_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(HomeError, match="--home"):
        acquire(tmp_path / "file")
    with pytest.raises(HomeError, match="--home"):
        acquire(tmp_path / "file" / "below")
