#!/usr/bin/env python3
"""Write constraints.txt: what pip resolves today for refdesk and its test tools.

Resolved for the oldest Python that refdesk promises, in its first release: some packages
ask for a later one (soupsieve 4.1: 3.11.5, where Debian 12 has 3.11.2). Knows nothing of
what is installed. torch stays at the version that is pinned now, because
its builds differ by machine; change that pin by hand. Packages that only its CUDA build
needs are left out, and so are local version labels such as "+cpu".
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "constraints.txt"
CUDA_ONLY = ("nvidia-", "cuda-", "triton")
HEADER = (
    "# Versions that refdesk is tested with. Written by `make constraints`; see CONTRIBUTING.md.\n"
)


def pinned_torch() -> str:
    """The torch pin of the present constraints.txt, for example "torch==2.13.0"."""
    found = re.search(r"^torch==.+$", TARGET.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        sys.exit("constraints.txt has no torch pin: add a line such as torch==2.13.0 first")
    return found.group()


def requirements() -> tuple[str, list[str]]:
    """The oldest Python that pyproject.toml promises, and all that it asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = project["requires-python"].removeprefix(">=") + ".0"
    return oldest, [*project["dependencies"], *project["optional-dependencies"]["dev"]]


def resolve(torch: str) -> dict[str, str]:
    """Names and versions that a fresh install would take."""
    oldest, wanted = requirements()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = ["pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
        command += ["--python-version", oldest, "--only-binary", ":all:", "--target", folder]
        command += ["--report", str(report), torch, *wanted]
        subprocess.run([sys.executable, "-m", *command], check=True)  # noqa: S603 (our own words)
        installs = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {item["metadata"]["name"].lower(): item["metadata"]["version"] for item in installs}


def main() -> None:
    """Resolve, then replace the file."""
    versions = resolve(pinned_torch())
    lines = [
        f"{name.replace('_', '-')}=={version.partition('+')[0]}\n"
        for name, version in sorted(versions.items())
        if not name.startswith(CUDA_ONLY)
    ]
    TARGET.write_text(HEADER + "".join(lines), encoding="utf-8")
    print(f"{TARGET.name}: {len(lines)} packages")


if __name__ == "__main__":
    main()
