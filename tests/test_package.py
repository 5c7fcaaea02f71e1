"""The wheel holds what a user needs and nothing else, and works away from the source tree.

The wheel is built from a copy, so that leftovers of earlier builds cannot enter it and
nothing is written beside the sources.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("assistant", "corpus", "index", "ui")
HEAVY = (
    "chromadb",
    "gradio",
    "huggingface_hub",
    "llama_index",
    "sentence_transformers",
    "torch",
    "transformers",
    "xllamacpp",
)
PUBLIC = ("Answer", "Assistant", "Citation", "ask", "refresh")
NOT_SOURCES = shutil.ignore_patterns(
    ".git", ".venv", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis"
)


def run(*command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command; its output is text. It gets our environment less our own variables."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("REFDESK_", "PYTHON"))}
    return subprocess.run(
        command, cwd=cwd, env=kept | environment, capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(ROOT, source, ignore=NOT_SOURCES)
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    built = run(
        sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", "out", "./source", cwd=folder
    )
    assert built.returncode == 0, built.stderr
    (path,) = (folder / "out").glob("*.whl")
    return path


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode("utf-8"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the installed wheel and none of its dependencies."""
    target = tmp_path_factory.mktemp("installed")
    options = ["--no-deps", "--no-index", "--quiet", "--target", str(target)]
    done = run(sys.executable, "-m", "pip", "install", *options, str(wheel), cwd=target)
    assert done.returncode == 0, done.stderr
    return target


def package_files() -> set[str]:
    """Every file of the four packages, as a path from the project's root."""
    found = (path for name in PACKAGES for path in (ROOT / name).rglob("*"))
    return {
        path.relative_to(ROOT).as_posix()
        for path in found
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == package_files()


def test_wheel_marks_every_package_as_typed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(names)


def test_wheel_names_its_licence_and_carries_the_text(wheel: Path, metadata: Message) -> None:
    assert metadata["Name"] == "refdesk"
    assert metadata["License-Expression"] == "Apache-2.0"
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("/LICENSE"))
        assert archive.read(name) == (ROOT / "LICENSE").read_bytes()


def test_wheel_asks_for_test_tools_only_as_an_extra(metadata: Message) -> None:
    needed = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert needed
    assert not [line for line in needed if line.startswith(("pytest", "ruff", "mypy"))]


def test_installed_command_runs_from_any_folder(installed: Path, tmp_path: Path) -> None:
    script = installed / "bin" / "refdesk"
    shown = run(sys.executable, str(script), "--help", cwd=tmp_path, PYTHONPATH=str(installed))
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("Usage: refdesk")
    where = "import ui.cli; print(ui.cli.__file__)"
    located = run(sys.executable, "-c", where, cwd=tmp_path, PYTHONPATH=str(installed))
    assert Path(located.stdout.strip()).is_relative_to(installed)


@pytest.mark.parametrize("module", ["assistant", "ui.cli"])
def test_import_brings_in_no_heavy_library(module: str, tmp_path: Path) -> None:
    code = f"import sys, {module}; print(*(m for m in {HEAVY!r} if m in sys.modules))"
    done = run(sys.executable, "-c", code, cwd=tmp_path)
    assert (done.returncode, done.stderr, done.stdout.strip()) == (0, "", "")


def test_public_face_is_what_the_readme_names() -> None:
    import assistant

    assert set(PUBLIC) <= set(assistant.__all__)
    assert all(getattr(assistant, name) is not None for name in assistant.__all__)
