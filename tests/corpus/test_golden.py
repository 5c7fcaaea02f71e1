"""Small files of every format, and exactly what the parsers make of them.

``REFDESK_REGENERATE_GOLDEN=1 python -m tests.corpus.test_golden`` writes the expected files
anew; read the difference before committing. The tests never write.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from corpus.parse import PICTURES, SUFFIXES, parse, suffix_of

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
# a.json is a source; a.md.json and a.json.json are what is expected of one.
EXPECTED = frozenset(path for path in GOLDEN.glob("*.*.json") if suffix_of(path.stem) in SUFFIXES)
FILES = sorted(p for p in GOLDEN.iterdir() if suffix_of(p.name) in SUFFIXES and p not in EXPECTED)


def parsed_as_json(path: Path) -> dict[str, Any]:
    """What the parser says, blocks with their text instead of offsets."""
    parsed = parse(path.read_bytes(), path.name)
    return {
        "title": parsed.title,
        "published": parsed.published,
        "language": parsed.language,
        "metadata": json.loads(json.dumps(parsed.metadata, default=str)),
        "pages": [
            {"number": page.number, "text": parsed.text[page.start : page.end][:80]}
            for page in parsed.pages
        ],
        "blocks": [
            {
                "kind": block.kind + (f" {block.level}" if block.level else ""),
                "header": parsed.text[block.start : block.header_end]
                if block.header_end is not None
                else None,
                "text": parsed.text[block.start : block.end].split("\n"),
            }
            for block in parsed.blocks
        ],
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_parse_gives_what_the_golden_file_says(path: Path) -> None:
    expected = path.with_name(path.name + ".json")
    assert parsed_as_json(path) == json.loads(expected.read_text("utf-8"))


def test_every_format_has_a_golden_file() -> None:
    """Pictures have none: what is read on one differs with the version of Tesseract."""
    covered = {suffix_of(path.name) for path in FILES}
    assert SUFFIXES - covered - PICTURES <= {".markdown", ".text", ".htm", ".xhtml", ".tsv"}


def test_every_expected_file_has_its_source() -> None:
    sources = {path.name for path in FILES}
    assert {path.name.removesuffix(".json") for path in EXPECTED} <= sources


def test_regeneration_left_on_changes_no_golden_file(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in GOLDEN.iterdir()}
    monkeypatch.setenv("REFDESK_REGENERATE_GOLDEN", "1")
    for path in FILES:
        test_parse_gives_what_the_golden_file_says(path)
    assert {path: path.read_bytes() for path in GOLDEN.iterdir()} == before


def regenerating() -> bool:
    """True when the golden files are to be written anew."""
    return os.environ.get("REFDESK_REGENERATE_GOLDEN") == "1"


if __name__ == "__main__" and regenerating():
    for source in FILES:
        text = json.dumps(parsed_as_json(source), ensure_ascii=False, indent=1)
        source.with_name(source.name + ".json").write_text(text + "\n", "utf-8")
