"""Fetching from the Hugging Face Hub: the real client against a local server."""

from __future__ import annotations

import errno
import multiprocessing
import threading
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub.constants
import pytest

from corpus.errors import WeightsError
from index.weights import FetchProgress, ensure_entry
from tests.index.weights_sources import Hub, serve, sha256, tiny_entry

DATA = b"GGUF" + bytes(range(256)) * 20_000  # 5.1 MB: several network blocks


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serve(Hub(files={"tiny.gguf": DATA})) as running:
        yield running


def test_missing_file_is_fetched_from_the_hub(hub: Hub, tmp_path: Path) -> None:
    path = ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint)
    assert path == tmp_path / "tiny.gguf"
    assert path.read_bytes() == DATA
    assert not (tmp_path / ".parts" / "tiny").exists()


def test_nothing_is_asked_of_the_network_when_the_file_is_there(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").write_bytes(DATA)
    ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint)
    ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint)
    assert hub.requests == []


def test_file_is_hashed_once_and_not_at_every_start(tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").write_bytes(DATA)
    seen: list[FetchProgress] = []
    ensure_entry(tiny_entry(DATA), tmp_path, progress=seen.append)
    assert [report.stage for report in seen] == ["check"]
    ensure_entry(tiny_entry(DATA), tmp_path, progress=seen.append)
    assert len(seen) == 1


def test_file_changed_after_its_check_is_fetched_again(hub: Hub, tmp_path: Path) -> None:
    path = ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint)
    path.write_bytes(b"X" * len(DATA))
    ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint)
    assert path.read_bytes() == DATA


def test_transfer_goes_on_where_the_connection_was_cut(hub: Hub, tmp_path: Path) -> None:
    hub.cut_after = len(DATA) // 2
    path = ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint)
    assert path.read_bytes() == DATA
    first, second = [headers.get("Range") for headers in hub.gets()]
    assert first is None
    assert second == f"bytes={len(DATA) // 2}-"


def test_interrupted_fetch_resumes_in_the_next_run(hub: Hub, tmp_path: Path) -> None:
    def interrupt(report: FetchProgress) -> None:
        if report.stage == "hub" and report.done > len(DATA) // 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint, progress=interrupt)
    assert not (tmp_path / "tiny.gguf").exists()
    path = ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint)
    assert path.read_bytes() == DATA
    resumed_at = int(hub.gets()[-1]["Range"].removeprefix("bytes=").rstrip("-"))
    assert resumed_at > len(DATA) // 3


def test_wrong_bytes_are_deleted_and_named(hub: Hub, tmp_path: Path) -> None:
    hub.files["tiny.gguf"] = b"GGUF" + b"?" * (len(DATA) - 4)
    hub.etags["tiny.gguf"] = sha256(DATA)
    with pytest.raises(WeightsError, match="other bytes"):
        ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint)
    assert not (tmp_path / "tiny.gguf").exists()
    assert not list(tmp_path.rglob("*.part"))


def test_a_stale_part_does_not_spoil_every_later_run(hub: Hub, tmp_path: Path) -> None:
    hub.files["tiny.gguf"] = b"GGUF" + b"?" * (len(DATA) - 4)
    hub.etags["tiny.gguf"] = sha256(DATA)
    with pytest.raises(WeightsError):
        ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint)
    hub.files["tiny.gguf"] = DATA
    assert ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint).read_bytes() == DATA


def test_another_version_is_refused_before_it_is_downloaded(hub: Hub, tmp_path: Path) -> None:
    hub.files["tiny.gguf"] = DATA + b"new"
    with pytest.raises(WeightsError, match="another version"):
        ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint)
    assert hub.gets() == []


def test_unknown_hash_is_taken_from_the_hub_and_checked(hub: Hub, tmp_path: Path) -> None:
    entry = tiny_entry(DATA, known_hash=False, known_size=False)
    assert ensure_entry(entry, tmp_path, endpoint=hub.endpoint).read_bytes() == DATA
    asked = len(hub.requests)
    ensure_entry(entry, tmp_path, endpoint=hub.endpoint)
    assert len(hub.requests) == asked


def test_unknown_hash_that_the_hub_does_not_state_is_refused(hub: Hub, tmp_path: Path) -> None:
    hub.etags["tiny.gguf"] = "not-a-sha256"
    with pytest.raises(WeightsError, match="nothing could be checked"):
        ensure_entry(tiny_entry(DATA, known_hash=False), tmp_path, endpoint=hub.endpoint)


def test_missing_repository_file_is_one_clear_line(hub: Hub, tmp_path: Path) -> None:
    hub.files.clear()
    with pytest.raises(WeightsError, match=r"lab/tiny-GGUF does not have the file") as caught:
        ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint)
    assert "\n" not in str(caught.value)
    assert "the mirror: it does not carry this model" in str(caught.value)


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ({"status": 500}, "status 500"),
        ({"silent": True}, "did not answer in time"),
        ({"is_hub": False}, "not a Hugging Face Hub"),
    ],
)
def test_ailing_hub_is_named_in_the_error(
    hub: Hub, tmp_path: Path, trouble: dict[str, object], reason: str
) -> None:
    for name, value in trouble.items():
        setattr(hub, name, value)
    with pytest.raises(WeightsError, match=reason):
        ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint, connect_timeout=0.5)


def test_unreachable_hub_is_named_in_the_error(hub: Hub, tmp_path: Path) -> None:
    with serve(Hub(files={})) as gone:
        endpoint = gone.endpoint
    with pytest.raises(WeightsError, match="cannot be reached"):
        ensure_entry(tiny_entry(DATA), tmp_path, endpoint=endpoint)


def test_offline_switch_keeps_the_hub_out(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(WeightsError, match="HF_HUB_OFFLINE is set"):
        ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint)
    assert hub.requests == []


def test_token_goes_to_the_hub_but_not_to_the_store_it_redirects_to(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    with serve(Hub(files={"tiny.gguf": DATA})) as store:
        hub.redirect_to = store.endpoint.replace("127.0.0.1", "localhost")
        ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint)
        sent = {key.lower() for _, headers in store.requests for key in headers}
    assert store.requests
    assert "authorization" not in sent
    assert any("authorization" in {k.lower() for k in headers} for _, headers in hub.requests)


def test_full_disk_is_noticed_before_anything_is_downloaded(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="GB free"):
        ensure_entry(
            tiny_entry(DATA), tmp_path, endpoint=hub.endpoint, free_space=lambda _: 1_000_000
        )
    assert hub.gets() == []


def test_disk_that_fills_up_meanwhile_keeps_what_was_fetched(hub: Hub, tmp_path: Path) -> None:
    def fill(report: FetchProgress) -> None:
        if report.stage == "hub" and report.done > len(DATA) // 3:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(WeightsError, match="is full"):
        ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint, progress=fill)
    assert sum(part.stat().st_size for part in tmp_path.rglob("*.part")) > len(DATA) // 3


def test_progress_counts_bytes_up_to_the_size(hub: Hub, tmp_path: Path) -> None:
    seen: list[FetchProgress] = []
    ensure_entry(tiny_entry(DATA), tmp_path, endpoint=hub.endpoint, progress=seen.append)
    done = [report.done for report in seen if report.stage == "hub"]
    assert done == sorted(done)
    assert done[-1] == len(DATA)
    assert {report.total for report in seen} == {len(DATA)}


def _fetch_in_child(folder: str, endpoint: str, messages: multiprocessing.Queue[str]) -> None:
    def report(progress: FetchProgress) -> None:
        if progress.message:
            messages.put(progress.message)

    ensure_entry(tiny_entry(DATA), Path(folder), endpoint=endpoint, progress=report)


def test_second_process_waits_and_then_finds_the_file(hub: Hub, tmp_path: Path) -> None:
    hub.drip_until = threading.Event()
    context = multiprocessing.get_context("spawn")
    messages = context.Queue()
    arguments = (str(tmp_path), hub.endpoint, messages)
    first = context.Process(target=_fetch_in_child, args=arguments, daemon=True)
    second = context.Process(target=_fetch_in_child, args=arguments, daemon=True)
    try:
        first.start()
        assert hub.got_get.wait(60)
        second.start()
        assert "waiting" in messages.get(timeout=60)
        hub.drip_until.set()
        first.join(60)
        second.join(60)
        assert (first.exitcode, second.exitcode) == (0, 0)
    finally:
        hub.drip_until.set()
        for process in (first, second):
            if process.is_alive():
                process.kill()
    assert (tmp_path / "tiny.gguf").read_bytes() == DATA
    assert len(hub.gets()) == 1
