"""The crash bench, small: killed refreshes must leave readable homes and be made good."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(200)
def test_killed_refreshes_leave_readable_homes_that_one_more_refresh_makes_whole() -> None:
    # in a process of its own: it forks, which a process with open stores must not
    command = [sys.executable, "-m", "tests.bench.crashes", "--histories", "4", "--seed", "7"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=180)
    outcome = json.loads(done.stdout)
    assert outcome["wrong"] == []
    assert outcome["kills"] == 16
    assert outcome["interrupted"] >= 6, "the kills came too late to test anything"
    assert outcome["damaged"] >= 1, "no kill hit the protocol between its writes"
    assert done.returncode == 0
