"""Times the first start of ``refdesk serve``: when does it answer what, from an empty home?

Run ``REFDESK_WEIGHTS=... python -m tests.bench.start [RUNS]``; the model files must be there
already. Every time is in seconds from the start of the process; what is asked is asked again
and again until it is answered, which costs the server a little. ``--code FOLDER`` runs the
server from another checkout, to compare.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx

from assistant.calls import Call, Returned
from assistant.remote import OwnerConnection
from corpus.errors import RefdeskError
from index.home import read_owner
from index.types import Passage, Status

PROJECT = Path(__file__).resolve().parents[2]
# Longest start that is waited for: five times what two busy cores need.
GIVE_UP_SECONDS = 300.0
POLL_SECONDS = 0.25

CATALOGUE = "List the Chinese models released under MIT in 2026."
LOOKUP = "Matz DeepSeek officials"
LOOKUP_DOCUMENT = "deepseek-government-bans"
QUESTION = "How far did Nvidia's share price fall on 27 January 2025?"

ORDER = (
    "port open", "page answers", "catalogue question", "all documents in the record",
    "lookup by full text", "question for the model", "all vectors", "refresh noted",
)  # fmt: skip


@dataclass(slots=True)
class Watch:
    """One started server, and the seconds at which it could do something."""

    home: Path
    port: int
    started: float = field(default_factory=time.perf_counter)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def page(self) -> str:
        """The address of the page."""
        return f"http://127.0.0.1:{self.port}/"

    def until(self, *things: tuple[str, Callable[[], bool]]) -> None:
        """Ask for the things one after another, each until it is there."""
        for name, is_there in things:
            while name not in self.seconds and self.elapsed() < GIVE_UP_SECONDS:
                with contextlib.suppress(httpx.HTTPError, OSError, RefdeskError):
                    if is_there():
                        self.seconds[name] = self.elapsed()
                        print(f"{self.seconds[name]:7.1f} {name}", file=sys.stderr, flush=True)
                        break
                time.sleep(POLL_SECONDS)

    def elapsed(self) -> float:
        """Seconds since the process was started."""
        return time.perf_counter() - self.started


def measure(code: Path, options: list[str]) -> dict[str, float]:
    """Start a server on a fresh home, wait until it can do everything, and end it."""
    with tempfile.TemporaryDirectory(prefix="refdesk-start-") as folder:
        watch = Watch(Path(folder) / "home", _free_port())
        with _server(watch, code, options):
            watchers = [
                threading.Thread(target=watch.until, args=things, daemon=True)
                for things in _things(watch)
            ]
            for thread in watchers:
                thread.start()
            for thread in watchers:
                thread.join()
        return watch.seconds


def _things(watch: Watch) -> list[tuple[tuple[str, Callable[[], bool]], ...]]:
    """What is waited for, in chains that are watched beside each other."""
    return [
        (
            ("port open", lambda: _port_is_open(watch)),
            ("page answers", lambda: httpx.get(watch.page, timeout=60).is_success),
            ("catalogue question", lambda: _answers_catalogue(watch)),
            ("question for the model", lambda: _answers_question(watch)),
        ),
        (("lookup by full text", lambda: _finds(watch)),),
        (
            ("all documents in the record", lambda: _holds_everything(watch)),
            ("all vectors", lambda: _has_all_vectors(watch)),
            ("refresh noted", lambda: _status(watch).as_of is not None),
        ),
    ]


@contextmanager
def _server(watch: Watch, code: Path, options: list[str]) -> Iterator[None]:
    command = [sys.executable, "-m", "ui.cli", "serve", "--port", str(watch.port)]
    process = subprocess.Popen(
        [*command, "--home", str(watch.home), *options],
        cwd=code,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _port_is_open(watch: Watch) -> bool:
    with socket.create_connection(("127.0.0.1", watch.port), timeout=1):
        return True


def _ask(watch: Watch, question: str) -> dict[str, Any]:
    """The answer of the page's own API; {} when it gave none."""
    api = f"{watch.page}gradio_api/call/ask"
    with httpx.Client(timeout=GIVE_UP_SECONDS) as client:
        event = (
            client.post(api, json={"data": [question, []]}).raise_for_status().json()["event_id"]
        )
        lines = client.get(f"{api}/{event}").raise_for_status().text.splitlines()
    for name, data in pairwise(lines):
        if name == "event: complete":
            answer: dict[str, Any] = json.loads(data.removeprefix("data: "))[0]
            return answer
    return {}


def _answers_catalogue(watch: Watch) -> bool:
    answer = _ask(watch, CATALOGUE)
    return answer.get("status") == "answered" and not answer.get("model")


def _answers_question(watch: Watch) -> bool:
    answer = _ask(watch, QUESTION)
    return answer.get("status") == "answered" and bool(answer["trace"].get("draft"))


def _call(watch: Watch, call: Call) -> Any:
    owner = read_owner(watch.home)
    if owner is None:
        raise OSError("nobody owns the home yet")
    connection = OwnerConnection(owner.address, owner.key)
    try:
        return next(m.value for m in connection.call(call) if isinstance(m, Returned))
    finally:
        connection.close()


def _finds(watch: Watch) -> bool:
    passages: list[Passage] = _call(watch, Call("search", LOOKUP))
    return LOOKUP_DOCUMENT in {passage.document.id.rsplit("/")[-1] for passage in passages}


def _status(watch: Watch) -> Status:
    status: Status = _call(watch, Call("status"))
    return status


def _holds_everything(watch: Watch) -> bool:
    from corpus.curated import curated_card_files, curated_files

    wanted = len(list(curated_card_files())) + len(list(curated_files()))
    status = _status(watch)
    return status.documents + len(status.failed) >= wanted


def _has_all_vectors(watch: Watch) -> bool:
    status = _status(watch)
    return status.vectors == status.chunks


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Measure some starts and print each time: the median, and the range."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="?", type=int, default=3)
    parser.add_argument("--code", type=Path, default=PROJECT, help="checkout to run")
    parser.add_argument("options", nargs="*", help="options for refdesk serve, after --")
    given = parser.parse_args()
    runs = []
    for number in range(given.runs):
        load = os.getloadavg()[0]
        runs.append(measure(given.code, given.options))
        print(f"run {number + 1}, load before it {load:.1f}", file=sys.stderr)
    for name in ORDER:
        times = sorted(run[name] for run in runs if name in run)
        shown = (
            f"{statistics.median(times):7.1f}  {times[0]:.1f} to {times[-1]:.1f}" if times else ""
        )
        print(f"{name:<30}{shown or '  never'}")


if __name__ == "__main__":
    main()
