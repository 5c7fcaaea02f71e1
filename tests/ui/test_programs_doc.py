"""The examples of docs/programs.md, run as they stand against a served desk."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.generated_docs import ROOT
from tests.ui.scripted import LICENCE, ScriptedDesk
from tests.ui.serving import serving

ANSWER = "DeepSeek-R1 is under the MIT licence. [1] It has 671 billion parameters. [2]"
ADDRESS = "http://127.0.0.1:7860"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
JS_CLIENT = "@gradio/client@2.7.0"
LIMIT = 120  # seconds


@dataclass(frozen=True)
class Example:
    """One example: its section, its language, its code."""

    section: str
    language: str
    code: str


def examples(*languages: str) -> list[Example]:
    """The document's examples in some languages."""
    text = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return [
        Example(section.partition("\n")[0], match[1], match[2])
        for section in sections
        for match in BLOCK.finditer(section)
        if match[1] in languages
    ]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(ScriptedDesk(tmp_path_factory.mktemp("home"))) as address:
        yield address.rstrip("/")


def run_python(code: str) -> str:
    """Run code as its own program would be, here, where its imports are loaded already."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "docs/programs.md", "exec"), {"__name__": "__main__"})
    return printed.getvalue()


def run_program(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("example", examples("python"), ids=lambda example: example.section)
def test_python_examples_run(example: Example, address: str) -> None:
    if "from mcp" in example.code and importlib.util.find_spec("mcp") is None:
        pytest.skip("the extra refdesk[mcp] is not installed")
    printed = run_python(example.code.replace(ADDRESS, address))
    if '"/search"' in example.code:
        assert "DeepSeek-R1: what was released" in printed and "files/a.md" in printed
    else:
        assert ANSWER in " ".join(printed.split())
    assert ("citations" in example.code) <= (LICENCE in " ".join(printed.split()))


@pytest.mark.parametrize("example", examples("sh"), ids=lambda example: example.section)
def test_shell_examples_run(example: Example, address: str, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    printed = run_program("sh", "-ec", example.code.replace(ADDRESS, address), cwd=tmp_path)
    assert ANSWER in printed and LICENCE in printed


def test_the_javascript_example_runs(address: str, tmp_path: Path) -> None:
    (example,) = examples("js")
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node is not installed")
    install = ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline", JS_CLIENT]
    done = subprocess.run(install, cwd=tmp_path, capture_output=True, text=True, timeout=LIMIT)
    if done.returncode != 0:
        pytest.skip(f"{JS_CLIENT} cannot be installed here")
    (tmp_path / "ask.mjs").write_text(example.code.replace(ADDRESS, address))
    assert ANSWER in run_program("node", "ask.mjs", cwd=tmp_path)


def test_the_entry_for_desktop_clients_starts_a_command_that_exists() -> None:
    from ui.cli import cli

    (example,) = examples("json")
    (entry,) = json.loads(example.code)["mcpServers"].values()
    assert entry["command"] == "refdesk"
    assert entry["args"] == ["mcp"] and "mcp" in cli.commands


def test_no_example_is_in_a_language_that_no_test_runs() -> None:
    text = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")
    assert {match[1] for match in BLOCK.finditer(text)} == {"python", "sh", "js", "json"}
    assert len(examples("python", "sh", "js", "json")) == len(BLOCK.findall(text))
