"""Write the generated parts of the documentation: `python -m tests.generated_docs`.

A generated part stands between ``<!-- generated: NAME -->`` and ``<!-- end generated -->``.
Knows nothing of what the commands do; it shows what they and the settings say themselves.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from pydantic.fields import FieldInfo

from assistant.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
FILES = ("README.md", "docs/commands.md", "docs/files.md")
PACKAGES = ("corpus", "index", "assistant", "ui")
BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end generated -->)", re.DOTALL)
RUN_COMMAND = "import sys; sys.argv[0] = 'refdesk'; from ui.cli import main; main()"


def help_text(*command: str) -> str:
    """What ``refdesk COMMAND --help`` prints on a terminal of 80 columns."""
    done = subprocess.run(
        [sys.executable, "-c", RUN_COMMAND, *command, "--help"],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "80", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())


def command_names(text: str) -> list[str]:
    """The commands that a help text lists."""
    _, _, listed = text.partition("\nCommands:\n")
    return re.findall(r"^  ([a-z][\w-]*)", listed, re.MULTILINE)


def setting_names() -> list[str]:
    """The environment variable of every setting."""
    return [f"REFDESK_{name.upper()}" for name in Settings.model_fields]


def overview() -> str:
    """The help of ``refdesk`` itself."""
    return f"```text\n{help_text()}\n```\n"


def commands() -> str:
    """The help of every command, and of the commands inside it."""
    return "\n".join(_sections())


def _sections(*parents: str) -> list[str]:
    sections = []
    for name in command_names(help_text(*parents)):
        path = (*parents, name)
        sections.append(f"## refdesk {' '.join(path)}\n\n```text\n{help_text(*path)}\n```\n")
        sections += _sections(*path)
    return sections


def settings() -> str:
    """A table of the settings, their defaults and meaning."""
    rows = [
        f"| `REFDESK_{name.upper()}` | {_default(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows, ""])


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "your platform's folder for it"
    return "none" if field.default is None else f"`{field.default}`"


def files() -> str:
    """Every module with the first line of its docstring, lowest package first."""
    paths = [path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]
    rows = [
        f"| `{path.relative_to(ROOT).as_posix()}` | {purpose} |"
        for path in paths
        if (purpose := _purpose(path))
    ]
    return "\n".join(["| file | what it does |", "|---|---|", *rows, ""])


def _purpose(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0].replace("``", "`").replace("|", "\\|")


GENERATORS: dict[str, Callable[[], str]] = {
    "overview": overview,
    "settings": settings,
    "commands": commands,
    "files": files,
}


def regenerate(text: str) -> str:
    """``text`` with every generated part made anew. Raises KeyError for an unknown name."""
    return BLOCK.sub(lambda part: part[1] + GENERATORS[part[2]]() + part[3], text)


def main() -> None:
    """Rewrite the files in place."""
    for name in FILES:
        path = ROOT / name
        path.write_text(regenerate(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
