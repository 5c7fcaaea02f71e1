"""axe-core, run in the page that a test is looking at.

The rules are WCAG 2.2 A and AA. Knows nothing of what the page shows.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest

# What has scrolled half under the composer would count as too small to press.
STANDING = "#composer { position: static !important; }"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def axe() -> str:
    """The source of axe-core."""
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def violations(page: Any, source: str) -> list[str]:
    """A line for each violation, with the elements that have it."""
    page.evaluate(source)  # not a script element: the page's own policy refuses foreign ones
    page.add_style_tag(content=STANDING)
    options = {"runOnly": {"type": "tag", "values": TAGS}}
    found = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{one['impact']} {one['id']}: {[node['html'][:160] for node in one['nodes'][:4]]}"
        for one in found["violations"]
    ]
