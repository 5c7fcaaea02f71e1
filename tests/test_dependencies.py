"""What the code imports is what `pyproject.toml` declares, and every pin is constrained."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, metadata, packages_distributions
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("assistant", "corpus", "index", "ui")
# pydantic requires one exact version of it, so declaring it as well could only conflict.
WITH_ANOTHER = {"pydantic-core": "pydantic", "llama-index-instrumentation": "llama-index-core"}
# A name for its parts, which are imported under names of their own.
GROUPS = {"llama-index": "llama-index-core"}


def normal(name: str) -> str:
    """A distribution's name in the form that pip compares."""
    return re.sub(r"[-_.]+", "-", name).lower()


def names(requirements: list[str]) -> set[str]:
    """Names of the distributions in a list of requirements."""
    return {normal(re.split(r"[^\w.-]", line)[0]) for line in requirements}


def imported(*folders: str) -> dict[str, set[str]]:
    """Third-party modules (first part) that the files in ``folders`` import: their providers."""
    found: set[str] = set()
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    own = {*PACKAGES, "tests"} | sys.stdlib_module_names
    providers = packages_distributions()
    return {name: {normal(d) for d in providers.get(name, [])} for name in found - own}


def project() -> dict[str, Any]:
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return dict(whole["project"])


def offered() -> list[str]:
    """The extras that are for users."""
    return [extra for extra in project()["optional-dependencies"] if extra != "dev"]


def declared(*extras: str) -> set[str]:
    listed = names(project()["dependencies"])
    for extra in extras:
        listed |= names(project()["optional-dependencies"][extra])
    return listed | {GROUPS[name] for name in listed & GROUPS.keys()}


def undeclared(found: dict[str, set[str]], listed: set[str]) -> list[str]:
    known = listed | {part for part, whole in WITH_ANOTHER.items() if whole in listed}
    return [name for name, providers in sorted(found.items()) if not providers & known]


def test_every_library_that_the_packages_import_is_declared() -> None:
    assert undeclared(imported(*PACKAGES), declared(*offered())) == []


def test_every_library_that_the_tests_import_is_declared() -> None:
    assert undeclared(imported("tests"), declared("dev")) == []


def test_every_declared_dependency_is_imported() -> None:
    used = {name for providers in imported(*PACKAGES).values() for name in providers}
    assert declared(*offered()) - used - GROUPS.keys() == set()


def pinned() -> list[tuple[str, str]]:
    """Names and versions in constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.partition("==") for line in lines if not line.startswith("#")]
    return [(normal(name), version) for name, _, version in pins]


def test_every_declared_dependency_is_pinned_once_without_a_machines_label() -> None:
    pins = pinned()
    assert declared("dev") <= dict(pins).keys()
    assert len(pins) == len(dict(pins))
    assert [version for _, version in pins if not re.fullmatch(r"[\w.]+", version)] == []


def test_every_pin_runs_on_the_first_release_of_the_oldest_python_promised() -> None:
    refused = []
    for name, version in pinned():
        try:
            installed = metadata(name)
        except PackageNotFoundError:
            continue  # only for another platform
        if installed["Version"].partition("+")[0] == version:
            asked = SpecifierSet(installed["Requires-Python"] or "")
            refused += [f"{name} {asked}"] if "3.11.0" not in asked else []
    assert refused == []
