"""The documentation is true: nothing missing, nothing stale, no dead link."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.generated_docs import (
    FILES,
    GENERATORS,
    PACKAGES,
    ROOT,
    command_names,
    files,
    help_text,
    regenerate,
    setting_names,
)

TARGET = re.compile(r"^[a-z][\w-]*(?=:(?!=))", re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
ABSOLUTE = re.compile(r"(?<![\w.:/$~})>-])/(?:work|home|root|Users)/[\w.-]")
BINARY = {".pdf", ".docx", ".pptx", ".png", ".gguf", ".safetensors"}


def tracked_files() -> list[Path]:
    """The files that a clone holds, or those here when this is not a clone."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("not a git clone: what is part of the project cannot be told")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def documents() -> list[Path]:
    """The project's own Markdown files, not those that are data."""
    return [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_generated_parts_are_current(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text == regenerate(text), f"{name} is stale: run `make docs`"


def test_every_generated_part_has_a_place() -> None:
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in FILES)
    assert all(text.count(f"<!-- generated: {name} -->") == 1 for name in GENERATORS)


def test_every_module_says_what_it_does() -> None:
    shown = files()
    modules = [path for name in PACKAGES for path in (ROOT / name).rglob("*.py")]
    silent = [p for p in modules if f"`{p.relative_to(ROOT).as_posix()}`" not in shown]
    assert [p for p in silent if p.name != "__init__.py"] == []


def test_every_command_is_documented(readme: str) -> None:
    manual = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    names = command_names(help_text())
    assert {"ask", "serve", "refresh", "add", "weights"} <= set(names)
    assert [name for name in names if f"\n  {name} " not in readme] == []
    assert [name for name in names if f"\n## refdesk {name}\n" not in manual] == []


def test_every_setting_is_documented(readme: str) -> None:
    names = setting_names()
    assert "REFDESK_HOME" in names
    assert [name for name in names if f"`{name}`" not in readme] == []


def test_every_variable_the_documents_name_is_a_setting() -> None:
    named = {
        name
        for path in documents()
        for name in re.findall(r"\bREFDESK_[A-Z_]+\b", path.read_text(encoding="utf-8"))
    }
    assert named <= set(setting_names())


def test_every_make_target_the_documents_name_exists() -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    text = "".join(path.read_text(encoding="utf-8") for path in documents())
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE))
    assert {"chat", "test", "check", "bench"} <= named <= targets


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_relative_links_lead_somewhere(path: Path) -> None:
    links = LINK.findall(path.read_text(encoding="utf-8"))
    relative = [link for link in links if not re.match(r"[a-z]+:|#", link)]
    dead = [link for link in relative if not (path.parent / link.partition("#")[0]).exists()]
    assert dead == []


def test_no_tracked_file_names_a_folder_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked_files()
        if path.suffix not in BINARY
        for match in ABSOLUTE.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []
