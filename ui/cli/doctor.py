"""``refdesk doctor``: checks what refdesk needs, a line each, and says what to do.

Loads no model and fetches nothing. Knows nothing of how the parts it checks work.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from ui.cli.frame import FAILED, Output
from ui.cli.options import common, read_settings

if TYPE_CHECKING:
    from assistant.settings import Settings
    from index.weights import ModelEntry

MIN_PYTHON = (3, 11)
PACKAGES = (
    "llama-index-core", "llama-index-llms-openai-like", "sentence-transformers", "torch",
    "chromadb", "gradio", "xllamacpp", "huggingface-hub",
)  # fmt: skip
NEEDED_DISK = 2_000_000_000  # bytes: default model 1.1 GB, embedder 0.1 GB, an index beside them
NEEDED_MEMORY = 3_000_000_000  # bytes: the 1.5B model, embedder and stores while answering


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination; ``advice`` says what to do unless all is well."""

    name: str
    level: Literal["ok", "warn", "fail"]
    text: str
    advice: str = ""


@click.command()
@click.option("--deep", is_flag=True, help="Also check the model files' hashes.")
@click.option("--port", type=click.IntRange(1, 65535), default=7860, show_default=True)
@click.option("--repair", is_flag=True, help="Put a damaged index right from what is left.")
@common
@click.pass_context
def doctor(context: click.Context, deep: bool, port: int, repair: bool, home: Path | None) -> None:
    """Check Python, packages, home, model files, disk, memory and port.

    With --repair a damaged record is put aside and what can be read of it is kept: sources,
    documents and old versions. A refresh then reads again what is missing or changed, and makes
    damaged vectors anew from the record.
    """
    output: Output = context.obj
    done = _repair(home) if repair else []
    findings = list(examine(read_settings(home), port=port, deep=deep))
    healthy = all(finding.level != "fail" for finding in findings)
    if output.as_json:
        repaired = {"repaired": done} if repair else {}
        output.document({"healthy": healthy, "findings": [asdict(f) for f in findings], **repaired})
    else:
        for line in done or (["nothing was damaged"] if repair else []):
            click.echo(f"repair: {line}")
        for finding in findings:
            click.echo(_line(finding))
    context.exit(0 if healthy else FAILED)


def _repair(home: Path | None) -> list[str]:
    """Put right what is damaged; what was done, a line each."""
    from index.backup import rescue
    from ui.cli.options import desk
    from ui.console import show_refresh

    done = rescue(read_settings(home).home)
    with desk(home) as opened:
        before = opened.status()
        report = show_refresh(opened.refresh_events(fetch=False))
    if report.repaired:
        done.append(f"{len(report.repaired)} documents got their vectors again")
    if report.added and before.documents == 0:
        done.append(f"{len(report.added)} documents were read again")
    return done


def _line(finding: Finding) -> str:
    colour = {"ok": "green", "warn": "yellow", "fail": "red"}[finding.level]
    advice = f"; {finding.advice}" if finding.advice else ""
    return (
        f"{click.style(f'{finding.level:<4}', fg=colour)}  {finding.name:<9}{finding.text}{advice}"
    )


def examine(settings: Settings, *, port: int, deep: bool) -> Iterator[Finding]:
    """Every finding, in the order in which one would put things right."""
    yield _python()
    yield from _packages()
    yield _memory()
    yield _disk("disk", settings.home)
    yield from _home(settings)
    yield from _weights(settings, deep=deep)
    yield _ocr(settings.ocr)
    yield _port(port)


def _ocr(wanted: str) -> Finding:
    from corpus.parse.ocr import find_ocr

    ocr = find_ocr(wanted)
    if ocr.languages:
        languages = ", ".join(ocr.languages)
        return Finding("ocr", "ok", f"Tesseract reads scanned pages and pictures ({languages})")
    return Finding("ocr", "ok", "scanned pages and pictures are not read", ocr.why)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < MIN_PYTHON:
        return Finding("python", "fail", version, "install Python 3.11 or newer")
    return Finding("python", "ok", version)


def _packages() -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            yield Finding("package", "ok", f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            yield Finding("package", "fail", f"{name} is missing", "install refdesk again")


def _memory() -> Finding:
    try:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return Finding("memory", "ok", "size unknown on this system")
    text = f"{size / 1e9:.1f} GB, {os.cpu_count()} cores"
    if size < NEEDED_MEMORY:
        return Finding("memory", "warn", text, "use a smaller model: --model qwen2.5-coder-0.5b")
    return Finding("memory", "ok", text)


def _disk(name: str, folder: Path) -> Finding:
    free = shutil.disk_usage(_existing(folder)).free
    text = f"{free / 1e9:.1f} GB free for {folder}"
    if free < NEEDED_DISK:
        return Finding(name, "warn", text, "make room, or set REFDESK_HOME and REFDESK_WEIGHTS")
    return Finding(name, "ok", text)


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def _port(port: int) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            text = f"{port} on 127.0.0.1 is not free ({error.strerror})"
            return Finding("port", "warn", text, "refdesk serve --port takes another")
    return Finding("port", "ok", f"{port} on 127.0.0.1 is free")


def _home(settings: Settings) -> Iterator[Finding]:
    """The home's folder, owner, record and counts."""
    from index.home import Home, read_owner

    home = Home(settings.home)
    if not home.record.exists():
        yield _folder(settings.home)
        return
    owner = read_owner(settings.home)
    used = f", in use by refdesk process {owner.pid}" if owner else ""
    yield Finding("home", "ok", f"{settings.home}{used}")
    yield _record(home.record)
    yield _counts(settings)


def _folder(home: Path) -> Finding:
    place = _existing(home)
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        text = f"{home} cannot be written"
        return Finding("home", "fail", text, "choose another with --home or REFDESK_HOME")
    return Finding("home", "warn", f"{home} holds no index yet", "run: refdesk refresh")


def _record(path: Path) -> Finding:
    """SQLite's own check and the hashes of all passages, on a connection beside any owner."""
    from index.salvage import damage

    if reason := damage(path):
        return Finding("record", "fail", f"{path.name} is damaged ({reason})",
                       "end refdesk and run: refdesk doctor --repair")  # fmt: skip
    return Finding("record", "ok", f"{path.name} is sound")


def _counts(settings: Settings) -> Finding:
    """Record and vectors agree, and nothing was left half done; through the owner if any."""
    from assistant.desk import Assistant
    from corpus.errors import RefdeskError
    from index.weights import path_of
    from ui.pace import standing_changes

    again = "run: refdesk refresh"
    try:
        if not path_of(settings.embedder, settings.weights).exists():
            return Finding("index", "warn", "not compared: the embedder is not here",
                           f"refdesk weights pull {settings.embedder}")  # fmt: skip
        opened = Assistant.open(settings=settings)
        with contextlib.closing(opened):
            status = opened.status()
    except RefdeskError as error:
        return Finding("index", "fail", str(error))
    text = f"{status.documents} documents, {status.chunks} chunks, {status.vectors} vectors"
    if status.reindex is not None or status.outdated:
        doing = status.reindex is not None and status.reindex.running
        return Finding("index", "warn", f"{text}; {'; '.join(standing_changes(status))}",
                       "" if doing else again)  # fmt: skip
    if status.pending:
        return Finding("index", "warn", f"{text}; {len(status.pending)} still to embed", again)
    if status.chunks != status.vectors:
        return Finding("index", "warn", f"{text} do not agree", again)
    if status.failed:
        return Finding("index", "warn", f"{text}; {len(status.failed)} failed",
                       "refdesk status says why")  # fmt: skip
    return Finding("index", "ok", text)


def _weights(settings: Settings, *, deep: bool) -> Iterator[Finding]:
    """The embedder and the language model, unless a server has that."""
    yield _disk("disk", settings.weights)
    names = [settings.embedder] if settings.base_url else [settings.embedder, settings.model]
    for name in names:
        yield _weight(name, settings.weights, deep=deep)


def _weight(name: str, folder: Path, *, deep: bool) -> Finding:
    from corpus.errors import RefdeskError
    from index.weights import find, is_here, path_of

    pull = f"refdesk weights pull {name}"
    try:
        path = path_of(name, folder)
        if path.suffix == ".gguf" and path.parent != folder:
            return Finding("weights", "ok", f"{path} (your own file)")
        entry = find(name)
    except RefdeskError as error:
        return Finding("weights", "fail", str(error))
    if not is_here(entry, folder):
        return Finding("weights", "warn", f"{name} is not here (it is fetched when needed)", pull)
    wrong = _wrong_files(entry, path) if deep else []
    if wrong:
        text = f"{name}: {', '.join(wrong)} is not the expected file"
        return Finding("weights", "fail", text, f"delete {path}, then {pull}")
    return Finding("weights", "ok", f"{name}{' (sha256 matches)' if deep else ''}")


def _wrong_files(entry: ModelEntry, path: Path) -> list[str]:
    folder = path if path.is_dir() else path.parent
    return [
        file.name
        for file in entry.files
        if file.sha256 is not None and _sha256(folder / file.name) != file.sha256
    ]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
