"""The command line as processes: signals, pipes, and two commands on one home."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from index.home import read_owner
from tests.assistant.served_desk import ScriptedDesk, owning

PROGRAM = "from ui.cli import main; main()"
LIMIT = 120  # seconds; a loaded machine takes many times what an idle one does


@pytest.fixture
def desk(home: Path) -> Iterator[ScriptedDesk]:
    """A scripted desk that owns ``home``; this process serves it."""
    with owning(home) as desk:
        yield desk


def start(*words: str, **variables: str) -> subprocess.Popen[str]:
    """Start ``refdesk`` with ``words``."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"REFDESK_CURATED": "0", **variables},
        preexec_fn=_heed_interrupts,
    )


def _heed_interrupts() -> None:
    """A shell that runs the tests in the background has its children ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code, stdout and stderr; the process is gone afterwards."""
    try:
        stdout, stderr = process.communicate(timeout=LIMIT)
    finally:
        process.kill()
    return process.returncode, stdout, stderr


def run_json(*words: str, **variables: str) -> dict[str, object]:
    """The one document that a successful command prints."""
    code, stdout, stderr = finish(start(*words, "--json", **variables))
    assert code == 0, stderr
    document: dict[str, object] = json.loads(stdout)
    return document


def until(condition: object, process: subprocess.Popen[str]) -> None:
    """Wait until ``condition()`` holds; fail when the process ends or time is up."""
    assert callable(condition)
    end = time.monotonic() + LIMIT
    while not condition():
        if process.poll() is not None or time.monotonic() > end:
            pytest.fail(f"ended or too slow: {finish(process)}")
        time.sleep(0.1)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_command_is_silent_and_stops_the_owner_s_answer(
    home: Path, desk: ScriptedDesk, number: signal.Signals, code: int
) -> None:
    process = start("ask", "endless", "--home", str(home))
    until(lambda: desk.asked, process)
    time.sleep(0.5)  # well into the answer
    process.send_signal(number)
    result = finish(process)
    assert result[0] == code
    assert "Traceback" not in result[2]
    assert desk.stopped_early.wait(20)


def test_a_reader_that_leaves_early_causes_no_complaint(home: Path, desk: ScriptedDesk) -> None:
    process = start("status", "--home", str(home))
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    stderr = process.stderr.read()
    process.wait(LIMIT)
    assert stderr == ""


def test_json_keeps_stdout_pure_whatever_is_printed(tmp_path: Path) -> None:
    program = (
        "import os, click; from ui.cli import cli, main\n"
        "from ui.cli.options import common\n"
        "@cli.command()\n@common\n@click.pass_obj\n"
        "def noisy(output, home):\n"
        "    print('printed'); os.write(1, b'written'); output.document({'a': '三'})\n"
        "import sys; sys.argv = ['refdesk', 'noisy', '--json']; main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=LIMIT)
    assert json.loads(done.stdout) == {"a": "三"}
    assert b"printed" in done.stderr
    assert b"written" in done.stderr


def test_serve_says_that_its_port_is_taken_before_anything_is_loaded(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, stdout, stderr = finish(
            start("serve", "--port", str(port), "--home", str(home), "--json")
        )
    assert code == 1
    assert f"port {port} on 127.0.0.1 is in use" in json.loads(stdout)["error"]
    assert len(stderr.splitlines()) == 1
    assert not home.exists()


def test_doctor_on_a_fresh_machine_says_what_to_do_and_fetches_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    document = run_json("doctor", "--home", str(tmp_path / "home"), REFDESK_WEIGHTS=str(folder))
    findings = document["findings"]
    assert isinstance(findings, list)
    advice = {finding["name"]: finding["advice"] for finding in findings if finding["advice"]}
    assert advice["home"] == "run: refdesk refresh"
    assert "refdesk weights pull" in advice["weights"]
    assert not folder.exists()


def test_doctor_fails_on_a_damaged_record(home: Path) -> None:
    home.mkdir()
    (home / "record.sqlite3").write_bytes(b"not a database" * 100)
    code, stdout, _ = finish(start("doctor", "--home", str(home), "--json"))
    document = json.loads(stdout)
    assert code == 1
    assert document["healthy"] is False
    assert [f for f in document["findings"] if f["name"] == "record" and f["level"] == "fail"]


def test_a_new_file_is_found_through_the_serving_process_and_a_deleted_one_is_not(
    home: Path, tmp_path: Path, weights_dir: Path
) -> None:
    documents = tmp_path / "notes"
    documents.mkdir()
    (documents / "quagga.md").write_text("# Quagga\n\nThe quagga fund holds 731 million euro.\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    common = ("--home", str(home))
    server = start("serve", "--port", str(port), "--base-url", "http://127.0.0.1:9/v1", *common)
    try:
        with httpx.Client(trust_env=False, timeout=LIMIT) as browser:
            until(lambda: read_owner(home) is not None, server)
            run_json("add", str(documents), *common)
            assert run_json("refresh", *common)["added"] == ["notes/quagga.md"]
            assert found(home) == ["notes/quagga.md"]
            answer = run_json("ask", "What does the quagga fund hold?", *common)
            assert answer["citations"], "without a language model the answer is a quote"
            until(lambda: answers(browser, port), server)
            (documents / "quagga.md").unlink()
            assert run_json("refresh", *common)["removed"] == ["notes/quagga.md"]
            assert found(home) == []
        server.send_signal(signal.SIGTERM)
        code, _, stderr = finish(server)
    finally:
        server.kill()
    assert code == 0, stderr
    assert "Traceback" not in stderr
    assert not (home / "owner.json").exists()
    status = run_json("status", *common)
    assert status["documents"] == 0, "a cold command opens the home that the server left"


def found(home: Path) -> list[str]:
    """The documents that a search finds."""
    passages = run_json("search", "quagga fund", "--home", str(home))["passages"]
    assert isinstance(passages, list)
    return [passage["document"]["id"] for passage in passages]


def answers(browser: httpx.Client, port: int) -> bool:
    """Whether the page is up."""
    try:
        return browser.get(f"http://127.0.0.1:{port}/").status_code == 200
    except httpx.TransportError:
        return False


def test_a_watching_refresh_brings_in_what_lands_until_it_is_interrupted(
    home: Path, tmp_path: Path, weights_dir: Path
) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    variables = {"REFDESK_WEIGHTS": str(weights_dir)}
    run_json("add", str(folder), "--home", str(home), **variables)
    watching = start("refresh", "--watch", "--json", "--home", str(home), **variables)
    try:
        assert watching.stdout is not None
        assert json.loads(watching.stdout.readline())["added"] == []
        (folder / "quokka.txt").write_text("The quokka of Rottnest Island is a small marsupial.")
        assert json.loads(watching.stdout.readline())["added"] == ["notes/quokka.txt"]
        # the home has an owner now, which a second command works through
        found = run_json("search", "quokka", "--home", str(home), **variables)
        assert "quokka" in json.dumps(found)
        (folder / "quokka.txt").unlink()
        assert json.loads(watching.stdout.readline())["removed"] == ["notes/quokka.txt"]
        watching.send_signal(signal.SIGINT)
        assert finish(watching)[0] == 130
    finally:
        watching.kill()


def test_watching_without_changing_anything_is_refused(home: Path) -> None:
    code, _, stderr = finish(start("refresh", "--watch", "--dry-run", "--home", str(home)))
    assert (code, "leave out --watch" in stderr) == (2, True)
